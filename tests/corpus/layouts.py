"""The layouts of the corpus: where things stand on the sheet."""

from __future__ import annotations

from typing import Any

from corpus.declared import BASE, DAY, HEAD, LEGAL, STAGES, Case, book, cells, head, line, money, plain, total
from dressing.pages import Fault, Formula, Page

__all__ = ["layouts"]

ALL = tuple(HEAD)
WHO = ("project", "project_id", "owner", "source", "stage")
AMOUNTS = ("plan", "disbursed", "requested_increase")


def numbered(lines: Any, names: tuple[str, ...], first: int = 1) -> list[list[Any]]:
    return [[k, *cells(each, names)] for k, each in enumerate(lines, first)]


def one(name: str, shows: str, pages: list[Page], lines: Any = None, kind: str = "xlsx", **more: Any) -> Case:
    return Case(name, shows, plain() if lines is None else list(lines), {name: (kind, pages)}, **more)


def headers() -> list[Case]:
    found = [one("title-and-legal-rows", "title and legal rows above", book(plain(), above=LEGAL))]
    down = [(1, at, 2, at) for at in range(6)]
    two: list[list[Any]] = [
        ["ĐVT: triệu đồng"],
        [*head(WHO), "Năm 2024", None, "Đề nghị"],
        [None] * 6 + ["Kế hoạch vốn", f"Giải ngân đến {DAY}", "Bổ sung"],
        *numbered(plain(), ALL),
    ]
    found += [one("header-2-rows", "two rows of headers, merged", [Page("Biểu", two, [*down, (1, 6, 1, 7)])])]
    blank = [list(row) for row in two]
    found += [
        one("header-2-rows-blank", "the same, blank cells in place of merged ones", [Page("Biểu", blank)])
    ]
    three: list[list[Any]] = [
        ["ĐVT: triệu đồng"],
        [*head(WHO), "Quyết định đầu tư", None, "Năm 2024", None, "Nhu cầu bổ sung vốn"],
        [
            *[None] * 6,
            "Số quyết định, ngày tháng năm",
            "Tổng mức đầu tư",
            "Kế hoạch vốn",
            f"Giải ngân đến {DAY}",
        ],
        [*[None] * 7, "Tổng số"],
    ]
    rich = [each | {"total_investment": each["plan"] * 3, "approved_on": "2023-05-25"} for each in plain()]
    for k, each in enumerate(rich, 1):
        paid = cells(each, ("total_investment", *AMOUNTS))
        three.append([k, *cells(each, WHO), "12/QĐ-UBND ngày 25/5/2023", *paid])
    merged = [(1, at, 3, at) for at in (*range(6), 10)] + [(1, 6, 1, 7), (2, 6, 3, 6), (1, 8, 1, 9)]
    merged += [(2, 8, 3, 8), (2, 9, 3, 9)]
    found += [one("header-3-rows", "three rows of headers", [Page("Biểu", three, merged)], rich)]
    four: list[list[Any]] = [
        ["ĐVT: triệu đồng"],
        [*head(WHO), "Quyết định đầu tư", None, None, "Năm 2024", None, "Nhu cầu bổ sung vốn"],
        [
            *[None] * 6,
            "Số quyết định, ngày tháng năm",
            "Tổng mức đầu tư",
            None,
            "Kế hoạch vốn",
            f"Giải ngân đến {DAY}",
        ],
        [*[None] * 7, "Tổng số", "Trong đó: NS tỉnh"],
        [f"({k})" for k in range(1, 13)],
    ]
    for k, each in enumerate(rich, 1):
        whole = cells(each, ("total_investment",))
        four.append([k, *cells(each, WHO), "12/QĐ-UBND ngày 25/5/2023", *whole, None, *cells(each, AMOUNTS)])
    merged = [(1, at, 3, at) for at in (*range(6), 11)] + [
        (1, 6, 1, 8),
        (2, 6, 3, 6),
        (2, 7, 2, 8),
        (1, 9, 1, 10),
    ]
    merged += [(2, 9, 3, 9), (2, 10, 3, 10)]
    return [
        *found,
        one("header-4-rows", "three rows of headers and a numbering row", [Page("Biểu", four, merged)], rich),
    ]


