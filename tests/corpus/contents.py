"""The contents of the corpus: kinds of file, encodings, numbers, units, dates, several files at once, what must be refused."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from typing import Any

from corpus.declared import HEAD, LEGAL, Case, Line, book, cells, head, plain
from dressing.legacy import tcvn3, vni
from dressing.pages import Page, serial

__all__ = ["contents"]

ALL = tuple(HEAD)


def one(name: str, shows: str, pages: list[Page], lines: Any = None, kind: str = "xlsx", **more: Any) -> Case:
    return Case(name, shows, plain() if lines is None else list(lines), {name: (kind, pages)}, **more)


def kinds() -> list[Case]:
    dong: dict[str, Any] = {"unit": 1, "said": "đồng"}
    pages = book(plain(), above=LEGAL)
    found = [one(f"file-{kind}", f"a .{kind} file", pages, kind=kind) for kind in ("xlsm", "xls", "ods")]
    for name, kind, shown in (
        ("csv-utf-8-comma", "csv utf-8 ,", "UTF-8, commas"),
        ("csv-utf-8-bom-semicolon", "csv utf-8-sig ;", "UTF-8 with its mark, semicolons"),
        ("csv-utf-16-tab", "csv utf-16 \t", "UTF-16, tabs"),
        ("csv-windows-1258-semicolon", "csv cp1258 ;", "Windows-1258, semicolons"),
    ):
        found.append(one(name, f"a CSV in {shown}", book(plain(), **dong), kind=kind, reader="csv"))
    return found


def texts() -> list[Case]:
    def each_text(pages: list[Page], change: Any) -> list[Page]:
        return [
            Page(
                page.name,
                [[change(cell) if isinstance(cell, str) else cell for cell in row] for row in page.rows],
            )
            for page in pages
        ]

    def noise(text: str) -> str:
        wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() and text.isdigit() else c for c in text)
        return unicodedata.normalize("NFD", wide).replace(" ", "\xa0 ")

    found = [
        one(
            "text-nfd-nbsp-full-width",
            "decomposed letters, hard blanks, full-width digits",
            each_text(book(plain()), noise),
        )
    ]
    found += [
        one("text-tcvn3", "typed in TCVN3 (.VnTime)", each_text(book(plain()), tcvn3), font=".VnTime"),
        one("text-vni", "typed in VNI (VNI-Times)", each_text(book(plain()), vni), font="VNI-Times"),
    ]
    codes = [each | {"project_id": each["project_id"].replace("0", "O")} for each in plain()]
    twice = [*book(plain())]
    twice[0].rows += [
        [7, *cells(codes[0] | {"source": "Xổ số kiến thiết", "plan": 10**9, "disbursed": 0}, ALL)]
    ]
    lottery = plain()[0] | {"source": "Xổ số kiến thiết", "plan": 10**9, "disbursed": 0}
    found += [one("text-look-alike-code", "a letter O in place of 0 in one code", twice, [*plain(), lottery])]
    names = (
        '=HYPERLINK("http://x","Đường")',
        "+84 Cầu Khê",
        "@SUM(A1:A9) Trạm",
        "-Hồ chứa",
        "\tBệnh viện",
        "Trường",
    )
    evil = [each | {"project": name} for each, name in zip(plain(), names, strict=True)]
    clean = [each | {"project": each["project"].strip()} for each in evil]
    return [*found, one("text-formula-injection", "names that a spreadsheet would run", book(evil), clean)]


def vietnamese(number: Any) -> Any:
    """Write a number the Vietnamese way: 1.234.567,8."""
    return f"{Decimal(number):,f}".translate(str.maketrans(",.", ".,")) if number is not None else None


def figures() -> list[Case]:
    third = [
        each | {"plan": each["plan"] + 250_000, "disbursed": min(each["disbursed"] + 125_500, each["plan"])}
        for each in plain()
    ]
    dong: dict[str, Any] = {"unit": 1, "said": "đồng"}
    found = [
        one("numbers-vietnamese-text", "1.234.567 typed as text", book(plain(), show=vietnamese, **dong)),
        one(
            "numbers-english-text",
            "1,234,567 typed as text",
            book(plain(), show=lambda n: f"{n:,}" if n is not None else None, **dong),
        ),
        one(
            "numbers-decimal-comma",
            "1.234,50 triệu as text",
            book(
                third,
                show=lambda n: vietnamese(Decimal(n).quantize(Decimal("0.0001"))) if n is not None else None,
            ),
            third,
        ),
    ]
    for name, said, unit in (
        ("dong", "đồng", 1),
        ("thousand", "nghìn đồng", 1_000),
        ("billion", "tỷ đồng", 10**9),
    ):
        found.append(one(f"unit-{name}", f"amounts in {said}", book(third, unit=unit, said=said), third))
    rows: list[list[Any]] = [["ĐVT: triệu đồng"], [*head(ALL[:-1]), "Kế hoạch điều chỉnh (+ tăng) (− giảm)"]]
    lines = []
    for k, (each, shift) in enumerate(zip(plain(), (1_500, -450, -3_150, 0, 2_000.5, 0), strict=True), 1):
        shown = f"({vietnamese(-shift)})" if shift == -3_150 else f"−{-shift}" if shift < 0 else shift or None
        if shift == -3_150:
            shown = "(3.150,0)"
        rows.append([k, *cells(each, ALL[:-1]), shown])
        up, down = max(shift, 0), max(-shift, 0)
        lines.append(
            each | {"requested_increase": round(up * 10**6), "offered_decrease": round(down * 10**6)}
        )
    found += [one("numbers-negative", "minus signs and brackets", [Page("Biểu", rows)], lines)]
    ratio = [[*row] for row in book(plain())[0].rows]
    ratio[1].append("Tỷ lệ giải ngân (%)")
    for row, each in zip(ratio[2:], plain(), strict=True):
        row.append(f"{each['disbursed'] * 1000 // each['plan'] / 10:.1f}%".replace(".", ","))
    return [
        *found,
        one("numbers-percent", "a column of rates, checked and not stored", [Page("Biểu", ratio)]),
    ]


def days() -> Case:
    dates = (
        dt.date(2023, 5, 25),
        "25/5/2023",
        "2023-05-25",
        serial(dt.date(2023, 5, 25)),
        "12/QĐ-UBND ngày 25/5/2023",
        "25.5.2023",
    )
    rows: list[list[Any]] = [["ĐVT: triệu đồng"], [*head(ALL), "Ngày phê duyệt dự án"]]
    rows[1][-1] = "Quyết định đầu tư - Số QĐ, ngày tháng năm"
    rows += [
        [k, *cells(each, ALL), date] for k, (each, date) in enumerate(zip(plain(), dates, strict=True), 1)
    ]
    lines = [each | {"approved_on": "2023-05-25"} for each in plain()]
    return one("dates-mixed", "dates as dates, texts and serial numbers", [Page("Biểu", rows)], lines)


def several() -> list[Case]:
    owners: dict[str, list[Line]] = {}
    for each in plain():
        owners.setdefault(each["owner"], []).append(each)
    files = {
        f"Bieu {k} - {owner}": ("xlsx", book(held, sheet="Biểu mẫu"))
        for k, (owner, held) in enumerate(owners.items(), 1)
    }
    missing = "Sở Nông nghiệp"
    found = [
        Case(
            "forms-of-owners",
            "a folder of the owners' forms; one did not return its own",
            plain(),
            files,
            reader="forms",
            options={"expected": [*owners, missing]},
        )
    ]
    plan = book(plain(), tuple(name for name in ALL if name != "disbursed"), sheet="KeHoachVon")
    rows: list[list[Any]] = [["KHO BẠC NHÀ NƯỚC NAM KHÊ"], ["Đơn vị tính: đồng"]]
    rows += [
        [
            "STT",
            "Mã dự án",
            "Tên dự án",
            "Nguồn vốn",
            "Kế hoạch vốn năm 2024",
            "Giải ngân từ 01/01/2024 đến 15/9/2024",
        ]
    ]
    for k, each in enumerate(plain(), 1):
        code = each["project_id"] if k % 2 else None
        rows.append(
            [
                k,
                code,
                each["project"].upper() if k % 2 else each["project"],
                each["source"],
                each["plan"],
                each["disbursed"],
            ]
        )
    files = {"ke-hoach": ("xlsx", plan), "kho-bac": ("xlsx", [Page("Kho bạc", rows)])}
    return [
        *found,
        Case(
            "treasury",
            "the plan, and the Treasury's figures by code or by name",
            plain(),
            files,
            reader="treasury",
        ),
    ]


def refused() -> list[Case]:
    mixed = book(plain())
    mixed[0].rows[3][6] = "1.234"
    found = [
        one(
            "refused-ambiguous-number",
            "“1.234” triệu: 1,234 or 1 234?",
            mixed,
            [],
            errors={("ambiguous-number", "G4")},
        )
    ]
    allocated = book(
        [each | {"sector": 50_000} for each in plain()], (*ALL, "sector"), sector="Lũy kế bố trí vốn"
    )
    found += [
        one(
            "refused-allocated-to-when",
            "an allocation that does not say up to which year",
            allocated,
            [],
            errors={("header-doubtful", "J2")},
        )
    ]
    done = book(plain())
    done[0].rows[7][5] = "Hoàn thành"
    found += [
        one(
            "refused-completed-when",
            "“Hoàn thành” without its year",
            done,
            [],
            errors={("completed-without-year", "F8")},
        )
    ]
    lost = book(plain(), tuple(name for name in ALL if name != "disbursed"))
    found += [
        one(
            "refused-no-disbursement",
            "no column of disbursement at all",
            lost,
            [],
            errors={("column-missing", "")},
        )
    ]
    two = [*plain(), plain()[0] | {"plan": 1_000_000}]
    return [
        *found,
        one(
            "refused-two-rows-one-key", "two rows with one key", book(two), [], errors={("duplicate-key", "")}
        ),
    ]


def contents() -> list[Case]:
    """Return the cases of what stands in the cells, and in which file."""
    return [*kinds(), *texts(), *figures(), days(), *several(), *refused()]
