"""The portfolio: canonical, immutable, exact about what is known and what is not."""

from __future__ import annotations

import datetime as dt
import io
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import rounds
from phanbo.errors import DataError, Finding, RoundError
from phanbo.portfolio import Portfolio, build_portfolio

if TYPE_CHECKING:
    from pathlib import Path


KEPT = [
    "line_id",
    "project_id",
    "project",
    "owner",
    "source",
    "plan_year",
    "stage",
    "plan",
    "disbursed",
    "requested_increase",
]


def lines(**columns: list[Any]) -> pd.DataFrame:
    """Return three lines of two projects; *columns* replace or add some."""
    table: dict[str, list[Any]] = {
        "project_id": ["008", "007", "007"],
        "project": ["Cầu B", "Đường A", "Đường A"],
        "owner": ["Sở GTVT", "Ban QLDA", "Ban QLDA"],
        "source": ["Xổ số", "NSTW", "Xổ số"],
        "plan_year": [2024, 2024, 2023],
        "stage": ["khởi công mới", "chuyển tiếp", "chuyển tiếp"],
        "plan": [300, 200, 100],
        "disbursed": [30, 20, 10],
        "requested_increase": [None, 5, 0],
    }
    return pd.DataFrame(table | columns)


def from_csv(portfolio: Portfolio) -> Portfolio:
    """Return the portfolio read back from its own canonical tables."""
    frames = {}
    for name, content in portfolio.tables_csv().items():
        frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
        frame.attrs["plain"] = True
        frames[name.removesuffix(".csv")] = frame
    return build_portfolio(frames)


def test_lines_are_canonical() -> None:
    portfolio = Portfolio(lines(sector=["Y tế", None, ""], total_investment=[None, 900, None]))
    frame = portfolio.lines
    assert len(portfolio) == 3
    assert frame["line_id"].tolist() == ["007/NSTW/2024", "007/Xổ số/2023", "008/Xổ số/2024"]
    assert frame.index.equals(pd.RangeIndex(3))
    assert frame.columns[:3].tolist() == ["line_id", "project_id", "project"]
    assert frame["plan"].dtype == np.int64
    assert frame["total_investment"].dtype == "Int64"
    assert frame["total_investment"].tolist() == [900, 900, pd.NA]
    assert frame["plan_year"].dtype == "Int64"
    assert frame["emergency"].dtype == "boolean"
    assert frame["source"].dtype == "str"
    assert frame["sector"].tolist() == ["", "", "Y tế"]
    assert frame["stage"].tolist() == ["transitional", "transitional", "new_start"]
    assert frame["kind"].tolist() == ["central_targeted", "lottery", "lottery"]
    assert frame["plan_initial"].tolist() == [200, 100, 300]
    assert "committed" in frame
    assert "medium_term_plan" not in frame


def test_given_tells_what_was_there_from_what_is_only_a_default() -> None:
    portfolio = Portfolio(lines(sector=["", "", ""]))
    assert {"line_id", "project_id", "plan", "sector", "requested_increase"} <= portfolio.given
    assert portfolio.given.isdisjoint(
        {"committed", "plan_initial", "emergency", "allocated_to_date", "arrears"}
    )


def test_sums_are_derived_from_what_was_allocated_before() -> None:
    same = {"project_id": ["007"] * 3, "project": ["Đường A"] * 3, "owner": ["Ban QLDA"] * 3}
    table = lines(
        **same,
        stage=["chuyển tiếp"] * 3,
        allocated_before=[1000, None, None],
    )
    table["source"] = ["Xổ số", "NSTW", "Xổ số"]
    table["medium_term_allocated_before"] = [7, 8, 7]
    portfolio = Portfolio(table)
    assert {"allocated_to_date", "medium_term_allocated"} <= portfolio.given
    # All lines of this year, every source; the line of 2023 is part of what was allocated before.
    assert portfolio.money("allocated_to_date")[0].tolist() == [1500, 1500, 1500]
    # NSTW 2024, Xổ số 2023, Xổ số 2024.
    assert portfolio.money("medium_term_allocated")[0].tolist() == [208, 307, 307]
    stated = Portfolio(table.assign(allocated_to_date=pd.Series([None, 1700, None], dtype="Int64")))
    assert stated.money("allocated_to_date")[0].tolist() == [1700, 1700, 1700]


