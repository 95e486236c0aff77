"""What the certificate finds in claims that were tampered with is what its definition finds, word by word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import phanbo as pb
from held_round import RULEBOOK, ceiling_sample, sample
from phanbo.case import Changes
from phanbo.certificate import Certificate, Claims, _crossings, _unmet_pins, certify, check_changes
from phanbo.proposal.claims import claims_of
from phanbo.rules.base import Limits, Rule, Source
from slow_certificate import SlowCertificate
from strategies import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from held_round import Setting
    from phanbo.case import Case
    from phanbo.money import Ints
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

ROUNDS = (
    settings_of() | settings_of(shortfall=True) | settings_of(simple=True) | settings_of(return_unplaced=True)
)
DONOR, RECEIVER, POOL, AMOUNT, RANK = range(5)


@dataclass(frozen=True)
class Watch(Rule):
    """A rule of one's own that is always kept, and watches what it is asked."""

    code = "watch"
    title_vi, title_en = "Theo dõi", "Watch"
    source = Source("Nghị quyết của đợt", "", "policy")
    when_forced = True
    closes_owners = True

    def limits(self, case: Case) -> Limits:
        """State nothing."""
        return Limits()

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return zeros; every plan is in whole đồng, one amount a line."""
        for side in (plan.cut, plan.add):
            assert side.dtype == np.int64
            assert side.shape == (len(case),)
        return np.zeros(len(case), dtype=np.int64)


BOOKS = (RULEBOOK, RULEBOOK.with_rule(Watch()))


def parts(proposal: Proposal) -> tuple[Case, Claims]:
    assert proposal.case is not None
    return proposal.case, claims_of(proposal, proposal.case)


def moved(claims: Claims, **sides: tuple[int, int]) -> Claims:
    """Return the claims with a cut, an add or a bound of one line moved by an amount."""
    changes = {name: getattr(claims.changes, name).copy() for name in ("cut", "add")}
    bounds = {name: getattr(claims, name).copy() for name in ("cut", "add", "forced")}
    for name, (line, amount) in sides.items():
        (bounds[name.removesuffix("_bound")] if name.endswith("_bound") else changes[name])[line] += amount
    return replace(claims, **bounds, changes=Changes(**changes))


def with_moves(claims: Claims, moves: list[list[int]], *, follow: bool) -> Claims:
    """Return the claims with other transfers; the changes of the lines follow them if asked."""
    table = np.array(moves, dtype=np.int64).reshape(-1, 5)
    donor, receiver, pool, amount, rank = table.T
    claims = replace(claims, transfers=(donor, receiver, pool, amount, rank))
    if follow:
        sides = [np.zeros_like(claims.cut) for _ in range(2)]
        for giver, taker, _, moved, _ in moves:
            for side, line in zip(sides, (giver, taker), strict=True):
                if line >= 0:
                    side[line] += moved
        claims = replace(claims, changes=Changes(*sides))
    return claims


def moves_of(claims: Claims) -> list[list[int]]:
    return [list(move) for move in zip(*(column.tolist() for column in claims.transfers), strict=True)]


@st.composite
def tampered(draw: st.DrawFn, case: Case, claims: Claims) -> Claims:
    """Draw claims with one or two things wrong, or nothing."""
    n, unit = len(case), case.policy.unit
    line, off = st.integers(0, n - 1), st.sampled_from((unit, -unit, 1, -1, 10 * unit))
    for _ in range(draw(st.integers(0, 2))):
        how = draw(
            st.sampled_from(
                ("amount", "bound", "move", "transfer", "closed", "row", "tier", "full", "marked")
            )
        )
        moves, tiers = moves_of(claims), list(claims.tiers)
        if how == "amount":
            claims = moved(claims, **{draw(st.sampled_from(("cut", "add"))): (draw(line), draw(off))})
        elif how == "bound":
            side = draw(st.sampled_from(("cut_bound", "add_bound", "forced_bound")))
            claims = moved(claims, **{side: (draw(line), draw(off))})
        elif how == "transfer" and moves:
            _tamper(draw, draw(st.sampled_from(moves)), n, unit)
            claims = with_moves(claims, moves, follow=draw(st.booleans()))
        elif how == "move":
            more = draw(st.integers(0, 2))
            kept = draw(st.permutations(moves))[: len(moves) - more] if draw(st.booleans()) else moves[more:]
            claims = with_moves(claims, [list(move) for move in kept], follow=draw(st.booleans()))
        elif how == "closed":
            closed = claims.closed.copy()
            k = draw(st.integers(0, closed.size - 1))
            closed[k] = ~closed[k]
            claims = replace(claims, closed=closed)
        elif how == "row" and claims.rows:
            row, *others = claims.rows
            room = max(0, row.headroom + draw(off))
            claims = replace(claims, rows=(replace(row, headroom=room), *others))
        elif how == "tier":
            k = draw(st.integers(0, len(tiers) - 1))
            name, value, duals, gap = tiers[k]
            tiers[k] = (
                name,
                value + draw(st.sampled_from((0, 1))),
                duals if draw(st.booleans()) else {},
                gap + 1,
            )
            claims = replace(claims, tiers=tuple(tiers))
        elif how == "full":
            claims = replace(claims, full=not claims.full)
        elif how == "marked":
            claims = replace(claims, marked=not claims.marked)
    return claims


def _tamper(draw: st.DrawFn, move: list[int], n: int, unit: int) -> None:
    part = draw(st.integers(0, 4))
    if part in (DONOR, RECEIVER):
        move[part] = draw(st.integers(-3, n - 1))
    elif part == POOL:
        move[part] = 1 - min(1, move[part])
    elif part == AMOUNT:
        move[part] = draw(st.sampled_from((0, -unit, 1, move[part] + unit, move[part] - unit, 2**60)))
    else:
        move[part] = draw(st.integers(0, 3))


def agrees(case: Case, claims: Claims, rulebook: Rulebook = RULEBOOK) -> Certificate:
    """Compare the certificate with its definition."""
    found, slow = certify(case, rulebook, claims), SlowCertificate(case, rulebook, claims)
    wanted = slow.findings()
    assert list(found.findings) == wanted
    assert found.ok is bool(found) is (not wanted)
    assert found.gap == slow.gap
    assert found.proved == ("optimal" if claims.full and not claims.marked else "legal")
    assert found.to_dict() == {"ok": found.ok, "proved": found.proved, "findings": wanted, "gap": slow.gap}
    return found


@given(setting=ROUNDS, data=st.data())
def test_the_findings_are_those_of_the_definition(setting: Setting, data: st.DataObject) -> None:
    case, claims = parts(setting.propose())
    assume(len(claims.tiers))
    for _ in range(3):
        agrees(case, data.draw(tampered(case, claims)), data.draw(st.sampled_from(BOOKS)))


@given(setting=ROUNDS, whole=st.booleans(), data=st.data())
def test_what_makes_a_plan_illegal(setting: Setting, whole: bool, data: st.DataObject) -> None:
    case, claims = parts(setting.propose())
    plan = data.draw(tampered(case, claims)).changes
    wanted = SlowCertificate(case, RULEBOOK, claims).legal(plan.cut.tolist(), plan.add.tolist())
    kept = [fault for fault in wanted if whole or "whole units" not in fault]
    assert check_changes(case, RULEBOOK, plan, whole_units=whole) == kept
    assert check_changes(case, RULEBOOK, plan) == wanted


def test_a_plan_has_one_amount_a_line() -> None:
    case, claims = parts(sample().propose())
    one, many = claims.changes.cut, np.append(claims.changes.cut, 0)
    assert check_changes(case, RULEBOOK, claims.changes) == []
    assert check_changes(case, RULEBOOK, Changes(many, one)) == [
        "cut: not one amount of at least 0 đồng a line"
    ]
    assert check_changes(case, RULEBOOK, Changes(one, many)) == [
        "add: not one amount of at least 0 đồng a line"
    ]
    assert check_changes(case, RULEBOOK, Changes(one, one - 1)) == [
        "add: not one amount of at least 0 đồng a line"
    ]


def test_a_tolerance_excuses_a_proof() -> None:
    """What a later tier may give up of an earlier one makes a component no network."""
    setting = sample().with_policy(
        unit=COARSE, tiers=("obligations", pb.Tier("authority", 0.25), "worst_first")
    )
    case, claims = parts(setting.propose())
    found = agrees(case, replace(claims, marked=True))
    assert (found.ok, found.proved) == (True, "legal")
    case, claims = parts(SMALL["shortfall"].propose())
    assert agrees(case, replace(claims, marked=True), BOOKS[1]).ok
    assert agrees(case, replace(claims, marked=True)).findings == (
        "nothing in this round excuses a proof of optimality",
    )


@pytest.mark.parametrize(("amount", "exact"), [(2**60 - 2**10, True), (2**60, False), (2**60 + 2**10, False)])
def test_transfers_are_added_up_below_two_to_the_sixtieth(amount: int, exact: bool) -> None:
    case, claims = parts(sample().propose())
    donor, receiver, pool, _, rank = next(move for move in moves_of(claims) if min(move[:2]) >= 0)
    found = agrees(case, with_moves(claims, [[donor, receiver, pool, amount, 1]], follow=True)).findings
    assert ("transfers do not add up to the changes of the lines" in found) is not exact
    assert rank > 0


COARSE = 100_000_000
"""A unit that leaves few units to be counted one by one."""


def test_an_honest_round_of_every_kind_is_certified() -> None:
    """Shortfall, return, authority, min_move, closed owners, claims and rows: nothing is found, every gap is 0."""
    rounds = [sample(), ceiling_sample(), replace(sample(), sources=None)]
    rounds += [sample().with_policy(return_unplaced=True), sample().with_policy(fast="milestone")]
    rounds += [
        sample().with_policy(authority=("owner-internal",)),
        sample().with_policy(min_move=200_000_000),
    ]
    rounds += [sample().with_policy(return_unplaced=True, authority=("owner-internal", "hdnd", "ubnd"))]
    for setting in rounds:
        case, claims = parts(setting.with_policy(unit=COARSE).propose())
        found = agrees(case, claims)
        assert (found.ok, found.proved, set(found.gap.values())) == (True, "optimal", {0})
        head = agrees(case, replace(claims, full=False))
        assert (head.ok, head.proved) == (True, "legal")


# -- one thing wrong, everywhere ---------------------------------------------------------------------------------


def each_amount(case: Case, claims: Claims) -> Iterator[Claims]:
    """Every cut, add and bound of every line, a unit or a đồng off."""
    unit = case.policy.unit
    for line in range(len(case)):
        for side in ("cut", "add", "cut_bound", "add_bound", "forced_bound"):
            for off in (unit, -unit, 1):
                yield moved(claims, **{side: (line, off)})
    for side in ("cut_bound", "add_bound", "forced_bound"):
        yield moved(claims, **{f"{side}": (0, 10**6 * unit)})
        for sign in (1, -1):  # on every line at once: only a few are named
            wrong = claims
            for line in range(len(case)):
                wrong = moved(wrong, **{side: (line, sign * unit)})
            yield wrong


def each_transfer(case: Case, claims: Claims) -> Iterator[Claims]:
    """Every transfer from or to another line or none, of another amount, pool or rank, missing or made twice."""
    unit = case.policy.unit
    for k, move in enumerate(moves_of(claims)):
        others: list[dict[int, int]] = [{DONOR: line} for line in range(-3, len(case))]
        others += [{RECEIVER: line} for line in range(-3, len(case))]
        others += [{RECEIVER: line, DONOR: -3} for line in range(len(case))]
        others += [{AMOUNT: amount} for amount in (0, -unit, 1, move[AMOUNT] + unit)]
        others += [{POOL: 1 - move[POOL]}, {RANK: move[RANK] + 1}, {RANK: 0}]
        for other in others:
            moves = moves_of(claims)
            moves[k] = [other.get(part, value) for part, value in enumerate(move)]
            yield with_moves(claims, moves, follow=True)
        moves = moves_of(claims)
        yield with_moves(claims, moves[:k] + moves[k + 1 :], follow=False)
        yield with_moves(claims, moves[:k] + moves[k + 1 :], follow=True)
        yield with_moves(claims, [*moves, move], follow=True)

    forced = [move for move in moves_of(claims) if move[RANK] == 0]
    for more in (0, unit) if forced else ():
        yield with_moves(
            claims, [*forced[:-1], [*forced[-1][:AMOUNT], forced[-1][AMOUNT] + more, 0]], follow=True
        )


def each_claim(case: Case, claims: Claims) -> Iterator[Claims]:
    """Every leaf open or closed, every row and tier changed, and claims to less than the full round."""
    for closed in (np.ones_like(claims.closed), np.zeros_like(claims.closed)):
        yield replace(claims, closed=closed)
    for k in range(claims.closed.size):
        closed = claims.closed.copy()
        closed[k] = ~closed[k]
        yield replace(claims, closed=closed)
    for k, row in enumerate(claims.rows):
        unit = case.policy.unit
        wrong = [replace(row, headroom=row.headroom + off) for off in (unit, -unit, 1, -1)]
        wrong += [replace(row, rule="stated-need"), replace(row, lines=row.lines[:1])]
        for other in wrong:
            yield replace(claims, rows=(*claims.rows[:k], other, *claims.rows[k + 1 :]))
    for k, (name, value, duals, gap) in enumerate(claims.tiers):
        for tier in ((name, value + 1, duals, gap), (name, value, {}, gap), (name, value, duals, gap + 1)):
            yield replace(claims, tiers=(*claims.tiers[:k], tier, *claims.tiers[k + 1 :]))
    more = moved(claims, cut=(0, case.policy.unit))
    yield from (
        replace(more, full=False),
        replace(more, marked=True),
        replace(claims, full=False, marked=True),
    )


ONE_WRONG = {"amounts": each_amount, "transfers": each_transfer, "claims": each_claim}
SMALL = {
    "shortfall": sample().with_policy(unit=COARSE),
    "ceiling": ceiling_sample().with_policy(unit=COARSE),
    "authority": sample().with_policy(unit=COARSE, authority=("owner-internal",)),
    "return": sample().with_policy(unit=COARSE, return_unplaced=True, fast="milestone"),
}


@pytest.mark.parametrize("round_", SMALL)
@pytest.mark.parametrize("what", ONE_WRONG)
def test_whatever_one_thing_is_wrong(what: str, round_: str) -> None:
    case, claims = parts(SMALL[round_].propose())
    seen = {agrees(case, wrong).findings for wrong in ONE_WRONG[what](case, claims)}
    assert len(seen) > 3


PINS = {
    "raised": {"P3/Ngân sách tỉnh/2024": COARSE},
    "cut": {"P1/Ngân sách tỉnh/2024": -2 * COARSE},
    "both": {"P2/Ngân sách tỉnh/2024": -COARSE, "P4/Ngân sách tỉnh/2024": COARSE},
}


@pytest.mark.parametrize("short", [True, False])
@pytest.mark.parametrize("asked", PINS)
def test_a_round_that_does_what_is_asked_is_certified(asked: str, short: bool) -> None:
    setting = sample() if short else replace(sample(), sources=None)
    case, claims = parts(setting.with_policy(unit=COARSE, pins=PINS[asked]).propose())
    found = agrees(case, claims)
    assert (found.ok, found.proved, set(found.gap.values())) == (True, "optimal", {0})
    assert list(found.gap)[2 * short] == "pinned"
    nothing = np.zeros(len(case), dtype=np.int64)
    idle = with_moves(replace(claims, changes=Changes(nothing, nothing)), [], follow=False)
    said = [f"line {line}: the change asked for is not made" for line in PINS[asked]]
    assert [fault for fault in agrees(case, idle).findings if "asked" in fault] == said
    assert not [fault for fault in agrees(case, replace(idle, full=False)).findings if "asked" in fault]


@pytest.mark.parametrize("round_", SMALL)
def test_whatever_is_asked_of_one_line(round_: str) -> None:
    """A đồng less than is made, as much, a đồng more; of the other side; of any line or two, or one that is not there."""
    case, claims = parts(SMALL[round_].propose())
    ids, made = case.portfolio.text("line_id").tolist(), claims.changes
    some: list[dict[str, int]] = [{}, dict.fromkeys(ids, 1), dict.fromkeys(ids, -1)]
    some += [{"nowhere": 1, "elsewhere": -1}, {"nowhere": -1, ids[1]: 10**12}]
    for line, cut, add in zip(ids, made.cut.tolist(), made.add.tolist(), strict=True):
        some += [{line: sign * amount + off} for sign, amount in ((-1, cut), (1, add)) for off in (-1, 0, 1)]
    base = replace(case.policy, unit=1)
    for pins in some:
        # A policy asks for whole units; the certificate is asked to the đồng.
        policy = replace(base, pins={line: amount for line, amount in pins.items() if amount})
        judged = replace(case, policy=policy)
        for full in (True, False):
            wrong = replace(claims, full=full)
            assert _unmet_pins(judged, wrong) == SlowCertificate(judged, RULEBOOK, wrong).pins(), pins


def test_every_stored_fact_is_that_of_the_tables() -> None:
    case, claims = parts(SMALL["shortfall"].propose())
    for name in ("late", "key", "late_permille", "lead_permille"):
        said = f"the stored {name} of the lines is not that of the tables"
        for line in range(len(case)):
            values = getattr(claims.facts, name).copy()
            values[line] = 1 - values[line]
            sides: dict[str, Any] = {name: values}
            assert agrees(case, replace(claims, facts=replace(claims.facts, **sides))).findings == (said,)
        sides = {name: getattr(claims.facts, name)[1:]}
        assert agrees(case, replace(claims, facts=replace(claims.facts, **sides))).findings == (said,)


def test_lines_are_held_only_for_a_least_move() -> None:
    setting = replace(sample(), sources=None).with_policy(unit=COARSE, min_move=4 * COARSE)
    case, claims = parts(setting.propose())
    assert case.held.any()
    assert not case.held.all()
    assert agrees(case, claims).ok
    idle = replace(case, policy=replace(case.policy, min_move=0))
    assert agrees(idle, claims).findings == ("lines are held that the policy holds for nothing",)
    agrees(replace(idle, held=np.zeros_like(case.held)), claims)


def test_a_rule_that_was_widened_excuses_nothing() -> None:
    """It is still phanbo's own: with it a round is a network, and has its proof."""
    book = RULEBOOK.granting(
        [{"kind": "bound", "rule": "locked", "line_id": "L0", "side": "cut", "by": COARSE}]
    )
    case, claims = parts(SMALL["shortfall"].propose(rulebook=book))
    assert agrees(case, claims, book).ok
    said = ("nothing in this round excuses a proof of optimality",)
    assert agrees(case, replace(claims, marked=True), book).findings == said
    assert agrees(case, replace(claims, marked=True), book.with_rule(Watch())).ok


