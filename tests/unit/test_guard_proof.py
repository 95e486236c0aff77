"""The round as the certificate states it, what its tiers count and what its duals prove: unit by unit, by definition."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from held_round import RULEBOOK, ceiling_sample, sample
from phanbo.assemble import tier_plan
from phanbo.bounds import make_bounds
from phanbo.case import Changes
from phanbo.certificate import Claims, RowClaim
from phanbo.certificate.costs import Costs, facts_of
from phanbo.certificate.optimum import TierProof, _dot, _Face, prove_tiers
from phanbo.certificate.statement import MOST, state
from phanbo.proposal.claims import claims_of
from rounds import SOURCE, TY, UNIT, case_of, lines
from slow_proof import Column, SlowRound
from strategies import GRANT, LOAN, pinned, settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.case import Case
    from phanbo.certificate.statement import Statement
    from phanbo.money import Ints
    from phanbo.proposal import Proposal

MANY = profile.default.max_examples * 2 if profile.default else 50
ROUNDS = (
    settings_of()
    | settings_of(
        families={"claims", "flags", "committed"}, tiers=("obligations", "priority", "key", "authority")
    )
    | settings_of(shortfall=True)
    | settings_of(return_unplaced=True)
)


@st.composite
def asked(draw: st.DrawFn) -> Setting:
    """Draw a round; of every second one its reviewers ask changes, whether or not they can be made."""
    setting = draw(ROUNDS)
    return pinned(draw(st.data()), setting) if draw(st.booleans()) else setting


COLUMNS = ("line", "width", "chance", "marked", "pinned", "taken")
NOTHING: tuple[Ints, Ints, Ints, Ints, Ints] = tuple(np.zeros(0, dtype=np.int64) for _ in range(5))  # type: ignore[assignment]


@st.composite
def claimed(draw: st.DrawFn, case: Case) -> Claims:
    """Draw what a proposal might claim: its bounds, some rows, and changes at, under or over what is allowed."""
    unit, n, bounds = case.policy.unit, len(case), make_bounds(case, RULEBOOK)
    above = unit * draw(st.sampled_from((0, 0, 0, 1)))
    most = bounds.cut if not draw(st.booleans()) else np.maximum(bounds.cut, bounds.forced)
    part = np.array(draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)), dtype=np.int64)
    gives = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    cut, add = np.minimum(part * unit, most), np.minimum(part * unit, bounds.add)
    add[draw(st.integers(0, n - 1))] += above
    rows = tuple(
        RowClaim(
            f"row{k}",
            "x",
            tuple(lines),
            draw(st.integers(0, 5)) * unit + draw(st.sampled_from((0, unit - 1))),
        )
        for k, lines in enumerate(
            draw(st.lists(st.lists(st.integers(0, n - 1), unique=True, min_size=1), max_size=3))
        )
    )
    return Claims(
        cut=bounds.cut,
        add=bounds.add,
        forced=bounds.forced,
        closed=draw(st.sampled_from((bounds.closed, ~bounds.closed))),
        rows=rows,
        tiers=(),
        marked=False,
        transfers=NOTHING,
        facts=facts_of(case),
        full=True,
        changes=Changes(np.where(gives, cut, 0), np.where(gives, 0, add)),
    )


def claims_on(case: Case, **sides: Ints) -> Claims:
    """Return the claims of a round that does nothing, with bounds of one's own (cut, add, forced)."""
    nothing = np.zeros(len(case), dtype=np.int64)
    bounds: dict[str, Any] = dict.fromkeys(("cut", "add", "forced"), nothing) | sides
    return Claims(
        **bounds,
        closed=np.zeros(len(case.pools.leaf_owner), dtype=bool),
        rows=(),
        tiers=(),
        marked=False,
        transfers=NOTHING,
        facts=facts_of(case),
        full=True,
        changes=Changes(nothing, nothing),
    )


