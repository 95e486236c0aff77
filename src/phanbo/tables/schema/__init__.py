"""Every column phanbo reads, declared once: type, unit, what an empty cell means, Vietnamese headers.

Readers, checks, the blank template and the documentation are made from these declarations.
"""

from __future__ import annotations

from dataclasses import dataclass

from phanbo.tables.schema.column import Column, Table, Type
from phanbo.tables.schema.columns_key import KEYS, KINDS_OF_LINE
from phanbo.tables.schema.columns_money import NEEDS, PLANS, PROJECT_MONEY
from phanbo.tables.schema.columns_other import CONTROLS, HISTORY, OWNERS, REPORTS, SCHEDULE, SOURCES
from phanbo.tables.schema.columns_project import DATES, FLAGS
from phanbo.tables.schema.vocabulary import KINDS, SECTORS, STAGES, Kind, kind_of, sector_of, stage_of

__all__ = [
    "AMBIGUOUS",
    "CARRIED",
    "CHECKED",
    "CONTROLS",
    "HISTORY",
    "IGNORED",
    "KINDS",
    "LINES",
    "OWNERS",
    "PLAN_BY_SOURCE",
    "REPORTS",
    "SCHEDULE",
    "SECTORS",
    "SOURCES",
    "SPAN",
    "STAGES",
    "TABLES",
    "Ambiguous",
    "Column",
    "Kind",
    "Table",
    "Type",
    "kind_of",
    "sector_of",
    "stage_of",
    "table",
]

LINES = Table(
    "lines",
    "KeHoachVon",
    (*KEYS, *PLANS, *NEEDS, *PROJECT_MONEY, *KINDS_OF_LINE, *DATES, *FLAGS),
    ("line_id",),
)

TABLES: dict[str, Table] = {
    each.name: each for each in (LINES, HISTORY, SCHEDULE, SOURCES, OWNERS, REPORTS, CONTROLS)
}
"""All tables by name; `lines` comes first and alone is required."""


