"""Owners under their old names are read as their successors, where there is one alone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import phanbo as pb

LINE = {
    "project": "A",
    "source": "NSTW",
    "plan_year": 2024,
    "stage": "chuyển tiếp",
    "plan": 1000,
    "disbursed": 1,
}


def portfolio(owners: list[tuple[str, str | None]], *names: str, **more: Any) -> pb.Portfolio:
    lines = [{"project_id": str(i), "owner": name, **LINE} for i, name in enumerate(names)]
    return pb.Portfolio(
        pd.DataFrame(lines), owners=pd.DataFrame(owners, columns=["owner", "predecessor"]), **more
    )


def test_an_old_name_is_read_as_the_successor_through_chains() -> None:
    found = portfolio([("B", "A"), ("C", "B"), ("C", "D")], "a", "B", "D", "X")
    assert found.lines["owner"].tolist() == ["C", "C", "C", "X"]
    told = found.check().query("code == 'owner-renamed'")
    assert told["value"].tolist() == ["a", "B", "D"]
    assert "“a” nay là “C”" in told["message_vi"].iloc[0]


@pytest.mark.parametrize(
    ("owners", "code"),
    [
        ([("X", "A"), ("Y", "A")], "owner-split"),
        ([("X", "A"), ("A", None)], "owner-split"),
        ([("A", "B"), ("B", "A")], "owner-cycle"),
    ],
)
def test_what_cannot_be_decided_is_asked(owners: list[tuple[str, str | None]], code: str) -> None:
    with pytest.raises(pb.DataError) as caught:
        portfolio(owners, "A")
    assert {finding.code for finding in caught.value.findings} == {code}


def test_a_split_that_nothing_uses_is_no_fault() -> None:
    assert portfolio([("X", "A"), ("Y", "A")], "X").lines["owner"].tolist() == ["X"]


def test_history_keeps_the_old_name_where_two_rows_would_become_one() -> None:
    history = pd.DataFrame({"owner": ["A", "B"], "date": ["2024-05-01"] * 2, "disbursed": [1, 2]})
    found = portfolio([("C", "A"), ("C", "B")], "C", history=history)
    assert found.history is not None
    assert sorted(zip(found.history["owner"], found.history["disbursed"], strict=True)) == [
        ("B", 2),
        ("C", 1),
    ]
    told = found.check().query("code == 'owner-kept'")
    assert told["value"].tolist() == ["B"]


def controls(**totals: int) -> pd.DataFrame:
    return pd.DataFrame([{"by": "owner", "key": key, "plan": plan} for key, plan in totals.items()])


def test_controls_of_all_predecessors_add_up_to_the_successor() -> None:
    owners: list[tuple[str, str | None]] = [("C", "A"), ("C", "B")]
    found = portfolio(owners, "A", "B", "C", controls=controls(A=1000, B=1000, C=1000))
    assert found.controls is not None
    assert found.controls[["key", "plan"]].to_dict("records") == [{"key": "C", "plan": 3000}]
    renamed = found.check().query("code == 'owner-renamed' and table == 'controls'")
    assert renamed["value"].tolist() == ["A", "B"]


@pytest.mark.parametrize(
    ("totals", "code"),
    [({"A": 1000, "B": 999}, "control-differs"), ({"A": 2000}, "control-key-unknown")],
)
def test_a_control_that_is_not_of_the_same_lines_is_asked_about(totals: dict[str, int], code: str) -> None:
    with pytest.raises(pb.DataError) as caught:
        portfolio([("C", "A"), ("C", "B")], "A", "B", controls=controls(**totals))
    assert {finding.code for finding in caught.value.findings} == {code}
