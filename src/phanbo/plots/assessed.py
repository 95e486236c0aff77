"""The figures behind the pictures of an assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from phanbo.words import GROUP, word

if TYPE_CHECKING:
    from phanbo.assessment import Assessment

__all__ = ["milestone_data", "owner_data"]


def owner_data(assessment: Assessment) -> pd.DataFrame:
    """Return the owners with a plan this year, best first: ``owner, plan, disbursed`` (đồng), ``ratio, province``."""
    frame = assessment.owners
    frame = frame[frame["plan"] > 0].sort_values("ratio", ascending=False, kind="stable")
    data = frame[["owner", "plan", "disbursed", "ratio"]].assign(province=assessment.province["ratio"])
    return data.reset_index(drop=True)


def milestone_data(assessment: Assessment, lang: str) -> pd.DataFrame:
    """Return the groups of projects: ``group`` in words, ``ratio`` today, ``share`` when judged, ``required``, ``milestone``."""
    rows = []
    for row in assessment.stages.to_dict("records"):
        name = word(GROUP, row["group"], lang)
        label = f"{name} {row['plan_year']}" if row["group"] == "carried" else name
        rows.append(
            {
                "group": label[0].upper() + label[1:],
                "plan": row["plan"],
                "ratio": row["ratio"],
                "share": row[f"share_{assessment.judge}"],
                "required": row[f"required_{assessment.judge}"],
                "milestone": row["milestone"],
                "behind": bool(row[f"behind_{assessment.judge}"]),
            }
        )
    return pd.DataFrame(rows)