def annex() -> Case:
    """The adjustment grid of the proposals: one sheet a source."""
    pages, lines = [], []
    for name, sheet in (("Ngân sách tỉnh", "NST"), ("NSTW bổ sung có mục tiêu", "NSTW")):
        top: list[Any] = [
            "#",
            "Danh sách công trình",
            "Mã số dự án",
            "Mã chương",
            "Mã loại - khoản",
            "Chủ đầu tư",
            "Phân loại dự án",
        ]
        top += [
            "Quyết định đầu tư",
            None,
            None,
            "Lũy kế vốn bố trí đến hết năm 2023",
            "Kế hoạch vốn năm 2024 đã giao",
        ]
        top += [
            f"Giải ngân từ 01/01/2024 đến {DAY}",
            "Đề xuất điều chỉnh",
            None,
            "Kế hoạch vốn năm 2024 sau điều chỉnh",
            "Ghi chú",
        ]
        rows: list[list[Any]] = [["Đơn vị tính: triệu đồng"], top]
        rows += [
            [
                *[None] * 7,
                "Số QĐ, ngày tháng năm",
                "Tổng mức đầu tư",
                None,
                *[None] * 3,
                "Điều chỉnh giảm",
                "Điều chỉnh tăng",
            ]
        ]
        rows += [[*[None] * 8, "Tổng số", f"Trong đó: {sheet}"]]
        mine = [each for each in plain() if each["source"] == name]
        sums = [0, 0, 0, 0, 0]
        for k, each in enumerate(mine, 1):
            more = {
                "source": sheet,
                "total_investment": each["plan"] * 4,
                "allocated_before": each["plan"],
                "offered_decrease": 0,
            }
            if not each["disbursed"]:
                more["offered_decrease"] = 150_000_000
            made = each | more
            after = made["plan"] - made["offered_decrease"] + made["requested_increase"]
            # where the plan after adjustment stands it is the plan, and the moves up to it are done (data.md)
            done = {"raised_this_year": made["requested_increase"], "cut_this_year": made["offered_decrease"]}
            moved = {
                "plan": after,
                "plan_initial": made["plan"],
                "requested_increase": 0,
                "offered_decrease": 0,
            }
            lines.append(made | moved | done)
            amounts = [
                made["plan"],
                made["disbursed"],
                made["offered_decrease"],
                made["requested_increase"],
                after,
            ]
            sums = [a + b for a, b in zip(sums, amounts, strict=True)]
            rows.append(
                [k, made["project"], made["project_id"], 599, "280-292", made["owner"], STAGES[made["stage"]]]
            )
            rows[-1] += [
                "12/QĐ-UBND ngày 25/5/2023",
                money(made["total_investment"]),
                None,
                money(made["allocated_before"]),
            ]
            rows[-1] += [money(amount) for amount in amounts]
        rows.append([None, "Tổng số", *[None] * 9, *(money(amount) for amount in sums)])
        merged = [(1, at, 3, at) for at in (*range(7), 10, 11, 12, 15, 16)] + [
            (1, 7, 1, 9),
            (2, 7, 3, 7),
            (2, 8, 2, 9),
        ]
        merged += [(1, 13, 1, 14), (2, 13, 3, 13), (2, 14, 3, 14)]
        pages.append(Page(sheet, rows, merged))
    told = {("proposal-taken-in", "N3"), ("proposal-taken-in", "O3")}
    return one("annex-grid", "the official adjustment grid, one sheet a source", pages, lines, told=told)


