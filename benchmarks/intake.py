"""What reading, validating and reconciling a workbook costs beside python-calamine alone.

``python benchmarks/intake.py [--repeat 9] [--quick]``. Both take turns on the same file in one process; calamine only
turns the cells of all sheets into Python objects. Peaks of memory are those of fresh processes
(``python benchmarks/intake.py --peak FILE``).
"""

from __future__ import annotations

import argparse
import gc
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import python_calamine
import xlsxwriter
from memory import resident_peak
from tables import exponent

import phanbo as pb

__all__ = ["FORMS", "growth", "main", "measure", "workbook"]

SIZE = 20_000
GROWTH = (2_500, 5_000, 10_000, 20_000, 40_000)
QUICK = 120
OWNERS = {"plain": 60, "form": 36}
SOURCES = ("Ngân sách trung ương", "Thu tiền sử dụng đất", "Xổ số kiến thiết", "Cân đối ngân sách địa phương")
STAGES = ("chuyển tiếp", "khởi công mới", "hoàn thành năm 2023")
FORMS = {"plain": "plain, with 65 control totals", "form": "two rows of headers, group rows, subtotals"}
PLAN, PAID = 7, 9
HEADERS = [
    "STT",
    "Mã dự án",
    "Tên dự án",
    "Chủ đầu tư",
    "Nguồn vốn",
    "Năm kế hoạch",
    "Phân loại dự án",
    "Kế hoạch vốn năm 2024",
    "Kế hoạch giao đầu năm",
    "Giải ngân từ 01/01/2024 đến 15/9/2024",
    "Khối lượng nghiệm thu chưa thanh toán",
    "Số dư tạm ứng chưa thu hồi",
    "Nhu cầu bổ sung vốn",
    "Đề nghị điều chỉnh giảm",
    "Tổng mức đầu tư được duyệt",
    "Lũy kế bố trí vốn đến hết kế hoạch năm 2024",
    "Kế hoạch đầu tư công trung hạn giai đoạn 2021-2025",
    "Nhóm dự án",
    "Năm bắt đầu bố trí vốn",
    "Địa điểm xây dựng",
    "Lĩnh vực",
    "Đủ thủ tục",
    "Ngày khởi công",
    "Cam kết giải ngân hết",
    "Thời gian KC-HT",
    "Lãnh đạo phụ trách",
    "Ghi chú",
    "Dự án trọng điểm",
    "Nợ đọng XDCB",
    "Ước giải ngân cả năm",
]


def lines(size: int, owners: int) -> Iterator[list[object]]:
    """Yield *size* invented lines of some owners, those of one owner together."""
    draw = random.Random(size)
    for at in range(size):
        plan = draw.randint(10**8, 10**10)
        paid = draw.randint(0, plan)
        stage = STAGES[at % 3]
        yield [
            *(at + 1, f"78{at:05d}", f"Đường giao thông số {at}", f"Ban quản lý {at * owners // size}"),
            *(SOURCES[at % len(SOURCES)], 2024, stage, plan, plan, paid, 0, 0, draw.randint(0, 10**9), 0),
            *(plan * 4, plan * 2, plan * 4, "B", 2022, f"Xã {at % 200}", "Giao thông", "có"),
            "chưa" if stage == "khởi công mới" else "15/3/2022",
            *("có", "2022-2025", f"Ông {at % 40}", "", "không", 0, paid),
        ]


def workbook(path: Path, form: str, size: int) -> None:
    """Write a workbook of *size* lines × 30 columns in one of the `FORMS`."""
    held = list(lines(size, OWNERS[form]))
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("KeHoachVon")
        sheet.write_row(0, 0, ["KẾ HOẠCH VỐN NĂM 2024"])
        sheet.write_row(1, 0, ["Đơn vị tính: đồng"])
        rows = [HEADERS, *held] if form == "plain" else [*_headers(sheet), *_grouped(held)]
        for at, row in enumerate(rows, start=2):
            sheet.write_row(at, 0, row)
        if form == "plain":
            controls = book.add_worksheet("DoiChieu")
            for at, row in enumerate([["by", "key", "plan", "disbursed"], *_controls(held)]):
                controls.write_row(at, 0, row)


def _headers(sheet: xlsxwriter.worksheet.Worksheet) -> list[list[object]]:
    """Merge the headers: the plan's two under one, each other over both rows."""
    upper, lower = list[object](HEADERS), [""] * len(HEADERS)
    lower[PLAN], lower[PLAN + 1] = "Kế hoạch sau điều chỉnh", "Kế hoạch giao đầu năm"
    upper[PLAN], upper[PLAN + 1] = "Kế hoạch vốn năm 2024", ""
    for at in range(len(HEADERS)):
        if at not in (PLAN, PLAN + 1):
            sheet.merge_range(2, at, 3, at, HEADERS[at])
    sheet.merge_range(2, PLAN, 2, PLAN + 1, upper[PLAN])
    return [upper, list[object](lower)]


