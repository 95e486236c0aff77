"""The rulebook: dated regimes, rules in order, pools, and files of one's own read strictly."""

from __future__ import annotations

import datetime as dt
import pickle
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import phanbo as pb
from phanbo.errors import CertificateError, DataError, RoundError, RulebookError, RulebookUnavailable
from phanbo.money import LIMIT
from phanbo.policy import AUTHORITIES
from phanbo.rulebook_file import load_rulebook, parse_rulebook, rulebook_at
from phanbo.rules import RULES, Rule
from phanbo.rules.base import CONFIDENCE_EN, CONFIDENCE_VI, GroupRows, Limits, Source
from rounds import POOL, RULEBOOK, SOURCE, TY, inflow, lines, proposal

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.case import Case, Changes
    from phanbo.money import Ints

TEXT = RULEBOOK.text


# -- the built-in regime --------------------------------------------------------------------------------


def test_vn_2020() -> None:
    assert (RULEBOOK.valid_from, RULEBOOK.valid_to) == (dt.date(2021, 1, 1), dt.date(2024, 12, 31))
    assert RULEBOOK.closing_date(2024) == dt.date(2025, 1, 31)  # Luật 39/2019/QH14, Điều 68 khoản 2
    assert [RULEBOOK.covers(dt.date(year, 6, 14)) for year in (2020, 2021, 2024, 2025)] == [
        False,
        True,
        True,
        False,
    ]
    assert {rule.code for rule in RULEBOOK.rules} == set(RULES) - {"asked-limit"}
    assert len(RULEBOOK.rules) == len(RULES) - 1


def test_the_legal_order_of_priority() -> None:
    """Luật 39/2019/QH14, Điều 51 khoản 4."""
    codes = [c.code for c in RULEBOOK.classes]
    assert codes == ["completed", "oda", "ppp", "transitional", "must-finish", "preparation", "new-start"]
    assert all(c.title("vi") and c.title("en") and c.title("vi") != c.title("en") for c in RULEBOOK.classes)


@pytest.mark.parametrize("rule", RULEBOOK.rules, ids=lambda rule: rule.code)
def test_every_rule_cites_and_speaks_two_languages(rule: Rule) -> None:
    assert RULEBOOK.rule(rule.code) is rule
    assert rule.title_vi != rule.title_en
    assert rule.source.document
    assert rule.source.confidence in CONFIDENCE_VI
    assert rule.source.cite().startswith(rule.source.document)
    doubted = rule.source.confidence.startswith("memory")
    assert ("cần kiểm tra" in rule.source.cite()) is doubted
    assert ("to be verified" in rule.source.cite("en")) is doubted
    ours = rule.source.confidence == "design"
    assert ("quy ước của phanbo" in rule.source.cite()) is ours
    assert ("convention of phanbo" in rule.source.cite("en")) is ours
    assert repr(rule)
    assert pickle.loads(pickle.dumps(rule)).code == rule.code  # noqa: S301


def test_confidences_have_both_languages() -> None:
    assert CONFIDENCE_VI.keys() == CONFIDENCE_EN.keys()
    with pytest.raises(KeyError):
        RULEBOOK.rule("nope")


@pytest.mark.parametrize("day", ["2020-12-31", "2027-01-01"])
def test_days_without_a_rulebook(day: str) -> None:
    with pytest.raises(RulebookUnavailable) as caught:
        rulebook_at(day)
    assert caught.value.code == "rulebook-unavailable"
    assert caught.value.data["available"] == ["vn-2020", "vn-2025a", "vn-2025b"]


def test_a_round_outside_the_validity() -> None:
    late = replace(RULEBOOK, valid_from=dt.date(2024, 10, 1))
    with pytest.raises(RoundError, match="validity"):
        proposal(rulebook=late)


