"""A synthetic workbook of an invented two-tier province, "tỉnh Bắc Lĩnh", plan year 2026: 34 owners, 300 lines.

There is no such province. **Every place, project and figure is invented**, and the workbook says so on its first
sheet and above its tables. The province has two tiers, province and commune, as since 1 July 2025: area boards
stand where the boards of the former tier stood, each commune has a budget of its own, and 2026 is the first year
of the medium-term plan 2026–2030. Only the pace follows published national rates; see the curve of the calendar.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from phanbo.examples import bac_linh_names as names
from phanbo.examples.draws import Draws
from phanbo.examples.figures import draw_lines
from phanbo.examples.province import Province
from phanbo.examples.workbook import AMOUNTS, workbook

if TYPE_CHECKING:
    from phanbo.examples.province import Knots, Line, Project

__all__ = ["BASIS", "PROVINCE", "bac_linh_workbook"]

BASIS = (
    "SỐ LIỆU MÔ PHỎNG. Bảng này do phanbo tạo ra để minh họa năm kế hoạch 2026 của một tỉnh hai cấp.",
    "Không có tỉnh nào tên Bắc Lĩnh. Tên xã, phường, thôn, dự án đều đặt ra; trùng tên ở đâu là ngẫu nhiên.",
    "Số vốn, số giải ngân, nhu cầu, ngày tháng, hiệp định vay, chương trình MTQG A và B đều là giả định.",
    "Mã dự án bắt đầu bằng “MP”: mô phỏng.",
    (
        "Theo mô hình chính quyền địa phương hai cấp (tỉnh, xã) từ 01/7/2025: sở, ban quản lý dự án chuyên ngành, ban "
        "quản lý dự án khu vực, UBND xã, phường. Ngân sách mỗi xã, phường là của riêng xã, phường đó (cột Địa điểm)."
    ),
    "Năm 2026 là năm đầu của kế hoạch đầu tư công trung hạn 2026-2030; vốn kéo dài là vốn kế hoạch năm 2025.",
    "Nhịp giải ngân chung của cả tỉnh phỏng theo nhịp cả nước đã công bố; nguồn ghi trong lịch “bac-linh-2026”.",
    "Trang KeHoachVon: số liệu đến 12/6/2026.",
    "Trang GiaiNgan: lũy kế giải ngân từng dòng vốn cuối mỗi tháng và đến ngày số liệu ba đợt (12/6, 15/9, 06/11/2026).",
)
"""What the first sheet says under the warning."""

DAYS = ((1, 31), (2, 28), (3, 31), (4, 30), (5, 31), (6, 12), (6, 30), (7, 31), (8, 31), (9, 15))
DATES = tuple(dt.date(2026, *day) for day in (*DAYS, (9, 30), (10, 31), (11, 6)))
"""The ends of the months, and the data dates of the three rounds."""

BEGINS = {"fast": 3, "rising": 4, "steady": 5, "slow": 8, "stuck": 13}
"""The month by whose end a new start has begun: nothing is paid before."""


def _pay(draws: Draws, project: Project, line: Line, knots: Knots) -> tuple[int, ...]:
    """Return what was paid by `DATES`: between the rounds it grows by a part of the way."""
    june, september, november = knots
    paid = [
        *(june * _about(draws, share) // 100 for share in (6, 16, 34, 58, 86)),
        june,
        *(june + (september - june) * _about(draws, share) // 100 for share in (18, 50, 84)),
        september,
        *(september + (november - september) * _about(draws, share) // 100 for share in (28, 88)),
        november,
    ]
    if project.stage == "completed" and project.gait == "fast" and line["plan_year"] == 2026:
        paid[6:9] = [september] * 3  # all of it by 30 June
    begins = BEGINS[project.gait] if project.stage == "new_start" else 0
    return tuple(0 if day.month < begins else sofar for day, sofar in zip(DATES, paid, strict=True))


def _about(draws: Draws, share: int) -> int:
    return share + draws.between(-4, 4)


PROVINCE = Province(
    name="tỉnh Bắc Lĩnh",
    year=2026,
    period=2026,
    seed=20260617,
    owners=names.OWNERS,
    places=names.PLACES,
    hamlets=names.HAMLETS,
    works=names.WORKS,
    sources=names.SOURCES,
    families=names.FAMILIES,
    programmes=names.PROGRAMMES,
    loans=names.LOANS,
    loan_sources=frozenset({"oda", "onlent"}),
    carried=names.CARRIED,
    spans={
        "completed": (2,),
        "transitional": (2, 3, 3, 4, 6),
        "new_start": (2, 3, 4, 5),
        "preparation": (0,),
    },
    class_limits={"economy": (160_000, 3_000_000), "": (90_000, 1_600_000)},
    dates=DATES,
    first_date=dt.date(2026, 6, 12),
    pay=_pay,
    leaders=names.LEADERS,
    urgent=3,
    special=1,
    ppp=2,
    advances=12,
    tasks=names.TASKS,
)


def bac_linh_workbook() -> bytes:
    """Return the workbook as bytes; its money is in đồng."""
    lines = draw_lines(PROVINCE)
    draws = Draws(PROVINCE.seed + 1)
    for line in lines:
        _in_dong(draws, line)
    return workbook(PROVINCE, lines, BASIS, "đồng")


def _in_dong(draws: Draws, line: Line) -> None:
    """Turn a line's triệu đồng into đồng; what was paid ends in odd đồng, as the Treasury's figures do."""
    paid: list[int] = []
    for before, now in zip((0, *line["paid"]), line["paid"], strict=False):
        odd = draws.between(0, 999_999) if before < now < line["plan"] else 0
        paid.append(paid[-1] if paid and before == now else now * 1_000_000 + odd)
    rest = line["committed"] * 1_000_000
    for name in AMOUNTS & line.keys():
        line[name] *= 1_000_000
    line["paid"] = tuple(paid)
    line["disbursed"] = paid[DATES.index(PROVINCE.first_date)]
    line["committed"] = min(rest, line["plan"] - line["disbursed"])
    if "estimate_year_end" in line:
        line["estimate_year_end"] = max(line["estimate_year_end"], paid[-1])
