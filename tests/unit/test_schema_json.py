"""The shipped JSON Schema: the one the declared columns make, and real proposals keep it."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from phanbo.policy import Policy
from phanbo.proposal.schema import COLUMNS, frame_of_records, json_schema
from phanbo.records import records
from rounds import TY, inflow, lines, proposal

SHIPPED = resources.files("phanbo") / "schemas" / "proposal-1.schema.json"


def text() -> str:
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def test_the_shipped_file_is_the_declared_schema() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == text()
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"round": 1},
        {"sources": inflow(-3 * TY), "policy": Policy(return_unplaced=True, notes="Đợt “2” 🚧")},
        {"frame": lines(4, plan=[0, 0, 10 * TY, 0], disbursed=[0, 0, TY, 0])},
        {"frame": lines(1)},
    ],
)
def test_proposals_keep_it(given: dict[str, Any]) -> None:
    made = proposal(**given)
    validator = jsonschema.Draft202012Validator(json_schema())
    for each in (made, made.head(1)):
        validator.validate(json.loads(each.to_json()))


def test_it_refuses_what_is_no_proposal() -> None:
    plain = json.loads(proposal().to_json())
    for wrong in (
        {**plain, "schema": "phanbo.proposal/2"},
        {**plain, "lines": [{**plain["lines"][0], "cut": 1.5}]},
        {**plain, "input_hash": "sha256:abc"},
        {name: value for name, value in plain.items() if name != "summary"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, json_schema())
    jsonschema.validate({**plain, "later": 1}, json_schema())  # additions are allowed


def test_frames_and_records_are_one_thing() -> None:
    made = proposal(sources=inflow(-3 * TY))
    for name, columns in COLUMNS.items():
        frame = made.frames[name]
        assert list(frame.columns) == list(columns)
        again = frame_of_records(name, records(frame))
        assert again.dtypes.astype(str).tolist() == frame.dtypes.astype(str).tolist()
        assert records(again) == records(frame)
        assert list(frame_of_records(name, []).columns) == list(columns)
