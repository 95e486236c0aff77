"""Who decides a move: by source, owner, sector, level, kept totals and regime; walls of localities and sectors; annexes."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import tomli_w

import phanbo as pb
from phanbo.audit import audit
from phanbo.authority import Authority, Delegation, PoolKey, decided
from phanbo.errors import DataError, RulebookError
from phanbo.replay import replay
from phanbo.rulebook_file import parse_rulebook
from phanbo.rules.base import Source
from rounds import CALENDAR, POOL, RULEBOOK, SOURCE, TY, inflow, lines, proposal
from sealed import forge

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.proposal import Proposal
    from phanbo.rulebook import Rulebook

BOOKS = {name: pb.load_rulebook(name) for name in ("vn-2020", "vn-2025a", "vn-2025b")}
CENTRAL, DISTRICT, COMMUNE = "NSTW bổ sung có mục tiêu", "Ngân sách huyện", "Ngân sách xã"
RESOLUTION = {"document": "Nghị quyết số 99/NQ-HĐND", "article": "Điều 2", "confidence": "found"}


def overlay(base: str = "vn-2020", **tables: Any) -> Rulebook:
    """Return a rulebook of one's own that says some tables otherwise."""
    named = {"extends": base, "code": "own", "title_vi": "riêng", "title_en": "own", "version": "1"}
    return parse_rulebook(tomli_w.dumps(named | tables))


def local(base: str = "vn-2020", **entries: str) -> Rulebook:
    """Return a rulebook whose local pools say some entries otherwise."""
    return overlay(base, pool={"default": entries})


def codes(made: Proposal) -> set[str]:
    return set(made.transfers["authority"])


# -- the function ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "move", "code", "body"),
    [
        ("vn-2020", "land_fee", {"same_owner": True}, "owner-internal", "UBND tỉnh"),
        ("vn-2020", "land_fee", {"same_owner": False}, "hdnd", "HĐND tỉnh"),
        ("vn-2025a", "land_fee", {"same_owner": False}, "hdnd", "HĐND tỉnh"),
        ("vn-2025b", "land_fee", {"same_owner": False}, "ubnd", "UBND tỉnh"),
        ("vn-2025b", "land_fee", {"same_owner": True, "totals_kept": False}, "hdnd", "HĐND tỉnh"),
        ("vn-2025b", "", {"same_owner": False, "totals_kept": False}, "hdnd", "HĐND tỉnh"),
        ("vn-2020", "lottery", {"same_owner": False, "same_sector": False}, "hdnd", "HĐND tỉnh"),
        ("vn-2020", "lottery", {"same_owner": True, "same_sector": False}, "owner-internal", "UBND tỉnh"),
        ("vn-2020", "central_targeted", {"same_owner": False}, "ubnd", "UBND tỉnh"),
        (
            "vn-2020",
            "central_targeted",
            {"same_owner": True, "same_sector": False},
            "central",
            "cấp trung ương",
        ),
        ("vn-2025b", "central_targeted", {"same_owner": False, "same_sector": False}, "ubnd", "UBND tỉnh"),
        ("vn-2020", "oda_loan", {"same_owner": False}, "central", "cấp trung ương"),
        ("vn-2025b", "oda_loan", {"same_owner": False}, "ubnd", "UBND tỉnh"),
        ("vn-2020", "district", {"same_owner": False}, "hdnd", "HĐND huyện"),
        ("vn-2020", "district", {"same_owner": True}, "owner-internal", "UBND huyện"),
        ("vn-2025b", "commune", {"same_owner": False}, "ubnd", "UBND xã"),
        ("vn-2025b", "commune", {"same_owner": False, "totals_kept": False}, "hdnd", "HĐND xã"),
        (
            "vn-2020",
            "land_fee",
            {"same_owner": True, "programme": True},
            "programme-lead",
            "cơ quan chủ trì chương trình",
        ),
        ("vn-2020", "land_fee", {"same_owner": False, "level": "commune"}, "hdnd", "HĐND xã"),
        ("vn-2020", "district", {"same_owner": False, "level": "commune"}, "hdnd", "HĐND huyện"),
        ("vn-2020", "oda_loan", {"same_owner": False, "level": "central"}, "central", "cấp trung ương"),
        # central and foreign money is moved by the province's bodies, whatever the table of sources says
        ("vn-2020", "central_targeted", {"same_owner": False, "level": "commune"}, "ubnd", "UBND tỉnh"),
        (
            "vn-2020",
            "central_targeted",
            {"same_owner": True, "level": "district"},
            "owner-internal",
            "UBND tỉnh",
        ),
        ("vn-2025b", "central_targeted", {"same_owner": False, "level": "district"}, "ubnd", "UBND tỉnh"),
        ("vn-2025b", "oda_grant", {"same_owner": False, "level": "commune"}, "ubnd", "UBND tỉnh"),
        # a programme's local money keeps its Council where the total changes
        (
            "vn-2025b",
            "land_fee",
            {"same_owner": False, "programme": True, "level": "commune", "totals_kept": False},
            "hdnd",
            "HĐND xã",
        ),
    ],
)
def test_who_decides(name: str, kind: str, move: dict[str, Any], code: str, body: str) -> None:
    found = BOOKS[name].authority(kind, **move)
    assert (found.code, found.body()) == (code, body)