def _grouped(held: Sequence[list[object]]) -> list[list[object]]:
    """Put a row with the sums above the lines of each owner, and one above all."""
    rows = [_summed("", "TỔNG SỐ", held)]
    for number, owner in enumerate(dict.fromkeys(str(line[3]) for line in held), start=1):
        mine = [line for line in held if line[3] == owner]
        rows += [_summed(_roman(number), owner, mine), *mine]
    return rows


def _summed(mark: str, name: str, held: Sequence[list[object]]) -> list[object]:
    row: list[object] = [""] * len(HEADERS)
    row[0], row[2] = mark, name
    for at in (PLAN, PLAN + 1, PAID):
        row[at] = _sum(held, at)
    return row


def _sum(held: Sequence[list[object]], at: int) -> int:
    return sum(amount for line in held if isinstance(amount := line[at], int))


def _roman(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("", "X", "XX", "XXX", "XL", "L", "LX")[tens] + (
        *("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
    )[ones]


def _controls(held: Sequence[list[object]]) -> list[list[object]]:
    rows: list[list[object]] = [["all", "", _sum(held, PLAN), _sum(held, PAID)]]
    for by, at in (("owner", 3), ("source", 4)):
        for key in dict.fromkeys(line[at] for line in held):
            mine = [line for line in held if line[at] == key]
            rows.append([by, key, _sum(mine, PLAN), _sum(mine, PAID)])
    return rows


def calamine(path: Path) -> None:
    """Read all cells, and do nothing with them."""
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def intake(path: Path) -> None:
    """Read, validate and reconcile."""
    totals = pb.read_excel(path).reconcile()
    if not totals["ok"].all() or totals["stated"].notna().sum() < min(OWNERS.values()):
        raise AssertionError(f"{path.name}: the totals do not reconcile")


def measure(path: Path, repeat: int) -> tuple[list[float], list[float]]:
    """Return the seconds of every repetition, calamine's and phanbo's: they take turns, another first each time."""
    ways: dict[Callable[[Path], None], list[float]] = {calamine: [], intake: []}
    for repetition in range(repeat + 1):
        for way in (calamine, intake) if repetition % 2 else (intake, calamine):
            gc.collect()
            begin = time.perf_counter()
            way(path)
            if repetition:  # the first fills caches
                ways[way].append(time.perf_counter() - begin)
    return ways[calamine], ways[intake]


def _peak(path: Path | None) -> int:
    """Return the peak of memory of a fresh process that reads *path*, or nothing but imports."""
    command = [sys.executable, __file__, "--peak", str(path or "")]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 — this very file


def growth(folder: Path, sizes: Sequence[int], repeat: int) -> str:
    """Return how time and memory grow with the lines."""
    seconds, peaks = [], []
    rows = ["| lines | phanbo | ÷ calamine | peak of memory |", "| --- | --- | --- | --- |"]
    for size in sizes:
        path = folder / f"{size}.xlsx"
        workbook(path, "plain", size)
        alone, whole = measure(path, repeat)
        seconds.append(median(whole))
        peaks.append(_peak(path))
        rows.append(
            f"| {size:,} | {seconds[-1]:.2f} s | {_ratio(alone, whole):.1f} | {peaks[-1] / 2**20:,.0f} MiB |"
        )
    slope = float(np.polyfit(sizes, peaks, 1)[0])
    rows += [
        "",
        f"Time grows as n^{exponent(sizes, seconds):.2f}; a line takes {slope / 1000:.1f} kB at the peak,",
    ]
    rows += [f"above {_peak(None) / 2**20:.0f} MiB of imports."]
    return "\n".join(rows)


def _ratio(alone: Sequence[float], whole: Sequence[float]) -> float:
    return median(mine / its for its, mine in zip(alone, whole, strict=True))


def forms(folder: Path, size: int, repeat: int) -> str:
    """Return what each form costs beside calamine."""
    rows = [
        f"| {size:,} lines × {len(HEADERS)} columns | calamine | phanbo | ÷ |",
        "| --- | --- | --- | --- |",
    ]
    for form, title in FORMS.items():
        path = folder / f"{form}.xlsx"
        workbook(path, form, size)
        alone, whole = measure(path, repeat)
        rows.append(
            f"| {title} | {median(alone):.2f} s | {median(whole):.2f} s | {_ratio(alone, whole):.2f} |"
        )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description="Measure reading beside python-calamine.")
    parser.add_argument("--repeat", type=int, default=9, help="repetitions (9)")
    parser.add_argument("--quick", action="store_true", help="once, on few lines, to see that it works")
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.peak is not None:
        if asked.peak:
            intake(Path(asked.peak))
        print(resident_peak())
        return
    sizes, size, repeat = (GROWTH, SIZE, asked.repeat) if not asked.quick else ((QUICK, 2 * QUICK), QUICK, 1)
    with tempfile.TemporaryDirectory() as folder:
        print(forms(Path(folder), size, repeat), flush=True)
        print("\n" + growth(Path(folder), sizes, min(repeat, 3)))


if __name__ == "__main__":
    main()
