"""The public names and how they are called: other programs depend on them."""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest

import phanbo as pb
from held_round import sample
from phanbo.proposal.schema import COLUMNS

NAMES = (
    "Answer Assessment Batch Calendar CalendarError CertificateError CrossCheckError DEFAULT_TIERS DataError InfeasibleRound "
    "PhanboError Policy PolicyError Portfolio Proposal Round RoundError Rulebook RulebookError RulebookUnavailable Stopped "
    "Task Tier WhatIf annotate_excel assess check_excel load_calendar load_proposal load_rulebook propose propose_many "
    "read_csv read_excel read_forms read_parquet read_sql rulebook_at "
    "Matching match_treasury"
)

SIGNATURES = {
    "propose": "portfolio *calendar *round *as_of *rulebook=None *policy=None *time_limit=None *threads=1 "
    "*progress=None *cancel=None *assessment=None *outlook=None *cross_check=None",
    "assess": "portfolio *calendar *as_of *policy=None *round=None *rulebook=None *outlook=None",
    "propose_many": "tasks *executor=None *workers=None *folder=None *progress=None *cancel=None",
    "Task": "name portfolio *calendar *round *as_of *rulebook=None *policy=None *time_limit=None *assessment=None "
    "*outlook=None",
    "load_calendar": "name",
    "load_rulebook": "name",
    "load_proposal": "folder *rulebook=None",
    "read_excel": "path *sheet=None *unit=None *year=None *columns=None *max_rows=1000000 *max_bytes=200000000 "
    "*treasury=None *review=None *prefer=treasury *as_of=None",
    "check_excel": "path *sheet=None *unit=None *year=None *columns=None *max_rows=1000000 *max_bytes=200000000 "
    "*treasury=None *review=None *prefer=treasury *as_of=None *encoding=None",
    "annotate_excel": "path out *findings=None *lang=vi *sheet=None *unit=None *year=None *columns=None *max_rows=1000000 "
    "*max_bytes=200000000",
    "read_csv": "folder *unit=None *year=None *columns=None "
    "*treasury=None *review=None *prefer=treasury *as_of=None *encoding=None",
    "read_forms": "folder *expected=None *unit=None *year=None *columns=None *sheet=None *encoding=None",
    "read_sql": "queries connection *unit=None *year=None *columns=None",
    "match_treasury": "path treasury *review=None *sheet=None *unit=None *year=None *columns=None *max_rows=1000000 "
    "*max_bytes=200000000",
    "Matching.to_excel": "self path",
    "read_parquet": "folder *unit=None *year=None *columns=None "
    "*treasury=None *review=None *prefer=treasury *as_of=None",
    "Portfolio": "lines history=None schedule=None sources=None owners=None reports=None controls=None",
    "Round": "report_by judged_on forecast_on=None number=0",
    "Tier": "name tolerance=0.0",
    "Policy": "donor_confidence=0.5 receiver_confidence=0.8 unit=1000000 judge=forecast fast=average carry_over=hold "
    "return_unplaced=False unknown=refuse authority=None min_move=0 tiers=DEFAULT_TIERS forecaster=None "
    "deadline=None notes= pins=()",
    "Proposal.head": "self k",
    "Proposal.explain": "self line_id lang=vi",
    "Proposal.letters": "self lang=vi",
    "Proposal.verify": "self",
    "Proposal.apply": "self amounts=None",
    "Proposal.compare": "self other *by=None *lang=vi",
    "Proposal.under": "self rulebook",
    "Proposal.network": "self",
    "Proposal.to_json": "self",
    "Proposal.from_json": "text *portfolio=None *rulebook=None",
    "Proposal.save": "self folder",
    "Proposal.to_excel": "self path lang=vi",
    "Proposal.to_lp": "self path tier=None",
    "WhatIf": "portfolio *calendar *round *as_of *rulebook=None *policy=None *assessment=None *outlook=None",
    "Assessment.to_json": "self",
    "Assessment.to_excel": "self path lang=vi",
    "Portfolio.at": "self date",
    "Portfolio.reconcile": "self",
    "Portfolio.with_cell": "self line_id column value",
    "Portfolio.check": "self",
}

