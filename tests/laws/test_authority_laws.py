"""Who decides a move follows from its two ends, under every regime; annexes part a proposal, each lawful by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from held_round import LOCAL, LOTTERY
from phanbo.errors import DataError
from phanbo.policy import AUTHORITIES
from phanbo.proposal.annexes import Annex
from phanbo.rulebook_file import parse_rulebook
from strategies import settings_of

if TYPE_CHECKING:
    from held_round import Setting
    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

DISTRICT, COMMUNE, CENTRAL = "Ngân sách huyện", "Ngân sách xã", "NSTW bổ sung có mục tiêu"
HANDS = (
    None,
    AUTHORITIES,
    ("owner-internal", "ubnd"),
    ("owner-internal", "hdnd", "ubnd"),
    ("owner-internal",),
    (),
)


def _own(base: str, **tables: Any) -> Rulebook:
    named = {"extends": base, "code": "own", "title_vi": "riêng", "title_en": "own", "version": "1"}
    return parse_rulebook(tomli_w.dumps(named | tables))


CHARGE = {"document": "Nghị quyết HĐND", "article": "Điều 1", "confidence": "found"}
BOOKS = {
    "vn-2020": pb.load_rulebook("vn-2020"),
    **{name: pb.load_rulebook(name).for_comparison() for name in ("vn-2025a", "vn-2025b")},
    "sectors": _own("vn-2020", pool={"default": {"across_sectors": "central", "totals": "programme-lead"}}),
    "charged": _own("vn-2020", delegation={"hdnd": "ubnd", **CHARGE}),
    "standing": _own("vn-2020", delegation={"hdnd": "standing-committee", **CHARGE}),
}


@st.composite
def rounds(
    draw: st.DrawFn, /, *, shortfall: bool | None = None, local: bool = False, **fixed: Any
) -> tuple[Setting, Rulebook]:
    """Draw a round with several owners, sectors and localities, and the law it is held under."""
    sources: tuple[str, ...] = (COMMUNE, DISTRICT) if local else (LOCAL, LOTTERY, CENTRAL, COMMUNE, DISTRICT)
    name = draw(st.sampled_from([*BOOKS]))
    if name == "vn-2025b":
        sources = sources[:-1]
    fixed.setdefault("authority", draw(st.sampled_from(HANDS)))
    setting = draw(settings_of(most=8, sources=sources, shortfall=shortfall, families={"sector"}, **fixed))
    frame = setting.lines
    places = st.sampled_from(("A", "A", "B", None))
    if draw(st.booleans()):
        told = [draw(places) for _ in range(len(frame))]
        frame = frame.assign(locality=pd.Series(told, dtype=object))
    if draw(st.booleans()):
        before = frame["programme"] if "programme" in frame else pd.Series([None] * len(frame), dtype=object)
        named = frame["source"].isin([COMMUNE, DISTRICT])
        frame = frame.assign(programme=before.astype(object).mask(named, "Nông thôn mới"))
    return replace(setting, lines=frame), BOOKS[name]


def held(drawn: tuple[Setting, Rulebook]) -> Proposal:
    return drawn[0].propose(rulebook=drawn[1])


def told_by_its_ends(made: Proposal, row: dict[Any, Any]) -> str:
    """Return who decides a transfer as the rulebook says of its two lines."""
    book, tables = made.rulebook, made.assessment.portfolio
    assert book is not None
    lines = tables.lines.fillna(
        {name: "" for name in ("sector", "programme", "locality") if name in tables.given}
    )
    rows = lines.set_index("line_id").to_dict("index")
    ends = [rows[row[side]] for side in ("from_line", "to_line") if row[side] in rows]
    mixed = "pool" in (tables.sources if tables.sources is not None else ())
    asked = {(end["kind"], bool(end.get("programme"))) for end in ends}
    assert len(asked) == 1 or mixed
    kind, programme = min(asked)
    sectors = {end.get("sector") or end["project_id"] for end in ends}
    kept = not row["to_line"].startswith("shortfall:")
    return book.authority(
        kind,
        same_owner=len(ends) == 2 and len({end["owner"] for end in ends}) == 1,
        same_sector=len(sectors) == 1 or "sector" not in tables.given,
        totals_kept=kept,
        programme=programme,
    ).code


@given(drawn=rounds() | rounds(shortfall=True))
def test_every_transfer_is_decided_as_its_two_ends_say(drawn: tuple[Setting, Rulebook]) -> None:
    made, hands = held(drawn), drawn[0].policy.authority
    farthest: dict[str, str] = {}
    for row in made.transfers.to_dict("records"):
        assert row["authority"] == told_by_its_ends(made, row)
        exempt = row["to_line"].startswith("shortfall:")
        assert hands is None or exempt or row["authority"] in hands
        for side in (row["from_line"], row["to_line"]):
            known = farthest.get(side, row["authority"])
            farthest[side] = max(known, row["authority"], key=AUTHORITIES.index)
    for line, code in made.adjustments[["line_id", "authority"]].itertuples(index=False):
        assert code == farthest[line]
    assert made.verify().findings == ()


@given(drawn=rounds() | rounds(local=True, shortfall=False, authority=None))
def test_no_locality_pays_for_another(drawn: tuple[Setting, Rulebook]) -> None:
    made = held(drawn)
    tables = made.assessment.portfolio
    frame = tables.lines if "locality" in tables.given else tables.lines.assign(locality="")
    rows = frame.fillna({"locality": ""}).set_index("line_id").to_dict("index")
    for giver, taker in made.transfers[["from_line", "to_line"]].itertuples(index=False):
        if giver in rows and taker in rows and rows[giver]["kind"] in ("district", "commune"):
            assert rows[giver]["locality"] == rows[taker]["locality"]
            assert rows[giver]["locality"] or rows[giver]["owner"] == rows[taker]["owner"]


def balanced(annex: Annex) -> None:
    """Check that an annex balances pool by pool, and that its tables are those of its transfers."""
    for row in annex.pools.to_dict("records"):
        assert row["cut"] + row["inflow"] == row["added"] + row["shortfall"] + row["returned"]
    pools = annex.transfers.groupby("pool")["amount"].sum()
    came = annex.pools.set_index("pool")
    assert (came["cut"] + came["inflow"]).to_dict() == pools.to_dict()
    change = annex.lines["change"]
    assert -change[change < 0].sum() == came["cut"].sum()
    assert change[change > 0].sum() == came["added"].sum()


@given(drawn=rounds() | rounds(shortfall=True))
def test_annexes_are_the_whole_and_each_balances(drawn: tuple[Setting, Rulebook]) -> None:
    made = held(drawn)
    annexes = made.by_authority()
    joined = pd.concat([made.transfers.iloc[:0], *(annex.transfers for annex in annexes.values())])
    ends = ["from_line", "to_line"]
    assert (
        joined.sort_values(["rank", *ends])
        .reset_index(drop=True)
        .equals(made.transfers.sort_values(["rank", *ends]).reset_index(drop=True))
    )
    summed: dict[str, int] = {}
    for annex in annexes.values():
        balanced(annex)
        for line, change in annex.amounts.itertuples(index=False):
            summed[line] = summed.get(line, 0) + change
        assert {each.code for each in annex.authorities} == set(annex.transfers["authority"])
    whole = made.adjustments
    assert summed == dict(zip(whole["line_id"], whole["change"].tolist(), strict=True))


@given(drawn=rounds(shortfall=False))
def test_each_annex_may_be_approved_alone(drawn: tuple[Setting, Rulebook]) -> None:
    made = held(drawn)
    before = made.assessment.portfolio
    for annex in made.by_authority().values():
        after = made.apply(annex.amounts)
        moved = after.money("plan")[0] - before.money("plan")[0]
        told = dict(zip(after.text("line_id").tolist(), moved.tolist(), strict=True))
        assert {line: change for line, change in told.items() if change} == dict(
            annex.amounts.itertuples(index=False, name=None)
        )


@given(drawn=rounds(shortfall=True))
def test_with_the_transfers_to_a_shortfall_each_annex_may_be_approved(
    drawn: tuple[Setting, Rulebook],
) -> None:
    made = held(drawn)
    forced = made.transfers[made.transfers["rank"] == 0]
    owed = set(forced["pool"])
    for annex in made.by_authority().values():
        rest = annex.transfers[annex.transfers["rank"] > 0]
        given_up = pd.concat([forced, rest])
        change = (
            given_up.groupby("to_line")["amount"]
            .sum()
            .sub(given_up.groupby("from_line")["amount"].sum(), fill_value=0)
        )
        lines = change[change.index.isin(made.lines["line_id"])].astype("int64")
        made.apply(pd.DataFrame({"line_id": lines.index, "change": lines.to_numpy()}))
        if set(rest["pool"]) & owed and not set(annex.transfers["rank"]) & {0}:
            with pytest.raises(DataError, match="not legal"):
                made.apply(annex.amounts)