# -- files ----------------------------------------------------------------------------------------------


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "quy-dinh.toml"
    for content in (TEXT, "\ufeff" + TEXT, TEXT.replace("\n", "\r\n")):
        path.write_bytes(content.encode())
        again = load_rulebook(path)
        assert [rule.code for rule in again.rules] == [rule.code for rule in RULEBOOK.rules]
        assert again.text == TEXT
    path.write_bytes(bytes(range(256)))
    with pytest.raises(RulebookError, match="UTF-8"):
        load_rulebook(path)
    for name in ("nope", "", "/", "../rulebooks/vn-2020"):
        with pytest.raises(RulebookError, match="vn-2020"):
            load_rulebook(name)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "locked"', 'code = "lockd"', "lockd"),
        ('code = "locked"', 'code = "counterpart"', "counterpart"),
        ('code = "locked"', 'code = "locked"\nparameters = { a = 1 }', "argument"),
        ("a = 6", "aa = 6", "aa"),
        ("a = 6", "a = -6", "-6"),
        ("a = 6", 'a = "six"', "six"),
        ("[closing]\nmonth = 1\nday = 31", "[closing]\nmonth = 1\nday = 32", "day"),
        ("[closing]\nmonth = 1\n", "[closing]\n", "month"),
        ("parameters = {", "paramaters = {", "rule capital-time-limit.paramaters"),
        ("valid_from = 2021-01-01", 'valid_from = "2021-01-01"', "unquoted"),
        ("valid_from = 2021-01-01", "valid_from = 2031-01-01", "before"),
        ('confidence = "found"', 'confidence = "sure"', "sure"),
        ('code = "oda"', 'code = "ppp"', "ppp"),
        ('code = "oda"', 'code = "none"', "none"),
        ('key = ["source"]', "key = []", "pool.default.key"),
        ('key = ["source"]', 'key = ["colour"]', "colour"),
        ("[pool.recovery]", "[pool.recovry]", "recovry"),
        ('between = "hdnd"', 'between = "king"', "king"),
        ("[pool.default]", "[pool.land_fee]", "pool.default"),
        ("[[class]]", "[[klass]]", "class"),
    ],
)
def test_a_faulty_file(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(RulebookError) as caught:
        parse_rulebook(TEXT.replace(old, new))
    assert told in caught.value.message("en")
    assert caught.value.message("vi") != caught.value.message("en")


# -- rules of one's own ---------------------------------------------------------------------------------


class Own(Rule):
    """Nothing for Ban 1."""

    code = "own"
    title_vi = "Ban 1 không nhận thêm"
    title_en = "Nothing for Ban 1"
    source = Source("Quy chế", "Điều 1", "policy")

    def limits(self, case: Case) -> Limits:
        """Close it."""
        return Limits(add=np.where(self.binds(case), 0, LIMIT))

    def binds(self, case: Case) -> Any:
        """Lines of Ban 1."""
        return case.portfolio.text("owner") == "Ban 1"

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what it got."""
        return np.where(self.binds(case), plan.add, 0)


class Lies(Own):
    """Says it binds, finds nothing."""

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Find nothing."""
        return np.zeros(len(case), dtype=np.int64)


class Hides(Own):
    """Says nothing to the program."""

    def limits(self, case: Case) -> Limits:
        """Say nothing."""
        return Limits()


class Cap(Own):
    """At most 7 tỷ for all lines together."""

    code = "cap"

    def limits(self, case: Case) -> Limits:
        """State one row."""
        return Limits(groups=GroupRows(np.zeros(len(case), dtype=np.int64), np.array([7 * TY]), ("cap:all",)))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what goes over."""
        total = plan.add if alone else np.full(len(case), plan.add.sum())
        return np.where(plan.add > 0, np.maximum(0, total - 7 * TY), 0)


def test_a_rule_of_ones_own_binds_and_is_cited() -> None:
    made = proposal(rulebook=RULEBOOK.with_rule(Own()))
    assert made.summary["added"] == 0
    assert made.summary["need_removed"]["own"] > 0
    assert set(made.lines.set_index("line_id").loc[["L1", "L3"], "first_failed"]) == {"own"}
    assert "Ban 1 không nhận thêm" in made.explain("L1").text
    assert proposal(rulebook=RULEBOOK.with_rule(Cap())).summary["added"] == 7 * TY


@pytest.mark.parametrize("rule", [Lies(), Hides()])
def test_a_rule_whose_faces_disagree_is_found(rule: Rule) -> None:
    with pytest.raises(CertificateError, match="own|bound"):  # noqa: RUF043
        proposal(rulebook=RULEBOOK.with_rule(rule))


def test_rulebooks_never_change() -> None:
    codes = [rule.code for rule in RULEBOOK.rules]
    more = RULEBOOK.with_rule(Own())
    assert [rule.code for rule in more.rules] == [*codes, "own"]
    assert "custom = true" in more.text
    less = RULEBOOK.without_rule("absorption")
    assert [rule.code for rule in less.rules] == [code for code in codes if code != "absorption"]
    assert [rule.code for rule in parse_rulebook(less.text).rules] == [rule.code for rule in less.rules]
    assert [rule.code for rule in RULEBOOK.rules] == codes
    replaced = RULEBOOK.with_rule(type("Locked2", (type(RULEBOOK.rule("locked")),), {})())
    assert [rule.code for rule in replaced.rules] == codes
    for book in (more, replaced):
        with pytest.raises(RulebookError, match="with_rule"):
            parse_rulebook(book.text)


def test_a_rule_less_never_gives_a_worse_first_tier() -> None:
    assert (
        proposal(rulebook=RULEBOOK.without_rule("absorption")).summary["added"] >= proposal().summary["added"]
    )


# -- pools ----------------------------------------------------------------------------------------------


def pools(**columns: list[Any]) -> list[str]:
    book = pb.Portfolio(lines(6, **columns))
    made = RULEBOOK.pools(book)
    return [made.names[p] for p in made.pool.tolist()]


def test_capital_keeps_its_nature() -> None:
    assert set(pools()) == {POOL}
    years = pools(plan_year=[2022, 2022, 2023, 2023, 2024, 2024])
    assert years == [f"{SOURCE} · {year}" for year in (2022, 2022, 2023, 2023, 2024, 2024)]
    sectors = pools(source=["NSTW"] * 6, sector=["Y tế", "Y tế", "Giao thông", "", "", "Y tế"])
    assert sectors[0] == sectors[1] == sectors[5]
    assert len(set(sectors)) == 4, "an unknown sector is a wall of its own"
    assert set(pools(source=["NSTW"] * 6)) == {"NSTW · 2024"}
    loans = pools(source=["Vốn nước ngoài (ODA)"] * 6, loan=["A", "A", "B", "", "", "B"])
    assert len(set(loans)) == 4
    named = pools(programme=["Nông thôn mới"] * 3 + [""] * 3, component=["1", "1", "2", "", "", ""])
    assert len(set(named)) == 3


def test_authorities_of_pools() -> None:
    table = pd.DataFrame({"source": [SOURCE], "authority": ["ubnd"], "pool": ["Bể chung"]})
    made = RULEBOOK.pools(pb.Portfolio(lines(), sources=table))
    assert made.names == ("Bể chung · 2024",)
    assert (made.within, made.between) == (("owner-internal",), ("ubnd",))
    for key in RULEBOOK.pools_by_kind.values():
        assert {key.within, key.between} <= set(AUTHORITIES)


def test_a_shortfall_must_know_its_pool() -> None:
    frame = lines(source=["NSTW"] * 6, sector=["Y tế", "Giao thông"] * 3)
    with pytest.raises(DataError, match="2 pools"):
        proposal(frame, inflow(-TY, "NSTW"))
    one = pd.DataFrame({"source": ["NSTW"], "inflow": [-TY], "pool": ["NSTW chung"]})
    assert proposal(frame, one).verify().ok


@pytest.mark.parametrize("kind", ["reserve:", "shortfall:", "inflow:"])
def test_a_line_may_not_be_called_as_a_pool_is(kind: str) -> None:
    ids = [kind + POOL, "L1", "L2", "L3", "L4", "L5"]
    with pytest.raises(DataError, match="name of a pool"):
        proposal(lines(line_id=ids))
    near = [f"{kind}x", ":", "🚧", "reserve:", f"x{kind}{POOL}", "é"]
    made = proposal(lines(line_id=near), inflow(-3 * TY), policy=pb.Policy(return_unplaced=True))
    assert made.verify().ok
    assert made.summary["returned"] > 0


def test_names_that_look_like_keys_stay_apart() -> None:
    columns: dict[str, list[Any]] = {
        "owner": ["a|b", "a|b", "a", "a", "a|b|c", "a|b|c"],
        "source": ["x", "x", "x|b", "x|b", "x · 2024", "x · 2024"],
        "project_id": ["1 × x", "1", "1 × x × x", "2", "reserve:x", "🚧"],
    }
    assert proposal(lines(6, **columns)).verify().ok