MEMBERS = {
    "Batch": "tasks proposals failures summary resumed raise_failures",
    "Proposal": "adjustments transfers lines pools tiers unplaced unchecked summary meta outlook assessment hash",
    "Assessment": "owners buckets lines sources due",
    "Portfolio": "lines notes",
}

FRAMES = {
    "adjustments": "rank line_id project_id project owner source plan_year stage plan change plan_after disbursed ratio "
    "ratio_after expected expected_after ratio_year_end priority binding_rule citation confidence authority "
    "reason_vi reason_en",
    "transfers": "rank from_line to_line pool amount priority gain gain_per_dong authority",
    "lines": "line_id role owner may_import share_actual share_pace share_forecast required judged_on late_under "
    "cut_bound forced_bound add_bound cut add priority pool binding_rule citation confidence "
    "first_failed failed_confidence expected expected_after",
    "pools": "pool cut added inflow returned",
    "tiers": "tier value bound gap",
}

SUMMARY = (
    "lines cut_lines raised_lines cut added returned unplaced expected expected_after year_end_ratio year_end_ratio_after "
    "horizon by_source by_authority late_under_all need_removed conditional unchecked why_empty"
)


def said(parameter: inspect.Parameter) -> str:
    """Return a parameter as it is written above: ``*`` where it must be named, its default."""
    star = "*" if parameter.kind is parameter.KEYWORD_ONLY else ""
    if parameter.default is parameter.empty:
        return star + parameter.name
    default = "DEFAULT_TIERS" if parameter.default is pb.DEFAULT_TIERS else str(parameter.default)
    return f"{star}{parameter.name}={default}"


def test_the_names() -> None:
    assert sorted(pb.__all__) == sorted(NAMES.split())
    assert all(hasattr(pb, name) for name in NAMES.split())


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_signatures(name: str) -> None:
    part: Any = pb
    for step in name.split("."):
        part = getattr(part, step)
    assert " ".join(said(p) for p in inspect.signature(part).parameters.values()) == SIGNATURES[name]


@pytest.mark.parametrize("name", MEMBERS)
def test_the_members(name: str) -> None:
    proposal = sample().propose()
    thing = {
        "Batch": pb.propose_many([]),
        "Proposal": proposal,
        "Assessment": proposal.assessment,
        "Portfolio": sample().portfolio,
    }[name]
    assert [member for member in MEMBERS[name].split() if not hasattr(thing, member)] == []


@pytest.mark.parametrize("name", FRAMES)
def test_the_columns_of_the_frames(name: str) -> None:
    frame = getattr(sample().propose(), name)
    assert list(frame.columns)[: len(FRAMES[name].split())] == FRAMES[name].split()
    prices = [f"{side}:" for side in ("more", "less")] if name == "pools" else []
    stored = [column for column in frame.columns if not column.startswith(tuple(prices))]
    assert stored == list(COLUMNS[name])
    assert len(frame.columns) == len(stored) or prices
    for column, kind in COLUMNS[name].items():
        assert kind != "money" or frame[column].dtype == "int64"


def test_the_summary() -> None:
    assert [name for name in SUMMARY.split() if name not in sample().propose().summary] == []


def test_frames_handed_out_are_copies() -> None:
    proposal = sample().propose()
    frame = proposal.lines
    frame["cut"] = -1
    assert (proposal.lines["cut"] >= 0).all()


def test_importing_loads_no_solver_no_excel_and_no_plotting() -> None:
    heavy = "pulp highspy networkx openpyxl xlsxwriter python_calamine matplotlib pyarrow sqlalchemy"
    code = f"import sys, phanbo; print([m for m in '{heavy}'.split() if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)  # noqa: S603
    loaded = set(eval(run.stdout)) - {"pyarrow"}  # noqa: S307 — pandas itself may load pyarrow
    assert loaded == set()


@pytest.mark.parametrize("name", [name for name in NAMES.split() if isinstance(getattr(pb, name), type)])
def test_errors_carry_a_code_of_their_own(name: str) -> None:
    kind = getattr(pb, name)
    if issubclass(kind, Exception):
        assert kind.code
        assert issubclass(kind, pb.PhanboError)
