"""Pictures: the figures behind them are those of the frames, and drawing changes nothing and lets no name run."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

import phanbo as pb
from phanbo.examples import load_lang_son
from phanbo.plots import assessed, figures, orders, told
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


@pytest.mark.parametrize("part", [None, 9])
def test_the_waterfall_adds_up(full: pb.Proposal, part: int | None) -> None:
    made = full if part is None else full.head(part)
    data = figures.waterfall_data(made, "vi")
    assert int(data["amount"].iloc[0]) == made.summary["expected"]
    assert int(data["amount"].iloc[-1]) == made.summary["expected_after"]
    assert int(data["amount"].iloc[:-1].sum()) == made.summary["expected_after"]
    assert data["start"].iloc[1:-1].tolist() == data["end"].iloc[:-2].tolist()
    assert data["step"].iloc[1] == "Điều chỉnh giảm"
    assert int(data["moved"].iloc[1]) == -made.summary["cut"]
    assert int(data["moved"].iloc[2:].sum()) == made.summary["added"]


def test_what_a_waterfall_writes_adds_up_to_the_dong(full: pb.Proposal) -> None:
    shown = [text.get_text() for text in full.plot.waterfall().axes[0].texts]
    amounts = [Decimal(text.replace(".", "").replace(",", ".").replace("−", "-")) for text in shown]
    assert sum(amounts[:-1]) == amounts[-1]


def test_owners_and_milestones_are_those_of_the_assessment(full: pb.Proposal) -> None:
    a = full.assessment
    owners = assessed.owner_data(a)
    assert owners["ratio"].is_monotonic_decreasing
    assert sorted(owners["owner"]) == sorted(a.owners.query("plan > 0")["owner"])
    assert set(owners["province"]) == {a.province["ratio"]}
    marks = assessed.milestone_data(a, "vi")
    assert marks["ratio"].tolist() == a.stages["ratio"].tolist()
    assert marks["share"].tolist() == a.stages[f"share_{a.judge}"].tolist()
    assert set(marks["province"]) == {a.province["ratio"]}
    assert marks["group"].iloc[0] == "Hoàn thành"
    there = a.stages["milestone"] != ""
    assert marks["required"].notna().tolist() == there.tolist()
    assert not there.all()  # preparation has no milestone: nothing may be drawn as one
    assert marks.loc[there, "required"].tolist() == a.stages.loc[there, f"required_{a.judge}"].tolist()


def test_bars_are_as_long_as_the_frames_say(full: pb.Proposal) -> None:
    a = full.assessment
    bars = full.plot.owners().axes[0].patches
    assert sorted(bar.get_width() for bar in bars) == sorted(a.owners.query("plan > 0")["ratio"])
    marks = full.plot.milestones().axes[0]
    assert [bar.get_width() for bar in marks.patches[6:]] == a.stages["ratio"].tolist()
    (ticks,) = marks.collections
    asked = a.stages.loc[a.stages["milestone"] != "", f"required_{a.judge}"].tolist()
    assert [segment[0][0] for segment in ticks.get_segments()] == asked


def test_a_long_ranking_leaves_its_middle_out_and_says_so() -> None:
    count = 120
    made = proposal(lines(count, owner=[f"Ban {i:03}" for i in range(count)]))
    picture = made.plot.owners("en")
    assert len(picture.axes[0].patches) == 80
    assert any("40 owners in between" in text.get_text() for text in picture.axes[0].texts)


def test_a_fan_opens_at_what_is_paid_and_ends_in_the_outlook(full: pb.Proposal) -> None:
    data = figures.absorption_data(full, "MP0001.1")
    assert full.case is not None
    at = full.outlook.line_ids.index("MP0001.1")
    today, last = data[data["date"] == "2024-09-15"].iloc[0], data.iloc[-1]
    fan = ["p10", "p25", "p50", "p75", "p90"]
    assert {int(today[name]) for name in fan} == {int(full.case.disbursed[at])}
    points = full.outlook.points[at]
    assert [int(last[name]) for name in fan] == [int(points[k]) for k in (1, 4, 9, 14, 17)]  # y_⌈qK⌉, K = 20
    assert int(last["p50"]) == int(full.outlook.median[at])
    assert last["date"] == full.summary["horizon"]
    assert data["date"].is_monotonic_increasing
    row = full.lines.iloc[at]
    assert set(data["plan_after"]) == {int(full.case.plan[at] + row["add"] - row["cut"])}
    with pytest.raises(KeyError):
        full.plot.absorption("x")


def test_a_fan_passes_its_judging_date_as_the_assessment_says(full: pb.Proposal) -> None:
    assert full.case is not None
    reading = full.assessment.readings["forecast"]
    seen = 0
    for at in range(0, 392, 13):
        data = figures.absorption_data(full, full.outlook.line_ids[at])
        if not data["judged_on"].iloc[0]:
            assert data["required"].isna().all()
            continue
        assert int(data["required"].iloc[0]) == int(reading.required[at])
        there = data[data["date"] == reading.tau(at).isoformat()]
        if full.outlook.median[at] <= full.case.plan[at]:
            assert int(there["p50"].iloc[0]) == int(reading.executed[at])
            seen += 1
    assert seen > 5


def test_prefixes_are_those_of_head(full: pb.Proposal) -> None:
    data = figures.prefix_data(full)
    assert data["k"].tolist() == list(range(len(full.transfers) + 1))
    for k in (0, 1, 8, 30, len(full.transfers)):
        part, row = full.head(k).summary, data.iloc[k]
        assert int(row["moved"]) == part["cut"]
        assert int(row["gain"]) == part["expected_after"] - part["expected"]


def test_orders_count_every_order_once_and_know_the_best(full: pb.Proposal) -> None:
    data = orders.order_data(full)
    assert int(data["orders"].sum()) == orders.MOST == 24
    assert int(data["chosen"].sum()) == 1
    own = data[data["chosen"]].iloc[0]
    assert int(own["moved"]) == full.summary["cut"]
    assert int(own["gain"]) == full.summary["expected_after"] - full.summary["expected"]
    tiers = dict(zip(full.tiers["tier"], full.tiers["value"], strict=True))
    assert {name: own[f"tier:{name}"] for name in tiers if name != "canonical"} == {
        name: value for name, value in tiers.items() if name != "canonical"
    }
    assert own["authority"] == tiers["authority"]
    assert own["goals"].startswith("nghĩa vụ phải trả › ưu tiên theo luật › giải ngân")
    for row in data.to_dict("records"):
        beaten = data[(data["gain"] >= row["gain"]) & (data["authority"] <= row["authority"])]
        strictly = beaten[(beaten["gain"] > row["gain"]) | (beaten["authority"] < row["authority"])]
        assert row["best"] is strictly.empty


def test_an_order_comes_to_what_its_own_round_comes_to(full: pb.Proposal) -> None:
    case = full.case
    assert case is not None
    tiers = ("obligations", "authority", "priority", "disbursement", "worst_first")
    made = pb.propose(
        case.portfolio, calendar=case.calendar, round=2, as_of=case.as_of, policy=pb.Policy(tiers=tiers)
    )
    words = "claims to be paid › nearest authority › legal priority › disbursement › latest first"
    data = orders.order_data(full, "en")
    row = data[data["goals"] == words].iloc[0]
    assert int(row["moved"]) == made.summary["cut"]
    assert int(row["gain"]) == made.summary["expected_after"] - made.summary["expected"]


def test_orders_of_a_round_that_was_assessed_otherwise_keep_its_assessment(full: pb.Proposal) -> None:
    case = full.case
    assert case is not None
    strict = pb.Policy(judge="actual", fast="milestone")
    state = pb.assess(case.portfolio, calendar=case.calendar, as_of=case.as_of, round=2, policy=strict)
    made = pb.propose(
        case.portfolio,
        calendar=case.calendar,
        round=2,
        as_of=case.as_of,
        assessment=state,
        outlook=case.outlook,
    )
    assert made.summary["cut"] != full.summary["cut"]
    data = orders.order_data(made)
    assert data.loc[data["chosen"], "moved"].tolist() == [made.summary["cut"]]


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


def test_files_do_not_hang_on_the_settings_around_them(full: pb.Proposal, tmp_path: Path) -> None:
    import matplotlib as mpl

    for kind in ("svg", "pdf"):
        full.plot.milestones().savefig(tmp_path / f"a.{kind}")
        with mpl.rc_context({"axes.facecolor": "black", "font.size": 30, "text.color": "white"}):
            full.plot.milestones().save(tmp_path / f"b.{kind}")
        text = (tmp_path / f"a.{kind}").read_bytes()
        assert text == (tmp_path / f"b.{kind}").read_bytes()
        assert not re.search(rb"<dc:date>|CreationDate", text)


LONG = "Ban Quản lý dự án đầu tư xây dựng các công trình giao thông, nông nghiệp và phát triển nông thôn khu vực {}"


@pytest.fixture(scope="module")
def crowd() -> pb.Proposal:
    """Return a round of 26 owners with long names, every second one giving to every other, amounts far apart."""
    count, ty = 52, 1_000_000_000
    size = [ty * (1 + (i // 2) ** 2) for i in range(count)]
    return proposal(
        lines(
            count,
            owner=[LONG.format(f"{i // 4} {'a' if i % 2 else 'b'}") for i in range(count)],
            plan=[10 * each for each in size],
            disbursed=[each * (9 if i % 2 else 1) for i, each in enumerate(size)],
            requested_increase=[5 * each if i % 2 else 0 for i, each in enumerate(size)],
            absorb_p10=[each * 13 if i % 2 else each * 3 // 2 for i, each in enumerate(size)],
            absorb_p90=[each * 15 if i % 2 else each * 3 for i, each in enumerate(size)],
        )
    )


def labels(picture: Any) -> list[Any]:
    """Return the texts of a picture that are seen."""
    found = list(picture.texts)
    for legend in picture.legends:
        found += legend.get_texts()
    for axes in picture.axes:
        found += [*axes.texts, axes._left_title]
        for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
            low, high = sorted(axis.get_view_interval())
            ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
            found += [axis.label, *(label for at, label in ticks if low <= at <= high)]
    return [text for text in found if text is not None and text.get_text().strip()]


@pytest.mark.parametrize("name", [*NAMES, "absorption"])
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("which", ["full", "crowd"])
def test_no_two_labels_meet_and_all_stand_inside(
    request: pytest.FixtureRequest, which: str, name: str, lang: str
) -> None:
    made: pb.Proposal = request.getfixturevalue(which)
    if name == "absorption":
        picture = made.plot.absorption(made.adjustments["line_id"].iloc[0], lang)
    else:
        picture = getattr(made.plot, name)(lang)
    picture.canvas.draw()
    width, height = picture.canvas.get_width_height()
    boxes = [(text.get_text(), text.get_window_extent()) for text in labels(picture)]
    assert len(boxes) > 5
    for said, box in boxes:
        assert box.x0 >= -1, said
        assert box.y0 >= -1, said
        assert box.x1 <= width + 1, said
        assert box.y1 <= height + 1, said
    for (one, here), (two, there) in combinations(boxes, 2):
        wide = min(here.x1, there.x1) - max(here.x0, there.x0)
        tall = min(here.y1, there.y1) - max(here.y0, there.y0)
        assert wide <= 1 or tall <= 1, f"{one!r} meets {two!r}"


@pytest.mark.parametrize("name", [*NAMES, "absorption"])
def test_moving_pictures_need_no_network(full: pb.Proposal, name: str, tmp_path: Path) -> None:
    figure = drawn(full, name, lang="en", interactive=True)
    figure.write_html(tmp_path / "a.html", include_plotlyjs=True)
    assert "src=" not in (tmp_path / "a.html").read_text(encoding="utf-8").partition("<body>")[0]
    assert figure.layout.title.text


def test_moving_pictures_hold_the_figures_of_the_frames(full: pb.Proposal) -> None:
    links = full.plot.flows(interactive=True).data[0].link
    assert round(sum(links.value) * 10**9) == full.transfers["amount"].sum()
    steps = full.plot.waterfall(interactive=True).data[0]
    assert round(sum(steps.y[:-1]) * 10**6) == round(steps.y[-1] * 10**6) == full.summary["expected_after"]
    bars = full.plot.owners(interactive=True).data[:2]
    assert [ratio for bar in bars for ratio in bar.x] == full.assessment.owners.query("plan > 0")[
        "ratio"
    ].tolist()
    steps, *outcomes = full.plot.pareto(interactive=True).data
    assert round(steps.y[-1] * 10**9) == full.summary["expected_after"] - full.summary["expected"]
    assert len(outcomes[0].x) + len(outcomes[1].x) == len(orders.order_data(full))


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
        picture = getattr(made.plot, name)()
        picture.canvas.print_figure(
            tmp_path / "a.png", bbox_inches="tight"
        )  # as a notebook's own backend does
        picture.save(tmp_path / "a.svg")
        shown = json.dumps(json.loads(getattr(made.plot, name)(interactive=True).to_json()))
        assert "&lt;b&gt;" in shown
        assert not re.search(r"<b\W", shown)


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
        "import matplotlib as mpl; before = dict(dict.items(mpl.rcParams));"
        "from rounds import proposal; made = proposal();"
        "[getattr(made.plot, n)()._repr_png_() for n in ('flows', 'owners')];"
        "[getattr(made.plot, n)(interactive=True) for n in ('flows', 'owners')];"
        "assert 'matplotlib.pyplot' not in sys.modules; assert dict(dict.items(mpl.rcParams)) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)  # noqa: S603


def test_an_assessment_is_drawn_alone(full: pb.Proposal) -> None:
    plots = full.assessment.plot
    assert plots.owners()._repr_png_() == full.plot.owners()._repr_png_()
    assert plots.milestones("en")._repr_png_() != plots.milestones("vi")._repr_png_()


def test_a_missing_library_is_named(full: pb.Proposal, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, interactive in (("matplotlib.figure", False), ("plotly.graph_objects", True)):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(pb.PhanboError, match=r"phanbo\[plot\]"):
            full.plot.flows(interactive=interactive)


def test_examples_of_the_docstrings() -> None:
    assert doctest.testmod(told).failed == 0
    assert doctest.testmod(told).attempted
