"""The review of a rulebook: nothing of it is missing, the urgent stands first, and the sheet can be printed and filled in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

import phanbo as pb
from phanbo import cli
from phanbo.report import review as module
from phanbo.report.review import URGENCY
from phanbo.report.review_formula import TOKEN, class_formula, formula_of, legal_term, legend
from phanbo.report.review_sheet import write_review
from phanbo.rulebook_file import BUILT_IN, parse_rulebook, rulebook_faults
from phanbo.rules import RULES, Rule
from phanbo.rules.base import Limits, Source
from phanbo.rules.priority import CLASS_TESTS

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.case import Case, Changes
    from phanbo.money import Ints
    from phanbo.rulebook import Rulebook

BOOKS = [pb.load_rulebook(name) for name in BUILT_IN]
BOOK = pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.code)


class Own(Rule):
    """Nothing for anybody; its docstring states no formula."""

    code = "own"
    title_vi = "Không bổ sung cho ai"
    title_en = "Nothing for anybody"
    source = Source("Quy chế", "Điều 1", "policy")

    def limits(self, case: Case) -> Limits:
        """Close every line."""
        return Limits(add=np.zeros(len(case), dtype=np.int64))

    def violations(self, case: Case, plan: Changes, *, alone: bool = False) -> Ints:
        """Return what anybody got."""
        return plan.add


HEAD = 'extends = "vn-2025b"\ncode = "bac-linh"\ntitle_vi = "Bắc Lĩnh"\ntitle_en = "t"\nversion = "1"\n'


def stated(book: Rulebook) -> Counter[str]:
    """Return the codes of all a rulebook states, found from its fields one by one."""
    codes: list[str] = ["valid", "levels", "lead_department", "obligations", "closing", "last_adjustment"]
    codes += ["delegation"] if book.delegation is not None else []
    codes += ["late_additions"] if book.late_additions is not None else []
    codes += [rule.code for rule in book.rules]
    codes += [f"priority[{each.code}]" for each in book.classes]
    codes += [f"pool.{kind}" for kind in book.pools_by_kind]
    codes += [f"norm[{norm.first}-{norm.last}]" for norm in book.norms]
    codes += [f"question[{k}]" for k, _ in enumerate(book.questions, start=1)]
    return Counter(codes)


def whole(book: Rulebook) -> None:
    """Everything the rulebook states stands in its review exactly once, with its own source and confidence."""
    for lang in ("vi", "en"):
        frame = book.review(lang)
        assert Counter(frame["code"]) == stated(book)
        rows = frame.set_index("code").to_dict("index")
        cited = {rule.code: rule.source for rule in book.rules}
        cited |= {f"priority[{each.code}]": each.source for each in book.classes}
        cited |= {f"pool.{kind}": pool.source for kind, pool in book.pools_by_kind.items()}
        cited |= {f"norm[{norm.first}-{norm.last}]": norm.source for norm in book.norms}
        cited |= {"closing": book.closing.source, "last_adjustment": book.last_adjustment.source}
        for code, source in cited.items():
            told = (rows[code]["citation"], rows[code]["confidence"], rows[code]["confidence_words"])
            assert told == (source.cite(lang), source.confidence, source.says(lang)), code


def urgent_first(book: Rulebook) -> None:
    """Questions in their order; what they are about with their number; then by confidence."""
    frame, count = book.review(), len(book.questions)
    asked = frame["part"].eq("question").tolist()
    assert asked == [True] * count + [False] * (len(frame) - count)
    assert frame["rank"][:count].tolist() == list(range(1, count + 1))
    rest = frame[count:]
    assert rest["rank"].is_monotonic_increasing
    first: dict[str, int] = {}
    for k, question in enumerate(book.questions, start=1):
        for code in question.about:
            first.setdefault(code, k)
    for row in rest.to_dict("records"):
        if row["code"] in first:
            assert row["rank"] == first[row["code"]]
            assert book.questions[row["rank"] - 1].text() in row["question"]
            assert row["verify"] == "cần kiểm tra trước"
        else:
            assert (row["rank"] > count, row["question"]) == (True, "")
    free = rest[~rest["code"].isin(first)]
    places = [URGENCY.index(code) for code in free["confidence"]]
    assert places == sorted(places)
    pairs = set(zip(free["rank"], free["confidence"], strict=True))
    assert len(pairs) == free["rank"].nunique() == free["confidence"].nunique()


@BOOK
def test_nothing_of_a_rulebook_is_missing(book: Rulebook) -> None:
    whole(book)
    urgent_first(book)
    about = {code for question in book.questions for code in question.about}
    assert about <= set(book.review()["code"])


def test_every_field_of_a_rulebook_is_reviewed_or_named_here() -> None:
    """A new field must come into the review, or be told here why not."""
    reviewed = "law valid_from valid_to closing last_adjustment late_additions norms levels rules classes obligations"
    reviewed += " pools_by_kind delegation questions lead_department_vi lead_department_en"
    heading = "code title_vi title_en version based_on comparison text"
    assert {field.name for field in fields(BOOKS[0])} == {*reviewed.split(), *heading.split()}


@drawn(data=st.data())
def test_nothing_is_missing_of_a_rulebook_of_ones_own(data: st.DataObject) -> None:
    book = data.draw(st.sampled_from(BOOKS))
    parts: dict[str, Any] = {
        name: tuple(data.draw(st.lists(st.sampled_from(getattr(book, name)), min_size=1, unique=True)))
        for name in ("rules", "classes")
    }
    parts["norms"] = tuple(data.draw(st.lists(st.sampled_from(book.norms), unique=True)))
    codes = [
        *RULES,
        *(f"pool.{kind}" for kind in book.pools_by_kind),
        "last_adjustment",
        "priority[oda]",
        "nowhere",
    ]
    some = st.lists(st.sampled_from(codes), min_size=1, max_size=4, unique=True)
    questions = data.draw(st.lists(st.sampled_from(book.questions), unique=True))
    parts["questions"] = tuple(replace(each, about=tuple(data.draw(some))) for each in questions)
    if data.draw(st.booleans()):
        parts["late_additions"] = None
    own = replace(book, **parts)
    whole(own)
    urgent_first(own)


def test_a_rulebook_that_loses_a_row_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    true = module._order
    monkeypatch.setattr(module, "_order", lambda book, lang: list(true(book, lang))[1:])
    with pytest.raises(AssertionError):
        whole(BOOKS[0])


def test_an_order_by_settledness_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "URGENCY", URGENCY[::-1])
    with pytest.raises(AssertionError):
        urgent_first(BOOKS[0])


# -- formulas -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", RULES)
def test_every_rule_states_a_formula_and_a_legal_term(code: str) -> None:
    rule = RULES[code]()
    assert re.search(r"[=≤÷]", formula_of(rule)), code
    assert legal_term(rule) == unicodedata.normalize("NFC", legal_term(rule)) != ""


def test_every_class_states_its_test_but_the_two_that_are_none() -> None:
    assert [code for code in CLASS_TESTS if not class_formula(code)] == ["advances", "new-start"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_symbol_is_explained(lang: str) -> None:
    formulas = [formula_of(rule()) for rule in RULES.values()] + [class_formula(code) for code in CLASS_TESTS]
    formulas += [formula for book in BOOKS for formula in book.review(lang)["formula"]]
    told = dict(legend(formulas, lang))
    assert set(told) == {token for formula in formulas for token in TOKEN.findall(formula)}
    assert all(told.values())
    with pytest.raises(KeyError):
        legend(["xyz ≤ 1"])


def test_parameters_stand_in_the_formula() -> None:
    late = {book.code: book.review().set_index("code")["formula"] for book in BOOKS}
    assert late["vn-2025b"]["medium-term-listed"] == "M = 0 ⇒ add = 0 (special = true)"
    assert late["vn-2025a"]["medium-term-listed"] == "M = 0 ⇒ add = 0 (special = false)"
    text = HEAD + '[[rule]]\ncode = "capital-time-limit"\nparameters = { a = 7, b = 5, c = 4 }\n'
    assert formula_of(parse_rulebook(text).rule("capital-time-limit")).endswith("(a = 7, b = 5, c = 4)")


def test_a_rule_of_ones_own_and_one_that_was_widened_stand_in_the_review() -> None:
    book = BOOKS[0].with_rule(Own())
    relaxation = [
        {
            "kind": "bound",
            "rule": "donor-depth",
            "side": "cut",
            "line_id": "L1",
            "by": 5,
            "granted_by": "department",
        }
    ]
    rows = book.granting(relaxation).review().set_index("code")
    assert (rows["what"]["own"], rows["formula"]["own"]) == (Own.title_vi, "")
    assert rows["what"]["donor-depth"].endswith("(đã nới theo thẩm quyền cho 1 dòng vốn)")
    assert rows["formula"]["donor-depth"] == "cut ≤ max(0, plan − Q(d))"


def test_a_delegation_stands_in_the_review() -> None:
    given = '[delegation]\nhdnd = "ubnd"\ndocument = "Nghị quyết 1/NQ-HĐND"\nconfidence = "memory"\n'
    book = parse_rulebook(HEAD + given)
    whole(book)
    row = book.review().set_index("code").loc["delegation"]
    assert row["what"].startswith("HĐND tỉnh giao UBND tỉnh quyết định thay")
    assert (row["citation"], row["confidence"]) == ("Nghị quyết 1/NQ-HĐND (cần kiểm tra)", "memory")


def test_what_is_said_of_a_date_a_pool_and_a_class() -> None:
    rows = BOOKS[2].review().set_index("code")["what"]
    assert rows["closing"] == "Kế hoạch vốn hằng năm được giải ngân đến hết ngày 31/1 năm sau"
    assert (
        "sau ngày 30/9 được giải ngân đến hết ngày 31/12 năm sau; phanbo không coi" in rows["late_additions"]
    )
    assert rows["valid"].startswith("Áp dụng cho số liệu từ 1/7/2025 đến 31/12/2026")
    assert rows["priority[national]"].startswith("Lớp 2 trong 13: Chương trình mục tiêu quốc gia")
    assert rows["levels"] == "Các cấp ngân sách: trung ương, cấp tỉnh, cấp xã"
    assert rows["pool.central_targeted"].startswith(
        "Ngân sách trung ương bổ sung có mục tiêu: vốn chỉ chuyển giữa"
    )


# -- the sheet ------------------------------------------------------------------------------------------


@BOOK
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_sheet_can_be_printed_and_filled_in(book: Rulebook, lang: str, tmp_path: Path) -> None:
    path = tmp_path / "phiếu.xlsx"
    write_review(book, path, lang)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(k for k, row in enumerate(rows) if row[0] in ("STT", "No."))
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert sheet.print_title_rows == f"${top + 1}:${top + 1}"
    assert sheet.freeze_panes == f"C{top + 2}"
    body = [row for row in rows[top + 1 :] if row[0]]
    assert [row[0] for row in body] == [str(k) for k in range(1, len(book.review()) + 1)]
    assert all(row[6] is None and row[7] is None for row in body), "the reviewer's columns are blank"
    said = {str(row[2]) for row in body} | {str(row[1]) for row in body}
    assert set(book.review(lang)["what"]) <= said
    assert rows[-1][1] == (
        "Người rà soát (ký, ghi rõ họ tên)" if lang == "vi" else "Reviewer (signature, full name)"
    )
    assert sheet.data_validations.dataValidation[0].formula1.count(",") == 2


def test_a_colour_never_speaks_alone(tmp_path: Path) -> None:
    """Rows of one colour share a word of confidence that rows of another do not have."""
    path = tmp_path / "phiếu.xlsx"
    write_review(BOOKS[0], path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    words: dict[str, set[str]] = {}
    for row in sheet.iter_rows():
        if str(row[0].value or "").isdigit():
            words.setdefault(row[5].fill.fgColor.rgb, set()).add(str(row[5].value).split("\n")[0])
    assert len(words) == 3
    assert sum(map(len, words.values())) == len(set().union(*words.values()))


# -- the command line -----------------------------------------------------------------------------------


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = cli.main([str(each) for each in arguments])
    found = capsys.readouterr()
    return code, found.out + found.err


@BOOK
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_review_is_read_on_the_terminal(
    book: Rulebook, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = told(capsys, "rulebook", "review", book.code, "--lang", lang)
    assert code == 0
    flat = " ".join(text.split())
    places = [flat.index(f"{k}. {question.text(lang)}") for k, question in enumerate(book.questions, start=1)]
    assert places == sorted(places)
    for row in book.review(lang).to_dict("records"):
        assert row["what"] in flat
        assert row["citation"] in flat
    assert text == unicodedata.normalize("NFC", text)


def test_a_review_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "phieu.xlsx"
    code, text = told(capsys, "rulebook", "review", "vn-2025b", "--out", path)
    assert (code, path.is_file()) == (0, True)
    assert text.endswith(f"Đã ghi {path}\n")


def test_the_built_in_rulebooks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, text = told(capsys, "rulebook", "list")
    assert code == 0
    assert [line for line in text.splitlines() if line[0] != " "] == [
        "vn-2020: 1/1/2021 – 31/12/2024",
        "vn-2025a: 1/1/2025 – 30/6/2025",
        "vn-2025b: 1/7/2025 – 31/12/2026",
    ]


def test_a_sound_file_is_told_apart_from_its_base(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        HEAD + '[[rule]]\ncode = "capital-time-limit"\nparameters = { a = 7, b = 4, c = 3 }\n',
        encoding="utf-8",
    )
    code, text = told(capsys, "rulebook", "check", path)
    assert code == 0
    assert "bộ quy định đúng" in text
    assert "dựa trên vn-2025b" in text
    assert "capital-time-limit" in text
    assert told(capsys, "rulebook", "check", "vn-2020")[1].endswith("Không khác bản phát hành.\n")


def test_every_fault_of_a_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        HEAD
        + 'valid_from = "2025"\nlevels = ["phường"]\ncolour = 1\n'
        + '[closing]\nmonth = 13\n[[rule]]\ncode = "nowhere"\n'
        + '[[rule]]\ncode = "capital-time-limit"\nparameters = { a = -1, b = 4, c = 3 }\n'
        + '[[question]]\nabout = ["pool.nowhere"]\ntext_vi = "?"\ntext_en = "?"\n',
        encoding="utf-8",
    )
    code, text = told(capsys, "rulebook", "check", path)
    assert code == 2
    for fault in (
        "valid_from",
        "phường",
        "colour",
        "closing",
        "rule nowhere",
        "rule capital-time-limit",
        "pool.nowhere",
    ):
        assert [line for line in text.splitlines() if line.startswith("LỖI") and fault in line], fault
    assert text.splitlines()[-1].endswith("7 lỗi; chưa dùng được.")
    assert told(capsys, "rulebook", "check", tmp_path / "none.toml")[0] == 2


@pytest.mark.parametrize(
    "text", ["x = ", 'extends = "vn-1999"', "", 'code = "a"\nrule = 3', HEAD + "[pool.default]\nkey = 3"]
)
def test_a_text_that_is_no_rulebook_has_a_fault(text: str) -> None:
    assert rulebook_faults(text)


@BOOK
def test_a_built_in_text_has_none(book: Rulebook) -> None:
    assert rulebook_faults(book.text) == []
    assert rulebook_faults(book.without_rule("commitment").text) == []
