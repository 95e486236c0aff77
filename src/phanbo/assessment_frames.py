"""The frames of an assessment: one row a line, owner, bucket, source or group, and what is due next.

Shares are compared as exact fractions; the floats of a frame are only for showing. The base of every average
is this year's plan after adjustment, weighted; capital carried over stands apart.
"""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from phanbo.calendar import CARRIED
from phanbo.due import Due, due_between
from phanbo.grouping import codes_of, sum_by
from phanbo.policy import READINGS
from phanbo.records import records
from phanbo.words import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from phanbo.assessment import Assessment
    from phanbo.money import Bools, Ints
    from phanbo.reading import Reading

__all__ = [
    "buckets_frame",
    "due_frame",
    "lines_frame",
    "owners_frame",
    "province_totals",
    "sources_frame",
    "stages_frame",
    "to_json",
]

SCHEMA = "phanbo.assessment/1"
AHEAD = dt.timedelta(days=30)


def lines_frame(a: Assessment) -> pd.DataFrame:
    """Return one row a line, in the order of the portfolio.

    ``milestone``, ``judged_on``, ``required`` and ``late`` are those of the reading that decides;
    ``share_…``, ``required_…`` and ``late_…`` stand for each reading. Without a milestone ``milestone`` is empty,
    ``required`` the province's share of that stage, and the line is not late. ``missed`` is the deadline
    missed.
    """
    book, decides = a.portfolio, a.decides
    plan, disbursed = _money(a)
    columns: dict[str, Any] = {
        name: _text(book.text(name)) for name in ("line_id", "project_id", "project", "owner", "source")
    }
    columns |= {
        "plan_year": book.integer("plan_year")[0],
        "stage": _text(book.text("stage")),
        "carried": book.carried,
        "plan": plan,
        "disbursed": disbursed,
        "ratio": _ratio(disbursed, plan),
        "province_ratio": province_totals(a)["ratio"],
        "milestone": _text(_marks(decides)[decides.cell]),
        "judged_on": _text(np.array([d.isoformat() for d in decides.cell_tau], dtype=object)[decides.cell]),
        "required": _shares(decides)[decides.cell],
    }
    for name, reading in a.readings.items():
        columns[f"share_{name}"] = _ratio(reading.executed, plan)
        columns[f"required_{name}"] = _shares(reading)[reading.cell]
        columns[f"late_{name}"] = reading.late
    columns |= {
        "late": decides.late,
        "behind": decides.bucket_behind,
        "missed": _text(a.missed),
        "may_import": a.may_import,
    }
    return pd.DataFrame(columns)


def owners_frame(a: Assessment) -> pd.DataFrame:
    """Return one row an owner, best first; ``rank`` 1 is the best, ties by name.

    ``plan``, ``disbursed``, ``ratio`` and the shares are those of this year's plan; capital carried over stands
    in the ``carried_…`` columns. An owner is ``behind`` where it is below what its own lines require.
    """
    book, now = a.portfolio, ~a.portfolio.carried
    owner, keys = codes_of(book.text("owner"))
    n, group = len(keys), np.where(now, owner, -1)
    columns: dict[str, Any] = {"owner": _text([key[0] for key in keys])}
    columns |= _sums(a, group, n)
    columns["below_average"] = _below_average(a, columns["disbursed"], columns["plan"])
    columns |= _prefixed("carried", _sums(a, np.where(now, -1, owner), n))
    columns |= _readings(a, group, n)
    columns["late_lines"] = sum_by(group, _late(a).astype(np.int64), n)
    columns["missed_lines"] = sum_by(group, (a.missed != "").astype(np.int64), n)
    may = np.zeros(n, dtype=bool)
    may[owner] = a.may_import
    columns["may_import"] = may
    order = sorted(range(n), key=lambda k: _merit(columns, k))
    frame = pd.DataFrame(columns).iloc[order].reset_index(drop=True)
    frame.insert(1, "rank", np.arange(1, n + 1, dtype=np.int64))
    return frame


def buckets_frame(a: Assessment) -> pd.DataFrame:
    """Return one row a bucket: owner × stage × plan year."""
    book = a.portfolio
    group, keys = codes_of(book.text("owner"), book.text("stage"), book.integer("plan_year")[0])
    return _judged(a, group, {"owner": _text, "stage": _text, "plan_year": _whole}, keys)


