"""Rulebook files that are wrong are refused with table, entry and value; what a file changes is never passed off as law."""

from __future__ import annotations

import copy
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from phanbo.cli import main
from phanbo.rulebook_file import BUILT_IN, load_rulebook, parse_rulebook, rulebook_faults, rulebook_text
from phanbo.rulebook_overlay import INDISPENSABLE
from phanbo.rulebook_text import departures, standing
from phanbo.rules.base import Source

if TYPE_CHECKING:
    from pathlib import Path

HEAD = (
    'extends = "vn-2025a"\ncode = "bac-linh"\ntitle_vi = "Bắc Lĩnh"\ntitle_en = "Bắc Lĩnh"\nversion = "2"\n'
)
NORM = '[[norm]]\nfirst = 2021\nlast = 2025\ndocument = "N"\nconfidence = "found"\n'
OWN = Source("Bộ quy định riêng bac-linh (Bắc Lĩnh)", "phiên bản 2", "policy")
SHIPPED = {name: tomllib.loads(rulebook_text(name)) for name in BUILT_IN}


def overlay(text: str) -> pb.Rulebook:
    return parse_rulebook(HEAD + text)


# -- for comparison only --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["comparison = false\n" + rulebook_text("vn-2020"), HEAD + "comparison = false"]
)
def test_a_file_cannot_say_that_it_is_no_comparison(text: str) -> None:
    with pytest.raises(pb.RulebookError, match="comparison = False: is true or is left out"):
        parse_rulebook(text)


@pytest.mark.parametrize("head", ["", "comparison = true\n", "comparison = false\n"])
def test_a_comparison_stands_in_the_text(head: str) -> None:
    from phanbo.rulebook_text import as_comparison

    text = as_comparison(head + rulebook_text("vn-2020"))
    assert parse_rulebook(text).comparison
    assert "chỉ để so sánh / for comparison only" in standing(text)[0]


# -- how a text stands to the shipped one ---------------------------------------------------------------


def added(name: str, **tables: Any) -> str:
    """Return the text of a shipped rulebook with tables put in."""
    return tomli_w.dumps(SHIPPED[name] | tables)


CHARGE = {"document": "Nghị quyết", "confidence": "found"}
LATE = SHIPPED["vn-2025a"]["late_additions"]


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"delegation": {"hdnd": "ubnd", **CHARGE}}, "delegation (added)"),
        ({"late_additions": LATE}, "late_additions (added)"),
        ({"based_on": "vn-2025a"}, "based_on (added)"),
        (
            {"pool": SHIPPED["vn-2020"]["pool"] | {"land_fee": SHIPPED["vn-2020"]["pool"]["default"]}},
            "pool.land_fee (added)",
        ),
    ],
)
def test_what_is_put_into_a_shipped_rulebook_is_a_change(tables: dict[str, Any], told: str) -> None:
    text = added("vn-2020", **tables)
    parse_rulebook(text)
    assert standing(text)[0] == [told]


def test_what_changed_is_named_precisely() -> None:
    text = rulebook_text("vn-2020")
    for old, new, told in (
        ('between = "hdnd"', 'between = "ubnd"', "pool.default (between)"),
        ('article = "Điều 68 khoản 2"', 'article = "Điều 1"', "closing (article)"),
        ('code = "locked"', 'code = "locked"\nremoved = true', "rule locked (removed)"),
        ("last = 2025", "last = 2024", "norm"),
    ):
        assert departures(text.replace(old, new, 1), text) == ([told], [])
    assert departures(text.replace('[[rule]]\ncode = "locked"\n', ""), text)[0] == ["rule locked (missing)"]


def test_an_overlay_names_what_it_puts_in() -> None:
    book = overlay(
        '[delegation]\nhdnd = "ubnd"\ndocument = "NQ"\nconfidence = "found"\n[pool.default]\nbetween = "ubnd"\n'
        '[[rule]]\ncode = "capital-time-limit"\nparameters = { a = 99, b = 4, c = 3 }\n'
    )
    changed, (note,) = standing(book.text)
    assert changed == []
    assert note.endswith(": rule capital-time-limit (parameters), pool.default (between), delegation (added)")


