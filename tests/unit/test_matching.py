"""Treasury rows and plan lines: what is taken, what is only proposed, and every đồng accounted for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from phanbo.due import last_figures
from phanbo.tables.layout.block import Options
from phanbo.tables.matching.apply import last_report_day
from phanbo.tables.matching.keys import code_key, likeness, name_key
from phanbo.tables.matching.matching import Matching, match, plan_of
from phanbo.tables.matching.treasury import read_treasury

if TYPE_CHECKING:
    from pathlib import Path

LINE = {"owner": "Sở Y tế", "source": "NSTW", "plan_year": 2024, "stage": "chuyển tiếp", "plan": 1000}


def line(code: str, name: str, **more: Any) -> dict[str, Any]:
    return {"project_id": code or None, "project": name, **LINE, **more}


def paid(code: str, name: str, amount: int, **more: Any) -> dict[str, Any]:
    return {"project_id": code or None, "project": name, "disbursed": amount, **more}


def matched(lines: list[dict[str, Any]], rows: list[dict[str, Any]], owners: Any = None) -> Matching:
    frames = {"lines": pd.DataFrame(lines)}
    if owners is not None:
        frames["owners"] = pd.DataFrame(owners)
    return match(plan_of(frames), read_treasury(pd.DataFrame(rows), Options()))


def how(found: Matching) -> list[tuple[str, str, int]]:
    return list(zip(found.pairs["line_id"], found.pairs["how"], found.pairs["disbursed"], strict=True))


def test_codes_and_names_are_folded_as_declared() -> None:
    assert code_key("ＤА 01–2") == "DA01-2"  # full width, a Cyrillic А, a long dash
    assert code_key("07") != code_key("7")
    assert name_key("Trường THCS Hòa Bình.") == name_key("trường trung học cơ sở Hoà Bình")
    assert name_key("ĐT.295B") == name_key("Đường tỉnh 295B")
    assert name_key("Cầu 1") != name_key("Cầu 2")
    assert (likeness("a b", "a b"), likeness("", "a")) == (100, 0)
    same = "ab" * 250  # only the first 500 letters are compared in order: the time grows as their square
    assert likeness(same + " c", same + " d") == 100


def test_code_first_then_name() -> None:
    found = matched(
        [line("7", "Cầu A"), line("", "Cầu B")],
        [paid("7", "Cầu A", 5), paid("", "cầu  B", 6, owner="SỞ Y TẾ")],
    )
    assert how(found) == [("7/NSTW/2024", "code", 5), ("Sở Y tế/Cầu B/NSTW/2024", "name", 6)]
    assert found.unplaced == 0
    assert found.statements[0].gap == 0


@pytest.mark.parametrize(
    ("lines", "row", "why"),
    [
        ([line("7", "A"), line("7", "A", source="Xổ số")], paid("7", "A", 5), "treasury-ambiguous"),
        ([line("7", "A"), line("7", "A", plan_year=2023)], paid("7", "A", 5), "treasury-ambiguous"),
        ([line("7", "A")], paid("7", "A", 5, source="Xổ số"), "treasury-unmatched"),
        ([line("7", "A")], paid("7", "A", 5, plan_year=2023), "treasury-unmatched"),
        ([line("7", "A")], paid("7", "A", 5, source="Mã nguồn 41"), "treasury-ambiguous"),
        ([line("7", "Cầu")], paid("7", "Trường", 5), "treasury-name-differs"),
        ([line("7", "A")], paid("8", "A", 5), "treasury-unmatched"),
        ([line("", "A")], paid("", "A", 5, owner="Sở Công Thương"), "treasury-unmatched"),
        (
            [line("", "A"), line("", "A", owner="X", plan_year=2023)],
            paid("", "A", 5, plan_year=2024),
            "treasury-ambiguous",
        ),
        ([line("7", "Cầu Bản Lải")], paid("", "Cầu Bản Lãi", 5), "treasury-unmatched"),
    ],
)
def test_what_is_not_certain_is_not_taken(lines: list[dict[str, Any]], row: dict[str, Any], why: str) -> None:
    found = matched(lines, [row])
    assert found.pairs.empty
    assert found.unmatched_treasury["why"].tolist() == [why]
    assert found.unplaced == 5


def test_the_source_and_the_year_tell_lines_of_one_project_apart() -> None:
    lines = [line("7", "A"), line("7", "A", source="Xổ số"), line("7", "A", plan_year=2023)]
    rows = [
        paid("7", "A", 1, source="Ngân sách trung ương", plan_year=2024),
        paid("7", "A", 2, source="Xổ số kiến thiết"),
        paid("7", "A", 3, source="NSTW", plan_year=2023),
    ]
    assert [amount for *_, amount in how(matched(lines, rows))] == [3, 1, 2]


def test_several_rows_are_added_only_where_they_are_plainly_parts() -> None:
    parts = [paid("7", "A", 300, component="Xây lắp"), paid("7", "A", 400, component="Thiết bị")]
    assert sum(amount for *_, amount in how(matched([line("7", "A")], parts))) == 700
    above = [parts[0], parts[1] | {"disbursed": 701}]
    for rows in (
        above,
        [paid("7", "A", 300), paid("7", "A", 300)],
        [paid("7", "A", 100), paid("7", "A", 300)],
    ):
        found = matched([line("7", "A")], rows)
        assert found.pairs.empty
        assert set(found.unmatched_treasury["why"]) == {"treasury-several"}


def test_a_proposal_shows_its_evidence() -> None:
    found = matched(
        [line("0071", "Cầu A", locality="Xã Bình")],
        [paid("71", "Cầu A xã Bình", 5, plan=1000, owner="Sở Y tế")],
    )
    assert found.proposals["line_id"].tolist() == ["0071/NSTW/2024"]
    evidence = found.proposals["evidence"][0]
    assert all(word in evidence for word in ("số 0 ở đầu", "cùng chủ đầu tư", "1.000", "cùng địa bàn"))
    assert "chưa đặt 5" in found._repr_html_()


def read(
    tmp_path: Path, rows: list[dict[str, Any]], lines: list[dict[str, Any]], **more: Any
) -> pb.Portfolio:
    (tmp_path / "plan").mkdir(exist_ok=True)
    pd.DataFrame(lines).to_csv(tmp_path / "plan" / "lines.csv", index=False)
    return pb.read_csv(tmp_path / "plan", treasury=pd.DataFrame(rows), **more)


def test_the_treasury_wins_and_both_figures_are_kept(tmp_path: Path) -> None:
    lines = [line("7", "A", disbursed=90), line("8", "B", disbursed=40)]
    found = read(tmp_path, [paid("7", "A", 100)], lines)
    assert found.lines["disbursed"].tolist() == [100, 40]
    assert found.lines["disbursed_reported"].tolist() == [90, 40]
    told = found.check().set_index("code")["message_vi"]
    assert "chênh 10 đồng" in told["treasury-differs"]
    assert "treasury-line-missing" in told.index
    found.save(tmp_path / "kept")
    assert pb.read_csv(tmp_path / "kept").hash == found.hash
    assert read(tmp_path, [paid("7", "A", 100)], lines, prefer="owner").lines["disbursed"].tolist() == [
        90,
        40,
    ]


def test_money_without_a_place_and_lines_without_money_are_errors(tmp_path: Path) -> None:
    with pytest.raises(pb.DataError) as caught:
        read(tmp_path, [paid("7", "A", 100), paid("9", "C", 12_345)], [line("7", "A"), line("8", "B")])
    found = {finding.code: finding for finding in caught.value.findings}
    assert set(found) == {"treasury-unmatched", "treasury-unplaced", "treasury-line-unknown"}
    assert "12.345 đồng chưa có nơi đặt" in found["treasury-unplaced"].message_vi
    assert "phanbo match" in found["treasury-unmatched"].mend_vi


def test_the_last_report_day_is_a_friday_or_the_eighth() -> None:
    days = {
        "2024-09-08": "2024-09-08",
        "2024-09-13": "2024-09-13",
        "2024-09-07": "2024-09-06",
        "2024-09-19": "2024-09-13",
    }
    for day, last in days.items():
        assert last_report_day(pd.Timestamp(day).date()).isoformat() == last


@pytest.mark.parametrize(
    ("more", "said"),
    [({"as_of": "15/9"}, "not a day"), ({"prefer": "both"}, "no such choice")],
)
def test_an_option_that_says_nothing_is_refused(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    with pytest.raises(pb.DataError, match=said):
        read(tmp_path, [paid("7", "A", 1)], [line("7", "A")], **more)
    with pytest.raises(pb.DataError, match="needs treasury="):
        pb.read_csv(tmp_path / "plan", review="phieu.xlsx")


def dated(tmp_path: Path, day: str, **more: Any) -> pb.Portfolio:
    """Read a Treasury file whose header says up to which day it reaches."""
    (tmp_path / "plan").mkdir(exist_ok=True)
    pd.DataFrame([line("7", "A")]).to_csv(tmp_path / "plan" / "lines.csv", index=False)
    text = f"Mã dự án;Tên dự án;Giải ngân năm 2024 đến {day} (đồng)\n7;A;100\n"
    (tmp_path / "kb.csv").write_text(text, encoding="utf-8")
    return pb.read_csv(tmp_path / "plan", treasury=tmp_path / "kb.csv", **more)


@pytest.mark.parametrize(("day", "stale"), [("12/9/2024", True), ("13/9/2024", False)])
def test_figures_older_than_the_last_report_are_told(tmp_path: Path, day: str, stale: bool) -> None:
    found = dated(tmp_path, day, as_of="2024-09-16")
    assert ("treasury-stale" in set(found.check()["code"])) is stale
    warned = pb.assess(found, calendar="lang-son-2024", as_of="2024-09-16").warnings
    assert any("cũ hơn kỳ báo cáo gần nhất của Kho bạc (2024-09-13)" in text for text in warned) is stale
    assert sum("Số liệu giải ngân của bảng đến ngày" in text for text in warned) == 1


def test_the_days_of_the_report_are_those_of_the_calendar() -> None:
    calendar = pb.load_calendar("lang-son-2024")
    days = {
        "2024-09-06": "2024-09-06",  # a Friday
        "2024-09-08": "2024-09-07",  # monthly, before the 8th
        "2024-09-12": "2024-09-07",
        "2024-09-13": "2024-09-13",
    }
    for day, last in days.items():
        assert last_figures(calendar, pd.Timestamp(day).date()).isoformat() == last
    without = replace(calendar, reports=())
    assert last_figures(without, pd.Timestamp("2024-09-12").date()).isoformat() == "2024-09-08"


NAMES = ["Cầu A", "Cầu B", "cầu  a", "Trường Hòa Bình", "Trường Hoà Bình", "Cầu A mới"]
ROWS = st.lists(
    st.builds(
        paid,
        st.sampled_from(["", "7", "8", "07", "９"]),
        st.sampled_from(NAMES),
        st.integers(0, 10**12),
        source=st.sampled_from([None, "NSTW", "Xổ số", "Mã 41"]),
        plan_year=st.sampled_from([None, 2024, 2023]),
        owner=st.sampled_from([None, "Sở Y tế", "Huyện B"]),
    ),
    min_size=1,
    max_size=8,
)
LINES = st.lists(
    st.builds(
        line,
        st.sampled_from(["", "7", "8", "9"]),
        st.sampled_from(NAMES),
        source=st.sampled_from(["NSTW", "Xổ số"]),
        plan_year=st.sampled_from([2024, 2023]),
        plan=st.integers(0, 10**12),
    ),
    min_size=1,
    max_size=6,
)


@given(LINES, ROWS, st.randoms(use_true_random=False))
def test_no_dong_is_lost_or_doubled_and_order_changes_nothing(
    lines: list[dict[str, Any]], rows: list[dict[str, Any]], random: Any
) -> None:
    found = matched(lines, rows)
    total = sum(row["disbursed"] for row in rows)
    assert sum(found.pairs["disbursed"]) + found.unplaced == total == found.statements[0].stated
    assert found.pairs["treasury"].is_unique
    assert len(found.pairs) + len(found.unmatched_treasury) == len(rows)
    mixed = list(rows)
    random.shuffle(mixed)
    again = matched(lines, mixed)
    assert how(again) == how(found)
    for one, two in (
        (found.proposals, again.proposals),
        (found.unmatched_treasury, again.unmatched_treasury),
    ):
        left, right = (frame.drop(columns=["row", "place"], errors="ignore") for frame in (one, two))
        pd.testing.assert_frame_equal(left, right)


@given(LINES, ROWS)
def test_nothing_alike_is_taken(lines: list[dict[str, Any]], rows: list[dict[str, Any]]) -> None:
    found, plan = matched(lines, rows), plan_of({"lines": pd.DataFrame(lines)})
    names = dict(zip(plan.grid.values("line_id"), plan.grid.values("project"), strict=True))
    codes = dict(zip(plan.grid.values("line_id"), plan.grid.values("project_id"), strict=True))
    table = read_treasury(pd.DataFrame(rows), Options())
    at = {key: i for i, key in enumerate(table.keys)}
    for record in found.pairs.to_dict("records"):
        i = at[record["treasury"]]
        same = table.grid.values("project_id")[i], table.grid.values("project")[i]
        exact = code_key(same[0]) == code_key(codes[record["line_id"]])
        assert exact if record["how"] == "code" else name_key(same[1]) == name_key(names[record["line_id"]])
