"""A published decision as a worked round: Nghệ An 2023, six cuts and three additions that balance to the đồng.

At its 14th session the People's Council of Nghệ An (term XVIII) cut 74.347 tỷ đồng of the local-budget plan of
2023 from six projects and gave it to three transport projects [1]_.

Published, and entered as published: the six cuts (here the owners' offers), the three additions (the stated
needs), the plan before of the six projects cut, the plan after of two of the three raised (plan before = after −
addition), the source, the plan year, and that the three disburse well. The page is in English: the Vietnamese
project names are rendered from it.

**Assumed**, because nothing is published: every owner; what was disbursed; the stage of every project; the data date
(30/6/2023; the address names the 14th session, other sources 7/12/2023, after 15/11, so the calendar stays open until
then); what the receivers can spend
(``absorb_p10``); the third recipient's name and its plan before; the milestone and the curve of the calendar.
Procedures, totals and the medium-term plan are not published either: those columns are left out, and the proposal
lists their rules as unchecked.

.. [1] https://baonghean.vn/nghe-an-reallocates-public-investment-capital-to-3-transportation-projects-with-good-disbursement-progress-post272745.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from phanbo.calendar_file import parse_calendar
from phanbo.portfolio import Portfolio

if TYPE_CHECKING:
    from phanbo.calendar import Calendar

__all__ = ["AS_OF", "CALENDAR", "CUTS", "RAISES", "nghe_an_calendar", "nghe_an_lines", "nghe_an_portfolio"]

AS_OF = "2023-06-30"
"""The data date: assumed."""

MILLION = 1_000_000

CUTS = (
    ("NA-C1", "Đường từ bản Phà Khảo, xã Mai Sơn, huyện Tương Dương đến mốc 390", 10_000, 8_000),
    (
        "NA-C2",
        "Năng lực đo lường, thử nghiệm của Trung tâm Kỹ thuật Tiêu chuẩn Đo lường Chất lượng",
        9_347,
        9_347,
    ),
    ("NA-C3", "Bệnh viện Ung bướu Nghệ An, giai đoạn 2", 15_000, 10_000),
    ("NA-C4", "Thoát nước đường Lê Nin, phường Trường Thi, thành phố Vinh", 30_000, 30_000),
    ("NA-C5", "Trụ sở các xã Yên Thắng, Xiêng My, Tam Hợp, Hữu Khuông, Nhôn Mai, Mai Sơn", 15_000, 10_000),
    ("NA-C6", "Hạ tầng chuyển đổi số tỉnh Nghệ An", 7_000, 7_000),
)
"""Code, project, plan before, cut; triệu đồng, published."""

RAISES = (
    ("NA-R1", "Đường Vinh – Cửa Lò, giai đoạn 2", 98_347 - 48_347, 48_347),
    ("NA-R2", "Cầu Đò Cung qua sông Lam, huyện Thanh Chương", 70_000 - 15_000, 15_000),
    # assumed: the name of the project and 30 000; published: 11 000
    ("NA-R3", "Dự án giao thông thứ ba (chưa rõ tên)", 30_000, 11_000),
)
"""Code, project, plan before, addition; triệu đồng, published but for what is marked."""

CALENDAR = """
code = "nghe-an-2023"
title_vi = "Nghệ An, năm kế hoạch 2023 (ví dụ)"
title_en = "Nghệ An, plan year 2023 (example)"
year = 2023
source = "Quyết định tại kỳ họp thứ 14 HĐND tỉnh Nghệ An khóa XVIII; các mốc dưới đây là giả định"
# ngày muộn nhất mà các nguồn nhắc đến: quyết định có thể sau 15/11
last_adjustment = 2023-12-07

[[milestone]]
group = "transitional"
on = 2023-12-31
inclusive = true
share = "1"
source = "giả định: giải ngân hết kế hoạch năm"

[[round]]
number = 1
report_by = 2023-07-05
judged_on = 2023-12-31

[curve]
source = "51,38 % đến 30/9/2023 so với 93,12 % đến 31/01/2024, cả nước; giữa các điểm là đường thẳng"
points = [
  { on = 2023-01-01, share = 1 },
  { on = 2023-09-30, share = 5518 },
  { on = 2023-12-31, share = 10000 },
]
"""
"""A calendar of its own, because the one of Lạng Sơn is of 2024; its milestone is assumed."""


def nghe_an_calendar() -> Calendar:
    """Return the calendar of the example."""
    return parse_calendar(CALENDAR)


def nghe_an_lines() -> pd.DataFrame:
    """Return the nine lines in đồng; change a figure and the round changes with it.

    Assumed in it: each project has an owner of its own and is transitional; a project cut has paid exactly what
    the decision leaves it; a receiver has paid 70 % of its plan and spends plan and addition with a chance of 90 %.
    """
    rows: list[tuple[object, ...]] = []
    for number, (code, project, plan, cut) in enumerate(CUTS, start=1):
        rows.append((code, project, f"Chủ đầu tư {number} (giả định)", plan, plan - cut, cut, 0, None))
    for number, (code, project, plan, add) in enumerate(RAISES, start=len(CUTS) + 1):
        rows.append(
            (code, project, f"Chủ đầu tư {number} (giả định)", plan, plan * 7 // 10, 0, add, plan + add)
        )
    columns = ("plan", "disbursed", "offered_decrease", "requested_increase", "absorb_p10")
    frame = pd.DataFrame(rows, columns=["project_id", "project", "owner", *columns])
    for column in columns:
        frame[column] = frame[column].astype("Int64") * MILLION
    return frame.assign(source="Ngân sách địa phương", plan_year=2023, stage="transitional")


def nghe_an_portfolio() -> Portfolio:
    """Return the example as a portfolio.

    Examples
    --------
    >>> from phanbo.pipeline import propose
    >>> round_ = propose(nghe_an_portfolio(), calendar=nghe_an_calendar(), round=1, as_of=AS_OF)
    >>> round_.summary["cut"], round_.summary["added"]
    (74347000000, 74347000000)
    """
    return Portfolio(nghe_an_lines())