def test_a_rulebook_that_rests_on_none_must_be_read_whole() -> None:
    text = rulebook_text("vn-2020").replace('"vn-2020"', '"tỉnh"', 1)
    (note,) = standing(text)[1]
    assert "không dựa trên bộ có sẵn nào, phải đọc toàn văn" in note
    assert "rests on no built-in one and must be read whole" in note
    assert standing(text.replace('"tỉnh"', f'"{"x" * 400}"', 1))[0] == []


# -- what a file changes is cited by the file -----------------------------------------------------------


def test_what_is_changed_is_not_cited_as_law() -> None:
    base = load_rulebook("vn-2025a")
    book = overlay(
        '[pool.default]\nbetween = "ubnd"\n[pool.recovery]\nbetween = "central"\n[closing]\nmonth = 12\n'
        "[last_adjustment]\nday = 15\n[late_additions]\nreallocated = true\n"
        '[[rule]]\ncode = "capital-time-limit"\nparameters = { a = 99, b = 4, c = 3 }\n'
        '[[rule]]\ncode = "on-lending-ratio"\n[[rule]]\ncode = "approved-decision"\n'
        '[[class]]\ncode = "new-start"\ntitle_vi = "Mới"\ntitle_en = "New"\n[[norm]]\nfirst = 2021\nlast = 2025\n'
    )
    assert book.late_additions is not None
    changed = [
        book.pools_by_kind["default"].source,
        book.closing.source,
        book.late_additions.until.source,
        book.source("capital-time-limit"),
        book.source("on-lending-ratio"),
        book.classes[0].source,
        book.norms[0].source,
    ]
    assert changed == [OWN] * 7
    assert book.pools_by_kind["recovery"] == base.pools_by_kind["recovery"]
    assert book.last_adjustment == base.last_adjustment
    for code in ("approved-decision", "pool-balance"):
        assert book.source(code) == base.source(code)
    assert parse_rulebook(book.text).source("capital-time-limit") == OWN


def test_a_document_of_its_own_leaves_nothing_of_the_old_citation() -> None:
    book = overlay('[pool.default]\nbetween = "ubnd"\ndocument = "NQ 9"\nconfidence = "seed"\n')
    assert book.pools_by_kind["default"].source == Source("NQ 9", "", "seed")
    cited = overlay(
        '[[rule]]\ncode = "absorption"\ndocument = "QĐ 1"\narticle = "Điều 2"\nconfidence = "memory"\n'
    )
    assert cited.source("absorption") == Source("QĐ 1", "Điều 2", "memory")