def groups() -> list[Case]:
    mine = plain()
    sections = [("I", "Chuyển tiếp", "transitional"), ("II", "Khởi công mới", "new_start")]
    names: tuple[str, ...] = ("project", "project_id", "owner", "source", *AMOUNTS)
    kept = [each for each in mine if each["stage"] != "completed"]
    rows: list[list[Any]] = [["ĐVT: triệu đồng"], head(names), [None, "TỔNG SỐ", *total(kept, names)[1:]]]
    for mark, title, stage in sections:
        held = [each for each in kept if each["stage"] == stage]
        rows += [[mark, title, *total(held, names)[1:]], *numbered(held, names)]
    found = [one("groups-roman-stage", "Roman group rows that carry the stage", [Page("Biểu", rows)], kept)]
    names = ("project", "project_id", "owner", *AMOUNTS)
    rows = [["ĐVT: triệu đồng"], head(names), [None, "TỔNG SỐ", *total(BASE, names)[1:]]]
    for mark, source in zip("AB", ("Ngân sách tỉnh", "NSTW bổ sung có mục tiêu"), strict=True):
        of_source = [each for each in BASE if each["source"] == source]
        rows.append([mark, source, *total(of_source, names)[1:]])
        for roman, sector in zip(
            ("I", "II", "III"), dict.fromkeys(each["sector"] for each in of_source), strict=False
        ):
            of_sector = [each for each in of_source if each["sector"] == sector]
            rows.append([roman, sector, *total(of_sector, names)[1:]])
            for number, stage in enumerate(dict.fromkeys(each["stage"] for each in of_sector), 1):
                held = [each for each in of_sector if each["stage"] == stage]
                rows.append([number, STAGES[stage], *total(held, names)[1:]])
                rows += [["-", *cells(each, names)] for each in held]
    found += [
        one(
            "groups-source-sector-stage",
            "group rows carry source, sector and stage",
            [Page("Biểu", rows)],
            BASE,
        )
    ]
    plain_rows = [["ĐVT: triệu đồng"], head(ALL), *numbered(mine, ALL)]
    below = [*plain_rows, [None, "Tổng cộng", *total(mine, ALL)[1:]]]
    found += [one("subtotal-below", "the total row at the bottom", [Page("Biểu", below)])]
    wrong = [*plain_rows, [None, "Tổng cộng", *total(mine, ALL)[1:]]]
    wrong[-1][6] = (wrong[-1][6] or 0) + 700
    found += [
        one(
            "subtotal-wrong",
            "a total row 700 triệu over its lines",
            [Page("Biểu", wrong)],
        )
    ]
    return found