def test_unknown_stays_unknown() -> None:
    portfolio = Portfolio(lines(committed=[5, None, 0], procedures_complete=["có", None, "không"]))
    values, known = portfolio.money("committed")
    assert (values.tolist(), known.tolist()) == ([0, 0, 5], [False, True, True])
    flags, known = portfolio.flag("procedures_complete")
    assert (flags.tolist(), known.tolist()) == ([False, False, True], [False, True, True])
    assert not portfolio.money("total_investment")[1].any()
    assert not portfolio.integer("first_year")[1].any()
    assert portfolio.text("started_on").tolist() == ["", "", ""]
    # Where the column is absent nothing is accepted and unpaid; an empty stated need is none.
    assert Portfolio(lines()).money("committed")[1].all()
    assert Portfolio(lines()).money("requested_increase")[0].tolist() == [5, 0, 0]
    assert Portfolio(lines()).flag("counterpart")[1].all()
    assert not Portfolio(lines()).flag("tabmis_entered")[1].any()


def test_accessors_know_their_types() -> None:
    portfolio = Portfolio(lines(started_on=["chưa", "2024-01-05", None]))
    assert portfolio.text("started_on").tolist() == ["2024-01-05", "", "chưa"]
    assert portfolio.text("kind").tolist() == ["central_targeted", "lottery", "lottery"]
    for wrong in (portfolio.money, portfolio.integer, portfolio.flag):
        with pytest.raises(TypeError):
            wrong("owner")
    with pytest.raises(TypeError):
        portfolio.text("plan")
    with pytest.raises(KeyError):
        portfolio.money("budget")


def test_year_and_carried() -> None:
    portfolio = Portfolio(lines())
    assert portfolio.year == 2024
    assert portfolio.carried.tolist() == [False, True, False]


