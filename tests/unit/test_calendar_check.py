"""Faulty calendars: every fault is named at once, with its place and its mending; check and load never disagree."""

from __future__ import annotations

import json
import random
import re
import tomllib
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phanbo.calendar_file import ERROR, Fault, check_calendar, load_calendar, parse_calendar
from phanbo.errors import CalendarError
from phanbo.rules import RULES

TEXT = load_calendar("lang-son-2024").text
CURVE = """
[curve]
source = "ước tính"
points = [
  { on = 2024-01-01, share = 1 },
  { on = 2024-09-30, share = 5081 },
  { on = 2024-12-31, share = 10000 },
]
"""
FULL = TEXT + CURVE
UNCITED = re.sub(r"\[citation\][^\[]*", "", TEXT)


def errors(text: str, rules: Any = None) -> list[Fault]:
    return [fault for fault in check_calendar(text, rules) if fault.severity == ERROR]


def notes(text: str) -> list[Fault]:
    return [fault for fault in check_calendar(text) if fault.severity != ERROR]


def line_of(text: str, part: str) -> int:
    """Return the line of the first place where something stands."""
    return text[: text.index(part)].count("\n") + 1


LAST, MARK = "last_adjustment = 2024-11-15", 'group = "transitional"\non = 2024-09-30'
PLANTS = [
    # what stands there, what is written instead, in which table, what is said in English
    (LAST, 'last_adjustment = "15/11/2024"', "", "unquoted → write 2024-11-15"),
    (LAST, "last_adjustment = 2024-11-15T00:00:00", "", "no time of day → write 2024-11-15"),
    (LAST, "last_adjustment = 2031-11-15", "", "outside the plan year 2024"),
    ("\nyear = 2024", '\nyear = "2024"', "", "whole number is needed → without quotes: 2024"),
    ("\nyear = 2024", "\nyear = 24", "", "no plan year → write four digits"),
    ("\nyear = 2024", "", "", "'year' is missing → add it, for example: year = 2026"),
    ('\ncode = "lang', '\nCode = "lang', "", "'Code' in a calendar → did you mean 'code'?"),
    ('title_en = "Lạng Sơn, plan year 2024"', 'title_en = " "', "", "it is empty"),
    (
        'group = "transitional"',
        'group = "transitionl"',
        "[[milestone]] no. 2",
        "unknown group → did you mean",
    ),
    (
        "\ninclusive = true",
        '\ninclusive = "true"',
        "[[milestone]] no. 1",
        "true or false is needed → unquoted",
    ),
    ('share = "0.7"', "share = 70", "[[milestone]] no. 2", 'outside → write "0.7"'),
    (
        'share = "0.7"',
        'share = "70%"',
        "[[milestone]] no. 2",
        'a part of one is needed, in quotes → write "0.7"',
    ),
    ('share = "0.7"', "share = 0.7", "[[milestone]] no. 2", 'in quotes → write "0.7"'),
    ('share = "0.7"', 'share = "0,7"', "[[milestone]] no. 2", 'in quotes → write "0.7"'),
    ('share = "0.7"', 'share = "1e-999999999"', "[[milestone]] no. 2", "for example 70%"),
    ('share = "0.7"', "share = nan", "[[milestone]] no. 2", "a part of one is needed"),
    ('share = "0.7"', "share = 0", "[[milestone]] no. 2", "above 0 and at most 1"),
    (MARK, 'group = "transitional"\non = 2024-12-31', "[[milestone]] no. 3", "it repeats milestone no. 2"),
    (MARK, 'group = "transitional"\non = 2025-01-15', "[[milestone]] no. 2", "below that of milestone no. 3"),
    (MARK, MARK + "\nplan_years = [2023]", "[[milestone]] no. 2", "only the group 'carried'"),
    ("plan_years = [2022, 2023]", "plan_years = 2023", "[[milestone]] no. 6", "list of whole numbers"),
    (
        "plan_years = [2022, 2023]",
        "plan_years = [2024]",
        "[[milestone]] no. 6",
        "not from 2024 → for example [2023]",
    ),
    ("plan_years = [2022, 2023]", "plan_year = [2022]", "[[milestone]] no. 6", "did you mean 'plan_years'?"),
    ('kind = "start"', 'kind = "begin"', "[[deadline]] no. 1", "unknown kind of deadline → one of"),
    ("programme_only = true", 'programme_only = "no"', "[[deadline]] no. 4", "true or false is needed"),
    ("number = 2", "number = 1", "[[round]] no. 2", "repeats the number of [[round]] no. 1"),
    ("number = 1", "number = 0", "[[round]] no. 1", "below 1"),
    ("number = 3", "number = 2.5", "[[round]] no. 3", "whole number"),
    ("report_by = 2024-06-20", 'report_by = "20/6/2024"', "[[round]] no. 1", "→ write 2024-06-20"),
    ("report_by = 2024-09-20", "report_by = 2024-06-20", "[[round]] no. 2", "not in date order"),
    ("report_by = 2024-09-20", "report_by = 2024-05-20", "[[round]] no. 2", "not in date order"),
    (
        "forecast_on = 2024-12-31",
        "forecast_on = 2024-08-31",
        "[[round]] no. 3",
        "before judged_on 2024-09-30",
    ),
    ("judged_on = 2024-06-30", "", "[[round]] no. 1", "'judged_on' is missing"),
    ('every = "week"', 'every = "fortnight"', "[[report]] no. 3", "unknown period"),
    ("day = 8", "day = 40", "[[report]] no. 2", "day is 1 … 31"),
    ("day = 8\n", "", "[[report]] no. 2", "no date can be told"),
    ("on = 2024-03-30\n", "", "[[report]] no. 1", "no date can be told"),
    ('every = "quarter"', 'every = "quarter"\nday = 3', "[[report]] no. 4", "take day out"),
    ('every = "quarter"', 'every = "quarter"\non = 2024-03-31', "[[report]] no. 4", "on as well as every"),
    ("share = 5081", "share = 10001", "[curve]", "a share outside 1 … 10000"),
    ("share = 10000 }", "share = 9999 }", "[curve]", "the last point is not 10000"),
    (
        "{ on = 2024-09-30, share = 5081 }",
        "{ on = 2024-01-01, share = 5081 }",
        "[curve]",
        "point 2 does not rise",
    ),
    ("share = 5081 }", "share = 0.5 }", "[curve]", "point 2: a whole number"),
    ("share = 5081 }", "part = 5081 }", "[curve]", "point 2 needs on and share"),
    ('source = "ước tính"', "", "[curve]", "'source' is missing"),
    ('source = "ước tính"', 'source = "x"\ndirective = "y"', "[curve]", "at the head of the file"),
    (
        'donor-test = "mục I.4',
        'donor-tst = "mục I.4',
        "[citation]",
        "phanbo has no rule 'donor-tst' → did you mean",
    ),
    ('donor-test = "mục I.4, II.2.4, II.5.3"', "donor-test = 4", "[citation]", "a text is needed"),
]