def wide() -> list[Case]:
    tower = [
        (
            line(11, "Đê Khê Ngàn", "Ban QLDA tỉnh Nam Khê", "", "transitional", 0, 0),
            {"NSTW": (9_000, 4_000), "NS tỉnh": (1_000, 250)},
        ),
        (
            line(12, "Chợ Bình Tân", "UBND huyện Trúc Sơn", "", "new_start", 0, 0),
            {"NS tỉnh": (2_400, 0), "ODA": (6_100, 1_500)},
        ),
        (line(13, "Kè Lộc An", "Sở Nông nghiệp", "", "transitional", 0, 0), {"NSTW": (700, 700)}),
    ]
    sources = ("NSTW", "NS tỉnh", "ODA")
    who = ("project", "project_id", "owner", "stage")
    top = [*head(who), "Kế hoạch vốn năm 2024", None, None, None, f"Giải ngân đến {DAY}", None, None, None]
    second = [*[None] * 5, *["Tổng số", "Trong đó", None, None] * 2]
    third = [*[None] * 5, *[None, *sources] * 2]
    rows: list[list[Any]] = [["ĐVT: triệu đồng"], top, second, third]
    lines = []
    for k, (project, by) in enumerate(tower, 1):
        plans, paid = ([by[s][at] if s in by else None for s in sources] for at in (0, 1))
        rows.append(
            [k, *cells(project, who), sum(filter(None, plans)), *plans, sum(filter(None, paid)), *paid]
        )
        for source, (plan, done) in by.items():
            lines.append(project | {"source": source, "plan": plan * 10**6, "disbursed": done * 10**6})
    merged = [(1, at, 3, at) for at in range(5)] + [
        (1, 5, 1, 8),
        (1, 9, 1, 12),
        (2, 5, 3, 5),
        (2, 9, 3, 9),
        (2, 6, 2, 8),
        (2, 10, 2, 12),
    ]
    found = [
        one(
            "sources-side-by-side",
            "a column a source: Tổng số, trong đó …",
            [Page("Biểu", rows, merged)],
            lines,
        )
    ]
    names = (*WHO, "plan", "disbursed")
    carried = [None, (400, 100), None, (1_500, 1_500), None, None]
    heads: list[Any] = [*head(names), "KH năm 2023 kéo dài", "Giải ngân - KH năm 2023 kéo dài"]
    rows, lines = [["ĐVT: triệu đồng"], heads], []
    for k, (each, old) in enumerate(zip(plain(), carried, strict=True), 1):
        rows.append([k, *cells(each, names), *(old or ())])
        lines.append(each | {"requested_increase": 0})
        if old:
            amounts = {"plan": old[0] * 10**6, "disbursed": old[1] * 10**6}
            lines.append(each | amounts | {"plan_year": 2023, "requested_increase": 0})
    found += [
        one("carried-over-pair", "a pair of columns for the capital of 2023", [Page("Biểu", rows)], lines)
    ]
    months = tuple(range(4, 13, 4))
    heads = [*head(names), *(f"Tháng {month}" for month in months)]
    first: list[Any] = [*[None] * 8, "Kế hoạch giải ngân lũy kế", None, None]
    heads[:8], first[:8] = [None] * 8, heads[:8]
    rows = [["ĐVT: triệu đồng"], first, heads]
    schedule = []
    for k, each in enumerate(plain(4), 1):
        steps = [each["plan"] * part // 10**6 // 4 for part in (1, 2, 4)]
        rows.append([k, *cells(each, names), *steps])
        key = {name: each[name] for name in ("project_id", "source", "plan_year")}
        schedule += [key | {"month": m, "disbursed": s * 10**6} for m, s in zip(months, steps, strict=True)]
    lines = [each | {"requested_increase": 0} for each in plain(4)]
    merged = [(1, at, 2, at) for at in range(8)] + [(1, 8, 1, 10)]
    return [
        *found,
        one(
            "schedule-by-month",
            "months of the schedule as columns",
            [Page("Biểu", rows, merged)],
            lines,
            schedule=schedule,
        ),
    ]


def spread() -> list[Case]:
    by = {
        name: [each for each in plain() if each["source"] == name]
        for name in ("Ngân sách tỉnh", "NSTW bổ sung có mục tiêu")
    }
    names = tuple(name for name in ALL if name != "source")
    pages = [
        Page(name, [["ĐVT: triệu đồng"], head(names), *numbered(held, names)]) for name, held in by.items()
    ]
    found = [one("sheets-by-source", "one sheet a source, named after it", pages)]
    rows: list[list[Any]] = []
    for k, held in enumerate(by.values(), 1):
        rows += [[f"Biểu {k}"], ["ĐVT: triệu đồng"], head(ALL), *numbered(held, ALL), []]
    found += [one("tables-on-a-sheet", "two tables one under the other", [Page("Biểu", rows)])]
    rows = [["ĐVT: triệu đồng"], head(ALL), *numbered(plain(), ALL), []]
    rows += [
        ["Ghi chú: số liệu giải ngân do Kho bạc Nhà nước cung cấp."],
        [None, "Người lập biểu", *[None] * 3, "GIÁM ĐỐC"],
    ]
    rows += [[None, "(Ký, ghi rõ họ tên)"], [None, "Nông Văn A", *[None] * 3, "Lý Thị B"]]
    found += [one("signatures-below", "notes and signatures below", [Page("Biểu", rows, [(8, 0, 8, 6)])])]
    rows = [["ĐVT: triệu đồng"], head(ALL), *numbered(plain(), ALL)]
    hidden = Page("Biểu", rows, hidden_rows={3}, hidden_columns={0, 8})
    found += [
        one(
            "hidden-rows-and-columns",
            "hidden rows and columns are read, and said",
            [hidden],
        )
    ]
    gaps = [[None, *row[:3], None, None, *row[3:6], None, *row[6:]] for row in rows]
    gaps = [[None], *gaps[:2], [], *gaps[2:5], [], *gaps[5:]]
    found += [one("blank-columns", "blank columns and rows between", [Page("Biểu", gaps)])]
    cached: list[list[Any]] = [list(row) for row in rows]
    for at in range(2, 8):
        cached[at][6] = Formula(f"2*I{at + 1}-I{at + 1}", cached[at][6])
    cached.append([None, "Tổng cộng", *[None] * 4, Formula("SUM(G3:G8)", total(plain(), ALL)[5]), None, None])
    found += [one("formulas", "formulas with their saved values", [Page("Biểu", cached)])]
    faulty: list[list[Any]] = [list(row) for row in rows]
    faulty[3][6], faulty[5][7] = Fault("#REF!"), Fault("#DIV/0!")
    errors = {("formula-error", "G4"), ("formula-error", "H6")}
    return [
        *found,
        one(
            "formula-errors",
            "#REF! and #DIV/0! where amounts should be",
            [Page("Biểu", faulty)],
            [],
            errors=errors,
        ),
    ]


def layouts() -> list[Case]:
    """Return the cases of where things stand."""
    return [*headers(), annex(), *groups(), *wide(), *spread()]
