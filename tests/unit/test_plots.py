"""Pictures: the figures behind them are those of the frames, and drawing changes nothing and lets no name run."""

from __future__ import annotations

import doctest
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import phanbo as pb
from phanbo.examples import load_lang_son
from phanbo.plots import assessed, figures
from rounds import lines, proposal

if TYPE_CHECKING:
    from pathlib import Path

for needed in ("matplotlib", "plotly"):
    pytest.importorskip(needed, reason="needs phanbo[plot]")

NAMES = ("flows", "owners", "milestones", "waterfall", "pareto")


@pytest.fixture(scope="module")
def full() -> pb.Proposal:
    portfolio = load_lang_son().at("2024-09-15")
    return pb.propose(portfolio, calendar="lang-son-2024", round=2, as_of="2024-09-15")


def drawn(made: pb.Proposal, name: str, **how: Any) -> Any:
    plot = made.plot
    return plot.absorption("MP0172.1", **how) if name == "absorption" else getattr(plot, name)(**how)


def test_flows_add_up_to_the_transfers(full: pb.Proposal) -> None:
    data = figures.flow_data(full, "vi")
    assert int(data["amount"].sum()) == int(full.transfers["amount"].sum())
    assert data["amount"].is_monotonic_decreasing


def test_the_waterfall_goes_from_before_to_after(full: pb.Proposal) -> None:
    data = figures.waterfall_data(full, "vi")
    assert int(data["amount"].iloc[0]) == full.summary["expected"]
    assert int(data["amount"].iloc[-1]) == full.summary["expected_after"]
    assert int(data["amount"].iloc[:-1].sum()) == full.summary["expected_after"]
    assert data["start"].iloc[1:-1].tolist() == data["end"].iloc[:-2].tolist()


def test_owners_and_milestones_are_those_of_the_assessment(full: pb.Proposal) -> None:
    a = full.assessment
    owners = assessed.owner_data(a)
    assert owners["ratio"].is_monotonic_decreasing
    assert sorted(owners["owner"]) == sorted(a.owners.query("plan > 0")["owner"])
    marks = assessed.milestone_data(a, "vi")
    assert marks["ratio"].tolist() == a.stages["ratio"].tolist()
    assert marks["required"].tolist() == a.stages[f"required_{a.judge}"].tolist()
    assert marks["group"].iloc[0] == "Hoàn thành"


def test_a_fan_opens_at_what_is_paid_and_ends_in_the_outlook(full: pb.Proposal) -> None:
    data = figures.absorption_data(full, "MP0001.1")
    assert full.case is not None
    at = full.outlook.line_ids.index("MP0001.1")
    points = full.outlook.points[at]
    today, last = data[data["date"] == "2024-09-15"].iloc[0], data.iloc[-1]
    fan = ["p10", "p25", "p50", "p75", "p90"]
    assert {int(today[name]) for name in fan} == {int(full.case.disbursed[at])}
    assert [int(last[name]) for name in fan] == [int(points[k]) for k in (2, 5, 10, 15, 18)]
    assert last["date"] == full.summary["horizon"]
    assert data["date"].is_monotonic_increasing
    with pytest.raises(KeyError):
        full.plot.absorption("x")


def test_pareto_counts_every_order_once_and_knows_the_best(full: pb.Proposal) -> None:
    data = figures.pareto_data(full)
    assert int(data["orders"].sum()) == 120
    assert int(data["chosen"].sum()) == 1
    own = data[data["chosen"]].iloc[0]
    assert int(own["moved"]) == full.summary["cut"]
    assert int(own["gain"]) == full.summary["expected_after"] - full.summary["expected"]
    for row in data.to_dict("records"):
        beaten = data[(data["gain"] >= row["gain"]) & (data["authority"] <= row["authority"])]
        strictly = beaten[(beaten["gain"] > row["gain"]) | (beaten["authority"] < row["authority"])]
        assert row["best"] is strictly.empty


