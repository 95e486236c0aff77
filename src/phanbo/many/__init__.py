"""Many rounds at once: provinces, scenarios, chains of rounds; on one processor, on all, or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from phanbo.errors import PolicyError
from phanbo.many.batch import Batch
from phanbo.many.crew import Crew, processors, spread
from phanbo.many.keeping import tidy
from phanbo.many.outcome import work
from phanbo.many.parcels import parcels_of, units_of
from phanbo.many.tally import Tally
from phanbo.many.task import Task
from phanbo.solver.solution import Cancel

__all__ = ["Batch", "Task", "propose_many"]


def propose_many(
    tasks: Iterable[Task],
    *,
    executor: Executor | Any | None = None,  # noqa: ANN401 — a Dask client, which is never imported
    workers: int | None = None,
    folder: str | Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cancel: Cancel | None = None,
) -> Batch:
    """Return the proposals of many tasks: the same bytes wherever, and in whatever order, they are made.

    A task that fails ends no other: it stands in ``.failures``. Where a worker process dies, what it held is
    tried again, one task at a time, so that the guilty one is known and the others are done.

    Parameters
    ----------
    tasks : iterable of Task
        Each with a name of its own.
    executor : concurrent.futures.Executor or distributed.Client, optional
        Who does the work: new processes of this machine unless given. A script that starts processes needs
        ``if __name__ == "__main__":`` around its call. Dask comes with ``pip install "phanbo[scale]"``.
    workers : int, optional
        How many at a time; one a processor unless given. ``1`` without an executor: here, in this process.
    folder : path, optional
        Each proposal is written to ``folder/name`` as soon as it is made: a whole case folder, which can be
        verified, explained and replayed from its files alone. A run that was interrupted goes on: what was made
        from the same tables, calendar, rulebook, policy, round, date and version of phanbo is read back, anything
        else is made again. (The code of a rule or forecaster of one's own is not looked at.) Workers on other
        machines must see the folder under the same path; one run at a time may write to it.
    progress : callable, optional
        Told ``("propose", done, total)``, in tasks, at most ten times a second and at the end.
    cancel : object with ``is_set()``, optional
        Ends the work in `Stopped`; what is finished stays in the folder.

    Raises
    ------
    PolicyError
        When names collide, a task follows one that does not stand before it, or no work can be handed out so.
    Stopped
        When it was cancelled.

    Examples
    --------
    >>> import phanbo as pb
    >>> from phanbo.examples import load_lang_son
    >>> lines = load_lang_son().at("2024-09-15")
    >>> tasks = [
    ...     pb.Task(f"d-{d}", lines, calendar="lang-son-2024", round=2, as_of="2024-09-15",
    ...             policy=pb.Policy(donor_confidence=d))
    ...     for d in (0.5, 0.7)
    ... ]
    >>> pb.propose_many(tasks, workers=1).summary[["name", "status", "cut_lines"]]
        name status  cut_lines
    0  d-0.5   done         28
    1  d-0.7   done         27
    """
    listed = tuple(tasks)
    units = units_of(listed)
    count = _workers(workers, executor)
    place = None if folder is None else Path(folder).absolute()
    tally = Tally(len(listed), progress, cancel)
    if executor is None and count == 1:
        for unit in units:
            tally.check()
            tally.add(work((unit,), place, cancel))
        tally.check()
    else:
        parcels = parcels_of(units, count)
        crew = Crew.of(executor, min(count, max(1, len(parcels))))
        spread(parcels, crew, place, tally.add, tally.check, cancel)
    if place is not None:
        tidy(place, [task.name for task in listed])
    return Batch(listed, tuple(tally.found[task.name] for task in listed), place)


def _workers(workers: int | None, executor: Executor | Any | None) -> int:  # noqa: ANN401 — a Dask client
    """Return how many tasks to do at a time; refuse what cannot do any."""
    if not (executor is None or isinstance(executor, Executor) or hasattr(executor, "get_executor")):
        kind = type(executor).__name__
        raise PolicyError(
            f"executor phải là concurrent.futures.Executor hoặc distributed.Client, không phải {kind}.",
            f"executor must be a concurrent.futures.Executor or a distributed.Client, not {kind}.",
            {"type": kind},
        )
    count = processors(executor) if workers is None else workers
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise PolicyError(
            f"workers = {workers} phải là số nguyên ≥ 1.",
            f"workers = {workers} must be an integer of at least 1.",
            {"workers": str(workers)},
        )
    return count
