"""Damaged files by the thousand: ``python tests/fuzz/fuzz_intake.py --minutes 60 --out DIR [--seed N]``.

``--merge DIR …`` sums the summaries of several runs into one page.

Whatever the file, `check_excel` returns a frame, and a reader returns a portfolio or refuses with findings in both
languages (or an `OSError`): no other exception, no warning, no output, no file written, at most 20 s and 1 GiB.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import re
import resource
import sys
import tempfile
import time
import traceback
import warnings
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))

from fuzz.damage import MODES, mutant  # noqa: E402

__all__ = ["Run", "fuzz", "merged"]

SECONDS, MEMORY = 20.0, 2**30


# -- one file ---------------------------------------------------------------------------------------------


def _worker(line: Connection, folder: str) -> None:
    """Read file after file, and say what came of each."""
    import phanbo as pb
    from phanbo.errors import DataError
    from phanbo.tables.read import check_excel

    os.chdir(folder)
    said = os.open(os.path.join(folder, "said"), os.O_CREAT | os.O_RDWR)  # noqa: PTH118 - a descriptor is wanted
    os.dup2(said, 1)
    os.dup2(said, 2)
    warnings.simplefilter("error")
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    while (name := line.recv()) is not None:
        path, started, crash = Path(name), time.perf_counter(), ""
        first = "read"
        try:
            frame = check_excel(path)
            if not (frame["message_vi"].astype(bool) & frame["message_en"].astype(bool)).all():
                crash = "a finding without its words"
            if path.suffix == ".csv":
                pb.read_csv(path)
            else:
                pb.read_excel(path)
        except DataError as refusal:
            first = next(each.code for each in refusal.findings if each.severity == "error")
            if not all(each.message_vi and each.message_en for each in refusal.findings):
                crash = "a finding without its words"
        except OSError as error:
            first = type(error).__name__
        except BaseException:  # noqa: BLE001 - also what Rust panics as
            crash = traceback.format_exc()
        if os.lseek(said, 0, os.SEEK_CUR):
            crash = crash or "output: " + Path("said").read_text(encoding="utf-8", errors="replace")[:400]
            os.ftruncate(said, 0)
            os.lseek(said, 0, os.SEEK_SET)
        if strange := {each.name for each in Path(folder).iterdir()} - {"said", path.name}:
            crash = crash or f"files written: {sorted(strange)}"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        line.send((first, crash, time.perf_counter() - started, peak // 1024))


@dataclass
class Run:
    """What became of the files read so far."""

    cases: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    crashes: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    slowest: tuple[float, str, int] = (0.0, "", 0)
    largest: int = 0

    def summary(self, minutes: float, seed: int) -> str:
        """Return the run as a page of documentation."""
        out = [
            f"# Fuzz run of the readers\n\n{sum(self.cases.values()):,} files in {minutes:.0f} minutes, first seed {seed}.\n"
        ]
        out += ["| mode | files | " + "refused | read | crashed |", "|---|---|---|---|---|"]
        for mode in MODES:
            done = Counter({first: n for (m, first), n in self.outcomes.items() if m == mode})
            refused = self.cases[mode] - done["read"] - done["crash"]
            out.append(
                f"| {mode} | {self.cases[mode]:,} | {refused:,} | {done['read']:,} | {done['crash']:,} |"
            )
        out += ["\n| first finding | " + " | ".join(MODES) + " |", "|---|---|---|---|"]
        codes = Counter[str]()
        for (_, first), n in self.outcomes.items():
            codes[first] += n
        for code, _ in codes.most_common():
            out.append(
                f"| `{code}` | " + " | ".join(f"{self.outcomes[mode, code]:,}" for mode in MODES) + " |"
            )
        seconds, mode, number = self.slowest
        out += [
            f"\nSlowest file: {seconds:.2f} s ({mode} {number}). Largest process: {self.largest:,} MiB.\n"
        ]
        out += [f"Distinct crashes: {len(self.crashes)}\n"]
        out += [
            f"* {mode} {number}: `{sign}` ({count:,} times)"
            for sign, (mode, number, count) in self.crashes.items()
        ]
        return "\n".join(out) + "\n"


class _Reader:
    """A process that reads, and another one where it dies or takes too long."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.line, self.process = self._start()

    def _start(self) -> tuple[Connection, BaseProcess]:
        context = multiprocessing.get_context("spawn")
        line, there = context.Pipe()
        process = context.Process(target=_worker, args=(there, str(self.folder)), daemon=True)
        process.start()
        there.close()
        return line, process

    def read(self, path: Path, patience: float = SECONDS) -> tuple[str, str, float, int]:
        self.line.send(str(path))
        started = time.perf_counter()
        try:
            if self.line.poll(patience):
                told: tuple[str, str, float, int] = self.line.recv()
                return told
            fault = f"hang: more than {patience:.0f} s"
        except EOFError:
            fault = "died"
        self.close()
        fault += f" (exit {self.process.exitcode})" if fault == "died" else ""
        self.line, self.process = self._start()
        return "crash", fault, time.perf_counter() - started, 0

    def close(self) -> None:
        self.process.kill()
        self.process.join()
        self.line.close()


def _signature(crash: str) -> str:
    """Return the last line of a traceback and the last place in it, without what differs from file to file."""
    places = re.findall(r'File ".*?([\w.-]+/[\w.]+\.py)", line (\d+)', crash)
    last = re.sub(r"\d{2,}|'[^']*'|\"[^\"]*\"|“[^”]*”", "…", crash.strip().splitlines()[-1])[:160]
    last = re.sub(r"(unknown encoding|Worksheet|worksheet|sheet)\b:? .*?(?= not found|$)", r"\1 …", last)
    return f"{last} at {':'.join(places[-1]) if places else '-'}"