# -- refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", INDISPENSABLE)
def test_a_rule_without_which_there_is_no_round_stays(code: str) -> None:
    with pytest.raises(pb.RulebookError, match=f"rule {code}.removed = true: cannot be taken out"):
        overlay(f'[[rule]]\ncode = "{code}"\nremoved = true\n')
    for name in BUILT_IN:  # what a rule costs is still asked
        less = load_rulebook(name).without_rule(code)
        assert code not in {rule.code for rule in parse_rulebook(less.text).rules}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[pool.default]\nkey = ["sector"]\n', "pool.default.key"),
        ("[pool.default]\nkey = [5]\n", "pool.default.key = [5]"),
        ('[pool.default]\nwithin = ["ubnd"]\n', "pool.default.within"),
        (
            '[[rule]]\ncode = "commitment"\nremoved = true\n[[rule]]\ncode = "commitment"\n',
            "rule commitment: is given",
        ),
        ('[[rule]]\ncode = "locked"\narticle = "Điều 1"\n', "rule locked.article = 'Điều 1'"),
        ('[closing]\nconfidence = "found"\n', "closing.confidence = 'found'"),
        ('[closing]\ndocument = "Luật"\n', "closing.confidence: is missing"),
        ('[closing]\ndocument = " "\nconfidence = "found"\n', "closing.document = ' '"),
        ("[closing]\nmonth = 100000000000000000000\n", "closing.month = 100000000000000000000"),
        ("[closing]\nmonth = true\n", "closing.month = True"),
        ("[late_additions]\nafter_day = 1000\n", "late_additions.after_month, after_day = (9, 1000)"),
        (NORM.replace("2021", '"a"'), "norm 1.first = 'a'"),
        (NORM.replace("2021", "2026"), "norm 1.first = 2026: lies after last = 2025"),
        (NORM + NORM, "norm = '2021–2025, 2021–2025': two norms of one plan year"),
        (NORM + '[norm.articles]\ntypo = "Điều 1"\n', "norm 1.articles = 'typo'"),
        (NORM + "[norm.articles]\nlocked = 5\n", "norm 1.articles.locked = 5"),
        (NORM + '[norm.articles]\n"priority[typo]" = "Điều 1"\n', "priority[typo]"),
        (NORM + "article = 5\n", "norm 1.article = 5"),
        ('[[class]]\ncode = "oda"\ntitle_vi = 5\ntitle_en = "t"\n', "class oda.title_vi = 5"),
        ('[[question]]\nabout = "locked"\ntext_vi = "?"\ntext_en = "?"\n', "question 1.about = 'locked'"),
        ('[[question]]\nabout = ["typo"]\ntext_vi = "?"\ntext_en = "?"\n', "question.about = 'typo'"),
        ('[[rule]]\ncode = "capital-time-limit"\nparameters = { a = true }\n', "parameters.a = True"),
        (
            '[[rule]]\ncode = "capital-time-limit"\nparameters = { a = 1000000000000000000000000 }\n',
            "parameters.a",
        ),
        (
            '[[granted]]\nrule = "absorption"\nby = "x"\ncut = {}\nadd = { L1 = "5" }\n',
            "granted 1.add.L1 = '5'",
        ),
        ('[[granted]]\nrule = "stated-need"\nby = "x"\ncut = {}\nadd = {}\n', "stated-need is law"),
        ("rule = 5\n", "rule = 5"),
        ("pool = { default = 5 }\n", "pool = {'default': 5}"),
        ("title_vi = 5\n", "title_vi"),
        ('based_on = "vn-1999"\nvalid_to = 2025-06-30T00:00:00\n', "valid_to"),
    ],
)
def test_a_fault_is_named_with_its_place_and_value(text: str, told: str) -> None:
    whole = HEAD.replace('title_vi = "Bắc Lĩnh"\n', "") + text if text.startswith("title_vi") else HEAD + text
    with pytest.raises(pb.RulebookError) as caught:
        parse_rulebook(whole)
    assert told in caught.value.message("en")
    assert any(told in en for _, en in rulebook_faults(whole))


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(pb.RulebookError) as caught:
        overlay('colour = 1\nlevels = ["xã"]\n[closing]\nmonth = 13\n[pool.default]\nkey = []\n')
    for told in ("colour", "xã", "closing.month, day = (13, 31)", "pool.default.key"):
        assert told in caught.value.message("en")
        assert told in caught.value.message("vi")


def test_a_norm_may_name_rules_and_classes() -> None:
    articles = '[norm.articles]\npriority = "Điều 3"\n"priority[oda]" = "Điều 4"\nlocked = "Điều 5"\n'
    (norm,) = overlay(NORM + articles).norms
    assert [norm.article(code) for code in ("priority[ppp]", "priority[oda]", "locked")] == [
        "Điều 3",
        "Điều 4",
        "Điều 5",
    ]


@pytest.mark.parametrize("base", BUILT_IN)
def test_a_rulebook_of_ones_own_can_be_changed_further(base: str) -> None:
    """Also where every rule is short."""
    # The first law knows no capital added late.
    known = {name: entry for name, entry in OVERLAY.items() if base != "vn-2020" or name != "late_additions"}
    own = parse_rulebook(tomli_w.dumps(known | {"extends": base}))
    less = parse_rulebook(own.without_rule("absorption").text)
    assert {rule.code for rule in own.rules} - {rule.code for rule in less.rules} == {"absorption"}
    assert repr(parse_rulebook(own.text).rules) == repr(own.rules)