def test_nothing_can_be_changed() -> None:
    table = lines(plan=[300, "200", 100.0])
    before = table.copy(deep=True)
    portfolio = Portfolio(table)
    fingerprint = portfolio.hash
    pd.testing.assert_frame_equal(table, before)
    for array in (
        portfolio.money("plan")[0],
        portfolio.money("plan")[1],
        portfolio.money("total_investment")[0],
        portfolio.text("owner"),
        portfolio.text("kind"),
        portfolio.carried,
        pickle.loads(pickle.dumps(portfolio)).money("plan")[0],  # noqa: S301 - our own bytes
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    frame = portfolio.lines
    frame.loc[0, "plan"] = 1
    frame["owner"] = "ai đó"
    assert Portfolio(portfolio.lines).money("plan")[0].tolist() == [200, 100, 300]
    with pytest.raises(AttributeError):
        portfolio.year = 2025
    with pytest.raises(AttributeError):
        del portfolio._grids
    assert portfolio.hash == fingerprint == Portfolio(table).hash


def test_pickled_is_equal() -> None:
    portfolio = Portfolio(
        lines(), history=pd.DataFrame({"line_id": ["007/NSTW/2024"], "date": "2024-03-31", "disbursed": 5})
    )
    again = pickle.loads(pickle.dumps(portfolio))  # noqa: S301 - our own bytes
    assert again == portfolio
    assert hash(again) == hash(portfolio)
    assert again.given == portfolio.given
    pd.testing.assert_frame_equal(again.check(), portfolio.check())
    assert again != Portfolio(lines())
    assert portfolio != "a portfolio"


def test_the_hash_is_of_the_content_alone() -> None:
    one = Portfolio(lines()).hash
    assert one.startswith("sha256:")
    assert len(one) == 71
    shuffled = lines().iloc[[2, 0, 1]][[*reversed(lines().columns)]]
    assert Portfolio(shuffled).hash == one
    assert Portfolio(lines(plan=["300", 200.0, 100])).hash == one
    assert Portfolio(lines(stage=["new_start", "Chuyển  tiếp", "CHUYỂN TIẾP"])).hash == one
    assert Portfolio(lines(requested_increase=[0, 5, 0])).hash == one
    origin = lines().assign(_sheet="A", _row=[5, 6, 7])
    assert Portfolio(origin).hash == one
    for other in (
        lines(plan=[301, 200, 100]),
        lines(owner=["Sở X", "Ban QLDA", "Ban QLDA"]),
        lines(committed=[0, 0, 0]),  # known to be nothing is not the same as not asked
        lines().iloc[:2],
    ):
        assert Portfolio(other).hash != one
    owners = pd.DataFrame({"owner": ["Sở GTVT", "Ban QLDA"]})
    with_owners = Portfolio(lines(), owners=owners).hash
    assert with_owners != one
    assert Portfolio(lines(), owners=owners[::-1]).hash == with_owners


def test_optional_tables_come_out_canonical() -> None:
    sources = pd.DataFrame(
        {"source": ["Xổ số", "NSTW"], "inflow": [-50, None], "kind": ["Xổ số kiến thiết", None]}
    )
    portfolio = Portfolio(lines(), sources=sources, owners=None)
    frame = portfolio.sources
    assert frame is not None
    assert frame["source"].tolist() == ["NSTW", "Xổ số"]
    assert frame["inflow"].tolist() == [0, -50]
    assert frame["kind"].tolist() == ["", "lottery"]
    assert (
        portfolio.history
        is portfolio.owners
        is portfolio.schedule
        is portfolio.reports
        is portfolio.controls
        is None
    )


def test_the_table_of_sources_says_the_kind() -> None:
    sources = pd.DataFrame({"source": ["Xổ số", "NSTW"], "kind": ["land_fee", None], "name": [None, "?"]})
    assert Portfolio(lines(), sources=sources).text("kind").tolist() == [
        "central_targeted",
        "land_fee",
        "land_fee",
    ]


def test_canonical_csv() -> None:
    table = lines(procedures_complete=[True, False, None], started_on=["chưa", None, "2023-05-04"])
    table["project"] = ["Cầu “B”, giai đoạn 2", 'Đường "A"', 'Đường "A"']
    content = Portfolio(table).tables_csv()["lines.csv"].decode()
    assert content.splitlines() == [
        ",".join([*KEPT, "started_on", "procedures_complete"]),
        '007/NSTW/2024,007,"Đường ""A""",Ban QLDA,NSTW,2024,transitional,200,20,5,,không',
        '007/Xổ số/2023,007,"Đường ""A""",Ban QLDA,Xổ số,2023,transitional,100,10,0,2023-05-04,',
        '008/Xổ số/2024,008,"Cầu “B”, giai đoạn 2",Sở GTVT,Xổ số,2024,new_start,300,30,0,chưa,có',
    ]
    assert "\r" not in content


def test_round_trip_keeps_hash_given_and_unknown() -> None:
    history = pd.DataFrame({"line_id": ["008/Xổ số/2024"], "date": [dt.date(2024, 3, 31)], "disbursed": [25]})
    table = lines(allocated_before=[1, None, 2], committed=[None, 3, 4], plan_initial=[None, 250, None])
    portfolio = Portfolio(table, history=history)
    again = from_csv(portfolio)
    assert again.hash == portfolio.hash
    assert again.given == portfolio.given
    pd.testing.assert_frame_equal(again.lines, portfolio.lines)
    assert again.notes.empty


def test_save_keeps_the_source_rows_and_notes(tmp_path: Path) -> None:
    table = lines(plan=[300, "200", 100]).assign(_sheet="KH", _row=[9, 10, 12])
    portfolio = build_portfolio({"lines": table}, files=[("kh.xlsx", "ab12")])
    portfolio.save(tmp_path / "input")
    kept = pd.read_csv(tmp_path / "input" / "lines.csv", dtype=str, keep_default_na=False)
    assert kept["_row"].tolist() == ["10", "12", "9"]
    assert kept["_sheet"].unique().tolist() == ["KH"]
    notes = pd.read_csv(tmp_path / "input" / "notes.csv", dtype=str, keep_default_na=False)
    assert notes["code"].tolist() == ["text-number"]
    assert notes["row"].tolist() == ["10"]
    kept.attrs["plain"] = True
    again = build_portfolio({"lines": kept})
    assert again == portfolio
    pd.testing.assert_frame_equal(again.origins, portfolio.origins)
    assert portfolio.files == (("kh.xlsx", "ab12"),)
    assert portfolio.origins["row"].tolist() == [10, 12, 9]


def test_origins_may_come_beside_the_frame() -> None:
    origins = pd.DataFrame({"sheet": "KH", "row": [9, 10, 12]})
    portfolio = build_portfolio({"lines": lines()}, origins=origins)
    assert portfolio.origins["row"].tolist() == [10, 12, 9]


def test_replace() -> None:
    history = pd.DataFrame({"line_id": ["008/Xổ số/2024"], "date": ["2024-03-31"], "disbursed": [25]})
    note = Finding("reader", "note", "của bộ đọc", "the reader's")
    table = lines(plan=[300, "200", 100]).assign(_sheet="KH", _row=[9, 10, 12])
    old = build_portfolio({"lines": table, "history": history}, files=[("a", "b")], findings=[note])
    new = old.replace(plan=np.array([250, 100, 250]), cut_this_year=np.array([0, 0, 50]))
    assert new.money("plan")[0].tolist() == [250, 100, 250]
    assert old.money("plan")[0].tolist() == [200, 100, 300]
    assert new.given == old.given | {"cut_this_year"}
    assert new.files == old.files
    pd.testing.assert_frame_equal(new.origins, old.origins)
    pd.testing.assert_frame_equal(new.notes, old.notes)
    assert new.history is not None
    assert old.replace() == old
    indexed = pd.Series([250, 100, 240], index=[2, 1, 0])  # by position, as an array
    assert old.replace(plan=indexed).money("plan")[0].tolist() == [250, 100, 240]
    sources = pd.DataFrame({"source": ["Xổ số"], "inflow": [-10]})
    assert old.replace(sources=sources).sources is not None
    with pytest.raises(DataError):
        old.replace(plan=np.array([-1, 0, 0]))
    with pytest.raises(ValueError, match="2 values for 3 lines"):
        old.replace(plan=np.array([1, 2]))
    with pytest.raises(KeyError):
        old.replace(budget=np.array([1, 2, 3]))


def test_replace_says_nothing_twice() -> None:
    table = lines(line_id=["a", "b", "c"], plan_year=[2024] * 3, sector=["khoản 1", "khoản 2", ""])
    table["source"] = "NSTW"
    portfolio = Portfolio(table)
    assert sorted(portfolio.check()["code"]) == ["duplicate-parts", "sector-unmatched", "sector-unmatched"]
    pd.testing.assert_frame_equal(portfolio.replace().check(), portfolio.check())


def test_replace_with_masked_values_makes_them_unknown() -> None:
    portfolio = Portfolio(lines()).replace(committed=pd.Series([1, None, 3], dtype="Int64"))
    assert portfolio.money("committed")[1].tolist() == [True, False, True]
    assert "committed" in portfolio.given


def test_at_takes_the_latest_figure_of_the_year() -> None:
    history = pd.DataFrame(
        [
            {"line_id": "007/NSTW/2024", "date": "2023-12-31", "disbursed": 199},
            {"line_id": "007/NSTW/2024", "date": "2024-03-31", "disbursed": 5},
            {"project_id": "007", "source": "NSTW", "date": "2024-02-29", "disbursed": 4},
            {"line_id": "007/NSTW/2024", "date": "2024-04-30", "disbursed": 15},
            {"project_id": "007", "source": "NSTW", "date": "2024-05-31", "disbursed": 16},
            {
                "project_id": "007",
                "source": "Xổ số",
                "plan_year": 2023,
                "date": "2024-03-31",
                "disbursed": 101,
            },
            {"owner": "Sở GTVT", "date": "2024-03-31", "disbursed": 29},
        ]
    )
    portfolio = Portfolio(lines(), history=history)
    then = portfolio.at("2024-04-01")
    assert then.money("disbursed")[0].tolist() == [5, 100, 30]
    assert then.dated == dt.date(2024, 4, 1)
    placed = then.notes[then.notes["code"] != "data-date"]
    assert placed["code"].tolist() == ["at-no-history", "at-clipped"]
    assert placed["row"].tolist() == [1, 3]
    assert portfolio.money("disbursed")[0].tolist() == [20, 10, 30]
    assert portfolio.notes.empty
    assert portfolio.at(dt.date(2024, 4, 30)).money("disbursed")[0].tolist() == [15, 100, 30]
    assert portfolio.at(dt.datetime(2025, 1, 20, 8)).money("disbursed")[0].tolist() == [16, 100, 30]  # noqa: DTZ001
    # Last year's figure is not this year's.
    assert portfolio.at("2024-01-31").money("disbursed")[0].tolist() == [20, 10, 30]
    assert portfolio.at("2024-04-30").at("2024-04-01").money("disbursed")[0].tolist() == [5, 100, 30]
    with pytest.raises(RoundError, match="not a date"):
        portfolio.at("30/4/2024")


def test_at_without_history_keeps_the_figures() -> None:
    portfolio = Portfolio(lines())
    assert portfolio.at("2024-04-30").money("disbursed")[0].tolist() == [20, 10, 30]
    assert portfolio.at("2024-04-30") == portfolio


def test_notes_and_check() -> None:
    portfolio = Portfolio(lines(plan=["300", 200, 9]))
    assert portfolio.notes["code"].tolist() == ["text-number"]
    check = portfolio.check()
    assert check["severity"].tolist() == ["note", "warning"]
    assert list(check.columns) == list(Finding.__dataclass_fields__)
    assert check["row"].dtype == "Int64"
    assert Portfolio(lines()).check().columns.equals(check.columns)


def test_shown() -> None:
    portfolio = Portfolio(
        lines(plan=[3_000_000_000, 200_500_000, 100], owner=["<b>", "Ban QLDA", "Ban QLDA"])
    )
    assert repr(portfolio).startswith(
        "<Portfolio 2024: 3 lines, 2 owners, 2 sources, plan 3,200.5001 million đồng"
    )
    shown = portfolio._repr_html_()
    assert "3.200,5001" in shown
    assert "Kế hoạch vốn năm 2024" in shown


def test_control_totals_move_with_the_lines() -> None:
    """Totals reconcile the tables as read; a later date or an approval moves both alike."""
    lines = pd.DataFrame(
        {
            "line_id": ["a", "b"],
            "project_id": ["a", "b"],
            "project": ["A", "B"],
            "owner": ["X", "Y"],
            "source": "Xổ số kiến thiết",
            "plan_year": 2024,
            "stage": "transitional",
            "plan": [100, 200],
            "disbursed": [50, 60],
        }
    )
    history = pd.DataFrame({"line_id": ["a", "b"], "date": "2024-03-01", "disbursed": [5, 6]})
    controls = pd.DataFrame(
        {"by": ["all", "owner"], "key": ["", "X"], "plan": [300, 100], "disbursed": [110, 50]}
    )
    portfolio = Portfolio(lines, history=history, controls=controls)
    earlier = portfolio.at("2024-03-31").controls
    assert earlier is not None
    assert earlier["disbursed"].tolist() == [11, 5]
    moved = portfolio.replace(plan=np.array([90, 210])).controls
    assert moved is not None
    assert moved["plan"].tolist() == [300, 90]


def test_a_table_that_is_no_frame_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="lines: a DataFrame is wanted, not list"):
        Portfolio([1, 2])  # type: ignore[arg-type]