@pytest.mark.parametrize("name", [*BOOKS])
@pytest.mark.parametrize(
    "kind", ["central_targeted", "central_programme", "recovery", "oda_loan", "oda_grant"]
)
@pytest.mark.parametrize("programme", [False, True])
def test_another_total_of_central_money_is_never_the_provinces(
    name: str, kind: str, *, programme: bool
) -> None:
    found = BOOKS[name].authority(kind, same_owner=True, totals_kept=False, programme=programme)
    assert found.code == "central"


def test_a_shortfall_of_central_money_is_the_central_levels() -> None:
    frame = lines(4, source=[CENTRAL] * 4, sector=["Y tế"] * 4)
    made = proposal(frame, sources=inflow(-3 * TY, CENTRAL))
    short = made.transfers["to_line"].str.startswith("shortfall:")
    assert short.any()
    assert set(made.transfers["authority"][short]) == {"central"}
    assert made.pools["authority_totals"].tolist() == ["central"]


@pytest.mark.parametrize(
    ("name", "entries", "read"),
    [
        ("vn-2020", "central_targeted district commune programme central_programme default", False),
        ("vn-2025a", "central_targeted district commune programme central_programme", False),
        ("vn-2025a", "default", True),
        ("vn-2025b", "commune programme central_programme oda_loan oda_grant recovery", False),
        ("vn-2025b", "default central_targeted", True),
    ],
)
def test_no_entry_is_surer_than_what_was_read(name: str, entries: str, *, read: bool) -> None:
    for entry in entries.split():
        source = BOOKS[name].pools_by_kind[entry].source
        assert (source.confidence == "found") == read, entry
        assert source.mark() == ("" if read else " (cần kiểm tra)")
    wall = BOOKS["vn-2025a"].pools_by_kind["central_targeted"]
    assert wall.across_sectors == "central"
    assert "Điều 59 khoản 7 điểm c" in wall.source.article


def test_the_law_is_cited_with_how_surely_it_is_known() -> None:
    old, new = (BOOKS[name].authority("land_fee", same_owner=False) for name in ("vn-2020", "vn-2025b"))
    assert old.cite() == "Luật Đầu tư công 39/2019/QH14, Điều 67 (cần kiểm tra)"
    assert new.cite().endswith("(đã đối chiếu nguồn)")
    assert "Điều 71 khoản 8" in new.cite("en")
    assert new.cite("en").endswith("(read at its source)")
    assert new.body("en") == "provincial People's Committee"


def test_a_move_over_owner_and_sector_needs_the_farther_of_both() -> None:
    key = PoolKey(
        ("source",), "owner-internal", "hdnd", Source("Luật"), across_sectors="ubnd", totals="central"
    )
    told = {
        (owner, sector): key.code(same_owner=owner, same_sector=sector)
        for owner in (True, False)
        for sector in (True, False)
    }
    assert told == {
        (True, True): "owner-internal",
        (True, False): "ubnd",
        (False, True): "hdnd",
        (False, False): "hdnd",
    }
    assert key.code(same_owner=True, same_sector=False, totals_kept=False) == "central"


def test_a_level_that_is_no_more_has_no_authority() -> None:
    with pytest.raises(RulebookError, match="district") as caught:
        BOOKS["vn-2025b"].authority("district", same_owner=True)
    assert "cấp huyện" in caught.value.message_vi


# -- delegation -----------------------------------------------------------------------------------------


def test_the_council_charges_the_committee() -> None:
    book = overlay(delegation={"hdnd": "ubnd", **RESOLUTION})
    found = book.authority("land_fee", same_owner=False)
    assert (found.code, found.body()) == ("ubnd", "UBND tỉnh (được HĐND tỉnh giao)")
    assert found.body("en") == "provincial People's Committee (charged by the provincial People's Council)"
    assert found.cite() == (
        "Luật Đầu tư công 39/2019/QH14, Điều 67 (cần kiểm tra); "
        "Nghị quyết số 99/NQ-HĐND, Điều 2 (đã đối chiếu nguồn)"
    )
    assert codes(proposal(rulebook=book)) == {"ubnd"}
    # its own decisions are nobody's charge, and a commune's Council is not spoken for
    assert book.authority("central_targeted", same_owner=False).body() == "UBND tỉnh"
    assert book.authority("commune", same_owner=False).body() == "HĐND xã"