def _smaller(reader: _Reader, path: Path, content: bytes, sign: str) -> bytes:
    """Return less of a text file that still crashes alike; other kinds would only become unreadable."""
    if path.suffix != ".csv":
        return content
    step, ends = len(content) // 2, time.perf_counter() + 20
    while step and time.perf_counter() < ends:
        for at in range(0, len(content), step):
            less = content[:at] + content[at + step :]
            path.write_bytes(less)
            crash = reader.read(path)[1]
            if crash and _signature(crash) == sign:
                content = less
                break
        else:
            step //= 2
    return content


def fuzz(out: Path, *, seconds: float, seed: int = 0, most: int = 10**9) -> Run:
    """Read damaged files for so long, the modes by turn, and keep what crashed in *out*."""
    run, ends, number = Run(), time.monotonic() + seconds, seed
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        reader = _Reader(Path(folder))
        while time.monotonic() < ends and sum(run.cases.values()) < most:
            mode, number = MODES[number % len(MODES)], number + 1
            suffix, content = mutant(mode, number)
            path = Path(folder) / f"file{suffix}"
            path.write_bytes(content)
            # the first file waits for the imports, too
            first, crash, took, peak = reader.read(path, SECONDS * (1 if run.cases else 3))
            run.cases[mode] += 1
            run.outcomes[mode, "crash" if crash else first] += 1
            run.slowest = (
                max(run.slowest, (took, mode, number)) if sum(run.cases.values()) > 1 else run.slowest
            )
            run.largest = max(run.largest, peak)
            if crash:
                sign = _signature(crash)
                if sign not in run.crashes:
                    small = _smaller(reader, path, content, sign)
                    stem = out / f"crash-{zlib.crc32(sign.encode()):08x}{suffix}"
                    stem.with_suffix(stem.suffix + ".bin").write_bytes(small)
                    head = f"{mode} {number} sha256 {hashlib.sha256(content).hexdigest()}\n{sign}\n\n"
                    stem.with_suffix(stem.suffix + ".txt").write_text(head + crash, encoding="utf-8")
                kept = run.crashes.get(sign, (mode, number, 0))
                run.crashes[sign] = (*kept[:2], kept[2] + 1)
            path.unlink(missing_ok=True)
        reader.close()
    (out / "summary.md").write_text(run.summary(seconds / 60, seed), encoding="utf-8")
    return run


_COUNTED = re.compile(r"([\d,]+) files in (\d+) minutes, first seed (\d+)")
_MODE = re.compile(r"\| (\w+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|")
_CODE = re.compile(r"\| `(.+?)` \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|")
_SLOWEST = re.compile(r"Slowest file: ([\d.]+) s \((\w+) (\d+)\)\. Largest process: ([\d,]+) MiB")
_CRASH = re.compile(r"\* (\w+) (\d+): `(.*)` \(([\d,]+) times\)")


def merged(summaries: Sequence[str]) -> str:
    """Return the sum of several runs' summaries as one page, each run told in a line of its own."""
    whole, minutes = Run(), 0
    told: list[str] = []
    seeds: list[int] = []

    def number(text: str) -> int:
        return int(text.replace(",", ""))

    for text in summaries:
        counted, slow = _COUNTED.search(text), _SLOWEST.search(text)
        if counted is None or slow is None:
            raise ValueError(f"no summary of a run: {text[:60]!r}")
        minutes, seeds = minutes + int(counted[2]), [*seeds, int(counted[3])]
        whole.slowest = max(whole.slowest, (float(slow[1]), slow[2], int(slow[3])))
        whole.largest = max(whole.largest, number(slow[4]))
        for line in text.splitlines():
            if (row := _MODE.fullmatch(line)) and row[1] in MODES:
                whole.cases[row[1]] += number(row[2])
            elif code := _CODE.fullmatch(line):
                for mode, count in zip(MODES, code.groups()[1:], strict=True):
                    whole.outcomes[mode, code[1]] += number(count)
            elif crash := _CRASH.fullmatch(line):
                sign = _signature(crash[3].split(" at ")[0]).removesuffix(" at -")
                sign += f" at {crash[3].rpartition(' at ')[2]}" if " at " in crash[3] else ""
                first = whole.crashes.get(sign, (crash[1], int(crash[2]), 0))
                whole.crashes[sign] = (*first[:2], first[2] + number(crash[4]))
        crashes = len(_CRASH.findall(text))
        told.append(
            f"* {counted[1]} files in {counted[2]} minutes from seed {counted[3]}: {crashes} distinct crashes"
        )
    page = whole.summary(minutes, min(seeds))
    return page + (f"\nRuns:\n\n{chr(10).join(told)}\n" if len(told) > 1 else "")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line, or sum the runs of ``--merge DIR …``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--merge", type=Path, nargs="+", metavar="DIR")
    given = parser.parse_args(arguments)
    if given.merge:
        sys.stdout.write(merged([(each / "summary.md").read_text(encoding="utf-8") for each in given.merge]))
        return
    if given.out is None:
        parser.error("--out DIR is needed for a run")
    fuzz(given.out, seconds=given.minutes * 60, seed=given.seed)
    sys.stdout.write((given.out / "summary.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
