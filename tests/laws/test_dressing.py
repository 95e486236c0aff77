"""However a department lays its table out, the portfolio that is read is the one that was dressed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import phanbo as pb
from conftest import PROFILE
from dressing.dress import dress, picker
from dressing.words import Pick
from phanbo.errors import DataError
from phanbo.examples import load_bac_linh, load_lang_son
from phanbo.portfolio import Portfolio
from phanbo.tables.layout import block, extent, rows, telling
from phanbo.tables.layout.telling import Told
from rounds import lines
from strategies import settings_of

KEYS = ["project_id", "project", "owner", "source", "plan_year", "stage", "plan", "disbursed"]
SEEDS = {"quick": 12, "mutants": 12, "ci": 40, "thorough": 2_000}.get(PROFILE, 24)


def read(path: Path) -> Portfolio:
    return pb.read_csv(path) if path.suffix == ".csv" else pb.read_excel(path)


def undressed(portfolio: Portfolio, pick: Pick) -> tuple[str, str]:
    """Return what a file in a random dress holds, and what it should, as canonical tables."""
    with tempfile.TemporaryDirectory() as folder:
        back = read(dress(portfolio, Path(folder), pick))
    if back.hash == portfolio.hash:
        return "", ""
    found, wanted = back.tables_csv(), portfolio.tables_csv()
    return str({n: t.decode() for n, t in found.items()}), str({n: t.decode() for n, t in wanted.items()})


@cache
def example(load: Callable[[], Portfolio]) -> pd.DataFrame:
    return load().lines


def projects_of(load: Callable[[], Portfolio], seed: int) -> Portfolio:
    """Return all lines of some projects of a shipped province; a column filled nowhere is none in a file."""
    chance, whole = Random(f"{load.__name__} {seed}"), example(load)
    ids = list(dict.fromkeys(whole["project_id"]))
    part = whole[whole["project_id"].isin(chance.sample(ids, chance.choice((3, 8, 15))))]
    filled = [name for name in part if not (part[name].isna() | part[name].isin([""])).all()]
    return Portfolio(part[filled].reset_index(drop=True))


@given(data=st.data())
def test_reading_undresses(data: st.DataObject) -> None:
    portfolio = data.draw(settings_of()).portfolio
    if data.draw(st.booleans(), label="narrow"):
        portfolio = Portfolio(portfolio.lines[KEYS])
        event("narrow")
    found, wanted = undressed(portfolio, lambda options: data.draw(st.sampled_from(list(options))))
    assert found == wanted


@pytest.mark.parametrize("load", [load_lang_son, load_bac_linh])
def test_it_undresses_the_shipped_provinces(load: Callable[[], Portfolio]) -> None:
    for seed in range(SEEDS // 2):
        found, wanted = undressed(projects_of(load, seed), picker(seed))
        assert found == wanted, seed


def test_it_undresses_a_round() -> None:
    for seed in range(SEEDS):
        found, wanted = undressed(Portfolio(lines(12)), picker(seed))
        assert found == wanted, seed


def falsely(name: str) -> tuple[Any, str, Any]:
    """Return a reader's function, where it stands, and a faulty one in its place."""
    unit, told = block._title_unit, telling.told
    below = extent.split_below

    def other_stage(*given: Any) -> tuple[Told, ...]:
        return tuple(Told("stage", "Chuẩn bị đầu tư") if t.column == "stage" else t for t in told(*given))

    def one_less(*given: Any) -> tuple[list[int], list[int]]:
        kept, rest = below(*given)
        return kept[:-1], rest

    return {
        "a thousand times": (block, "_title_unit", lambda titles: 1_000 * (unit(titles) or 1)),
        "another stage": (rows, "told", other_stage),
        "the last row dropped": (block, "split_below", one_less),
        "subtotals as lines": (rows, "_candidates", lambda *_: []),
    }[name]


@pytest.mark.parametrize(
    "fault", ["a thousand times", "another stage", "the last row dropped", "subtotals as lines"]
)
def test_a_faulty_reader_is_seen(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    monkeypatch.setattr(*falsely(fault))
    seen = 0
    for seed in range(12):
        try:
            found, wanted = undressed(Portfolio(lines(12)), picker(seed))
            seen += found != wanted
        except DataError:
            seen += 1
    assert seen >= 3