def test_the_council_charges_its_standing_committee() -> None:
    book = overlay(delegation={"hdnd": "standing-committee", **RESOLUTION})
    found = book.authority("land_fee", same_owner=False)
    assert (found.code, found.body()) == ("hdnd", "Thường trực HĐND tỉnh")
    made = proposal(rulebook=book)
    assert codes(made) == {"hdnd"}
    assert list(made.by_authority()) == ["standing-committee"]


def test_what_is_delegated_is_within_the_authority_at_hand() -> None:
    hands = pb.Policy(authority=("owner-internal", "ubnd"))
    assert proposal(policy=hands).transfers.empty
    assert not proposal(
        policy=hands, rulebook=overlay(delegation={"hdnd": "ubnd", **RESOLUTION})
    ).transfers.empty


@pytest.mark.parametrize(
    "wrong",
    [
        {"delegation": {"hdnd": "king", **RESOLUTION}},
        {"delegation": {"hdnd": "ubnd", **RESOLUTION, "confidence": "sure"}},
        {"delegation": {"hdnd": "ubnd", **RESOLUTION, "who": "x"}},
        {"delegation": {"hdnd": "ubnd", "document": "x"}},
        {"delegation": RESOLUTION},
        {"pool": {"default": {"totals": "king"}}},
        {"pool": {"default": {"across_sectors": "king"}}},
    ],
)
def test_slips_of_the_pen_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RulebookError):
        overlay(**wrong)


# -- the same round under two laws ----------------------------------------------------------------------


