"""Files as sheets of plain cells."""
