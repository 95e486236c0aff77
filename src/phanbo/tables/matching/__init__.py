"""Treasury rows to plan lines: by code, then by name; all else is proposed and only ever taken by a person."""
