"""One tree of errors: stable codes, two languages, data, pickling."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from phanbo import errors
from phanbo.errors import DataError, Finding, InfeasibleRound, PhanboError, RulebookError, RulebookUnavailable

CODES = {
    "PhanboError": "phanbo",
    "DataError": "data",
    "CalendarError": "calendar",
    "RulebookError": "rulebook",
    "RulebookUnavailable": "rulebook-unavailable",
    "PolicyError": "policy",
    "RoundError": "round",
    "InfeasibleRound": "infeasible",
    "Stopped": "stopped",
    "CertificateError": "certificate",
    "CrossCheckError": "cross-check",
}
FINDING = Finding(
    "plan-negative",
    "error",
    "kế hoạch âm",
    "negative plan",
    "sửa số",
    "mend it",
    table="lines",
    row=7,
    column="plan",
)


def made() -> list[PhanboError]:
    plain = [
        getattr(errors, name)("Lỗi “Đ”.", "A fault.", {"n": 3})
        for name in CODES
        if name not in ("DataError", "InfeasibleRound")
    ]
    conflict = [
        {"pool": "x · 2024", "required": 5, "available": 3, "missing": 2, "lines": ["a"], "rules": ["locked"]}
    ]
    return [*plain, DataError([FINDING]), InfeasibleRound("Không thể.", "Impossible.", conflict)]


def test_codes_never_change() -> None:
    found = {name: getattr(errors, name).code for name in errors.__all__ if name != "Finding"}
    assert found == CODES
    assert len(set(CODES.values())) == len(CODES)


def test_the_tree() -> None:
    for name in CODES:
        assert issubclass(getattr(errors, name), PhanboError)
    assert issubclass(RulebookUnavailable, RulebookError)
    assert not issubclass(PhanboError, ValueError)


@pytest.mark.parametrize("error", made(), ids=lambda e: e.code)
def test_errors_travel(error: PhanboError) -> None:
    """Between processes, and as JSON."""
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301
        assert type(again) is type(error)
        assert again.to_dict() == error.to_dict()
        assert str(again) == str(error) == error.message("en")
        assert vars(again) == vars(error)
    plain = json.loads(json.dumps(error.to_dict()))
    assert plain["code"] == error.code
    assert plain["message_vi"] == error.message() == error.message("vi")


def test_findings_say_where_what_and_how() -> None:
    assert FINDING.line() == "lines dòng 7 plan: kế hoạch âm → sửa số"
    assert FINDING.line("en") == "lines row 7 plan: negative plan → mend it"
    here = Finding("x", "note", "a", "b", sheet="KeHoachVon", cell="C12", row=12, table="lines")
    assert here.line() == "KeHoachVon C12: a"
    assert FINDING.to_dict()["row"] == 7


def test_a_long_list_is_cut_in_the_message_only() -> None:
    error = DataError([FINDING] * 50)
    assert error.message().count("\n- ") == 3
    assert "47 lỗi khác" in error.message()
    assert "47 more" in error.message("en")
    assert len(error.findings) == len(error.to_dict()["findings"]) == 50
    assert DataError([]).message().startswith("Dữ liệu có 0 lỗi")
