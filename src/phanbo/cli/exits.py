"""The exit code of each error of phanbo."""

from __future__ import annotations

__all__ = ["exit_code"]

EXIT = {
    "data": 1,
    "calendar": 2,
    "rulebook": 2,
    "rulebook-unavailable": 2,
    "policy": 2,
    "round": 2,
    "infeasible": 3,
    "certificate": 4,
    "cross-check": 4,
    "stopped": 5,
    "phanbo": 6,
}


def exit_code(error: str, other: int = 2) -> int:
    """Return the exit code of an error by its `code`; *other* for one of no code of phanbo.

    Examples
    --------
    >>> exit_code("infeasible"), exit_code("calendar")
    (3, 2)
    """
    return EXIT.get(error, other)