def by_unit(statement: Statement) -> tuple[list[Column], list[int], list[int], list[int]]:
    """Return every unit of every step, its *x*, its upper end, and the column of the statement it is part of."""
    units: list[tuple[Column, int, int, int]] = []
    k = 0
    for kind, steps in (("cut", statement.cuts), ("add", statement.adds)):
        columns = (getattr(steps, name).tolist() for name in COLUMNS)
        for line, width, chance, marked, wanted, taken in zip(*columns, strict=True):
            assert width > 0
            assert (statement.x[k], statement.upper[k]) == (taken, width)
            units += [
                (Column(kind, line, chance, marked, wanted), int(j < taken), 1, k) for j in range(width)
            ]
            k += 1
    for kind, size in zip(("into", "out", "kept"), statement.sizes[2:], strict=True):
        for place in range(size):
            units.append((Column(kind, place), int(statement.x[k]), int(statement.upper[k]), k))
            k += 1
    assert k == sum(statement.sizes) == statement.x.size == statement.upper.size
    found, x, upper, part = zip(*units, strict=True)
    return list(found), list(x), list(upper), list(part)


def dense(statement: Statement) -> Ints:
    """Return the matrix of the statement."""
    rows = statement.rows
    matrix = np.zeros((rows.lower.size, statement.x.size), dtype=np.int64)
    np.add.at(matrix, (rows.row, rows.column), rows.sign)
    return matrix


@profile(max_examples=MANY)
@given(setting=asked(), inflow=st.sampled_from((0, 0, 2_500_000)), data=st.data())
def test_the_statement_is_the_round_unit_by_unit(setting: Setting, inflow: int, data: st.DataObject) -> None:
    case = setting.case(inflow=inflow)
    claims = data.draw(claimed(case))
    statement, slow = state(case, claims), SlowRound(case, RULEBOOK, claims)
    assert statement is not None
    columns, x, upper, part = by_unit(statement)
    assert columns == slow.columns
    assert x == slow.x
    assert upper == slow.upper
    rows, matrix = statement.rows, dense(statement)
    assert list(rows.keys) == list(rows.number) == list(slow.rows)
    assert list(rows.number.values()) == list(range(len(rows.keys)))
    for r, (entries, low, high) in enumerate(slow.rows.values()):
        assert (rows.lower[r], rows.upper[r]) == (low, high)
        assert {k: sign for k, sign in enumerate(matrix[r][part].tolist()) if sign} == entries
    prices = np.array(
        data.draw(st.lists(st.integers(-9, 9), min_size=len(rows.keys), max_size=len(rows.keys)))
    )
    assert rows.priced(prices).tolist() == (prices @ matrix).tolist()
    assert rows.activity(statement.x).tolist() == (matrix @ statement.x).tolist()
    assert statement.misfit(case, claims) == slow.misfit()
    for steps in (statement.cuts, statement.adds):
        assert {steps.line.dtype, steps.width.dtype, steps.taken.dtype} == {np.dtype(np.int64)}
        after = np.flatnonzero(steps.line[1:] == steps.line[:-1])
        alike = np.all(
            [
                np.equal(getattr(steps, name)[1:], getattr(steps, name)[:-1])
                for name in ("chance", "marked", "pinned")
            ],
            axis=0,
        )
        assert not alike[after].any(), "a step ends only at a point, at the mark or where a change is asked"
        assert after.size == steps.line.size - np.unique(steps.line).size, "steps of a line stand together"


@given(setting=asked(), data=st.data())
def test_every_tier_counts_what_its_name_says(setting: Setting, data: st.DataObject) -> None:
    case = setting.case()
    claims = data.draw(claimed(case))
    statement, slow = state(case, claims), SlowRound(case, RULEBOOK, claims)
    assert statement is not None
    part = by_unit(statement)[3]
    names = [
        "protect",
        "protect_late",
        "pinned",
        "obligations",
        "key",
        "return",
        "disbursement",
        "authority",
        "worst_first",
    ]
    names += [f"priority[{c.code}]" for c in RULEBOOK.classes] + [f"line[{k}]" for k in range(len(case))]
    costs = Costs(case, RULEBOOK, statement)
    for name in [*names, "canonical", "canonical[1]", "canonical[2]"]:
        assert costs.of(name)[part].tolist() == slow.cost(name), name
        assert costs.of(name).dtype == np.int64
    for name in ("nothing", "Canonical", "lines[0]", "priority"):
        with pytest.raises(KeyError, match=f"^'{name.replace('[', '.').replace(']', '.')}'$"):
            costs.of(name)


