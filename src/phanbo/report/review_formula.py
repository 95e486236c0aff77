"""The formulas of a rulebook as its classes state them in their docstrings, and what every symbol in them means."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass

from phanbo.rules import Rule
from phanbo.rules.granted import ungranted
from phanbo.rules.priority import CLASS_TESTS
from phanbo.tables.schema import KINDS, LINES
from phanbo.words import GROUP

__all__ = ["class_formula", "formula_of", "legal_term", "legend"]

Pair = tuple[str, str]

RELATION = re.compile(r"[=≤≥<>≠]")
TOKEN = re.compile(r"[A-Za-zΑ-ω_][A-Za-z_]*|[Σ⇒∧∨¬∉∅]")

SYMBOLS: dict[str, Pair] = {
    "⇒": ("nếu vế trái đúng thì phải có vế phải", "where the left side holds, so must the right side"),
    "∧": ("và", "and"),
    "∨": ("hoặc", "or"),
    "¬": ("không", "not"),
    "∉": ("không thuộc", "is none of"),
    "∅": ("để trống", "empty"),
    "Σ": ("tổng của các dòng vốn được nêu", "sum over the lines named"),
    "max": ("max(0, x): lấy x, nhưng không dưới 0", "max(0, x): x, but not below 0"),
    "const": ("không đổi", "unchanged"),
    "true": ("có", "yes"),
    "false": ("không", "no"),
    "cut": ("điều chỉnh giảm", "cut"),
    "add": ("điều chỉnh tăng", "increase"),
    "inflow": (
        "thay đổi nguồn thu trong năm (số âm: hụt thu)",
        "change of revenue in the year (below 0: a shortfall)",
    ),
    "returned": ("vốn thu hồi về dự phòng, chưa phân bổ", "capital returned to the unallocated reserve"),
    "e": (
        "số giải ngân theo cách xét của đợt (thực tế, theo tốc độ hoặc dự báo)",
        "disbursement under the reading that decides (actual, pace or forecast)",
    ),
    "ρ": ("tỷ lệ giải ngân phải đạt theo mốc", "share required by the milestone"),
    "s": ("tỷ lệ giải ngân chung của tỉnh theo từng loại dự án", "the province's share of each stage"),
    "between": ("cấp quyết định chuyển vốn giữa các chủ đầu tư", "who decides moves between owners"),
    "within": ("cấp quyết định chuyển vốn trong một chủ đầu tư", "who decides moves inside an owner"),
    "authority": ("các cấp thẩm quyền đã chọn cho đợt", "authorities chosen for the round"),
    "min_move": ("mức điều chỉnh tối thiểu của đợt", "the least change of the round"),
    "T": (
        "tổng mức đầu tư (giá trị quyết toán; dự toán chuẩn bị đầu tư)",
        "approved total (settled value; estimate of the preparation)",
    ),
    "A": (
        "lũy kế vốn đã bố trí, kể cả kế hoạch năm nay",
        "capital allocated so far, this year's plan included",
    ),
    "M": ("kế hoạch đầu tư công trung hạn của dự án", "medium-term plan of the project"),
    "B": ("vốn trung hạn đã giao đến hết năm nay", "medium-term capital allocated up to this year"),
    "as_of": ("ngày số liệu", "data date"),
    "granted": ("phần vốn vay nước ngoài cấp phát", "foreign loan passed on as a grant"),
    "on_lent": ("phần vốn vay nước ngoài cho vay lại", "foreign loan lent on"),
    "late": (
        "dòng vốn và nhóm (chủ đầu tư × loại dự án × năm) chưa đạt mốc giải ngân",
        "the line and its bucket (owner × stage × year) are below their milestone",
    ),
    "missed": (
        "quá hạn khởi công, trình hồ sơ hoặc xong thủ tục",
        "a deadline for start, dossier or procedures was missed",
    ),
    "incomplete": ("chưa đủ thủ tục đầu tư tại ngày số liệu", "procedures incomplete at the data date"),
    "offer": ("mức chủ đầu tư đề nghị giảm", "what the owner offers to give up"),
    "most_cut": ("mức giảm tối đa cấp xem xét đặt", "the most the reviewers let be cut"),
    "most_add": ("mức tăng tối đa cấp xem xét đặt", "the most the reviewers let be added"),
    "line": ("dòng vốn", "capital line"),
    "y": (
        "số giải ngân đến hết niên độ mà dòng vốn đạt được với độ tin cậy của phần tăng",
        "disbursement by the closing date reached with the confidence of an increase",
    ),
    "Q": (
        "Q(d): dự báo giải ngân đến hết niên độ ở độ tin cậy d",
        "Q(d): forecast of disbursement at confidence d",
    ),
    "d": ("độ tin cậy của phần giảm", "confidence of a cut"),
    "a": ("số năm tối đa của nhóm A", "years of group A"),
    "b": ("số năm tối đa của nhóm B", "years of group B"),
    "c": ("số năm tối đa của nhóm C", "years of group C"),
    "limit": ("số năm bố trí vốn tối đa của nhóm dự án", "years its class may be fed"),
    "year": ("năm kế hoạch của đợt", "plan year of the round"),
    "kind": ("loại nguồn vốn", "kind of source"),
    "national": ("dự án quan trọng quốc gia", "nationally important"),
    "planning": ("quy hoạch", "planning"),
    "interest_subsidy": (
        "cấp bù lãi suất, phí quản lý, vốn điều lệ",
        "interest subsidies, fees, charter capital",
    ),
    "policy_credit": ("tín dụng chính sách", "policy credit"),
    "special": ("dự án đặc biệt (true: cũng được miễn)", "special project (true: exempt too)"),
}
"""What stands in a formula beside the columns and codes of the tables."""


def formula_of(rule: Rule) -> str:
    """Return the formulas of a rule, from the docstring of its class, and its parameters; ``""`` where it states none.

    Examples
    --------
    >>> from phanbo.rules import RULES
    >>> formula_of(RULES["stated-need"]())
    'add ≤ requested_increase'
    >>> formula_of(RULES["capital-time-limit"]())[-21:]
    '(a = 6, b = 4, c = 3)'
    """
    rule = ungranted(rule)
    given = _parameters(rule)
    return _stated(type(rule)) + (f" ({given})" if given else "")


def class_formula(code: str) -> str:
    """Return the test of a class of the legal order, from its docstring; ``""`` where it states none."""
    return _stated(CLASS_TESTS[code]) if code in CLASS_TESTS else ""


def legal_term(rule: Rule) -> str:
    """Return the Vietnamese legal term of a rule, from the docstring of its class; ``""`` where it names none."""
    found = re.search(r"Legal term: \*(.+?)\*", inspect.getdoc(type(ungranted(rule))) or "", re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def legend(formulas: Iterable[str], lang: str = "vi") -> list[tuple[str, str]]:
    """Return every symbol of some formulas with its meaning, in the order in which they are met.

    Raises
    ------
    KeyError
        For a symbol that nothing explains.
    """
    met = dict.fromkeys(token for formula in formulas for token in TOKEN.findall(formula))
    return [(token, _meaning(token)[0 if lang == "vi" else 1]) for token in met]


def _meaning(token: str) -> Pair:
    if token in SYMBOLS:
        return SYMBOLS[token]
    if token in GROUP:
        return GROUP[token]
    if token in KINDS:
        return KINDS[token].title_vi, KINDS[token].title_en
    column = LINES.column(token)
    return column.title_vi[:1].lower() + column.title_vi[1:], column.title_en[:1].lower() + column.title_en[
        1:
    ]


def _stated(what: object) -> str:
    """Return the literals of a docstring that hold a relation: the others only name things."""
    literals = (
        " ".join(found.split()) for found in re.findall(r"``(.+?)``", inspect.getdoc(what) or "", re.DOTALL)
    )
    return "; ".join(text for text in literals if RELATION.search(text) and '"' not in text)


def _parameters(rule: Rule) -> str:
    """Return the numbers and switches of a rule; limits of single lines stand in its text."""
    if not is_dataclass(rule):
        return ""
    named = [(field.name, getattr(rule, field.name)) for field in fields(rule)]
    return ", ".join(f"{name} = {str(value).lower()}" for name, value in named if isinstance(value, int))