def year_2026(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the keywords of the same round two years later."""
    calendar = pb.load_calendar("bac-linh-2026")
    return {
        "portfolio": pb.Portfolio(frame.assign(plan_year=2026)),
        "calendar": calendar,
        "round": 2,
        "as_of": "2026-09-15",
    }


def test_regimes_differ_in_who_decides_between_owners() -> None:
    frame = lines(owner=["Ban 0", "Ban 1", "Ban 2", "Ban 2", "Ban 4", "Ban 5"])
    old = proposal(frame)
    new = pb.propose(**year_2026(frame))
    assert new.meta["rulebook"]["code"] == "vn-2025b"
    assert codes(old) == {"owner-internal", "hdnd"}
    assert codes(new) == {"owner-internal", "ubnd"}
    assert list(old.by_authority()) == ["ubnd", "hdnd"]
    assert list(new.by_authority()) == ["ubnd"]
    compared = pb.propose(**year_2026(frame), rulebook=pb.load_rulebook("vn-2020").for_comparison())
    assert codes(compared) == {"owner-internal", "hdnd"}
    moved = ["from_line", "to_line", "amount"]
    assert compared.transfers[moved].equals(new.transfers[moved])
    assert compared.summary["cut"] == new.summary["cut"] > 0


def test_totals_are_the_councils_under_the_law_of_2025() -> None:
    frame = lines(4)
    given = year_2026(frame)
    given["portfolio"] = pb.Portfolio(frame.assign(plan_year=2026), sources=inflow(-3 * TY))
    made = pb.propose(**given)
    short = made.transfers["to_line"].str.startswith("shortfall:")
    assert short.any()
    assert set(made.transfers["authority"][short]) == {"hdnd"}
    assert set(made.transfers["authority"][~short]) == {"ubnd"}
    assert made.pools["authority_totals"].tolist() == ["hdnd"]


# -- a shortfall, and the authorities at hand ------------------------------------------------------------


def test_a_shortfall_is_exempt() -> None:
    hands = pb.Policy(authority=("owner-internal", "hdnd"))
    made = proposal(sources=inflow(-TY), rulebook=local(totals="central"), policy=hands)
    assert codes(made) == {"central", "hdnd"}
    assert set(made.transfers["authority"][made.transfers["rank"] == 0]) == {"central"}
    assert made.verify().ok


# -- sectors --------------------------------------------------------------------------------------------


def two_sectors(count: int = 8) -> pd.DataFrame:
    sector = ["Giao thông" if i % 4 < 2 else "Y tế" for i in range(count)]
    plan = [10 * TY if i != 1 else 4 * TY for i in range(count)]
    paid = [TY if i % 2 == 0 else 9 * TY if i != 1 else 3 * TY for i in range(count)]
    return lines(
        count, sector=sector, plan=plan, disbursed=paid, owner=[f"Ban {i % 3}" for i in range(count)]
    )


def test_sectors_are_walls_where_nobody_at_hand_may_cross_them() -> None:
    book = local(across_sectors="central")
    assert proposal(two_sectors(), rulebook=book).pools["pool"].tolist() == [POOL]
    hands = pb.Policy(authority=("owner-internal", "ubnd", "hdnd"))
    made = proposal(two_sectors(), rulebook=book, policy=hands)
    assert made.pools["pool"].tolist() == [f"{SOURCE} · {sector} · 2024" for sector in ("Giao thông", "Y tế")]
    assert codes(made) == {"owner-internal", "hdnd"}
    assert made.verify().ok
    assert proposal(two_sectors(), policy=hands).pools["pool"].tolist() == [
        POOL
    ]  # the law itself has no such wall
    wider = pb.Policy(authority=("owner-internal", "hdnd", "central"))
    assert proposal(two_sectors(), rulebook=book, policy=wider).pools["pool"].tolist() == [POOL]


def test_a_move_between_sectors_is_told_so() -> None:
    made = proposal(two_sectors(), rulebook=local(across_sectors="central"))
    sector = made.assessment.portfolio.lines.set_index("line_id")["sector"]
    ends = made.transfers[["from_line", "to_line"]].apply(lambda side: side.map(sector))
    crossed = ends["from_line"] != ends["to_line"]
    assert crossed.any()
    assert (~crossed).any()
    assert ((made.transfers["authority"] == "central") == crossed).all()


def test_an_unknown_sector_is_its_projects_own_and_without_the_column_none_is_known() -> None:
    book, blank = local(across_sectors="central"), lines(4, sector=["Y tế", None, None, None])
    made = proposal(blank, rulebook=book)
    assert codes(made) == {"central"}
    bare = proposal(lines(4), rulebook=book)
    assert codes(bare) == {"hdnd"}
    unchecked = bare.unchecked[bare.unchecked["column"] == "sector"]
    assert unchecked[["rule", "lines"]].to_numpy().tolist() == [["authority", 4]]


@pytest.mark.parametrize("sources", [inflow(-TY), pd.DataFrame({"source": [SOURCE], "pool": ["Một bể"]})])
def test_a_pool_that_cannot_be_parted_raises_nobody(sources: pd.DataFrame) -> None:
    hands = pb.Policy(authority=("owner-internal", "hdnd"))
    book = local(across_sectors="central")
    made = proposal(two_sectors(), sources=sources, rulebook=book, policy=hands)
    assert len(made.pools) == 1
    assert made.summary["added"] == 0
    assert made.summary["cut"] == (TY if "inflow" in sources else 0)
    assert made.verify().ok
    one = proposal(two_sectors().assign(sector="Y tế"), sources=sources, rulebook=book, policy=hands)
    assert one.summary["added"] > 0


def test_questions_draw_the_pools_anew() -> None:
    book = local(across_sectors="central")
    given: dict[str, Any] = {"calendar": CALENDAR, "rulebook": book, "round": 2, "as_of": "2024-09-15"}
    hands = ("owner-internal", "hdnd")
    asked = pb.WhatIf(pb.Portfolio(two_sectors()), **given).ask(authority=hands).proposal()
    assert asked.pools["pool"].tolist() == [
        f"{SOURCE} · {sector} · 2024" for sector in ("Giao thông", "Y tế")
    ]
    walled = proposal(two_sectors(), rulebook=book, policy=pb.Policy(authority=hands))
    costs = walled.rule_costs().set_index("rule")
    whole = proposal(two_sectors(), rulebook=book)
    assert costs.loc["authority", "moved"] == whole.summary["cut"] - walled.summary["cut"]


# -- localities -----------------------------------------------------------------------------------------


def budgets(source: str, **columns: list[Any]) -> pd.DataFrame:
    """Return slow and fast lines of two localities' budgets."""
    return lines(4, source=[source] * 4, owner=["Ban 0", "Ban 1", "Ban 2", "Ban 3"], **columns)


def test_no_locality_pays_for_another() -> None:
    frame = budgets(DISTRICT, locality=["Huyện A", "Huyện A", "Huyện B", "Huyện B"])
    made = proposal(frame)
    assert made.pools["pool"].tolist() == [f"{DISTRICT} · Huyện {x} · 2024" for x in "AB"]
    assert made.pools["level"].tolist() == ["district", "district"]
    assert {(a, b) for a, b in zip(made.transfers["from_line"], made.transfers["to_line"], strict=True)} == {
        ("L0", "L1"),
        ("L2", "L3"),
    }
    apart = proposal(budgets(DISTRICT, locality=["Huyện A", "Huyện B", "Huyện A", "Huyện B"]))
    assert apart.transfers.empty
    provinces = proposal(budgets(SOURCE, locality=["Huyện A", "Huyện B", "Huyện A", "Huyện B"]))
    assert provinces.pools["pool"].tolist() == [POOL]


def test_an_empty_locality_is_drawn_around_the_owner() -> None:
    owners = ["UBND xã X", "UBND xã X", "UBND xã Y", "UBND xã Y"]
    frame = budgets(COMMUNE, locality=[None, None, None, "Xã Y"]).assign(owner=owners)
    made = proposal(frame)
    assert set(made.pools["pool"]) == {
        f"{COMMUNE} · chưa rõ địa bàn: UBND xã X · 2024",
        f"{COMMUNE} · chưa rõ địa bàn: UBND xã Y · 2024",
        f"{COMMUNE} · Xã Y · 2024",
    }
    assert made.transfers[["from_line", "to_line"]].to_numpy().tolist() == [["L0", "L1"]]


@pytest.mark.parametrize("programme", [None, "NTM"])
def test_without_the_column_the_owner_is_the_wall_and_localities_are_told_unchecked(
    programme: str | None,
) -> None:
    owners = ["UBND xã X", "UBND xã X", "UBND xã Y", "UBND xã Y"]
    made = proposal(budgets(COMMUNE, programme=[programme] * 4).assign(owner=owners))
    middle = f" · {programme} · investment" if programme else ""
    assert made.pools["pool"].tolist() == [
        f"{COMMUNE}{middle} · chưa rõ địa bàn: UBND xã {x} · 2024" for x in "XY"
    ]
    assert made.transfers[["from_line", "to_line"]].to_numpy().tolist() == [["L0", "L1"], ["L2", "L3"]]
    gap = made.unchecked[made.unchecked["column"] == "locality"]
    assert gap[["rule", "lines"]].to_numpy().tolist() == [["pool-balance", 4]]
    apart = proposal(budgets(COMMUNE, programme=[programme] * 4))
    assert apart.transfers.empty


@pytest.mark.parametrize(
    ("source", "sources"),
    [
        (DISTRICT, None),
        (COMMUNE, None),
        ("Thu tiền sử dụng đất", pd.DataFrame({"source": ["Thu tiền sử dụng đất"], "level": ["xã"]})),
    ],
)
def test_a_programme_opens_no_wall_of_localities(source: str, sources: pd.DataFrame | None) -> None:
    frame = budgets(source, locality=["A", "B", "A", "B"], programme=["NTM"] * 4)
    made = proposal(frame, sources=sources)
    assert made.pools["pool"].tolist() == [f"{source} · NTM · investment · {x} · 2024" for x in "AB"]
    assert made.transfers.empty
    inside = proposal(frame.assign(locality=["A", "A", "B", "B"]), sources=sources)
    assert inside.transfers[["from_line", "to_line"]].to_numpy().tolist() == [["L0", "L1"], ["L2", "L3"]]
    assert codes(inside) == {"programme-lead"}


def test_a_programme_opens_no_wall_of_loans() -> None:
    loan = "Vốn nước ngoài (ODA)"
    made = proposal(budgets(loan, loan=["A", "B", "A", "B"], programme=["NTM"] * 4))
    assert made.pools["pool"].tolist() == [f"{loan} · NTM · investment · {x} · 2024" for x in "AB"]
    assert made.transfers.empty


def test_the_level_in_the_sources_table_draws_the_same_walls() -> None:
    sources = pd.DataFrame({"source": ["Thu tiền sử dụng đất"], "level": ["xã"]})
    frame = budgets("Thu tiền sử dụng đất", locality=["Xã A", "Xã A", "Xã B", "Xã B"])
    made = proposal(frame, sources=sources)
    assert made.pools["kind"].tolist() == ["commune", "commune"]
    assert list(made.by_authority()) == ["hdnd:commune"]


@pytest.mark.parametrize(
    ("source", "sources", "place"),
    [
        (DISTRICT, None, ("lines", "source")),
        ("Vốn A", pd.DataFrame({"source": ["Vốn A"], "kind": ["district"]}), ("sources", "kind")),
        (
            "Thu tiền sử dụng đất",
            pd.DataFrame({"source": ["Thu tiền sử dụng đất"], "level": ["huyện"]}),
            ("sources", "level"),
        ),
    ],
)
def test_districts_are_no_more(source: str, sources: pd.DataFrame | None, place: tuple[str, str]) -> None:
    given = year_2026(budgets(source))
    given["portfolio"] = pb.Portfolio(given["portfolio"].lines.drop(columns="kind"), sources=sources)
    with pytest.raises(DataError) as caught:
        pb.propose(**given)
    (finding,) = caught.value.findings
    assert (finding.code, finding.table, finding.column, finding.value) == ("level-gone", *place, source)
    assert "cấp huyện không còn từ 01/7/2025" in finding.mend_vi
    assert "kind/level" in finding.mend_vi
    assert (finding.row == 1) == (place[0] == "lines")


def test_a_district_source_handed_over_is_taken() -> None:
    sources = pd.DataFrame({"source": [DISTRICT], "kind": ["commune"], "level": ["xã"]})
    given = year_2026(budgets(DISTRICT, locality=["Xã A"] * 4))
    given["portfolio"] = pb.Portfolio(given["portfolio"].lines.drop(columns="kind"), sources=sources)
    assert list(pb.propose(**given).by_authority()) == ["ubnd:commune"]


# -- pools named in the table of sources -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ((CENTRAL, {}), (SOURCE, {}), ("vốn trung ương", "vốn địa phương")),
        ((COMMUNE, {}), (SOURCE, {}), ("HĐND", "xã")),
        (
            (SOURCE, {"authority": "ubnd"}),
            ("Xổ số kiến thiết", {}),
            ("giữa các đơn vị: UBND", "giữa các đơn vị: HĐND"),
        ),
        (("Vốn nước ngoài (ODA)", {}), ("Chương trình phục hồi", {}), ("vốn nước ngoài", "vốn trung ương")),
    ],
)
def test_one_named_pool_holds_money_of_one_law(
    first: tuple[str, dict[str, str]], second: tuple[str, dict[str, str]], said: tuple[str, str]
) -> None:
    told = []
    for pair in ((first, second), (second, first)):
        sources = pd.DataFrame([{"source": name, "pool": "Một bể", **more} for name, more in pair])
        frame = lines(4, source=[pair[0][0]] * 2 + [pair[1][0]] * 2, sector=["Y tế"] * 4, locality=["A"] * 4)
        with pytest.raises(DataError) as caught:
            proposal(frame, sources=sources)
        (finding,) = caught.value.findings
        assert (finding.code, finding.table, finding.column) == ("pool-mixed", "sources", "pool")
        for words in (first[0], second[0], "Một bể", *said):
            assert words in finding.message_vi
        assert "đặt tên bể riêng" in finding.mend_vi
        told.append((finding.message_vi, finding.message_en))
    assert told[0] == told[1]