@profile(max_examples=MANY)
@given(setting=asked(), data=st.data())
def test_the_chain_of_bounds_is_weak_duality(setting: Setting, data: st.DataObject) -> None:
    """For any duals at all: the value of the plan, and the bound they prove on the face that is left."""
    case = setting.case()
    claims = data.draw(claimed(case))
    statement, slow = state(case, claims), SlowRound(case, RULEBOOK, claims)
    assert statement is not None
    costs, face, tiers = Costs(case, RULEBOOK, statement), _Face(statement), []
    odd = st.sampled_from(
        ([("leaf", 1)], {"row9": 1}, {"no row": 1, "none": 2}, {slow.first: 1.0}, {slow.first: True})
    )
    keys = st.sampled_from([*slow.rows, *(row.key for row in claims.rows for _ in range(4))])
    price = st.integers(-3, 3) | st.sampled_from((0, 2**61, -(2**61), 2**61 + 1))
    for tier in tier_plan(case, RULEBOOK):
        duals = data.draw(st.dictionaries(keys, price, max_size=4) | odd)
        own = sum(c * x for c, x in zip(slow.cost(tier.name), slow.x, strict=True))
        tiers.append((tier.name, own + data.draw(st.sampled_from((0, 0, 0, 1, -1))), duals, 0))
    wanted = slow.chain(tuple(tiers))
    found = [face.prove(name, costs.of(name), value, duals) for name, value, duals, _ in tiers]
    assert [(p.name, p.value, p.bound, p.fault) for p in found] == wanted
    assert [p.gap for p in found] == [value - bound for _, value, bound, _ in wanted]
    for end in (face.lower, face.upper, face.row_lower, face.row_upper):
        assert end.dtype == np.int64
    assert all(type(number) is int for p in found for number in (p.value, p.bound, p.gap))


@pytest.mark.parametrize("first", [-2, -1, 0, 1, 2])
@pytest.mark.parametrize("second", [-2, -1, 1, 2])
def test_a_row_of_two_ends_is_priced_at_the_end_its_dual_favours(first: int, second: int) -> None:
    """And stays free where its dual was 0, whatever the other rows' were."""
    case, claims = parts(ceiling_sample().with_policy(unit=100_000_000).propose())
    statement, slow = state(case, claims), SlowRound(case, RULEBOOK, claims)
    assert statement is not None
    (row,) = claims.rows
    assert statement.rows.lower[-1] < statement.rows.upper[-1]
    costs, face = Costs(case, RULEBOOK, statement), _Face(statement)
    tiers = [
        (name, sum(c * x for c, x in zip(slow.cost(name), slow.x, strict=True)), duals, 0)
        for name, duals in (
            ("authority", {row.key: first, slow.first: 1}),
            ("disbursement", {row.key: second}),
            ("worst_first", {row.key: 1, slow.first: -1}),
        )
    ]
    found = [face.prove(name, costs.of(name), value, duals) for name, value, duals, _ in tiers]
    assert [(p.name, p.value, p.bound, p.fault) for p in found] == slow.chain(tuple(tiers))


@pytest.mark.parametrize(
    "hands", [None, (), ("owner-internal",), ("hdnd",), ("ubnd",), ("owner-internal", "hdnd"), ("central",)]
)
@pytest.mark.parametrize("back", [True, False])
def test_a_reserve_has_room_where_both_authorities_are_at_hand(
    hands: tuple[str, ...] | None, back: bool
) -> None:
    case = case_of(lines(4), authority=hands, return_unplaced=back)
    bound = np.where(np.arange(4) % 2 == 0, 3 * UNIT, 0)
    claims = claims_on(case, cut=bound)
    statement = state(case, claims)
    assert statement is not None
    opened = hands is None or {"owner-internal", "hdnd"} <= set(hands)
    assert statement.upper[-1] == SlowRound(case, RULEBOOK, claims).upper[-1] == (6 if back and opened else 0)