def stages_frame(a: Assessment) -> pd.DataFrame:
    """Return one row a group: a stage of this year's plan, or the capital carried over from one year."""
    book = a.portfolio
    name = np.where(book.carried, CARRIED, book.text("stage"))
    group, keys = codes_of(name, book.integer("plan_year")[0])
    frame = _judged(a, group, {"group": _text, "plan_year": _whole}, keys)
    place = frame["group"].map({code: k for k, code in enumerate(GROUP)})
    return frame.iloc[np.lexsort((-frame["plan_year"], place))].reset_index(drop=True)


def sources_frame(a: Assessment) -> pd.DataFrame:
    """Return one row a source and plan year, with the built-in kind of the source."""
    book = a.portfolio
    group, keys = codes_of(book.text("source"), book.text("kind"), book.integer("plan_year")[0])
    source, kind, year = zip(*keys, strict=True)
    names = {"source": _text(source), "kind": _text(kind), "plan_year": _whole(year)}
    return pd.DataFrame({**names, **_sums(a, group, len(keys))})


def province_totals(a: Assessment) -> dict[str, Any]:
    """Return the totals of this year's plan, of capital carried over (``carried_…``), and of all (``total_…``)."""
    now = ~a.portfolio.carried
    plan, disbursed = _money(a)
    totals: dict[str, Any] = {"as_of": a.as_of.isoformat(), "lines": len(plan)}
    for prefix, lines in (("", now), ("carried_", ~now), ("total_", np.ones(len(plan), dtype=bool))):
        whole, part = int(plan[lines].sum()), int(disbursed[lines].sum())
        totals |= {f"{prefix}plan": whole, f"{prefix}disbursed": part}
        totals[f"{prefix}ratio"] = part / whole if whole else float("nan")
    return totals


def due_frame(a: Assessment) -> pd.DataFrame:
    """Return what falls due from `as_of` to 30 days later; ``date`` is the last day on which it is in time."""
    rows = due_between(a.calendar, a.as_of, a.as_of + AHEAD, lead=a.lead)
    columns = {name: _text([str(getattr(row, name)) for row in rows]) for name in Due._fields}
    return pd.DataFrame(columns)


def to_json(a: Assessment) -> str:
    """Return every frame as one JSON text: money as integer đồng, an unknown share as null."""
    province = {name: None if value != value else value for name, value in province_totals(a).items()}  # noqa: PLR0124
    plain = {
        "schema": SCHEMA,
        "calendar": a.calendar.code,
        "as_of": a.as_of.isoformat(),
        "round": a.round.to_dict(),
        "judge": a.judge,
        "warnings": list(a.warnings),
        "province": province,
        **{
            name: records(getattr(a, name))
            for name in ("owners", "buckets", "sources", "stages", "lines", "due")
        },
    }
    return json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


# -- columns ----------------------------------------------------------------------------------------


def _text(cells: Iterable[Any]) -> pd.Series[Any]:
    return pd.Series(list(cells), dtype="str")


def _whole(cells: Iterable[Any]) -> Ints:
    return np.array(list(cells), dtype=np.int64)


def _money(a: Assessment) -> tuple[Ints, Ints]:
    return a.portfolio.money("plan")[0], a.portfolio.money("disbursed")[0]


def _ratio(part: Ints, whole: Ints) -> NDArray[np.float64]:
    """Return part ÷ whole, NaN where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(whole.size, np.nan), where=whole > 0))


def _shares(reading: Reading) -> NDArray[np.float64]:
    return np.array([float(rho) for rho in reading.cell_share])


def _marks(reading: Reading) -> NDArray[Any]:
    """Return the milestone of each cell as ISO text, empty where it has none."""
    return np.array([day.isoformat() if day else "" for day in reading.cell_milestone], dtype=object)


def _late(a: Assessment) -> Bools:
    """Return the lines below their milestone or past a deadline."""
    return np.asarray(a.decides.late | (a.missed != ""), dtype=bool)


def _prefixed(prefix: str, columns: dict[str, Any]) -> dict[str, Any]:
    return {f"{prefix}_{name}": columns[name] for name in ("plan", "disbursed", "ratio")}


def _sums(a: Assessment, group: Ints, n: int) -> dict[str, Any]:
    """Return the totals of each group beside the province's ratio; lines of group −1 are left out."""
    plan, disbursed = _money(a)
    whole, part = sum_by(group, plan, n), sum_by(group, disbursed, n)
    return {
        "lines": sum_by(group, np.ones(plan.size, dtype=np.int64), n),
        "plan": whole,
        "disbursed": part,
        "ratio": _ratio(part, whole),
        "province_ratio": np.full(n, province_totals(a)["ratio"]),
    }


