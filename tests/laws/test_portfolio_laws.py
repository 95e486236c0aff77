"""Whatever the order, the types of the cells or the form of the file: the same portfolio."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from phanbo.money import LIMIT
from phanbo.portfolio import Portfolio, build_portfolio
from phanbo.tables.cells.figures import parse_number

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=8
).filter(lambda text: bool(text.strip()))
MONEY = st.integers(0, LIMIT // 8)
YES_NO = st.sampled_from([True, False, None])
DATES = st.dates(min_value=pd.Timestamp("2000-01-01").date(), max_value=pd.Timestamp("2024-12-31").date())


@st.composite
def raw_lines(draw: st.DrawFn) -> pd.DataFrame:
    """Draw lines that are valid by construction, with odd texts and gaps in every optional column."""
    projects = draw(st.integers(1, 4))
    rows: list[dict[str, Any]] = []
    for i in range(projects):
        name, owner = draw(TEXTS), draw(TEXTS)
        for source in draw(st.lists(st.sampled_from(["NSTW", "Xổ số", "Quỹ X/Y"]), min_size=1, unique=True)):
            plan = draw(MONEY)
            rows.append(
                {
                    "project_id": f"{i:03d}",
                    "project": name,
                    "owner": owner,
                    "source": source,
                    "plan_year": draw(st.integers(2022, 2024)),
                    "stage": draw(st.sampled_from(["chuyển tiếp", "khởi công mới", "completed"])),
                    "plan": plan,
                    "disbursed": draw(st.integers(0, plan)),
                    "committed": draw(st.none() | MONEY),
                    "requested_increase": draw(st.none() | MONEY),
                    "allocated_before": 7 * i,
                    "procedures_complete": draw(YES_NO),
                    "started_on": draw(st.none() | st.just("chưa") | DATES),
                    "locked": draw(st.none() | TEXTS),
                }
            )
    frame = pd.DataFrame(rows).astype(object)
    optional = [
        "committed",
        "requested_increase",
        "allocated_before",
        "procedures_complete",
        "started_on",
        "locked",
    ]
    return frame.drop(columns=draw(st.lists(st.sampled_from(optional), unique=True)))


@given(frame=raw_lines(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_order_of_rows_and_columns_changes_nothing(frame: pd.DataFrame, data: st.DataObject) -> None:
    portfolio = Portfolio(frame)
    rows = data.draw(st.permutations(range(len(frame))))
    columns = data.draw(st.permutations(list(frame.columns)))
    other = Portfolio(frame.iloc[rows][columns])
    assert other.hash == portfolio.hash
    assert other.given == portfolio.given
    pd.testing.assert_frame_equal(other.lines, portfolio.lines)


@given(frame=raw_lines())
@settings(max_examples=40, deadline=None)
def test_the_canonical_tables_read_back_are_the_same_portfolio(frame: pd.DataFrame) -> None:
    portfolio = Portfolio(frame)
    content = portfolio.tables_csv()["lines.csv"]
    table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    table.attrs["plain"] = True
    again = build_portfolio({"lines": table})
    assert again.hash == portfolio.hash
    assert again.given == portfolio.given
    assert again.tables_csv()["lines.csv"] == content
    pd.testing.assert_frame_equal(again.lines, portfolio.lines)
    assert portfolio.replace() == portfolio


@given(frame=raw_lines())
@settings(max_examples=40, deadline=None)
def test_what_is_empty_is_never_known_unless_empty_has_a_meaning(frame: pd.DataFrame) -> None:
    portfolio = Portfolio(frame)
    order = frame["project_id"] + "/" + frame["source"] + "/" + frame["plan_year"].astype(str)
    frame = frame.iloc[order.argsort().to_numpy()]
    if "committed" in frame:
        assert portfolio.money("committed")[1].tolist() == frame["committed"].notna().tolist()
    if "procedures_complete" in frame:
        assert (
            portfolio.flag("procedures_complete")[1].tolist() == frame["procedures_complete"].notna().tolist()
        )
    assert portfolio.money("requested_increase")[1].all()


@given(amount=st.integers(-LIMIT, LIMIT))
def test_every_way_of_writing_an_amount_reads_the_same(amount: int) -> None:
    ways: list[Callable[[int], str]] = [
        str,
        lambda n: f"{n:,}",
        lambda n: f"{n:,}".replace(",", "."),
        lambda n: f"{n:,}".replace(",", "\u00a0"),
        lambda n: f"({abs(n):,})" if n < 0 else f"{n:,}",
    ]
    for way in ways:
        assert parse_number(way(amount), decimals=False) == amount