@pytest.mark.parametrize(("old", "new", "table", "told"), PLANTS)
def test_a_fault_is_named_with_its_place_and_its_mending(old: str, new: str, table: str, told: str) -> None:
    assert old in FULL
    text = FULL.replace(old, new, 1)
    found = [fault for fault in errors(text, RULES) if told in fault.text("en")]
    assert len(found) == 1, [fault.text("en") for fault in errors(text, RULES)]
    (fault,) = found
    assert fault.place("en").startswith(table)
    assert fault.line is not None or not table
    assert fault.message_vi != fault.message_en
    assert (fault.mend_vi == "") == (fault.mend_en == "")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[curve]", "[curve", "a bracket that is not closed: '[curve'"),
        ("year = 2024", "year =", "nothing follows the = sign"),
        ("on = 2024-06-30", "on = 30/6/2024", "→ write year-month-day"),
        ("on = 2024-06-30", "on = 2024-6-30", "→ write year-month-day"),
        ("on = 2024-06-30", "on = 2024-02-30", "does not exist"),
        ('share = "0.7"', "share = 70%", "a percentage"),
        ('share = "0.7"', "share = 0,7", "a decimal comma"),
        ('code = "lang-son-2024"', "code = “lang-son-2024”", "a curly quotation mark"),
        ('code = "lang-son-2024"', "code = lang-son-2024", "texts stand in straight quotes"),
        ('code = "lang-son-2024"', 'code = "lang-son-2024', "quotes are not closed"),
        ("\ninclusive = true", "\ninclusive = True", "in small letters"),
        ("year = 2024", "year = 2024\nyear = 2025", "stands further up already"),
        ("year = 2024", "năm kế hoạch 2024", "not of the form"),
    ],
)
def test_miswritten_toml_in_plain_words(old: str, new: str, told: str) -> None:
    text = FULL.replace(old, new, 1)
    (fault,) = errors(text)
    assert told in fault.text("en"), fault.text("en")
    place = line_of(FULL, old) + new.count("\n")
    assert (fault.line, fault.code) == (place, "syntax")
    assert fault.place("vi").startswith(f"dòng {place}, cột ")