@pytest.mark.parametrize(("offer", "late"), [(0, 630), (1, 1000), (2, 1000)])
def test_an_offer_counts_as_wholly_late(offer: int, late: int) -> None:
    case = case_of(lines(2, offered_decrease=[offer, 0], disbursed=[7 * TY // 10, 9 * TY]), judge="actual")
    claims = claims_on(case, cut=np.array([UNIT, 0]))
    statement = state(case, claims)
    assert statement is not None
    assert Costs(case, RULEBOOK, statement).of("worst_first")[0] == -late


@pytest.mark.parametrize("asks", [1, 2, 3, 4, 9, -1, -2, -3, -9])
@pytest.mark.parametrize("side", ["cut", "add"])
def test_what_is_asked_of_a_line_is_pinned_to_the_unit(side: str, asks: int) -> None:
    """The first units of the side it is asked of, up to the bound; none of the other side, none of other lines."""
    case = case_of(lines(3), pins={"L1": asks * UNIT})
    width = 3
    claims = claims_on(case, **{side: np.full(3, width * UNIT)})
    statement, slow = state(case, claims), SlowRound(case, RULEBOOK, claims)
    assert statement is not None
    steps = getattr(statement, f"{side}s")
    wanted = min(width, max(0, asks if side == "add" else -asks))
    assert steps.pinned.dtype == np.bool_
    assert [int(steps.width[(steps.line == i) & steps.pinned].sum()) for i in range(3)] == [0, wanted, 0]
    assert [int(steps.width[steps.line == i].sum()) for i in range(3)] == [width] * 3
    part, cost = by_unit(statement)[3], Costs(case, RULEBOOK, statement).of("pinned")
    assert cost[part].tolist() == slow.cost("pinned")
    assert int((cost[: steps.line.size] * steps.width).sum()) == -wanted
    assert not cost[steps.line.size :].any()


def test_the_room_of_a_row_is_exact_whatever_its_size() -> None:
    case, claims = parts(ceiling_sample().propose())
    case = replace(case, policy=replace(case.policy, unit=1))
    for headroom in (2**59 + 1, 2**59 - 1, 2**53 + 1):
        rows = tuple(replace(row, headroom=headroom) for row in claims.rows)
        statement = state(case, replace(claims, rows=rows))
        assert statement is not None
        assert statement.rows.upper[-1] == headroom


# -- the order of the tiers ------------------------------------------------------------------------------------

CLASSES = [f"priority[{c.code}]" for c in RULEBOOK.classes]
ASKED = {"P3/Ngân sách tỉnh/2024": 100_000_000}
USUAL = ["obligations", *CLASSES, "disbursement", "authority", "worst_first", "canonical"]


def parts(proposal: Proposal) -> tuple[Case, Claims]:
    assert proposal.case is not None
    return proposal.case, claims_of(proposal, proposal.case)


@pytest.mark.parametrize(
    ("policy", "short", "wanted"),
    [
        ({}, False, USUAL),
        ({}, True, ["protect", "protect_late", *USUAL]),
        ({"return_unplaced": True}, False, ["obligations", *CLASSES, "return", *USUAL[-4:]]),
        (
            {"return_unplaced": True, "tiers": ("key", "authority", "worst_first")},
            False,
            ["key", "return", "authority", "worst_first", "canonical"],
        ),
        (
            {"return_unplaced": True, "tiers": ("priority[new-start]", "disbursement", "authority")},
            True,
            [
                "protect",
                "protect_late",
                "priority[new-start]",
                "return",
                "disbursement",
                "authority",
                "canonical",
            ],
        ),
        ({"tiers": ("authority",)}, False, ["authority", "canonical"]),
        ({"pins": ASKED}, False, ["pinned", *USUAL]),
        ({"pins": ASKED}, True, ["protect", "protect_late", "pinned", *USUAL]),
        (
            {"pins": ASKED, "tiers": ("authority",), "return_unplaced": True},
            False,
            ["pinned", "return", "authority", "canonical"],
        ),
    ],
)
def test_the_tiers_are_those_the_policy_asks_for(
    policy: dict[str, Any], short: bool, wanted: list[str]
) -> None:
    setting = sample().with_policy(**policy)
    setting = setting if short else replace(setting, sources=None)
    proposal = setting.propose()
    case, claims = parts(proposal)
    names = [name for name, *_ in claims.tiers]
    assert names[: len(wanted)] == wanted
    assert all(not proof.fault for proof in prove_tiers(case, RULEBOOK, claims))
    for wrong in (wanted[:-1], wanted[1:], [*wanted[:-2], wanted[-1], wanted[-2]], [wanted[0], *wanted], []):
        assert prove_tiers(case, RULEBOOK, named(claims, wrong)) == [
            TierProof("plan", 0, -1, f"its tiers are {wrong}, not {wanted}")
        ]


def named(claims: Claims, names: list[Any]) -> Claims:
    return replace(claims, tiers=tuple((name, 0, {}, 0) for name in names))


@pytest.mark.parametrize(
    ("extra", "allowed"),
    [
        ([], True),
        (["canonical[1]"], True),
        (["canonical[1]", "canonical[2]"], True),
        (["canonical[1]", "canonical[2]", "line[0]", "line[6]"], True),
        (["canonical[1]", "canonical[2]", "line[123456789012345678]"], True),
        (["canonical[2]"], False),
        (["canonical[1]", "canonical[1]"], False),
        (["canonical[1]", "canonical[3]"], False),
        (["line[0]"], False),
        (["canonical[1]", "line[0]"], False),
        (["canonical[1]", "canonical[2]", "canonical[3]"], False),
        (["canonical[1]", "canonical[2]", "line[]"], False),
        (["canonical[1]", "canonical[2]", "line[-1]"], False),
        (["canonical[1]", "canonical[2]", "line[0]x"], False),
        (["canonical[1]", "canonical[2]", "xline[0]"], False),
        (["canonical[1]", "canonical[2]", "LINE[0]"], False),
        (["canonical[1]", "canonical[2]", "line[1234567890123456789]"], False),
        (["canonical[1]", "canonical[2]", "line[0]", None], False),
        (["canonical[1]", "canonical[2]", None, "line[0]"], False),
        (["canonical[1]", "canonical[2]", "line[0]", "disbursement"], False),
    ],
)
def test_only_salted_orders_and_single_lines_follow_the_canonical_tier(
    extra: list[Any], allowed: bool
) -> None:
    case, claims = parts(replace(sample(), sources=None).propose())
    stored = [*USUAL, *extra]
    found = prove_tiers(case, RULEBOOK, named(claims, stored))
    if allowed:
        assert [proof.name for proof in found] == stored
    else:
        assert found == [TierProof("plan", 0, -1, f"its tiers are {stored}, not {USUAL}")]


# -- plans that are no point of the program --------------------------------------------------------------------


def test_a_plan_outside_the_program_is_said_to_be() -> None:
    case, claims = parts(ceiling_sample().propose())
    unit = case.policy.unit
    (row,) = claims.rows
    assert all(not proof.fault for proof in prove_tiers(case, RULEBOOK, claims))

    def fault(wrong: Claims) -> str:
        (proof,) = prove_tiers(case, RULEBOOK, wrong)
        assert (proof.name, proof.value, proof.bound, proof.gap) == ("plan", 0, -1, 1)
        return proof.fault

    tight = replace(row, headroom=row.headroom - unit)
    assert fault(replace(claims, rows=(tight,))) == f"the plan breaks row {row.key}"
    # Lines raised beyond their bounds balance in no leaf: the steps stop at the bound.
    for side in ("cut", "add"):
        changes = {name: getattr(claims.changes, name).copy() for name in ("cut", "add")}
        changes[side][np.flatnonzero(changes[side])[0]] += 10**6 * unit
        assert fault(replace(claims, changes=Changes(**changes))) in (
            "the plan leaves the bounds of the program",
            f"the plan breaks row leaf:{case.pools.names[0]}|{case.pools.leaf_owner[0]}",
        )
    odd = claims.changes.add + 1
    assert (
        fault(replace(claims, changes=Changes(claims.changes.cut, odd)))
        == "the plan is larger than its bounds"
    )
    closed = np.ones_like(claims.closed)
    assert fault(replace(claims, closed=closed)) == "the plan leaves the bounds of the program"


@pytest.mark.parametrize("side", ["cut", "add", "forced", "inflow"])
def test_amounts_are_added_up_below_two_to_the_sixtieth(side: str) -> None:
    proposal = sample().propose()
    case, claims = parts(proposal)
    case = replace(case, policy=replace(case.policy, unit=1))
    shrinking = int(np.flatnonzero(case.shrinking)[0])
    nothing = np.zeros(len(case), dtype=np.int64)
    claims = replace(
        claims, cut=nothing, add=nothing, forced=nothing, changes=Changes(nothing, nothing), rows=()
    )
    calm = replace(case.pools, inflow=np.zeros(2, dtype=np.int64))
    for amount, stated in ((MOST - 2**10, True), (MOST, False)):
        large = nothing.copy()
        large[shrinking] = amount
        if side == "inflow":
            pools = replace(calm, inflow=np.array([-amount, 0]))
            assert (state(replace(case, pools=pools), claims) is not None) is stated
        elif side == "forced":
            pools = replace(calm, inflow=np.array([0, -1]))
            assert (state(replace(case, pools=pools), replace(claims, forced=large)) is not None) is stated
            assert state(replace(case, pools=calm), replace(claims, forced=large)) is not None, (
                "nothing is forced"
            )
        else:
            sides: dict[str, Any] = {side: large}
            wrong = replace(claims, **sides)
            assert (state(replace(case, pools=calm), wrong) is not None) is stated
            if not stated:
                said = "its amounts are too large to be added up"
                assert prove_tiers(replace(case, pools=calm), RULEBOOK, wrong) == [
                    TierProof("plan", 0, -1, said)
                ]


def test_an_inner_product_is_exact_whatever_its_size() -> None:
    for cost, x in (([1000, -7], [2**59, 3]), ([1000, -7], [2**52, 3]), ([], []), ([0, 0], [2**59, 2**59])):
        columns = (np.array(side, dtype=np.int64) for side in (cost, x))
        assert _dot(*columns) == sum(c * v for c, v in zip(cost, x, strict=True))
    for price, units in ((2**10, 2**53), (2**10 - 1, 2**53), (2**11 - 1, 2**53), (2**10 + 1, 2**53 - 1)):
        assert _dot(np.array([price]), np.array([units])) == price * units
    assert _dot(np.array([2**10 - 1, 1]), np.array([2**53, 1])) == (2**10 - 1) * 2**53 + 1


@pytest.mark.parametrize("what", ["key_project", "emergency", "oda", LOAN, GRANT, ""])
def test_a_key_line_is_key_for_one_reason_alone(what: str) -> None:
    frame = lines(4, source=[SOURCE, what if what in (LOAN, GRANT) else SOURCE, SOURCE, SOURCE])
    if what in ("key_project", "emergency", "oda"):
        frame[what] = [False, True, False, False]
    case = case_of(frame)
    bound = np.where(np.arange(4) % 2 == 1, 3 * UNIT, 0)
    claims = claims_on(case, add=bound)
    statement = state(case, claims)
    assert statement is not None
    cost = Costs(case, RULEBOOK, statement).of("key")[: statement.adds.line.size]
    assert {int(i): int(c) for i, c in zip(statement.adds.line, cost, strict=True)} == {1: -bool(what), 3: 0}