def test_an_unpickled_portfolio_has_numpys_own_types() -> None:
    """NumPy takes the copy of a type that a pickle brings along the slow way."""
    book = pickle.loads(pickle.dumps(Portfolio(rounds.lines())))  # noqa: S301
    assert book.money("plan")[0].dtype is np.dtype(np.int64)
    assert book.flag("oda")[0].dtype is np.dtype(np.bool_)
    assert book == Portfolio(rounds.lines())


def test_totals_and_history_keep_up_with_a_changed_cell() -> None:
    """What is disbursed stands in the history too, and in the totals to reconcile with."""
    frame = rounds.lines(3)
    history = pd.DataFrame(
        {
            "line_id": ["L0"] * 4 + ["L1"],
            "date": ["2023-12-31", "2024-03-31", "2024-09-15", "2024-10-31", "2024-09-15"],
            "disbursed": [9 * rounds.TY, rounds.TY // 2, rounds.TY, 2 * rounds.TY, 9 * rounds.TY],
        }
    )
    total = int(frame["disbursed"].sum())
    controls = pd.DataFrame(
        {"by": ["all", "owner"], "key": ["", "Ban 1"], "disbursed": [total, 9 * rounds.TY]}
    )
    book = Portfolio(frame, history=history, controls=controls).at("2024-09-15")
    for paid, told in (
        (3 * rounds.TY, [9 * rounds.TY, rounds.TY // 2, 3 * rounds.TY, 3 * rounds.TY]),
        (rounds.TY // 4, [9 * rounds.TY, rounds.TY // 4, rounds.TY // 4, 2 * rounds.TY]),
    ):
        made = book.with_cell("L0", "disbursed", paid)
        assert made.history is not None
        assert made.controls is not None
        mine = made.history[made.history["line_id"] == "L0"].sort_values("date")
        assert mine["disbursed"].tolist() == told
        assert made.controls.set_index("by")["disbursed"].to_dict() == {
            "all": total + paid - rounds.TY,
            "owner": 9 * rounds.TY,
        }
        assert made.dated == book.dated
    assert book.money("disbursed")[0][0] == rounds.TY


def test_a_cell_that_cannot_be_used_is_refused() -> None:
    book = Portfolio(rounds.lines(3))
    for value in (-1, "nhiều", None):
        with pytest.raises(DataError):
            book.with_cell("L0", "disbursed", value)
    with pytest.raises(KeyError):
        book.with_cell("L9", "disbursed", 1)
    assert book.with_cell("L0", "requested_increase", None).money("requested_increase")[0][0] == 0
    assert not book.with_cell("L0", "absorb_p10", None).money("absorb_p10")[1][0]