def test_what_is_open_at_the_end_of_the_file() -> None:
    for more, told, line in (
        ('note = """', "a text whose quotes are not closed", None),
        ("note =", "line " + str(FULL.rstrip().count("\n") + 2), FULL.rstrip().count("\n") + 2),
    ):
        (fault,) = errors(FULL.rstrip() + "\n" + more + "\n" * (line is None))
        assert fault.text("en").startswith(told)
        assert fault.line == line


def test_a_table_of_the_wrong_form() -> None:
    for text, told in (
        (FULL.replace("[[round]]", "[[rounds]]"), ["unknown entry 'rounds'", "'round' is missing"]),
        (FULL.replace(CURVE, '[[curve]]\nsource = "x"'), ["no table [curve]"]),
        (re.sub(r"\[\[report\]\][^\[]*", "", FULL) + "[report]\n", ["no table [[report]]"]),
        ("milestone = 5\nround = []", ["no table [[milestone]]", "'round' is missing"]),
        ("", ["'milestone' is missing", "'round' is missing", "'code' is missing"]),
    ):
        said = [fault.text("en") for fault in errors(text)]
        assert all(any(part in each for each in said) for part in told), said


def test_a_line_that_is_not_sure_is_not_told() -> None:
    """Rounds written in one line have no header; one that stands in a text is none."""
    text = re.sub(r"\[\[round\]\][^\[]*", "", FULL)
    rounds = "round = [ { number = 0, report_by = 2024-06-20, judged_on = 2024-06-30 } ]\n"
    quoted = text.replace('"ước tính"', "'''\n[[round]]\nnumber = 9\n'''")
    for wrong in (rounds + text, rounds + quoted, rounds + text + "# [[round]]\n"):
        (fault,) = errors(wrong)
        assert (fault.place("en"), fault.line) == ("[[round]] no. 1, number = 0", None)
    two = rounds.replace("} ]", "}, { number = 0, report_by = 2024-09-20, judged_on = 2024-09-30 } ]")
    assert {fault.line for fault in errors(two + quoted)} == {None}
    far = FULL.replace("number = 3", "number = 0").replace('"ước tính"', "'''\n[[round]]\n'''")
    assert {fault.line for fault in errors(far)} == {line_of(far, "number = 0")}
    strange = FULL.replace("[[round]]", '[["round"]]', 1).replace("number = 2", "number = 0")
    assert {fault.line for fault in errors(strange)} == {None}


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 3000 + "]" * 3000])
def test_what_tomllib_itself_cannot_bear_is_a_fault(value: str) -> None:
    (fault,) = errors(FULL.replace("\nyear = 2024", f"\nyear = {value}"))
    assert fault.code in {"syntax", "value"}
    assert len(fault.text("vi")) < 300


def test_no_document_for_the_articles() -> None:
    (fault,) = errors(re.sub(r"\ndirective = .*", "", FULL))
    assert (fault.code, fault.table) == ("no-document", "[citation]")


def test_rules_are_looked_up_where_they_are_given() -> None:
    text = FULL.replace("donor-test =", "no-such-rule =")
    assert errors(text) == []
    assert [fault.code for fault in errors(text, RULES)] == ["unknown-rule"]
    assert "no-such-rule" in parse_calendar(text).citations


def test_notes_do_not_stop_a_calendar() -> None:
    assert check_calendar(FULL) == []
    for text, told in (
        (FULL.replace('"completed"', '"preparation"'), "no milestone for completed"),
        (FULL.replace(LAST, "last_adjustment = 2024-09-25"), "after the last data date 2024-09-25"),
        (re.sub(r"\n(source|directive) = .*", "", UNCITED, count=2), "no document"),
    ):
        assert any(told in fault.text("en") for fault in notes(text)), notes(text)
        assert errors(text) == []
        parse_calendar(text)


def test_capital_of_other_years_has_milestones_of_its_own() -> None:
    """60% of 2022 by 30/6 and 40% of 2023 by 30/9 do not contradict each other; of one year they would."""
    mark = 'plan_years = [2022, 2023]\non = 2024-09-30\ninclusive = false\nshare = "1"'
    assert mark in FULL
    apart = FULL.replace("plan_years = [2022, 2023]", "plan_years = [2022]", 1)
    less = mark.replace('"1"', '"0.4"')
    assert errors(apart.replace(mark, less.replace("2022, ", ""))) == []
    assert [fault.code for fault in errors(apart.replace(mark, less))] == ["falling"]


