"""Damaged files by the thousand: ``python tests/fuzz/fuzz_intake.py --minutes 60 --out DIR [--seed N]``.

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
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))

from dressing.dress import laid_out, picker  # noqa: E402
from dressing.pages import Fault, file_bytes, zipped  # noqa: E402

__all__ = ["Run", "fuzz", "mutant"]

MODES = ("bytes", "xml", "layouts")
SECONDS, MEMORY = 20.0, 2**30
SEEDS = sorted(path for path in (TESTS / "corpus" / "files").rglob("*") if path.is_file())
NUMBERS = (
    "0",
    "-1",
    "1048577",
    "4294967296",
    "99999999999999999999",
    "1e308",
    "NaN",
    "XFD1048576",
    "",
    "A0",
    "�",
)
KINDS = ("xlsx", "xls", "ods", "csv utf-8 ;", "csv utf-16 ,", "csv cp1258 ;")
ODD = (
    "1.234",
    "#REF!",
    "=1+1",
    "x",
    "",
    "(5)",
    "31/02/2024",
    "9" * 400,
    "TỔNG SỐ",
    "I",
    "\x00",
    -1,
    1e300,
    True,
    Fault("#N/A"),
    None,
)


def mutant(mode: str, seed: int) -> tuple[str, bytes]:
    """Return the suffix and the bytes of the damaged file that *seed* makes."""
    chance = Random(f"{mode} {seed}")
    if mode == "layouts":
        return _layout(chance)
    path = chance.choice(SEEDS)
    content = path.read_bytes()
    inside = content[:2] == b"PK" and (mode == "xml" or chance.random() < 0.4)
    if not inside:
        return path.suffix, _bytes(content, chance)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    part = chance.choice(
        [*members, *(name for name in members if "sheet" in name or "content" in name), *members]
    )
    for _ in range(chance.randint(1, 4)):
        members[part] = _xml(members[part], chance) if mode == "xml" else _bytes(members[part], chance)
    if chance.random() < 0.05:
        members.pop(chance.choice(list(members)))
    return path.suffix, zipped(members)


def _bytes(content: bytes, chance: Random) -> bytes:
    out = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        at, other = chance.randrange(len(out) + 1), chance.randrange(len(out) + 1)
        match chance.randrange(6):
            case 0 if at < len(out):
                out[at] ^= 1 << chance.randrange(8)
            case 1:
                out[at : at + chance.randint(1, 8)] = chance.randbytes(chance.randint(0, 8))
            case 2 if chance.random() < 0.2:
                del out[at:]
            case 3:
                out[at:at] = out[other : other + chance.randint(1, 200)]
            case 4:
                del out[at : at + chance.randint(1, 60)]
            case _:
                out[at : at + 4] = chance.choice(
                    (b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b'";,\n', b"\r\n\t ")
                )
    return bytes(out)


def _xml(content: bytes, chance: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    values = [match.span(1) for match in re.finditer(r'="([^"]*)"', text)]
    nodes = [
        match.span()
        for match in re.finditer(
            r"<(c|row|table:table-cell|table:table-row|mergeCell|sheet|v|t)\b.*?(?:/>|</\1>)", text
        )
    ]
    holds = [match.span(1) for match in re.finditer(r">([^<>]+)<", text)]
    what = chance.randrange(6)
    if what <= 1 and values:
        start, end = chance.choice(values)
        new = chance.choice(
            (*NUMBERS, "s", "e", "b", "d", "str", "inlineStr", text[slice(*chance.choice(values))])
        )
        text = text[:start] + new + text[end:]
    elif what == 2 and nodes:
        start, end = chance.choice(nodes)
        text = text[:start] + text[start:end] * chance.choice((0, 2, 2, 50)) + text[end:]
    elif what == 3 and len(nodes) > 1:
        (a, b), (c, d) = sorted(chance.sample(nodes, 2))
        if b <= c:
            text = text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]
    elif what == 4 and holds:
        start, end = chance.choice(holds)
        new = chance.choice((*NUMBERS, *(str(odd) for odd in ODD if odd != "\x00"))).replace("<", "")
        text = text[:start] + new + text[end:]
    elif what == 5:
        evil = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">' + "".join(
            f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("bcdefghij", "cdefghijk", strict=True)
        )
        text = (
            text.replace("?>", "?>" + evil + "]>", 1)
            if chance.random() < 0.3
            else text.replace("</", "&k;</", 1)
        )
    return text.encode()


def _layout(chance: Random) -> tuple[str, bytes]:
    import phanbo as pb
    from rounds import lines

    _, pages = laid_out(pb.Portfolio(lines(chance.randint(1, 12))), picker(chance.randrange(2**32)))
    kind = chance.choice(KINDS)
    for _ in range(chance.randint(1, 5)):
        page = chance.choice(pages)
        row = chance.choice(page.rows) or [None]
        at = chance.randrange(len(row))
        other = chance.choice(page.rows) or [None]
        match chance.randrange(8):
            case 0:
                to = chance.randrange(len(other))
                row[at], other[to] = other[to], row[at]
            case 1:
                row[at] = chance.choice([odd for odd in ODD if kind != "xlsx" or odd != "\x00"])
            case 2:
                page.rows.remove(row) if row in page.rows and len(page.rows) > 2 else None
            case 3:
                page.rows.insert(chance.randrange(len(page.rows)), list(row))
            case 4:
                for each in page.rows:
                    del each[at : at + 1]
            case 5:
                top, left = chance.randrange(len(page.rows)), chance.randrange(9)
                page.merged.append((top, left, top + chance.randrange(4), left + chance.randrange(6)))
            case 6:
                row[at] = str(row[at])[: chance.randrange(9)]
            case _:
                row.insert(at, None)
    if kind.startswith("csv") and "cp1258" in kind:
        kind = (
            "csv utf-8 ;"
            if any(isinstance(c, str) and "\x00" in c for p in pages for r in p.rows for c in r)
            else kind
        )
    return "." + kind.split(" ")[0], file_bytes(kind, pages)


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
                raise AssertionError("a finding without its words")
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
        self.folder, self.process, self.line = folder, None, None
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, there = context.Pipe()
        self.process = context.Process(target=_worker, args=(there, str(self.folder)), daemon=True)
        self.process.start()
        there.close()

    def read(self, path: Path, patience: float = SECONDS) -> tuple[str, str, float, int]:
        self.line.send(str(path))
        started = time.perf_counter()
        try:
            if self.line.poll(patience):
                return self.line.recv()
            fault = f"hang: more than {patience:.0f} s"
        except EOFError:
            fault = "died"
        self.close()
        fault += f" (exit {self.process.exitcode})" if fault == "died" else ""
        self._start()
        return "crash", fault, time.perf_counter() - started, 0

    def close(self) -> None:
        self.process.kill()
        self.process.join()
        self.line.close()


def _signature(crash: str) -> str:
    """Return the last line of a traceback and the last place in it, without what differs from file to file."""
    places = re.findall(r'File ".*?([\w.-]+/[\w.]+\.py)", line (\d+)', crash)
    last = re.sub(r"\d{2,}|'[^']*'|\"[^\"]*\"", "…", crash.strip().splitlines()[-1])[:160]
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


def main(arguments: Any = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    fuzz(given.out, seconds=given.minutes * 60, seed=given.seed)
    sys.stdout.write((given.out / "summary.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