def test_a_named_pool_of_one_law_does_not_hang_on_the_order_of_lines() -> None:
    table = pd.DataFrame({"source": [SOURCE, "Thu tiền sử dụng đất"], "pool": ["Một bể"] * 2})
    land = {"key": ["source"], "within": "owner-internal", "between": "hdnd", **RESOLUTION}
    book = overlay(pool={"land_fee": land})
    for names in ([SOURCE] * 2 + ["Thu tiền sử dụng đất"] * 2, ["Thu tiền sử dụng đất"] * 2 + [SOURCE] * 2):
        made = proposal(lines(4, source=names), sources=table, rulebook=book)
        assert made.pools[["pool", "kind"]].to_numpy().tolist() == [["Một bể · 2024", "default"]]


def test_a_named_pool_parts_a_programme_from_other_money() -> None:
    table = pd.DataFrame({"source": [SOURCE], "pool": ["Một bể"]})
    with pytest.raises(DataError, match="mixes sources of different law"):
        proposal(lines(4, programme=["NTM", "NTM", None, None]), sources=table)


# -- annexes --------------------------------------------------------------------------------------------


def mixed() -> Proposal:
    """Return a round that the Committee, the Council, the lead agency and a commune's Council decide together."""
    count = 16
    source = [SOURCE] * 6 + [CENTRAL] * 4 + ["CTMTQG"] * 2 + [COMMUNE] * 4
    programme = ["Nông thôn mới" if text == "CTMTQG" else None for text in source]
    owner = (
        [f"Ban {i // 3}" for i in range(6)]
        + [f"Ban {i}" for i in range(6, 12)]
        + ["UBND xã"] * 2
        + ["A", "B"]
    )
    frame = lines(count, source=source, programme=programme, owner=owner)
    return proposal(frame.assign(sector="Y tế", locality="Xã A"))