def test_the_message_of_a_refusal_holds_every_fault() -> None:
    text = (
        FULL.replace('share = "0.7"', "share = 70")
        .replace('"completed"', '"done"')
        .replace("day = 8", "day = 40")
    )
    with pytest.raises(CalendarError) as caught:
        parse_calendar(text)
    faults = caught.value.data["faults"]
    assert [(fault["table"], fault["number"], fault["entry"]) for fault in faults] == [
        ("[[milestone]]", 1, "group"),
        ("[[milestone]]", 2, "share"),
        ("[[report]]", 2, "day"),
    ]
    assert [fault["line"] for fault in faults] == [
        line_of(text, part) for part in ('"done"', "share = 70", "day = 40")
    ]
    assert caught.value.message("vi").startswith("Tệp lịch có 3 lỗi:\n- [[milestone]] thứ 1 (dòng ")
    assert json.loads(json.dumps(caught.value.to_dict()))["code"] == "calendar"


# -- laws ------------------------------------------------------------------------------------------------


@given(st.permutations(range(len(PLANTS))))
def test_faults_together_are_all_named(order: list[int]) -> None:
    """One fault in each table, at any of its entries: none hides another."""
    chosen = {PLANTS[k][2].partition(" ")[0]: PLANTS[k] for k in order if "year" not in PLANTS[k][0]}
    text = FULL
    for old, new, *_ in chosen.values():
        assert old in text
        text = text.replace(old, new, 1)
    said = [fault.text("en") for fault in errors(text, RULES)]
    missing = [told for *_, told in chosen.values() if not any(told in each for each in said)]
    assert not missing, said


JUNK = (
    "true",
    "0",
    "-1",
    "2024",
    "1.5",
    "nan",
    "inf",
    '""',
    '"70%"',
    '"2024-06-30"',
    "[]",
    "[[1]]",
    "{}",
    "{ on = 1 }",
    "[{}]",
    "2024-06-30",
    "2031-01-01",
    "2024-06-30T07:00:00+07:00",
    "07:00:00",
    "0x7fffffffffffffffff",
    "9" * 5000,
    '"\\u0000"',
    '"""\n[[milestone]]\n"""',
    "",
    "“x”",
    "[" * 3000,
    "1979-05-27 00:32:00.999999",
)


def entry_lines(lines: list[str]) -> list[int]:
    return [k for k, line in enumerate(lines) if line.strip()]


def retyped(line: str, junk: str) -> str:
    name, mark, _ = line.partition("=")
    return f"{name}{mark} {junk}" if mark else junk


CHANGES: tuple[Callable[[random.Random, list[str], int], None], ...] = (
    lambda _, lines, k: lines.__delitem__(k),
    lambda _, lines, k: lines.insert(k, lines[k]),
    lambda draw, lines, k: lines.__setitem__(k, retyped(lines[k], draw.choice(JUNK))),
    lambda draw, lines, k: lines.insert(draw.randrange(len(lines)), lines[k]),
    lambda draw, lines, k: lines.__setitem__(
        k, lines[k].replace("2024", draw.choice(("2023", "2025", "2026", "0")))
    ),
    lambda draw, lines, k: lines.__setitem__(k, lines[draw.choice(entry_lines(lines))]),
    lambda draw, lines, k: lines.__setitem__(
        k, lines[k].replace(draw.choice('="[]{},_'), draw.choice(("", "x", '"', "[")))
    ),
    lambda draw, lines, k: lines.extend(lines[k : k + draw.randrange(12)]),
)


@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_check_and_load_agree_on_any_change(draw: random.Random, changes: int) -> None:
    lines = FULL.split("\n")
    for _ in range(changes):
        draw.choice(CHANGES)(draw, lines, draw.choice(entry_lines(lines)))
    text = "\n".join(lines)
    wrong = errors(text)
    if wrong:
        with pytest.raises(CalendarError) as refused:
            parse_calendar(text)
        assert refused.value.data["faults"] == [fault.to_dict() for fault in wrong]
    else:
        found, raw = parse_calendar(text), tomllib.loads(text)
        assert [len(part) for part in (found.milestones, found.deadlines, found.rounds, found.reports)] == [
            len(raw.get(name, ())) for name in ("milestone", "deadline", "round", "report")
        ]
    for fault in check_calendar(text, RULES):
        stands_where_it_says(fault, text.split("\n"))


def stands_where_it_says(fault: Fault, lines: list[str]) -> None:
    assert fault.message_vi
    assert fault.message_en
    for lang in ("vi", "en"):
        assert "\n" not in fault.text(lang)
        if fault.code != "syntax" and "\u0000" not in fault.text(lang):
            assert unicodedata.is_normalized("NFC", fault.text(lang))
    if fault.line is not None and fault.code != "syntax":
        there = lines[fault.line - 1].strip()
        assert there.startswith((fault.table or fault.entry, fault.entry or fault.table)), (fault, there)