@pytest.mark.parametrize("name", [*NAMES, "absorption"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_still_pictures_are_the_same_bytes_again(
    full: pb.Proposal, name: str, lang: str, tmp_path: Path
) -> None:
    for kind in ("svg", "png"):
        for at in ("a", "b"):
            drawn(full, name, lang=lang).save(tmp_path / f"{at}.{kind}")
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    assert drawn(full, name, lang=lang)._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", [*NAMES, "absorption"])
def test_moving_pictures_need_no_network(full: pb.Proposal, name: str, tmp_path: Path) -> None:
    figure = drawn(full, name, lang="en", interactive=True)
    figure.write_html(tmp_path / "a.html", include_plotlyjs=True)
    assert "src=" not in (tmp_path / "a.html").read_text(encoding="utf-8").partition("<body>")[0]
    assert figure.layout.title.text


def test_texts_are_in_the_language_asked_for(full: pb.Proposal) -> None:
    from matplotlib.text import Text

    for lang, word in (("vi", "Tỷ lệ giải ngân của các chủ đầu tư"), ("en", "Share disbursed by owner")):
        said = [text.get_text() for text in full.plot.owners(lang).findobj(Text)]
        assert word in said
        assert ("68,1%" in said) is (lang == "vi")
    with pytest.raises(ValueError, match="fr"):
        full.plot.owners("fr")


def test_names_are_texts_whatever_they_hold(tmp_path: Path) -> None:
    made = proposal(lines(owner=["$\\frac{a}$ <b>", "B $x$ & co"] * 3))
    for name in ("flows", "owners"):
        getattr(made.plot, name)().save(tmp_path / "a.svg")
        labels = getattr(made.plot, name)(interactive=True).to_json()
        assert "<b>" not in labels.replace("\\u003c", "<")


def test_an_empty_round_can_be_drawn(tmp_path: Path) -> None:
    made = proposal(lines(requested_increase=[0] * 6))
    assert made.adjustments.empty
    for name in NAMES:
        getattr(made.plot, name)().save(tmp_path / "a.png")
        getattr(made.plot, name)(interactive=True)


def test_owners_of_carried_capital_alone_can_be_drawn(tmp_path: Path) -> None:
    made = proposal(lines(6, plan_year=[2023] * 4 + [2024] * 2, owner=["A"] * 4 + ["B"] * 2))
    for name in ("owners", "milestones"):
        getattr(made.plot, name)().save(tmp_path / "a.png")
        getattr(made.plot, name)(interactive=True)


def test_pictures_of_the_tables_need_them(full: pb.Proposal) -> None:
    alone = pb.Proposal.from_json(full.to_json())
    alone.plot.flows()
    alone.plot.waterfall()
    for name in ("owners", "milestones", "pareto", "absorption"):
        with pytest.raises(pb.PhanboError, match="No tables"):
            drawn(alone, name)


def test_nothing_global_is_touched() -> None:
    code = (
        "import sys; sys.path[:0] = ['tests'];"
        "import matplotlib as mpl; before = dict(mpl.rcParams);"
        "from rounds import proposal; made = proposal();"
        "[getattr(made.plot, n)()._repr_png_() for n in ('flows', 'owners')];"
        "import matplotlib.pyplot as plt; assert plt.get_fignums() == []; assert dict(mpl.rcParams) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603


def test_an_assessment_is_drawn_alone(full: pb.Proposal) -> None:
    plots = full.assessment.plot
    assert plots.owners()._repr_png_() == full.plot.owners()._repr_png_()
    assert plots.milestones("en")._repr_png_() != plots.milestones("vi")._repr_png_()


def test_a_missing_library_is_named(full: pb.Proposal, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, interactive in (("matplotlib", False), ("plotly.graph_objects", True)):
        monkeypatch.setitem(sys.modules, module, None)
        for loaded in ("phanbo.plots.still", "phanbo.plots.moving"):
            monkeypatch.delitem(sys.modules, loaded, raising=False)
        with pytest.raises(pb.PhanboError, match=r"phanbo\[plot\]"):
            full.plot.flows(interactive=interactive)


def test_examples_of_the_docstrings() -> None:
    assert doctest.testmod(figures).failed == 0
