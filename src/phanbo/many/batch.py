"""What came of many tasks, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import pandas as pd

from phanbo.errors import PhanboError
from phanbo.many.outcome import FIGURES, Outcome
from phanbo.many.task import Task
from phanbo.proposal import Proposal

__all__ = ["Batch"]

SHOWN = 20
"""Failures that one error message names."""


@dataclass(frozen=True, eq=False, repr=False)
class Batch:
    """The proposals and failures of a run, in the order of its tasks; immutable.

    Attributes
    ----------
    tasks : tuple of Task
    outcomes : tuple of Outcome
        One a task, in the same order.
    folder : Path or None
        Where the case folders are.
    """

    tasks: tuple[Task, ...]
    outcomes: tuple[Outcome, ...]
    folder: Path | None

    def __len__(self) -> int:
        return len(self.tasks)

    def __getstate__(self) -> dict[str, Any]:
        # Not what was loaded meanwhile.
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @cached_property
    def proposals(self) -> Mapping[str, Proposal]:
        """What was made, by the name of the task; each is loaded when it is asked for."""
        return _Proposals(self)

    @property
    def failures(self) -> dict[str, dict[str, Any]]:
        """Why the others were not made, by the name of the task: a `PhanboError` as its ``to_dict()``.

        Any other error has the code ``unexpected``, its type and text in ``data``; ``worker-lost`` is the task
        at which a worker process died, again when it was tried alone. `Task.propose` raises the error itself.
        """
        return {found.name: dict(found.failure) for found in self.outcomes if found.failure is not None}

    @property
    def resumed(self) -> tuple[str, ...]:
        """Names of the tasks that an earlier run into the same folder had finished."""
        return tuple(found.name for found in self.outcomes if found.resumed)

    @property
    def summary(self) -> pd.DataFrame:
        """One row a task: name, status (``done``, ``failed``), totals in đồng, error code, hash of the proposal."""
        return self._summary.copy()

    @cached_property
    def _summary(self) -> pd.DataFrame:
        columns: dict[str, pd.Series[Any]] = {
            "name": pd.Series([task.name for task in self.tasks], dtype="str"),
            "status": pd.Series([_status(found) for found in self.outcomes], dtype="str"),
        }
        for name in FIGURES:
            columns[name] = pd.Series([found.figures.get(name) for found in self.outcomes], dtype="Int64")
        codes = [found.failure["code"] if found.failure else "" for found in self.outcomes]
        columns["error"] = pd.Series(codes, dtype="str")
        columns["hash"] = pd.Series([self._hash(found) for found in self.outcomes], dtype="str")
        return pd.DataFrame(columns)

    def _hash(self, found: Outcome) -> str:
        return found.hash if found.hash or found.failure else self.proposals[found.name].hash

    def raise_failures(self) -> None:
        """Raise a `PhanboError` that names every failure; ``data`` has them all. Nothing where all is done."""
        failures = self.failures
        if not failures:
            return
        count = f"{len(failures)}/{len(self)}"

        def text(lang: str, head: str) -> str:
            lines = [f"- {name}: {plain[f'message_{lang}']}" for name, plain in failures.items()]
            return "\n".join([head, *lines[:SHOWN], *(["…"] if len(lines) > SHOWN else [])])

        raise PhanboError(
            text("vi", f"{count} việc không thành:"),
            text("en", f"{count} tasks failed:"),
            {"failures": failures},
        )

    def __repr__(self) -> str:
        failed = len(self.failures)
        return f"Batch({len(self) - failed} done, {failed} failed)"

    def _repr_html_(self) -> str:
        return str(self._summary.drop(columns="hash").to_html(index=False))


class _Proposals(Mapping[str, Proposal]):
    """Proposals by name, loaded when asked for, kept as long as somebody else does."""

    def __init__(self, batch: Batch) -> None:
        self._found = {
            found.name: (found, task)
            for found, task in zip(batch.outcomes, batch.tasks, strict=True)
            if found.failure is None
        }
        self._folder = batch.folder
        self._loaded: WeakValueDictionary[str, Proposal] = WeakValueDictionary()

    def __getitem__(self, name: str) -> Proposal:
        found, task = self._found[name]
        proposal = self._loaded.get(name)
        if proposal is None:
            proposal = found.proposal(task, self._folder)
            self._loaded[name] = proposal
        return proposal

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return f"<{len(self)} proposals: {', '.join(self)}>"


def _status(found: Outcome) -> str:
    return "done" if found.failure is None else "failed"
