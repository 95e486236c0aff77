"""Which tasks go together: those that follow one another must, small ones may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phanbo.errors import PolicyError
from phanbo.many.task import Task
from phanbo.portfolio import Portfolio

__all__ = ["Parcel", "Unit", "parcels_of", "units_of"]

Unit = tuple[Task, ...]
"""A task and those that follow it, done in this order by one worker."""

Parcel = tuple[Unit, ...]
"""What is sent to a worker at once."""

FULL = 5_000
"""Lines of a full parcel: sending it takes a small part of the time its rounds take."""

LEAST = 50
"""Lines that the smallest round counts as: it has costs of its own."""

SHARES = 4
"""Parcels a worker should get at least, so that none waits long for the last one."""


def units_of(tasks: Sequence[Task]) -> list[Unit]:
    """Return the tasks in their order, those that follow one another together.

    Raises
    ------
    PolicyError
        When something is no task, two names collide, or a task follows one that does not stand before it.
    """
    names: set[str] = set()
    roots: dict[int, list[Task]] = {}
    units = []
    for task in tasks:
        if not isinstance(task, Task):
            kind = type(task).__name__
            raise PolicyError(f"{kind} không phải là pb.Task.", f"{kind} is no pb.Task.", {"type": kind})
        if task.name.casefold() in names:
            raise PolicyError(
                f"Hai việc cùng tên “{task.name}” (không phân biệt hoa thường).",
                f"Two tasks are named {task.name!r} (capitals do not count).",
                {"name": task.name},
            )
        names.add(task.name.casefold())
        if not isinstance(task.portfolio, Task):
            roots[id(task)] = [task]
            units.append(roots[id(task)])
        elif id(task.portfolio) in roots:
            roots[id(task)] = roots[id(task.portfolio)]
            roots[id(task)].append(task)
        else:
            before = task.portfolio.name
            raise PolicyError(
                f"“{task.name}” nối tiếp “{before}”, nhưng việc này không đứng trước nó.",
                f"{task.name!r} follows {before!r}, which does not stand before it.",
                {"name": task.name, "after": before},
            )
    return [tuple(unit) for unit in units]


def parcels_of(units: Sequence[Unit], workers: int) -> list[Parcel]:
    """Return the units in parcels: full ones, unless that would leave a worker with too few."""
    weights = [sum(_weight(task) for task in unit) for unit in units]
    full = min(FULL, sum(weights) // (SHARES * workers))
    return list(_packed(units, weights, full))


def _packed(units: Sequence[Unit], weights: Sequence[int], full: int) -> Iterator[Parcel]:
    parcel: list[Unit] = []
    load = 0
    for unit, weight in zip(units, weights, strict=True):
        if parcel and load + weight > full:
            yield tuple(parcel)
            parcel, load = [], 0
        parcel.append(unit)
        load += weight
    if parcel:
        yield tuple(parcel)


def _weight(task: Task) -> int:
    """Return how many lines a task counts as; tables still to be read fill a parcel."""
    first = task.portfolio
    while isinstance(first, Task):
        first = first.portfolio
    return max(LEAST, len(first)) if isinstance(first, Portfolio) else FULL