def test_who_brings_capital_where_it_may_not_go() -> None:
    """From any line or none to any line or none, whichever owner is closed."""
    case, claims = parts(SMALL["shortfall"].propose())
    leaf = [*case.pools.leaf.tolist(), None, None, None]
    for donor in range(-3, len(case)):
        for receiver in range(-3, len(case)):
            for k in range(claims.closed.size):
                claims = with_moves(claims, [[donor, receiver, 0, 1, 1]], follow=False)
                wrong = replace(claims, closed=np.arange(claims.closed.size) == k)
                barred = receiver >= 0 and leaf[receiver] == k and leaf[donor] != k
                said = ["a transfer brings capital to an owner that may not import"] if barred else []
                assert _crossings(case, wrong) == said


@dataclass(frozen=True)
class Whole(Watch):
    """All is raised or nothing: no prefix keeps it."""

    total: int = 0

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what is missing, on the raised lines."""
        missing = 0 if alone else self.total - int(plan.add.sum())
        return np.where(plan.add > 0, missing, 0)


def test_every_prefix_that_breaks_a_rule_is_named() -> None:
    case, claims = parts(SMALL["shortfall"].propose())
    found = agrees(case, claims, RULEBOOK.with_rule(Whole(int(claims.changes.add.sum())))).findings
    assert len({finding.split(":")[0] for finding in found}) == 2, "of the mandatory block, nothing is raised"
    closed = replace(claims, closed=np.ones_like(claims.closed))
    found = agrees(case, closed, RULEBOOK.with_rule(Whole(int(claims.changes.add.sum())))).findings
    assert found[0] == "a transfer brings capital to an owner that may not import"
    assert len(found) > 2
