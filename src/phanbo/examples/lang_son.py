"""A synthetic workbook of the size of Lạng Sơn, plan year 2024: about 30 owners and 400 capital lines.

Owners' kinds, districts, sources and programmes are those of the province; **every project and every figure is
invented**, and the workbook says so on its first sheet and above its tables. Only orders of magnitude follow
published figures: the totals those of the province's plan of 2025 (7 218 tỷ đồng = 2 820 local + 4 398 central,
carried-over capital included), the pace the national disbursement of 2024. Their addresses are in `BASIS`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from phanbo.examples import lang_son_names as names
from phanbo.examples.figures import draw_lines
from phanbo.examples.province import STAGES, Province
from phanbo.examples.workbook import workbook

if TYPE_CHECKING:
    from phanbo.examples.draws import Draws
    from phanbo.examples.province import Knots, Line, Project

__all__ = ["BASIS", "PROVINCE", "lang_son_workbook"]

BASIS = (
    "Bảng này do phanbo tạo ra để minh họa. Dự án, số vốn, số giải ngân, nhu cầu, ngày tháng đều là giả định.",
    "Mã dự án bắt đầu bằng “MP”: mô phỏng.",
    "Thật: tên huyện, thành phố, xã; loại chủ đầu tư; tên nguồn vốn và chương trình mục tiêu quốc gia.",
    (
        "Tổng kế hoạch chỉ lấy theo độ lớn đã công bố của kế hoạch năm 2025 (không phải 2024) của tỉnh Lạng Sơn, cả vốn "
        "kéo dài: 7.218 tỷ đồng, gồm 2.820 tỷ vốn địa phương và 4.398 tỷ vốn trung ương."
    ),
    "https://news.laodong.vn/xa-hoi/lang-son-phan-bo-7218-ti-dong-cho-3-chuong-trinh-trong-diem-1581967.ldo",
    "Cách chia tổng số cho từng nguồn, chủ đầu tư, dự án là giả định.",
    "Tỷ lệ giải ngân theo nhịp chung cả nước đã công bố:",
    (
        "15,56 % đến 30/4/2025: https://xe.today/2025/05/15/"
        "local-governments-unite-to-secure-material-supplies-for-public-investment-projects"
    ),
    "34,68 % đến 31/7/2024: https://english.thesaigontimes.vn/public-investment-disbursement-reaches-32-in-july",
    (
        "40,49 % đến 31/8/2024: https://en.baochinhphu.vn/print/"
        "public-investment-disbursement-reaches-us109-billion-in-january-august-111240904110005478.htm"
    ),
    "47,29 % đến 30/9/2024: https://tbnhnew.mastercms.vn/tag/quy-3-31348.tag",
    (
        "52,29 % đến 31/10/2024: https://english.vtv.vn/news/"
        "public-investment-disbursement-reaches-522-in-ten-months-20241111092635817.htm"
    ),
    (
        "93,06 % đến 31/01/2025: https://xe.today/2025/02/02/"
        "unlocking-the-potential-achieving-a-93-06-disbursement-rate-for-public-investment-plans"
    ),
    (
        "Trang KeHoachVon: số liệu đến 14/6/2024. Trang GiaiNgan: lũy kế giải ngân từng dòng vốn đến 14/6, 30/6, 15/9, "
        "30/9 và 10/11/2024."
    ),
)
"""What the first sheet says under the warning: what is real, what is invented, and where sizes come from."""


def _pay(draws: Draws, project: Project, line: Line, knots: Knots) -> tuple[int, ...]:
    """Return what was paid by the dates of the province: between the rounds it grows by a part of the way."""
    june, september, november = knots
    by_june_end = june + (september - june) * draws.between(12, 25) // 100
    by_september_end = september + (november - september) * draws.between(20, 35) // 100
    if project.stage == "completed" and project.gait == "fast" and line["plan_year"] == 2024:
        by_june_end = september
    return june, by_june_end, september, by_september_end, november


PROVINCE = Province(
    name="tỉnh Lạng Sơn",
    year=2024,
    period=2021,
    seed=20240620,
    owners=names.OWNERS,
    places=names.DISTRICTS,
    hamlets=names.COMMUNES,
    works=names.WORKS,
    sources=names.SOURCES,
    families=names.FAMILIES,
    programmes=names.PROGRAMMES,
    loans=names.LOANS,
    loan_sources=frozenset({"oda"}),
    carried=names.CARRIED,
    spans=dict.fromkeys(STAGES, (3,)),
    class_limits={"economy": (80_000, 1_500_000), "": (45_000, 800_000)},
    dates=tuple(dt.date(2024, *day) for day in ((6, 14), (6, 30), (9, 15), (9, 30), (11, 10))),
    first_date=dt.date(2024, 6, 14),
    pay=_pay,
    leaders=names.LEADERS,
)
"""Its dates are the data dates of the three rounds and the two milestones between them."""


def lang_son_workbook() -> bytes:
    """Return the workbook as bytes."""
    return workbook(PROVINCE, draw_lines(PROVINCE), BASIS, "triệu đồng")
