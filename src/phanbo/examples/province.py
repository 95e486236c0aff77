"""What a synthetic province is made of: its owners, places, sources, projects and odds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from phanbo.examples.draws import Draws

__all__ = ["STAGES", "Family", "Knots", "Line", "Owner", "Programme", "Project", "Province", "Source", "Task"]

Line = dict[str, Any]
STAGES = ("completed", "transitional", "new_start", "preparation")


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner (*chủ đầu tư*) and how well it pays: its pace, ``2`` well … ``0`` badly, is invented.

    Attributes
    ----------
    name, kind : str
    sectors : tuple of str
        What it builds in; codes of `phanbo.tables.schema.SECTORS`.
    pace : int
    places : tuple of str
        Where it builds; none: anywhere in the province. One place makes it a local owner.
    predecessors : tuple of str
        The units it was made from.
    """

    name: str
    kind: str
    sectors: tuple[str, ...]
    pace: int
    places: tuple[str, ...] = ()
    predecessors: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether it belongs to one place."""
        return len(self.places) == 1


class Source(NamedTuple):
    """A source: its text, built-in kind, level, and total plan in triệu đồng, carried-over capital included."""

    text: str
    kind: str
    level: str
    total: int


class Programme(NamedTuple):
    """A part of a national target programme, and how often it is drawn (of 100)."""

    programme: str
    component: str
    nature: str
    odds: int


class Task(NamedTuple):
    """What is paid for and is no project: it stands in the place of a drawn one of its stage."""

    name: str
    task: str
    stage: str
    owner: str


@dataclass(frozen=True, slots=True)
class Family:
    """Projects that are paid for in one way.

    Attributes
    ----------
    source : str
        Key of the source of the project's own line.
    count : int
        How many projects.
    local : int
        How many of 100 belong to local owners.
    beside : tuple of str
        Keys of the sources some projects have too: of a loan, where the own source is one and this is too.
    beside_chance : int
        How many of 100 do.
    size : (int, int)
        Relative size of a plan, least and most.
    stages : (int, int, int, int)
        How often each of `STAGES` is drawn.
    owners : tuple of str
        How the names of its owners begin.
    sector : str
        Its one sector; ``""``: drawn from the owner's.
    """

    source: str
    count: int
    local: int
    beside: tuple[str, ...]
    beside_chance: int
    size: tuple[int, int]
    stages: tuple[int, int, int, int]
    owners: tuple[str, ...] = ("",)
    sector: str = ""


@dataclass(slots=True)
class Project:
    """A project while it is being drawn; its lines follow its *gait*, how it pays through the year."""

    family: Family
    owner: Owner
    stage: str
    gait: str
    sector: str
    locality: str
    name: str
    first_year: int
    lines: list[Line] = field(default_factory=list)


Knots = tuple[int, int, int]
"""What a line has paid by the data dates of the three rounds."""


@dataclass(frozen=True, kw_only=True)
class Province:
    """A province and its plan year.

    Attributes
    ----------
    name : str
        With its kind, ``"tỉnh …"``.
    year, period : int
        The plan year, and the first of the five years of the medium-term plan.
    seed : int
        Of the stream of draws.
    owners, places : tuple
    hamlets : mapping
        Place to the names that stand in the names of its projects.
    works : mapping
        Sector to patterns of project names: ``{a}``, ``{b}`` hamlets, ``{d}`` the place.
    sources : mapping
        Key to source; each source's lines add up to its total.
    families, programmes : tuple
    loans : tuple of (str, str)
        Agreement, and the day it closes.
    loan_sources : frozenset of str
        Keys of the sources that are drawn from a loan.
    carried : mapping
        Plan year to source to how many of 100 projects hold capital carried over from it.
    spans : mapping
        Stage to the years a project may take.
    class_limits : mapping
        Sector (``""``: the others) to the totals, in triệu đồng, at which classes B and A begin.
    dates : tuple of date
        Of the history of disbursement.
    first_date : date
        Up to which day the sheet of lines reaches.
    pay : callable
        Returns what a line had paid at `dates`, given what it had at the three data dates.
    leaders : (str, str)
        Who answers for the economy, and for the rest.
    urgent, special, ppp : int
        How many urgent, special and PPP projects.
    advances : int
        How many of 100 lines of the source ``central`` have an advance to repay.
    tasks : tuple of Task
        Planning, interest subsidies, policy credit; paid for by the source ``local``.
    """

    name: str
    year: int
    period: int
    seed: int
    owners: tuple[Owner, ...]
    places: tuple[str, ...]
    hamlets: Mapping[str, tuple[str, ...]]
    works: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, Source]
    families: tuple[Family, ...]
    programmes: tuple[Programme, ...]
    loans: tuple[tuple[str, str], ...]
    loan_sources: frozenset[str]
    carried: Mapping[int, Mapping[str, int]]
    spans: Mapping[str, tuple[int, ...]]
    class_limits: Mapping[str, tuple[int, int]]
    dates: tuple[dt.date, ...]
    first_date: dt.date
    pay: Callable[[Draws, Project, Line, Knots], tuple[int, ...]]
    leaders: tuple[str, str]
    urgent: int = 2
    special: int = 0
    ppp: int = 0
    advances: int = 4
    tasks: tuple[Task, ...] = ()

    def stage_text(self, stage: str) -> str:
        """Return a stage as the sheet says it."""
        return {
            "completed": f"hoàn thành trước 31/12/{self.year - 1}",
            "transitional": "chuyển tiếp",
            "new_start": "khởi công mới",
            "preparation": "chuẩn bị đầu tư",
        }[stage]