def _below_average(a: Assessment, part: Ints, whole: Ints) -> Bools:
    """Return which groups are below the province's ratio, exact."""
    province = province_totals(a)
    done, base = province["disbursed"], province["plan"]
    pairs = zip(part.tolist(), whole.tolist(), strict=True)
    return np.array([p > 0 and d * base < done * p for d, p in pairs], dtype=bool)


def _merit(columns: dict[str, Any], k: int) -> tuple[bool, Fraction, str]:
    """Return what an owner is ranked by: its exact ratio, then its name; owners without a plan come last."""
    plan, disbursed = int(columns["plan"][k]), int(columns["disbursed"][k])
    return plan == 0, Fraction(-disbursed, plan) if plan else Fraction(0), str(columns["owner"][k])


def _readings(a: Assessment, group: Ints, n: int) -> dict[str, Any]:
    """Return share, required share and whether behind, of each group under each reading."""
    columns: dict[str, Any] = {}
    plan = _money(a)[0]
    under: list[list[str]] = [[] for _ in range(n)]
    for name in READINGS:
        reading = a.readings[name]
        done, whole = sum_by(group, reading.executed, n), sum_by(group, plan, n)
        need, required, marked = _requirements(reading, group, plan, n)
        behind = np.array(
            [m and d < q for m, d, q in zip(marked, done.tolist(), need, strict=True)], dtype=bool
        )
        columns[f"share_{name}"] = _ratio(done, whole)
        columns[f"required_{name}"] = np.array(required, dtype=np.float64)
        columns[f"behind_{name}"] = behind
        for k in np.flatnonzero(behind).tolist():
            under[k].append(name)
    columns["behind_under"] = _text(", ".join(names) for names in under)
    return columns


def _requirements(
    reading: Reading, group: Ints, plan: Ints, n: int
) -> tuple[list[Fraction], list[float], list[bool]]:
    """Return for each group the exact đồng required, the share that is of its plan, and if it has a milestone."""
    inside = group >= 0
    pairs, keys = codes_of(group[inside], reading.cell[inside])
    plans = sum_by(pairs, plan[inside], len(keys)).tolist()
    need, whole, marked = [Fraction(0)] * n, [0] * n, [False] * n
    cells: list[set[Fraction]] = [set() for _ in range(n)]
    for (k, cell), total in zip(keys, plans, strict=True):
        need[k] += reading.cell_share[cell] * total
        whole[k] += total
        marked[k] |= reading.cell_milestone[cell] is not None
        cells[k].add(reading.cell_share[cell])
    shares = [
        float(q / p) if p else float(next(iter(rho))) if len(rho) == 1 else float("nan")
        for q, p, rho in zip(need, whole, cells, strict=True)
    ]
    return need, shares, marked


def _judged(a: Assessment, group: Ints, names: dict[str, Any], keys: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Return groups whose lines share one milestone, with that milestone and what it asks."""
    n, decides = len(keys), a.decides
    cell = np.zeros(n, dtype=np.int64)
    cell[group] = decides.cell
    judged = [decides.cell_tau[k].isoformat() for k in cell.tolist()]
    columns = {
        name: make(values)
        for (name, make), values in zip(names.items(), zip(*keys, strict=True), strict=True)
    }
    columns |= _sums(a, group, n)
    columns |= {"milestone": _text(_marks(decides)[cell]), "judged_on": _text(judged)}
    columns |= _readings(a, group, n)
    columns["late_lines"] = sum_by(group, _late(a).astype(np.int64), n)
    return pd.DataFrame(columns)