def test_annexes_part_a_proposal_by_who_decides() -> None:
    made = mixed()
    annexes = made.by_authority()
    assert list(annexes) == ["ubnd", "ubnd:commune", "hdnd", "hdnd:commune", "programme-lead"]
    assert [annex.title() for annex in annexes.values()] == [
        "UBND tỉnh",
        "UBND xã",
        "HĐND tỉnh",
        "HĐND xã",
        "cơ quan chủ trì chương trình",
    ]
    assert {a.code for a in annexes["ubnd"].authorities} == {"owner-internal", "ubnd"}
    cited = [a.cite() for a in annexes["hdnd"].authorities]
    assert cited == ["Luật Đầu tư công 39/2019/QH14, Điều 67 (cần kiểm tra)"]
    whole = made.adjustments.set_index("line_id")
    summed = pd.concat([annex.lines for annex in annexes.values()]).groupby("line_id")["change"].sum()
    assert summed.to_dict() == whole["change"].to_dict()
    for annex in annexes.values():
        assert (annex.lines["plan"] + annex.lines["change"] == annex.lines["plan_after"]).all()
        total = whole.loc[annex.lines["line_id"], "change"].to_numpy()
        assert (annex.lines["change"] + annex.lines["elsewhere"] == total).all()
    assert sum(len(annex.transfers) for annex in annexes.values()) == len(made.transfers)
    assert any(annex.lines["elsewhere"].any() for annex in annexes.values())


