"""The figures behind the pictures of an assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from phanbo.words import GROUP, READING, word

if TYPE_CHECKING:
    from phanbo.assessment import Assessment

__all__ = ["milestone_data", "owner_data"]


def owner_data(assessment: Assessment) -> pd.DataFrame:
    """Return the owners with a plan this year, best first: ``owner, plan, disbursed`` (đồng), ``ratio, province``."""
    frame = assessment.owners
    frame = frame[frame["plan"] > 0]  # ranked already, by exact shares
    data = frame[["owner", "plan", "disbursed", "ratio", "below_average"]]
    return data.assign(province=assessment.province["ratio"]).reset_index(drop=True)


def milestone_data(assessment: Assessment, lang: str) -> pd.DataFrame:
    """Return the groups of projects: ``group`` in words, ``plan`` (đồng), ``ratio`` today, ``share`` when judged.

    ``milestone`` is the date by which ``required`` is asked; both are empty where a group has no milestone yet.
    ``province`` is the ratio of the whole province today, ``reading`` the one that decides, in words.
    """
    judge, rows = assessment.judge, []
    for row in assessment.stages.to_dict("records"):
        name = word(GROUP, row["group"], lang)
        label = f"{name} {row['plan_year']}" if row["group"] == "carried" else name
        rows.append(
            {
                "group": label[:1].upper() + label[1:],
                "plan": row["plan"],
                "ratio": row["ratio"],
                "share": row[f"share_{judge}"],
                "required": row[f"required_{judge}"] if row["milestone"] else float("nan"),
                "milestone": row["milestone"],
                "behind": bool(row[f"behind_{judge}"]),
                "province": assessment.province["ratio"],
                "as_of": assessment.as_of.isoformat(),
                "reading": word(READING, judge, lang),
            }
        )
    return pd.DataFrame(rows)
