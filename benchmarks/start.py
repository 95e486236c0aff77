"""What ``import phanbo`` costs beside ``import pandas``: fresh interpreters that take turns."""

from __future__ import annotations

import subprocess
import sys
import time

__all__ = ["IMPORTS", "measure"]

IMPORTS = {"nothing": "pass", "pandas": "import pandas", "phanbo": "import phanbo"}


def measure(repeat: int) -> dict[str, list[float]]:
    """Return the seconds of every repetition, by what is imported; the first round, which fills caches, is dropped."""
    seconds: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for repetition in range(repeat + 1):
        for name, code in IMPORTS.items():
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 — fixed code
            if repetition:
                seconds[name].append(time.perf_counter() - begin)
    return seconds
