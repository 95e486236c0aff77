"""The Peruvian round: 5,108 real projects of 26 regional governments, as of 16/11/2020, in soles.

The file of the Ministry of Economy and Finance (public SIAF) gives, a project and government: the opening plan
(`pia`), the plan after the year's modifications (`pim`) and what was accrued. Read as phanbo reads a province:

* a government is a source, so a pool: nothing moves between governments; `pim` is the plan, `accrued` what is
  disbursed; a sol stands in the place of a đồng;
* **not published, assumed:** a project outside the opening plan (`pia` = 0) is a new start, any other one
  transitional; an owner is one kind of work (the first word of the project's name, where it names `COMMON`
  projects or more) inside one government; a line past 80 % of its plan needs another quarter of it;
* milestones are those of Lạng Sơn 2024, moved to 2020; the curve is the mean of the regional governments of
  six departments, 2010–2016.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from calibrate_absorption import PROJECTS, data_folder
from setting import Setting

from phanbo import Policy, load_rulebook
from phanbo.calendar_file import parse_calendar
from phanbo.rulebook_file import parse_rulebook

__all__ = ["build", "projects", "projects_file"]

COMMON = 40
"""Kinds of work with fewer projects than this, in all governments, are one kind."""

CALENDAR = """
code = "peru-2020"
title_vi = "Peru, năm kế hoạch 2020"
title_en = "Peru, plan year 2020"
year = 2020
source = "Giả định: mốc của Lạng Sơn năm 2024, chuyển về năm 2020"
last_adjustment = 2020-12-31

[[milestone]]
group = "transitional"
on = 2020-09-30
inclusive = true
share = "0.7"

[[milestone]]
group = "transitional"
on = 2020-12-31
inclusive = true
share = "1"

[[milestone]]
group = "new_start"
on = 2020-09-30
inclusive = true
share = "0.4"

[[milestone]]
group = "new_start"
on = 2020-12-31
inclusive = true
share = "1"

[[round]]
number = 1
report_by = 2020-11-30
judged_on = 2020-09-30
forecast_on = 2020-12-31

[curve]
source = "Trung bình chi đầu tư của chính quyền vùng tại 6 vùng của Peru, 2010–2016 (MEF)"
points = [
  { on = 2020-01-01, share = 1 },
  { on = 2020-03-31, share = 1107 },
  { on = 2020-06-30, share = 3167 },
  { on = 2020-09-30, share = 5751 },
  { on = 2020-10-31, share = 6655 },
  { on = 2020-11-30, share = 7615 },
  { on = 2020-12-31, share = 10000 },
]
"""


def projects_file() -> Path:
    """Return where the projects should be: in ``PHANBO_DATA``, else in ``../shared/data``."""
    return data_folder() / PROJECTS


def projects() -> pd.DataFrame:
    """Return the published rows with the columns phanbo reads, one row a project and government."""
    published = pd.read_csv(projects_file())
    named = published["project"].str.partition(": ")
    kind = named[2].str.extract(r"^(\w+)")[0].fillna("")
    kind = kind.where(kind.map(kind.value_counts()) >= COMMON, "OTRO")
    plan, accrued = published["pim"], published["accrued"]
    return pd.DataFrame(
        {
            # 66 codes stand in several governments; phanbo gives a project one owner.
            "project_id": named[0] + "-" + published["region"],
            "project": named[2],
            "owner": published["region"] + " · " + kind,
            "source": published["region"],
            "plan_year": 2020,
            "stage": np.where(published["pia"] > 0, "transitional", "new_start"),
            "plan": plan,
            "disbursed": accrued,
            "requested_increase": (plan // 4).where(accrued * 5 > plan * 4, 0),
        }
    )


def build(size: int | None = None, seed: int = 0) -> Setting:  # noqa: ARG001 — published, not drawn
    """Return the round of the first *size* projects, of all unless given."""
    regime = load_rulebook("vn-2020").text
    return Setting(
        lines=projects()[:size],
        calendar=parse_calendar(CALENDAR),
        # Plan year 2020 lies before the regime: a copy with a wider validity.
        rulebook=parse_rulebook(regime.replace("valid_from = 2021-01-01", "valid_from = 2020-01-01")),
        policy=Policy(deadline="2020-12-31", unit=1_000),
        round=1,
        as_of="2020-11-16",
    )
