"""The certificate rejects every proposal that is not the one it was made for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from held_round import LOCAL, LOTTERY, ceiling_sample, sample
from phanbo.absorption import Outlook
from phanbo.certificate import RowClaim
from phanbo.proposal.frames import FRAMES
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.proposal import Proposal


def with_frame(proposal: Proposal, name: str, frame: pd.DataFrame) -> Proposal:
    return replace(proposal, frames={**proposal.frames, name: frame})


def other(value: Any) -> Any:
    """Return something else of the same kind."""
    if isinstance(value, list):
        return value[:-1] if value else [{}]
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, bool | np.bool_):
        return not value
    return 1.5 if value != value else value + 1  # noqa: PLR0124 — NaN


@given(setting=settings_of(), data=st.data())
def test_any_other_cell_of_any_frame_is_found(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    name = data.draw(st.sampled_from([name for name in FRAMES if len(proposal.frames[name])]))
    frame = proposal.frames[name].copy()
    row = data.draw(st.integers(0, len(frame) - 1))
    column = data.draw(st.sampled_from(list(frame.columns)))
    cells = frame[column].tolist()
    cells[row] = other(cells[row])
    frame[column] = pd.Series(cells, index=frame.index, dtype=frame[column].dtype)
    assert not with_frame(proposal, name, frame).verify().ok


@given(setting=settings_of(), data=st.data())
def test_a_missing_or_doubled_row_is_found(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    name = data.draw(st.sampled_from([name for name in FRAMES if len(proposal.frames[name])]))
    frame = proposal.frames[name]
    row = data.draw(st.integers(0, len(frame) - 1))
    assert not with_frame(proposal, name, frame.drop(index=row).reset_index(drop=True)).verify().ok
    assert (
        not with_frame(proposal, name, pd.concat([frame, frame.iloc[[row]]], ignore_index=True)).verify().ok
    )


@given(setting=settings_of(), data=st.data())
def test_another_summary_total_is_found(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    key = data.draw(st.sampled_from(sorted(set(proposal.summary) - {"warnings"})))
    value = proposal.summary[key]
    wrong = {**value, "?": 1} if isinstance(value, dict) else other(0 if value is None else value)
    assert not replace(proposal, summary={**proposal.summary, key: wrong}).verify().ok


def consistent(proposal: Proposal, cut: dict[int, int], add: dict[int, int]) -> Proposal:
    """Return the proposal of other cuts and adds, every frame made anew: only the proof can tell."""
    from phanbo.proposal.making import make_proposal
    from phanbo.ranking import rank_transfers
    from phanbo.transfers import make_transfers

    case, book = proposal.case, proposal.rulebook
    assert case is not None
    assert book is not None
    sides = [proposal.lines[name].to_numpy().copy() for name in ("cut", "add")]
    for side, change in zip(sides, (cut, add), strict=True):
        for line, amount in change.items():
            side[line] += amount
    ranked = rank_transfers(make_transfers(case, book, *sides), case.plan, case.outlook)
    return make_proposal(
        case, book, ranked, proposal.proof, proposal.meta, tuple(proposal.summary["warnings"])
    )


@given(setting=settings_of(simple=True, return_unplaced=False, authority=None, min_move=0), data=st.data())
def test_a_legal_plan_that_is_not_the_best_is_found(setting: Setting, data: st.DataObject) -> None:
    """A unit less on a donor and a receiver of one pool is still legal; it is not optimal."""
    proposal, unit = setting.propose(), setting.policy.unit
    lines = proposal.lines
    donors, receivers = np.flatnonzero(lines["cut"] > 0).tolist(), np.flatnonzero(lines["add"] > 0).tolist()
    assume(donors and receivers)
    donor, receiver = data.draw(st.sampled_from(donors)), data.draw(st.sampled_from(receivers))
    certificate = consistent(proposal, {donor: -unit}, {receiver: -unit}).certify()
    assert not certificate.ok
    idle = np.flatnonzero(lines["cut"] < lines["cut_bound"]).tolist()
    for line in idle:
        if line != donor:
            assert not consistent(proposal, {donor: -unit, line: unit}, {}).certify().ok


@given(setting=settings_of(), data=st.data())
def test_another_value_or_tier_is_found(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    tiers = list(proposal.proof.tiers)
    k = data.draw(st.integers(0, len(tiers) - 1))
    name, value, duals, gap = tiers[k]
    off = data.draw(st.sampled_from((-1, 1, 1_000)))
    for wrong in (
        [*tiers[:k], (name, value + off, duals, gap), *tiers[k + 1 :]],
        [*tiers[:k], *(tiers[k + 1 :] or [("nothing", 0, {}, 0)])],
        [*tiers[:k], (name, value, {**duals, "leaf:nowhere": 1}, gap), *tiers[k + 1 :]],
    ):
        assert not replace(proposal, proof=replace(proposal.proof, tiers=tuple(wrong))).certify().ok


@given(setting=settings_of(min_move=0), data=st.data())
def test_other_duals_prove_nothing_else(setting: Setting, data: st.DataObject) -> None:
    """Other duals may prove the same optimum; they never prove another value."""
    proposal = setting.propose()
    tiers = list(proposal.proof.tiers)
    priced = [k for k, tier in enumerate(tiers) if tier[2]]
    assume(priced)
    k = data.draw(st.sampled_from(priced))
    name, value, duals, gap = tiers[k]
    key = data.draw(st.sampled_from(sorted(duals)))
    changed = {**duals, key: duals[key] + data.draw(st.sampled_from((-2, -1, 1, 2, 10**6)))}
    wrong = (*tiers[:k], (name, value, changed, gap), *tiers[k + 1 :])
    certificate = replace(proposal, proof=replace(proposal.proof, tiers=wrong)).certify()
    assert certificate.gap[name] >= 0, "a bound above the optimum would be no bound"
    assert certificate.ok == (set(certificate.gap.values()) == {0})


@given(setting=settings_of(), data=st.data())
def test_tiers_in_another_order_are_found(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    tiers = list(proposal.proof.tiers)
    one, two = data.draw(st.permutations(range(len(tiers))))[:2]
    swapped, renamed = list(tiers), list(tiers)
    swapped[one], swapped[two] = tiers[two], tiers[one]
    renamed[one], renamed[two] = (tiers[two][0], *tiers[one][1:]), (tiers[one][0], *tiers[two][1:])
    for wrong in (swapped, renamed):
        certificate = replace(proposal, proof=replace(proposal.proof, tiers=tuple(wrong))).certify()
        assert not certificate.ok
        assert certificate.findings[0].startswith("tier plan: its tiers are ") or proposal.proof.marked


@given(setting=settings_of(), data=st.data())
def test_a_dual_that_fits_no_integer_is_a_finding(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    assume(not proposal.proof.marked)
    tiers = list(proposal.proof.tiers)
    k = data.draw(st.integers(0, len(tiers) - 1))
    name, value, duals, gap = tiers[k]
    frame = proposal.pools
    key = f"pool:{frame['pool'][data.draw(st.integers(0, len(frame) - 1))]}"
    price = data.draw(st.sampled_from((2**61 + 1, -(2**61) - 1, 2**63, -(2**63), 10**40)))
    tiers[k] = (name, value, {**duals, key: price}, gap)
    certificate = replace(proposal, proof=replace(proposal.proof, tiers=tuple(tiers))).certify()
    assert f"tier {name}: its duals are too large" in certificate.findings


@given(setting=settings_of(), data=st.data())
def test_a_bound_one_unit_off_is_found(setting: Setting, data: st.DataObject) -> None:
    """Where a source shrinks, what a line may have to give is a bound of its own."""
    proposal, lines = setting.propose(), setting.propose().lines
    assert proposal.case is not None
    line = data.draw(st.integers(0, len(lines) - 1))
    sides = ("cut", "add", "forced")[: 3 if proposal.case.shrinking[line] else 2]
    name = f"{data.draw(st.sampled_from(sides))}_bound"
    off = data.draw(st.sampled_from((-1, 1)))
    bound = lines[name].to_numpy(dtype=np.int64).copy()
    bound[line] += off * setting.policy.unit
    lines[name] = bound
    findings = with_frame(proposal, "lines", lines).certify().findings
    assert any("bound" in finding for finding in findings)


@given(setting=settings_of(), data=st.data())
def test_another_input_is_found(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    name = data.draw(st.sampled_from(("disbursed", "offered_decrease", "requested_increase")))
    values = setting.portfolio.money(name)[0].copy()
    values[data.draw(st.integers(0, len(values) - 1))] += 1
    assert proposal.case is not None
    case = replace(proposal.case, portfolio=setting.portfolio.replace(sources=None, **{name: values}))
    assert not replace(proposal, case=case).verify().ok


@given(setting=settings_of(), data=st.data())
def test_another_outlook_is_found_where_it_expects_something_else(
    setting: Setting, data: st.DataObject
) -> None:
    proposal = setting.propose()
    old, case = proposal.outlook, proposal.case
    assert case is not None
    points = old.points.copy()
    line = data.draw(st.integers(0, len(points) - 1))
    points[line] = case.disbursed[line]
    outlook = Outlook(old.line_ids, points, old.basis, old.forecaster)
    assume((outlook.expected(case.plan) != old.expected(case.plan)).any())
    assert not replace(proposal, outlook=outlook, case=replace(case, outlook=outlook)).verify().ok


def test_a_head_without_the_mandatory_block_is_found() -> None:
    head = sample().propose().head(2)
    frame = head.transfers
    kept = frame[frame["rank"] > 0].reset_index(drop=True)
    assert len(kept) < len(frame)
    lines = head.lines
    lost = frame[frame["rank"] == 0].groupby("from_line")["amount"].sum()
    lines["cut"] -= [int(lost.get(line, 0)) for line in lines["line_id"]]
    wrong = replace(head, frames={**head.frames, "transfers": kept, "lines": lines}).certify()
    assert any("less than it must" in finding for finding in wrong.findings)


@pytest.mark.parametrize("how", ["less room", "more room", "a stranger", "split", "another rule"])
def test_a_row_that_does_not_follow_from_its_rule_is_found(how: str) -> None:
    """Less room than a rule leaves would prove a worse plan to be the best."""
    proposal = ceiling_sample().propose()
    (row,) = proposal.proof.rows
    unit = proposal.meta["policy"]["unit"]
    stranger = next(i for i in range(len(proposal.lines)) if i not in row.lines)
    rows = {
        "less room": (replace(row, headroom=row.headroom - unit),),
        "more room": (replace(row, headroom=row.headroom + unit),),
        "a stranger": (replace(row, lines=(*row.lines, stranger)),),
        "split": tuple(RowClaim(f"{row.key}{i}", row.rule, (i,), row.headroom // 2) for i in row.lines),
        "another rule": (replace(row, rule="stated-need"),),
    }[how]
    duals = [(n, v, _renamed(d, row.key, rows), g) for n, v, d, g in proposal.proof.tiers]
    assert proposal.certify().ok
    assert not replace(proposal, proof=replace(proposal.proof, rows=rows, tiers=tuple(duals))).certify().ok


@st.composite
def ceilings(draw: st.DrawFn) -> Setting:
    """Draw a round in which projects with a line in either source may take less than both lines ask for."""
    part = 100_000_000
    rows = [(f"D{k}", source, 9 * part, part, 0, 10**12) for k, source in enumerate((LOCAL, LOTTERY))]
    for k in range(draw(st.integers(1, 3))):
        needs = [draw(st.integers(1, 5)) * part for _ in range(2)]
        room = draw(st.integers(1, sum(needs) // part - 1)) * part + draw(st.sampled_from((0, 1, 999_999)))
        rows += [
            (f"R{k}", source, 5 * part, 5 * part, need, room)
            for source, need in zip((LOCAL, LOTTERY), needs, strict=True)
        ]
    columns = ("project_id", "source", "plan", "disbursed", "requested_increase", "total_investment")
    lines = pd.DataFrame(rows, columns=list(columns))
    lines = lines.assign(project=lines["project_id"], owner="Ban A", plan_year=2024, stage="transitional")
    lines["allocated_to_date"] = 10 * part
    lines["total_investment"] += 10 * part
    return replace(ceiling_sample(), lines=lines)


@given(setting=ceilings(), data=st.data())
def test_a_row_too_many_or_too_few_or_off_is_found(setting: Setting, data: st.DataObject) -> None:
    proposal = setting.propose()
    assert proposal.certify().ok
    rows, unit = list(proposal.proof.rows), setting.policy.unit
    assume(rows)
    k = data.draw(st.integers(0, len(rows) - 1))
    row, other_row = rows[k], data.draw(st.sampled_from(rows))
    wrong = {
        "missing": [],
        "less room": [replace(row, headroom=row.headroom - unit)],
        "a đồng less": [replace(row, headroom=row.headroom - 1)],
        "more room": [replace(row, headroom=row.headroom + unit)],
        "less lines": [replace(row, lines=row.lines[:1])],
        "one more": [row, RowClaim("one-more", row.rule, row.lines, row.headroom - 1)],
    }
    if other_row is not row:
        stranger = other_row.lines[-1]
        wrong["swapped"] = [replace(row, lines=(*row.lines[:-1], stranger))]
        wrong["another's"] = [replace(row, lines=other_row.lines)]
    for how in wrong.items():
        claimed = tuple(rows[:k] + how[1] + rows[k + 1 :])
        certificate = replace(proposal, proof=replace(proposal.proof, rows=claimed)).certify()
        assert not certificate.ok, how


@pytest.mark.parametrize("off", [-1_000_000, -1, 1_000_000])
def test_a_headroom_off_by_a_unit_is_found(off: int) -> None:
    proposal = ceiling_sample().propose()
    assert proposal.meta["policy"]["unit"] == 1_000_000
    rows = tuple(replace(row, headroom=row.headroom + off) for row in proposal.proof.rows)
    assert rows
    assert not replace(proposal, proof=replace(proposal.proof, rows=rows)).certify().ok


def _renamed(duals: dict[str, int], key: str, rows: tuple[RowClaim, ...]) -> dict[str, int]:
    price = duals.get(key)
    kept = {k: v for k, v in duals.items() if k != key}
    return kept if price is None else kept | {row.key: price for row in rows}


def test_an_open_owner_said_to_be_closed_is_found() -> None:
    proposal = sample().propose()
    lines = proposal.lines
    assert lines["may_import"].any()
    lines["may_import"] = False
    assert not with_frame(proposal, "lines", lines).certify().ok
