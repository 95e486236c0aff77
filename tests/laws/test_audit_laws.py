"""Both stand-alone checkers: they accept every proposal there is, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume
from hypothesis import given as drawn
from hypothesis import settings as profile
from hypothesis import strategies as st

import phanbo as pb
from few import given
from held_round import RULEBOOK, sample
from phanbo import assemble, decision, pipeline
from phanbo.bounds import make_bounds
from phanbo.decision import decide
from phanbo.pipeline import open_round
from phanbo.proposal.making import make_proposal
from phanbo.proposal.storage import load_proposal
from phanbo.proposal.tier_values import values_of
from phanbo.rulebook_file import parse_rulebook
from phanbo.rules.asked import AskedLimits
from phanbo.rules.granted import Granted
from phanbo.solver.solution import Limits
from sealed import first, forge, other_figure, rehash, saved, second
from strategies import pinned, settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.proposal import Proposal


def accepted(proposal: Proposal, rulebook: Any = None) -> None:
    """Both checkers accept a saved proposal, and say whether it is the best or only legal."""
    with saved(proposal) as folder:
        found = first(folder, rulebook)
        assert found.ok, found.text()
        full = proposal.meta["parent"] is None and not proposal.proof.marked
        assert found.proved == ("optimal" if full else "legal")
        assert second(folder) == []


@given(setting=settings_of())
def test_every_proposal_is_accepted(setting: Setting) -> None:
    accepted(setting.propose())


@given(setting=settings_of(shortfall=True))
def test_shrinking_pools_are_accepted(setting: Setting) -> None:
    accepted(setting.propose())


@given(setting=settings_of(return_unplaced=True))
def test_returns_are_accepted(setting: Setting) -> None:
    accepted(setting.propose())


@given(setting=settings_of(), data=st.data())
def test_every_prefix_is_accepted(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    accepted(proposal.head(data.draw(st.integers(0, len(proposal.transfers)))))


@given(setting=settings_of(), share=st.sampled_from((0.1, 0.5, 1)))
def test_tolerances_are_accepted_as_legal(setting: Setting, share: float) -> None:
    tiers = (pb.Tier("disbursement", share), "priority", "authority", "worst_first")
    accepted(setting.with_policy(tiers=tiers).propose())


@given(setting=settings_of(), data=st.data())
def test_limits_asked_for_are_accepted(setting: Setting, data: st.DataObject) -> None:
    base = setting.propose()
    changed = base.adjustments["line_id"].tolist()
    assume(changed)
    line = data.draw(st.sampled_from(changed))
    kept = {
        name: {line: data.draw(st.integers(0, 3)) * setting.policy.unit} for name in ("most_cut", "most_add")
    }
    book = RULEBOOK.with_rule(AskedLimits(**kept))
    try:
        accepted(setting.propose(rulebook=book))
    except pb.InfeasibleRound:
        assume(condition=False)


@given(setting=settings_of(min_move=0))
def test_rounds_judged_by_an_earlier_assessment_are_accepted(setting: Setting) -> None:
    before = setting.propose()
    given_ = setting.given(assessment=before.assessment, outlook=before.outlook)
    accepted(pb.propose(before.apply(), **given_))


@given(setting=settings_of(), data=st.data())
def test_changes_asked_for_are_accepted(setting: Setting, data: st.DataObject) -> None:
    """A round with pins; where it has no plan, the one that what may be granted makes possible, with its grants."""
    setting, book = pinned(data, setting), RULEBOOK
    try:
        proposal = setting.propose()
    except pb.InfeasibleRound as error:
        assume(error.relaxation)
        setting = replace(setting, policy=setting.policy.granting(error.relaxation))
        book = RULEBOOK.granting(error.relaxation)
        proposal = setting.propose(rulebook=book)
    with saved(proposal) as folder:
        found = first(folder)
        assert found.ok, found.text()
        assert second(folder) == []
        granted = [rule.code for rule in book.rules if isinstance(rule, Granted)]
        told = [note.split("granted beyond ")[1] for note in found.notes if "granted beyond " in note]
        assert [note.split(":")[0] for note in told] == granted
        for rule, note in zip((rule for rule in book.rules if isinstance(rule, Granted)), told, strict=True):
            assert note.endswith(f"by {rule.granted_by}")
            assert all(line in note for line in {*dict(rule.cut), *dict(rule.add)})


@given(setting=settings_of(), data=st.data())
def test_a_tampered_pin_is_found(setting: Setting, data: st.DataObject) -> None:
    """Lowered, raised, dropped or turned, in policy.json and proposal.json alike: another plan would be the best."""
    lines = setting.propose().lines
    change = {
        line: a - c for line, a, c in zip(lines["line_id"], lines["add"], lines["cut"], strict=True) if a != c
    }
    assume(change)
    pins = {line: int(by) for line, by in change.items() if data.draw(st.booleans())} or {
        line: int(by) for line, by in change.items()
    }
    proposal = setting.with_policy(pins=pins).propose()
    accepted(proposal)
    line = data.draw(st.sampled_from(sorted(pins)))
    by = data.draw(st.sampled_from((-pins[line], -2 * pins[line], setting.policy.unit, -setting.policy.unit)))
    tampered = {name: pin for name, pin in (pins | {line: pins[line] + by}).items() if pin}
    assume(tampered != pins)
    with saved(proposal) as folder:
        forge(folder, lambda plain: plain["policy"].update(pins=tampered))
        assert not first(folder).ok
        assert second(folder)


@given(setting=settings_of(simple=True, min_move=0, authority=None), data=st.data())
def test_a_pin_added_afterwards_is_found(setting: Setting, data: st.DataObject) -> None:
    """A plan made without it does not meet it, and its proof knows no such goal."""
    proposal = setting.propose()
    assume(not proposal.proof.marked)
    line = data.draw(st.sampled_from(sorted(setting.portfolio.place)))
    pin = data.draw(st.sampled_from((-1, 1))) * setting.policy.unit
    with saved(proposal) as folder:
        forge(folder, lambda plain: plain["policy"].update(pins={line: pin}))
        assert not first(folder).ok
        assert second(folder)


# -- amounts, lines, balance ----------------------------------------------------------------------------

AMOUNTS = {
    "lines": "cut add expected expected_after cut_bound add_bound forced_bound",
    "transfers": "amount gain rank",
    "adjustments": "rank plan change plan_after disbursed expected expected_after",
    "pools": "cut added inflow returned",
    "tiers": "value bound gap",
}
SEEN_TWICE = {
    "lines": "cut add expected expected_after",
    "transfers": "amount",
    "adjustments": "plan change plan_after disbursed expected expected_after",
    "pools": "cut added returned",
}


@given(setting=settings_of(), data=st.data())
def test_any_changed_amount_is_found(setting: Setting, data: st.DataObject) -> None:
    with saved(setting.propose()) as folder:
        plain = forge(folder, lambda _: None)
        frame = data.draw(st.sampled_from([name for name in AMOUNTS if plain[name]]))
        row = data.draw(st.integers(0, len(plain[frame]) - 1))
        name = data.draw(st.sampled_from(AMOUNTS[frame].split()))
        off = data.draw(st.sampled_from((-1, 1))) * data.draw(st.sampled_from((1, setting.policy.unit)))
        forge(folder, lambda plain: plain[frame][row].update({name: plain[frame][row][name] + off}))
        assert not first(folder).ok
        assert name not in SEEN_TWICE.get(frame, "").split() or second(folder)


def exchanged(plain: dict[str, Any], one: int, two: int) -> None:
    """Let two lines change places in the plan: in lines, transfers and adjustments."""
    rows = plain["lines"]
    for name in ("cut", "add"):
        rows[one][name], rows[two][name] = rows[two][name], rows[one][name]
    ids = {rows[one]["line_id"]: rows[two]["line_id"], rows[two]["line_id"]: rows[one]["line_id"]}
    for row in plain["transfers"]:
        row.update({side: ids.get(row[side], row[side]) for side in ("from_line", "to_line")})
    for row in plain["adjustments"]:
        row["line_id"] = ids.get(row["line_id"], row["line_id"])


@given(setting=settings_of(), data=st.data())
def test_a_swapped_line_is_found(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    lines = proposal.lines
    changed = np.flatnonzero(lines["cut"] + lines["add"] > 0).tolist()
    assume(changed and not proposal.proof.marked)
    one = data.draw(st.sampled_from(changed))
    moved = list(zip(lines["cut"], lines["add"], strict=True))
    others = [k for k in range(len(lines)) if moved[k] != moved[one]]
    assume(others)
    two = data.draw(st.sampled_from(others))
    rows = data.draw(st.sampled_from(("plan", "rows", "names")))
    with saved(proposal) as folder:

        def change(plain: dict[str, Any]) -> None:
            lines = plain["lines"]
            if rows == "plan":
                exchanged(plain, one, two)
            elif rows == "rows":
                lines[one], lines[two] = lines[two], lines[one]
            else:
                ids = lines[one]["line_id"], lines[two]["line_id"]
                lines[two]["line_id"], lines[one]["line_id"] = ids

        forge(folder, change)
        assert not first(folder).ok
        assert second(folder)


@given(setting=settings_of(simple=True, authority=None), data=st.data())
def test_a_broken_balance_is_found(setting: Setting, data: st.DataObject) -> None:
    """A receiver gets a unit more from nowhere; every table says so."""
    proposal, unit = setting.propose(), setting.policy.unit
    lines = proposal.lines
    able = np.flatnonzero((lines["add"] < lines["add_bound"]) & (lines["cut"] == 0)).tolist()
    assume(able)
    line = data.draw(st.sampled_from(able))
    with saved(proposal) as folder:

        def change(plain: dict[str, Any]) -> None:
            row = plain["lines"][line]
            row["add"] += unit
            pool = next(p for p in plain["pools"] if p["pool"] == row["pool"])
            pool["added"] += unit
            last = max([t["rank"] for t in plain["transfers"]], default=0)
            first_transfer = {
                "rank": last + 1,
                "from_line": f"inflow:{row['pool']}",
                "to_line": row["line_id"],
            }
            plain["transfers"].append(
                first_transfer
                | {"pool": row["pool"], "amount": unit, "priority": row["priority"]}
                | {"gain": 0, "gain_per_dong": 0.0, "authority": "hdnd"}
            )

        forge(folder, change)
        found = first(folder)
        assert any("does not balance" in en for en in found.findings), found.text()
        assert any("does not balance" in fault for fault in second(folder))


# -- a better plan --------------------------------------------------------------------------------------

WITH_KEY = ("obligations", "priority", "key", "disbursement", "authority", "worst_first")
PLAIN: dict[str, Any] = {"authority": None, "min_move": 0, "return_unplaced": False}
TIERS: dict[str, Any] = {
    "protect": settings_of(shortfall=True, **PLAIN),
    "protect_late": settings_of(shortfall=True, **PLAIN),
    "obligations": settings_of(families={"claims"}, tiers=WITH_KEY, **PLAIN),
    "priority[transitional]": settings_of(simple=True, tiers=WITH_KEY, **PLAIN),
    "priority[completed]": settings_of(simple=True, tiers=WITH_KEY, **PLAIN),
    "return": settings_of(simple=True, **(PLAIN | {"return_unplaced": True})),
    "key": settings_of(families={"flags"}, tiers=("key", "authority", "worst_first"), **PLAIN),
    "disbursement": settings_of(simple=True, tiers=WITH_KEY, **PLAIN),
    "authority": settings_of(simple=True, tiers=("priority", "authority"), **PLAIN),
    "worst_first": settings_of(simple=True, tiers=("priority", "worst_first", "authority"), **PLAIN),
    "canonical": settings_of(simple=True, tiers=("priority", "authority"), **PLAIN),
}


def worse(setting: Setting, tier: str) -> Proposal | None:
    """Return a legal plan that is as good as the best before *tier* and worse there, all frames and values its own.

    ``None`` where this round has none.
    """
    honest = setting.propose()
    state = open_round(
        setting.portfolio, **({"rulebook": None, "assessment": None, "outlook": None} | setting.given())
    )
    make = assemble._tiers
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            assemble,
            "_tiers",
            lambda *args: tuple(replace(t, cost=-t.cost) if t.name == tier else t for t in make(*args)),
        )
        found = decide(state.case, state.book, Limits())
    values = values_of(
        assemble.assemble(found.case, state.book, found.bounds), found.case, found.cut, found.add
    )
    best = {name: value for name, value, _, _ in honest.proof.tiers}
    differ = [name for name in values if values[name] != best[name]]
    if not differ or differ[0] != tier or honest.proof.marked:
        return None
    tiers = tuple((name, values.get(name, value), duals, 0) for name, value, duals, _ in honest.proof.tiers)
    proof = replace(honest.proof, tiers=tiers)
    return make_proposal(found.case, state.book, found.ranked, proof, honest.meta, state.warnings)


class Found(Exception):
    """A round of the kind looked for."""


@pytest.mark.parametrize("tier", TIERS)
def test_a_better_plan_is_found_in_any_tier(tier: str) -> None:
    @profile(
        max_examples=500,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @drawn(setting=TIERS[tier])
    def look(setting: Setting) -> None:
        forged = worse(setting, tier)
        if forged is None:
            return
        with saved(forged) as folder:
            found, again = first(folder), second(folder)
        assert any(fault.startswith(f"mục tiêu / goal {tier}:") for fault in found.findings), found.text()
        assert any(fault.startswith(f"SAI / WRONG: mục tiêu / goal {tier}:") for fault in again), again
        raise Found

    with pytest.raises(Found):
        look()


@given(setting=settings_of(min_move=0), data=st.data())
def test_other_duals_and_values_are_judged_as_by_the_certificate(
    setting: Setting, data: st.DataObject
) -> None:
    """Other duals may prove the same plan: all three say the same of them."""
    proposal = setting.propose()
    assume(not proposal.proof.marked)
    k = data.draw(st.integers(0, len(proposal.proof.tiers) - 1))
    keys = [f"pool:{name}" for name in proposal.pools["pool"]] + [row.key for row in proposal.proof.rows]
    key, off = data.draw(st.sampled_from(keys)), data.draw(st.sampled_from((-2, -1, 1, 2, 10**6)))
    with saved(proposal) as folder:

        def change(plain: dict[str, Any]) -> None:
            duals = plain["certificate"]["tiers"][k]["duals"]
            duals[key] = duals.get(key, 0) + off

        forge(folder, change)
        said = load_proposal(folder).verify().ok
        assert first(folder).ok == said
        assert (not second(folder)) == said


# -- bounds, input, rules -------------------------------------------------------------------------------


@given(setting=settings_of(), data=st.data())
def test_a_bound_that_is_not_the_largest_legal_one_is_found(setting: Setting, data: st.DataObject) -> None:
    with saved(setting.propose()) as folder:
        plain = forge(folder, lambda _: None)
        row = data.draw(st.integers(0, len(plain["lines"]) - 1))
        side = data.draw(st.sampled_from(("cut", "add", "forced")))
        off = data.draw(st.sampled_from((-1, 1))) * setting.policy.unit
        assume(plain["lines"][row][f"{side}_bound"] + off >= 0)
        forge(
            folder,
            lambda p: p["lines"][row].update({f"{side}_bound": p["lines"][row][f"{side}_bound"] + off}),
        )
        assert any(f"its {side} bound is" in en for en in first(folder).findings)


@given(setting=settings_of(simple=True, authority=None, min_move=0), off=st.sampled_from((-1, 1)))
def test_a_round_held_with_other_bounds_is_found(setting: Setting, off: int) -> None:
    """All is consistent, plan, proof and frames; only the bounds are not the law's."""
    make, unit = make_bounds, setting.policy.unit

    def other(case: Any, book: Any) -> Any:
        bounds = make(case, book)
        return replace(bounds, add=np.where(bounds.add > 0, bounds.add + off * unit, 0))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decision, "make_bounds", other)
        patch.setattr(pipeline, "verified", lambda proposal: proposal)
        forged = setting.propose()
    assume((forged.lines["add_bound"] > 0).any())
    with saved(forged) as folder:
        assert any("its add bound is" in en for en in first(folder).findings)


