"""What other orders of a round's goals would come to: the round is solved anew for each."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pandas as pd

from phanbo.catalogue import billion, say
from phanbo.plots.figures import tables_of
from phanbo.proposal.tier_values import MEASURES
from phanbo.report.names import Names
from phanbo.whatif import WhatIf
from phanbo.words import TIER, word

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["MOST", "order_data"]

MOST = 24
"""Orders solved; of five goals, all that keep the first one where it is."""


def order_data(proposal: Proposal, lang: str = "vi") -> pd.DataFrame:
    """Return one row an outcome of the orders of the round's goals, with how many ``orders`` come to it.

    The orders are the first `MOST` permutations of the policy's goals, its own first: of four goals or fewer all, of
    more those that change the last four. Each is the optimum of that order, as `WhatIf` finds it.

    Returns
    -------
    DataFrame
        ``goals``: the first such order in words; ``moved``, what is cut, and ``gain``, the disbursement gained (đồng);
        ``authority``, what is decided farther away than need be, each amount times its steps (đồng); ``chosen``: the
        round's own order comes to it; ``best``: no outcome gains more with decisions no farther away; ``values``: the
        tiers in which the outcomes differ, in words; ``tier:<name>``, as in `Proposal.tiers`.
    """
    case, names = tables_of(proposal), Names(proposal, lang)
    opened = WhatIf.of(proposal)
    before = int(case.outlook.expected(case.plan).sum())
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    own = case.policy.ordered_tiers
    for order in itertools.islice(itertools.permutations(own), MOST):
        answer = opened.ask(tiers=order)
        gain = int(case.outlook.expected(case.plan + answer.add - answer.cut).sum()) - before
        tiers = {f"tier:{name}": value for name, value in answer.tiers.items() if name != "canonical"}
        row = {
            "goals": " › ".join(_goal(tier.name, names) for tier in order),
            "moved": answer.moved,
            "gain": gain,
            "authority": answer.tiers["authority"],
            "orders": 0,
            "chosen": False,
        }
        outcome = found.setdefault((answer.moved, gain, *sorted(tiers.items())), row | tiers)
        outcome["orders"] += 1
        outcome["chosen"] |= order == own
    rows = list(found.values())
    best = [not any(_beats(other, row) for other in rows) for row in rows]
    frame = pd.DataFrame(rows).assign(best=best)
    frame = frame.sort_values(["authority", "gain", "goals"], kind="stable").reset_index(drop=True)
    return frame.assign(values=_values(frame, names))


def _beats(other: dict[str, Any], row: dict[str, Any]) -> bool:
    """Return whether one outcome gains as much as another with decisions no farther away, and differs in either."""
    no_worse = other["gain"] >= row["gain"] and other["authority"] <= row["authority"]
    return no_worse and (other["gain"], other["authority"]) != (row["gain"], row["authority"])


def _goal(name: str, names: Names) -> str:
    if name.startswith("priority["):
        return names.priority(name[9:-1])
    return say(f"plots.goal_{name}", names.lang)


def _values(frame: pd.DataFrame, names: Names) -> list[str]:
    """Return in words the tiers in which the outcomes differ, money in tỷ đồng; ``authority`` has its own column."""
    tiers = {
        name.removeprefix("tier:"): frame[name].tolist()
        for name in map(str, frame.columns)
        if name.startswith("tier:")
    }
    told = [
        (names.priority(code[9:-1]) if code.startswith("priority[") else word(TIER, code, names.lang), values)
        for code, values in tiers.items()
        if code not in (*MEASURES, "authority") and len(set(values)) > 1
    ]
    return [
        "; ".join(f"{title}: {billion(values[k], names.lang, 3)}" for title, values in told)
        for k in range(len(frame))
    ]