# -- whatever is done to a file -------------------------------------------------------------------------

OVERLAY: dict[str, Any] = tomllib.loads(
    HEAD
    + 'lead_department_vi = "Sở"\n[closing]\nmonth = 2\nday = 28\n[late_additions]\nreallocated = true\n'
    + '[delegation]\nhdnd = "ubnd"\ndocument = "NQ"\narticle = "Điều 1"\nconfidence = "found"\n'
    + '[pool.default]\nbetween = "ubnd"\n[[rule]]\ncode = "commitment"\nremoved = true\n'
    + '[[rule]]\ncode = "capital-time-limit"\nparameters = { a = 7, b = 4, c = 3 }\n'
    + '[[rule]]\ncode = "asked-limit"\nparameters = { most_cut = { L1 = 5 } }\n'
    + '[[granted]]\nrule = "absorption"\nby = "department"\ncut = {}\nadd = { L1 = 5 }\n'
    + NORM
    + '[norm.articles]\npriority = "Điều 3"\n'
)
VALUES = st.one_of(
    st.sampled_from(
        [
            10**20,
            16**5000,
            -1,
            True,
            False,
            "",
            "x",
            "vn-2020",
            1.5,
            float("nan"),
            [],
            {},
            [5],
            [[]],
            [{}],
            {"a": {}},
        ]
    ),
    st.dates(),
    st.integers(),
    st.text(max_size=3),
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Return every container of a tree with each of its keys."""
    keys = [*node] if isinstance(node, dict) else [*range(len(node))] if isinstance(node, list) else []
    return [(node, key) for key in keys] + [place for key in keys for place in places(node[key])]


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """Draw a rulebook's text with entries deleted, retyped, moved or doubled."""
    raw = copy.deepcopy(draw(st.sampled_from([OVERLAY, OVERLAY, *SHIPPED.values()])))
    for _ in range(draw(st.integers(1, 3))):
        node, key = draw(st.sampled_from(places(raw)))
        how = draw(st.sampled_from(["delete", "retype", "double", "rename"]))
        if how == "delete":
            del node[key]
        elif how == "retype":
            node[key] = draw(VALUES)
        elif isinstance(node, list):
            node.insert(key, copy.deepcopy(node[key]))
        else:
            node[draw(st.text(max_size=3)) if how == "rename" else f"{key}s"] = copy.deepcopy(node[key])
        if not places(raw):
            break
    return written(raw)


def written(raw: dict[str, Any]) -> str:
    """Return a tree as TOML; a number too long to be written in tens is written in hexadecimals."""
    long, mark = 16**5000, 987654321987654321

    def swapped(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: swapped(value) for key, value in node.items()}
        if isinstance(node, list):
            return [swapped(value) for value in node]
        return mark if node == long else node

    return tomli_w.dumps(swapped(raw)).replace(str(mark), f"0x{long:x}")


@given(text=spoilt())
def test_nothing_but_a_rulebook_error(text: str) -> None:
    """What is taken is taken again, is found faultless, and can be told from the law; all else is named."""
    try:
        book = parse_rulebook(text)
    except pb.RulebookError:
        assert rulebook_faults(text)
        return
    assert rulebook_faults(text) == []
    again = parse_rulebook(book.text)
    assert (repr(again), again.text) == (repr(book), book.text)
    standing(book.text)
    assert len(book.review()) > 0


@given(text=spoilt(), lang=st.sampled_from(["vi", "en"]))
def test_the_check_never_crashes(tmp_path_factory: pytest.TempPathFactory, text: str, lang: str) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "spoilt.toml"
    path.write_text(text, encoding="utf-8")
    try:
        load_rulebook(path)
        expected = 0
    except pb.RulebookError:
        expected = 2
    assert main(["rulebook", "check", str(path), "--lang", lang]) == expected
