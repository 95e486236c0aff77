"""The ask-list of unplaced capital is complete and true: lift what it names and the line may receive; lift less and not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given

from held_round import RULEBOOK
from phanbo.bounds import make_bounds
from strategies import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from held_round import Setting
    from phanbo.case import Case


def room(case: Case, line: int, kept: Iterable[str], added: list[int]) -> int:
    """Return how much a line may receive in all under some rules, the others' adds as they are; 0 where it is closed."""
    rules = tuple(rule for rule in RULEBOOK.rules if rule.code in set(kept))
    bounds = make_bounds(case, replace(RULEBOOK, rules=rules))
    most = int(bounds.add[line])
    for _, part in bounds.groups:
        if (group := int(part.group[line])) >= 0:
            taken = sum(added[i] for i in range(len(case)) if part.group[i] == group and i != line)
            most = min(most, max(added[line], int(part.headroom[group]) - taken))
    return added[line] if bounds.closed[case.pools.leaf[line]] else most


@given(setting=settings_of())
def test_the_rules_named_are_all_that_stand_in_the_way_and_each_of_them_does(setting: Setting) -> None:
    made = setting.propose()
    case, codes = made.case, [rule.code for rule in RULEBOOK.rules]
    assert case is not None
    case = replace(case)  # the lines that the least move holds are known to it
    ids, added, unit = made.lines["line_id"].tolist(), made.lines["add"].tolist(), case.policy.unit
    for row in made.unplaced.to_dict("records"):
        for ask in row["ask"]:
            line, named = ids.index(ask["line_id"]), [rule["rule"] for rule in ask["rules"]]
            need = added[line] + ask["unmet"]
            assert named == [code for code in codes if code in named], "in the order of the rulebook"
            assert room(case, line, [c for c in codes if c not in named], added) // unit >= need // unit
            for code in named:
                assert room(case, line, [code], added) // unit < need // unit
            assert 0 <= ask["could_take"] <= min(ask["unmet"], row["surplus"])
            assert min(ask["unmet"], row["surplus"]) - ask["could_take"] < unit


@given(setting=settings_of())
def test_lines_without_a_need_are_counted_where_nothing_else_refuses_them(setting: Setting) -> None:
    made = setting.propose()
    case = made.case
    assert case is not None
    others = replace(RULEBOOK, rules=tuple(r for r in RULEBOOK.rules if r.code != "stated-need"))
    bounds = make_bounds(case, others)
    names = case.pools.names
    for row in made.unplaced.to_dict("records"):
        pool = names.index(row["pool"])
        here = [i for i in range(len(case)) if case.pools.pool[i] == pool and not case.need[i]]
        open_ = [i for i in here if bounds.add[i] > 0 and not bounds.closed[case.pools.leaf[i]]]
        assert row["without_need"] == len(open_)
