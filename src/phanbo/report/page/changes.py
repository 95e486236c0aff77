"""What the round changes of each owner: plan and expected disbursement, before and after, as bars on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phanbo.catalogue import million, say
from phanbo.report.page.markup import Element, tag
from phanbo.report.page.tables import Column, plain_table, signed

if TYPE_CHECKING:
    import pandas as pd

    from phanbo.report.names import Names

__all__ = ["change_section", "owner_changes"]

WIDTH, TALL = 220, 22
AMOUNTS = ("plan", "expected", "plan_after", "expected_after")


def owner_changes(names: Names) -> pd.DataFrame:
    """Return one row an owner whose lines change (đồng): ``plan, expected, plan_after, expected_after``, most moved first.

    All its lines are counted, those that stay as they are too.
    """
    proposal = names.proposal
    frame = proposal.lines
    if proposal.case is None:
        raise ValueError("no tables came with the proposal")
    frame["plan"] = proposal.case.portfolio.money("plan")[0]
    frame["plan_after"] = frame["plan"] + frame["add"] - frame["cut"]
    frame["moved"] = frame["add"] + frame["cut"]
    sums = frame.groupby("owner", sort=True)[[*AMOUNTS, "moved"]].sum().reset_index()
    moved = sums[sums["moved"] > 0].sort_values("moved", ascending=False, kind="stable")
    return moved.reset_index(drop=True)


def change_section(names: Names) -> Element:
    """Return a row an owner whose lines change; nothing where none does or no tables are at hand."""
    lang = names.lang
    if names.proposal.case is None or names.proposal.frames["adjustments"].empty:
        return Element("")
    frame, title = owner_changes(names), say("page.changes", lang)
    widest = int(frame[["plan", "plan_after"]].max().max())
    columns = (
        Column(say("page.owner", lang)),
        Column(say("page.plan_before", lang), number=True),
        Column(say("page.change", lang), number=True),
        Column(say("page.plan_after", lang), number=True),
        Column(say("page.expected_before", lang), number=True),
        Column(say("page.expected_after", lang), number=True),
        Column(say("page.both", lang)),
    )
    rows = []
    for row in frame.to_dict("records"):
        plan, spent, plan_after, spent_after = (int(row[name]) for name in AMOUNTS)
        told = {
            "owner": row["owner"],
            "plan": million(plan, lang),
            "spent": million(spent, lang),
            "plan_after": million(plan_after, lang),
            "spent_after": million(spent_after, lang),
        }
        bars = _bars([(plan, spent), (plan_after, spent_after)], widest, say("page.bars", lang, **told))
        change = signed(plan_after - plan, lang)
        rows.append(
            (
                str(row["owner"]),
                told["plan"],
                change,
                told["plan_after"],
                told["spent"],
                told["spent_after"],
                bars,
            )
        )
    return tag(
        "section",
        tag("h2", title, id="changes"),
        tag("p", say("page.changes_note", lang), class_="note"),
        plain_table(title, columns, rows),
        aria_labelledby="changes",
    )


def _bars(amounts: list[tuple[int, int]], widest: int, told: str) -> Element:
    drawn = []
    for k, (plan, spent) in enumerate(amounts):
        y = 1 + k * TALL // 2
        drawn.append(
            tag(
                "rect",
                y=y,
                width=plan * WIDTH // widest,
                height=TALL // 2 - 2,
                fill=("#cfcfcf", "#a8d3ee")[k],
            )
        )
        drawn.append(
            tag(
                "rect",
                y=y,
                width=spent * WIDTH // widest,
                height=TALL // 2 - 2,
                fill=("#595959", "#0072B2")[k],
            )
        )
    return tag(
        "svg",
        tag("title", told),
        *drawn,
        viewBox=f"0 0 {WIDTH} {TALL}",
        width=WIDTH,
        height=TALL,
        role="img",
    )