@given(setting=settings_of(), data=st.data())
def test_stale_input_is_found(setting: Setting, data: st.DataObject) -> None:
    """The plan or what is disbursed was another: found by its hash, and by what was made of it."""
    column = data.draw(st.sampled_from(("plan", "disbursed")))
    line = data.draw(st.integers(0, len(setting.portfolio) - 1))
    change = data.draw(st.sampled_from((1, setting.policy.unit)))
    assume(column == "plan" or setting.portfolio.money("plan")[0][line] > 0)
    with saved(setting.propose()) as folder:
        other_figure(folder, line, column, change)
        assert not first(folder).ok
        assert second(folder)
        try:
            rehash(folder)
        except pb.DataError:
            assume(condition=False)
        assert not first(folder).ok
        assert column == "disbursed" or second(folder)


@pytest.mark.parametrize("code", [rule.code for rule in RULEBOOK.rules])
def test_a_rule_switched_off_is_found_and_named(code: str) -> None:
    """The round is held without it, consistently; the rulebook says so, or just lacks it."""
    lacking = parse_rulebook(without(RULEBOOK.text, code))
    for book, how in ((RULEBOOK.without_rule(code), "removed"), (lacking, "missing")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pipeline, "verified", lambda proposal: proposal)
            forged = sample().propose(rulebook=book)
        with saved(forged) as folder:
            named = [en for en in first(folder).findings if "was cut or changed" in en]
            assert [en.split(" / ")[1] for en in named] == [
                f"the rulebook vn-2020 that phanbo ships was cut or changed: rule {code} ({how})"
            ]


def without(text: str, code: str) -> str:
    """Return a rulebook's text without one entry."""
    parts = text.split("[[rule]]\n")
    kept = [part for part in parts if not part.startswith(f'code = "{code}"\n')]
    last = next(part for part in parts if part.startswith(f'code = "{code}"\n'))
    tail = last[last.index("\n\n") :] if "\n\n" in last else ""
    return "[[rule]]\n".join(kept) + tail