def table(name: str) -> Table:
    """Return the table called *name*; `KeyError` if there is none.

    Examples
    --------
    >>> table("sources").sheet
    'NguonVon'
    """
    return TABLES[name]


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A header that must never be matched blindly.

    Attributes
    ----------
    headers : tuple of str
        The headers, ``{N}`` and ``{d}`` as in `Column.headers`.
    columns : tuple of str
        What it may mean; empty where nothing may be taken from it.
    settle : str
        How it is settled: ``"values"`` (by the values of its cells), ``"proposed"`` (needs and offers only
        under "Đề xuất", "Đề nghị", "Nhu cầu" or where no plan after adjustment stands), ``"alone"`` (only if
        no second such column stands and every row is within the plan), ``"ask"`` (an error that asks),
        ``"drop"`` (kept, not used, and noted).
    ask_vi, ask_en : str
        What the user is told or asked.
    """

    headers: tuple[str, ...]
    columns: tuple[str, ...]
    settle: str
    ask_vi: str
    ask_en: str


AMBIGUOUS: tuple[Ambiguous, ...] = (
    Ambiguous(
        ("Nhóm dự án", "Nhóm"),
        ("project_class", "stage"),
        "values",
        "Cột vừa có nhóm A, B, C vừa có phân loại (hoàn thành, chuyển tiếp…): tách thành hai cột.",
        "The column mixes classes A, B, C with stages: split it in two.",
    ),
    Ambiguous(
        ("Lũy kế giải ngân", "Lũy kế thanh toán"),
        ("disbursed",),
        "alone",
        "Lũy kế từ đầu năm hay từ khởi công? Ghi rõ ở tiêu đề cột.",
        "Since 1 January or since the start of works? Say so in the header.",
    ),
    Ambiguous(
        ("Lũy kế bố trí vốn", "Lũy kế vốn đã bố trí", "Vốn đã phân bổ", "Vốn đã bố trí", "Đã bố trí"),
        ("allocated_to_date", "allocated_before"),
        "values",
        "Lũy kế bố trí đến hết năm nào? Ghi rõ năm ở tiêu đề cột.",
        "Allocated up to which year? Put the year in the header.",
    ),
    Ambiguous(
        ("Khối lượng thực hiện từ khởi công", "Khối lượng thực hiện"),
        (),
        "drop",
        "Khối lượng thực hiện không phải là nghiệm thu chưa thanh toán: không dùng.",
        "Work done is not work accepted and unpaid: not used.",
    ),
    Ambiguous(
        ("Điều chỉnh tăng", "Tăng", "Kế hoạch điều chỉnh (+ tăng)"),
        ("requested_increase",),
        "proposed",
        "Đã điều chỉnh hay đề nghị điều chỉnh? Ghi “Đề nghị” hoặc có cột “sau điều chỉnh”.",
        "Done or proposed? Write “Đề nghị”, or give the plan after adjustment.",
    ),
    Ambiguous(
        ("Điều chỉnh giảm", "Giảm", "Kế hoạch điều chỉnh (- giảm)"),
        ("offered_decrease",),
        "proposed",
        "Đã điều chỉnh hay đề nghị điều chỉnh? Ghi “Đề nghị” hoặc có cột “sau điều chỉnh”.",
        "Done or proposed? Write “Đề nghị”, or give the plan after adjustment.",
    ),
    Ambiguous(
        ("Quyết toán, giá trị dự toán hoặc TMĐT", "Giá trị dự toán hoặc TMĐT"),
        (),
        "ask",
        "Cột gộp quyết toán, dự toán và tổng mức đầu tư: tách thành từng cột.",
        "The column mixes settled values, estimates and totals: split it.",
    ),
    Ambiguous(
        ("Năm {N}",),
        (),
        "ask",
        "Cột này là kế hoạch hay giải ngân của năm đó? Ghi đủ tên ở tiêu đề cột.",
        "The plan or the disbursement of that year? Write it out in the header.",
    ),
    Ambiguous(
        ("Dự án cấp bách", "Cấp bách"),
        (),
        "drop",
        "“Cấp bách” không phải là “khẩn cấp” theo Luật Đầu tư công: không dùng.",
        "“Cấp bách” is not “khẩn cấp” (emergency) in the law: not used.",
    ),
)

CARRIED: dict[str, tuple[str, ...]] = {
    "plan": (
        "Vốn kéo dài các năm trước",
        "Vốn kéo dài",
        "KH năm {N-1} kéo dài",
        "Kế hoạch năm {N-1} kéo dài",
        "KH vốn năm {N-1} kéo dài",
        "Kế hoạch vốn kéo dài",
        "Kế hoạch vốn năm {N-1} kéo dài",
        "Kế hoạch vốn cho phép kéo dài",
        "Kế hoạch vốn năm {N-1} cho phép kéo dài",
    ),
    "disbursed": (
        "Giải ngân - KH năm {N-1} kéo dài",
        "Giải ngân KH năm {N-1} kéo dài",
        "Giải ngân vốn kéo dài",
        "Giải ngân kế hoạch vốn kéo dài",
    ),
}
"""Headers of the carried-over pair of a wide table: they make a line of the year before."""

PLAN_BY_SOURCE: dict[str, str] = {
    "Kế hoạch vốn NS tỉnh năm {N}": "NS tỉnh",
    "Kế hoạch vốn NSTW năm {N}": "NSTW",
}
"""Headers that give the plan and name its source too."""

SPAN: tuple[str, ...] = ("Thời gian KC-HT", "Thời gian thực hiện", "Thời gian khởi công - hoàn thành")
"""Headers of a span of years, read into `schedule_start` and `schedule_finish`."""

CHECKED: tuple[str, ...] = ("Tỷ lệ giải ngân (%)", "Tỷ lệ giải ngân", "% GN", "Đạt tỷ lệ", "Tỷ lệ")
"""Headers of a disbursement ratio: checked against plan and disbursement, not stored."""

IGNORED: tuple[str, ...] = (
    "STT",
    "TT",
    "#",
    "Mã chương",
    "Năng lực thiết kế",
    "Ghi chú",
    "Lý do điều chỉnh",
    "Quyết định điều chỉnh",
)
"""Headers of columns that are kept in the file and not used."""
