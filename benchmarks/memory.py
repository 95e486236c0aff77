"""How much memory `propose` takes: run as a script in a fresh process, it prints bytes as JSON.

``python benchmarks/memory.py CASE SIZE [--trace]``
"""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

from cases import CASES

__all__ = ["Memory", "measure", "resident_peak"]


@dataclass(frozen=True)
class Memory:
    """Bytes: resident before `propose` and at its peak; what its Python and NumPy objects took at their peak."""

    before: int
    peak: int
    traced: int


def measure(case: str, size: int) -> Memory:
    """Measure a round in two fresh processes; tracing slows and swells, so it has one to itself."""
    plain, traced = (_fresh(case, size, *flags) for flags in ((), ("--trace",)))
    return Memory(plain["before"], plain["peak"], traced["traced"])


def _fresh(case: str, size: int, *flags: str) -> dict[str, int]:
    command = [sys.executable, __file__, case, str(size), *flags]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 — this very file
    found: dict[str, int] = json.loads(done.stdout)
    return found


def resident_peak() -> int:
    """Return the peak of this process; the system's own count would include that of the one that started it."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(text for text in status.read_text().splitlines() if text.startswith("VmHWM"))
        return int(line.split()[1]) << 10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Hold the round once and print what it took."""
    case, size, *flags = sys.argv[1:]
    setting = CASES[case].build(int(size), 2024)
    portfolio = setting.portfolio()
    before = resident_peak()
    if flags:
        tracemalloc.start()
    setting.propose(portfolio)
    traced = tracemalloc.get_traced_memory()[1] if flags else 0
    print(json.dumps({"before": before, "peak": resident_peak(), "traced": traced}))


if __name__ == "__main__":
    main()