def test_a_source_whose_authority_the_tables_name_cites_them() -> None:
    sources = pd.DataFrame({"source": [SOURCE], "authority": ["cấp trung ương"]})
    made = proposal(sources=sources)
    assert made.pools[["authority_between", "authority_totals"]].to_numpy().tolist() == [
        ["central", "central"]
    ]
    (annex,) = made.by_authority().values()
    assert [a.source.document for a in annex.authorities] == ["Bảng nguồn vốn"]
    # what the law says by itself is the law's, and totals that a rulebook states stay stated
    same = proposal(sources=sources.assign(authority="HĐND")).by_authority()["hdnd"]
    assert [a.source.document for a in same.authorities] == ["Luật Đầu tư công 39/2019/QH14"]
    kept = proposal(sources=sources, rulebook=local(totals="hdnd"))
    assert kept.pools["authority_totals"].tolist() == ["hdnd"]
    # whoever decides on totals by law decides between owners by the tables
    other = proposal(sources=sources.assign(authority="HĐND"), rulebook=local(between="ubnd", totals="hdnd"))
    assert [a.source.document for a in other.by_authority()["hdnd"].authorities] == ["Bảng nguồn vốn"]


def test_a_part_and_an_empty_round_have_annexes_too() -> None:
    head = mixed().head(1)
    (annex,) = head.by_authority().values()
    assert len(annex.transfers) == 1
    assert proposal(lines(1)).by_authority() == {}


def test_annexes_need_no_tables() -> None:
    made = mixed()
    again = pb.Proposal.from_json(made.to_json())
    for body, annex in made.by_authority().items():
        other = again.by_authority()[body]
        assert other.lines.equals(annex.lines)
        assert other.authorities == annex.authorities


def test_a_shortfall_is_signed_before_what_hangs_on_it() -> None:
    frame = lines(owner=["Ban 0", "Ban 0", "Ban 1", "Ban 1", "Ban 2", "Ban 3"])
    made = proposal(frame, sources=inflow(-TY))
    annexes = made.by_authority()
    made.apply(annexes["hdnd"].amounts)
    with pytest.raises(DataError, match="not legal"):
        made.apply(annexes["ubnd"].amounts)
    whole = pd.concat([annex.amounts for annex in annexes.values()]).groupby("line_id", as_index=False).sum()
    assert made.apply(whole) == made.apply()


# -- the workbook ---------------------------------------------------------------------------------------


def test_every_body_has_its_sheet(tmp_path: Path) -> None:
    made = mixed()
    made.to_excel(tmp_path / "annex.xlsx")
    book = openpyxl.load_workbook(tmp_path / "annex.xlsx", data_only=True)
    names = [name for name in book.sheetnames if name.startswith("Biểu ")]
    assert names == ["Biểu UBND tỉnh", "Biểu UBND xã", "Biểu HĐND tỉnh", "Biểu HĐND xã", "Biểu CQ chủ trì CT"]
    for name, annex in zip(names, made.by_authority().values(), strict=True):
        rows = list(book[name].iter_rows(values_only=True))
        said = [str(row[0]) for row in rows if row[0]]
        assert f"Phần thuộc thẩm quyền quyết định: {annex.title()}" in said
        for each in annex.authorities:
            assert any(each.cite() in text for text in said)
        total = next(row for row in rows if row[1] == "TỔNG SỐ")
        cut = int(annex.pools["cut"].sum())
        assert [round(total[k] * 10**6) for k in (6, 7)] == [cut, cut]
        assert round(total[8] * 10**6) == int(annex.lines["plan_after"].sum())
        after = {row[2]: round(row[8] * 10**6) for row in rows if row[2] in set(annex.lines["project_id"])}
        assert after == annex.lines.set_index("project_id")["plan_after"].to_dict()
        left = [row[7] for row in rows[rows.index(next(r for r in rows if r[1] == "Bể vốn")) + 1 :]]
        assert left
        assert set(left) == {0}
        ids = [row[2] for row in rows if row[0] and str(row[0]).isdigit() and isinstance(row[2], str)]
        assert sorted(ids) == sorted(annex.lines["project_id"])


