"""However a department lays its table out, the portfolio that is read is the one that was dressed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import phanbo as pb
from dressing.dress import dress, picker
from phanbo.portfolio import Portfolio
from rounds import lines
from strategies import settings_of

KEYS = ["project_id", "project", "owner", "source", "plan_year", "stage", "plan", "disbursed"]


def read(path: Path) -> Portfolio:
    return pb.read_csv(path) if path.suffix == ".csv" else pb.read_excel(path)


def undressed(portfolio: Portfolio, pick: Any) -> tuple[str, str]:
    """Return what a file in a random dress holds, and what it should, as canonical tables."""
    with tempfile.TemporaryDirectory() as folder:
        back = read(dress(portfolio, Path(folder), pick))
    if back.hash == portfolio.hash:
        return "", ""
    found, wanted = back.tables_csv(), portfolio.tables_csv()
    return str({n: t.decode() for n, t in found.items()}), str({n: t.decode() for n, t in wanted.items()})


@given(data=st.data())
def test_reading_undresses(data: st.DataObject) -> None:
    portfolio = data.draw(settings_of()).portfolio
    if data.draw(st.booleans(), label="narrow"):
        portfolio = Portfolio(portfolio.lines[KEYS])
        event("narrow")
    found, wanted = undressed(portfolio, lambda options: data.draw(st.sampled_from(list(options))))
    assert found == wanted


@pytest.mark.parametrize("seed", range(6))
def test_it_undresses_a_province_too(seed: int) -> None:
    found, wanted = undressed(Portfolio(lines(12)), picker(seed))
    assert found == wanted
