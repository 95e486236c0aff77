"""What an audit stands on: the folder opened, its figures, the round stated from definitions, and its sentences."""