def test_the_other_sheets_name_the_body_of_each_level(tmp_path: Path) -> None:
    book = overlay(delegation={"hdnd": "ubnd", **RESOLUTION})
    made = proposal(budgets(COMMUNE, locality=["Xã A"] * 4))
    charged = proposal(rulebook=book)
    for each, body in ((made, "HĐND xã"), (charged, "UBND tỉnh (được HĐND tỉnh giao)")):
        each.to_excel(tmp_path / "annex.xlsx")
        sheets = openpyxl.load_workbook(tmp_path / "annex.xlsx", data_only=True)
        for name in ("Tổng hợp", "Lý do điều chỉnh", "Chuyển vốn"):
            cells = {cell for row in sheets[name].iter_rows(values_only=True) for cell in row}
            assert body in cells, name


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_sheet_has_a_name_that_a_workbook_takes(lang: str) -> None:
    from phanbo.proposal.annexes import BODIES
    from phanbo.report.annex_authority import SHEETS

    local_bodies = [f"{body}:{level}" for body in ("ubnd", "hdnd") for level in ("district", "commune")]
    assert set(SHEETS) == {*BODIES, *local_bodies}
    names = [pair[lang == "en"] for pair in SHEETS.values()]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 31
    written = io.BytesIO()
    mixed().to_excel(written, lang=lang)  # type: ignore[arg-type]
    assert set(names) & set(openpyxl.load_workbook(written).sheetnames)


# -- a folder -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"rulebook": overlay(delegation={"hdnd": "ubnd", **RESOLUTION})},
        {"rulebook": local(across_sectors="central"), "frame": two_sectors()},
        {
            "rulebook": local(across_sectors="central"),
            "frame": two_sectors(),
            "policy": pb.Policy(authority=("owner-internal", "hdnd")),
        },
        {
            "rulebook": local(across_sectors="central", totals="ubnd"),
            "frame": two_sectors(),
            "policy": pb.Policy(authority=("owner-internal", "hdnd")),
            "sources": inflow(-TY),
        },
        {"frame": budgets(DISTRICT, locality=["Huyện A", "Huyện A", "Huyện B", None])},
        {"sources": inflow(-TY), "rulebook": local(totals="central")},
    ],
)
def test_a_folder_is_made_again_and_passes_the_audit(tmp_path: Path, settings: dict[str, Any]) -> None:
    made = proposal(**settings)
    made.save(tmp_path / "round")
    assert replay(tmp_path / "round") == []
    assert audit(tmp_path / "round").findings == ()


@pytest.mark.parametrize(
    ("table", "column", "code"),
    [
        ("transfers", "authority", "ubnd"),
        ("adjustments", "authority", "central"),
        ("pools", "authority_totals", "ubnd"),
        ("pools", "authority_between", "ubnd"),
        ("pools", "level", "commune"),
        ("pools", "kind", "land_fee"),
    ],
)
def test_the_audit_finds_another_authority(tmp_path: Path, table: str, column: str, code: str) -> None:
    proposal(two_sectors(), rulebook=local(across_sectors="programme-lead")).save(tmp_path / "round")
    assert audit(tmp_path / "round").findings == ()

    def change(plain: dict[str, Any]) -> None:
        assert plain[table][0][column] != code
        plain[table][0][column] = code

    forge(tmp_path / "round", change)
    found = audit(tmp_path / "round").findings
    assert any(f"table {table} disagrees" in fault for fault in found), found


def test_delegation_speaks_for_the_provincial_council_alone() -> None:
    key = PoolKey(("source",), "hdnd", "ubnd", Source("Luật"))
    given = Delegation("standing-committee", Source("NQ"))
    assert decided(key, "province", given, same_owner=True).delegation == given
    assert decided(key, "province", given, same_owner=False) == Authority("ubnd", "province", Source("Luật"))
    assert decided(key, "commune", given, same_owner=True).deciding == "hdnd"


def test_built_in_pools_of_localities_stand_at_the_levels_there_are() -> None:
    for book in BOOKS.values():
        local_pools = [level for level in ("district", "commune") if level in book.pools_by_kind]
        assert local_pools == [level for level in ("district", "commune") if level in book.levels]
        assert {book.pools_by_kind[level].key for level in local_pools} == {("source", "locality")}
    assert RULEBOOK.delegation is None
    assert dt.date(2025, 7, 1) == BOOKS["vn-2025b"].valid_from
    assert not np.any(RULEBOOK.pools(pb.Portfolio(two_sectors())).beyond_sectors(("hdnd",)))
