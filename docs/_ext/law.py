"""The page on the law, written from the rule classes and the rulebooks: nothing of it is copied by hand."""  # noqa: INP001

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Iterator

import pandas as pd

import phanbo as pb
from phanbo.report.review_formula import class_formula, formula_of, legal_term, legend
from phanbo.report.review_words import key_words, kind_words
from phanbo.rulebook_file import BUILT_IN
from phanbo.rules import RULES
from phanbo.rules.base import CONFIDENCE_EN, CONFIDENCE_VI, Source
from phanbo.tables.schema import LINES
from phanbo.words import AUTHORITY, word

GRANTED = {
    "department": ("cơ quan lập phương án", "the department that prepares the round"),
    "reviewers": ("cấp xem xét của đợt", "the reviewers of the round"),
    "hdnd": ("HĐND", "the People's Council"),
    "": ("không ai: luật", "nobody: it is law"),
}


@functools.cache
def books() -> tuple[pb.Rulebook, ...]:
    """Return every built-in regime."""
    return tuple(pb.load_rulebook(name) for name in BUILT_IN)


@functools.cache
def review(code: str, lang: str) -> pd.DataFrame:
    """Return what a regime states."""
    return pb.load_rulebook(code).review(lang)


def row(*cells: str) -> str:
    """Return a row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def table(heads: tuple[str, ...], rows: Iterator[str] | list[str]) -> list[str]:
    """Return a Markdown table."""
    return ["", row(*heads), "|" + " --- |" * len(heads), *rows, ""]


def sure(confidence: str) -> str:
    """Return a confidence in two languages; what is to be verified stands out."""
    words = f"{CONFIDENCE_VI[confidence]} · {CONFIDENCE_EN[confidence]}"
    return f"[{words}]{{.{'unsure' if confidence.startswith('memory') else 'sure'}}}"


def cited(source: Source) -> str:
    """Return document and article."""
    return f"{source.document}, {source.article}" if source.article else source.document or "–"


def sources(found: list[tuple[str, Source]]) -> Iterator[str]:
    """Yield one row for every way in which the regimes cite one thing."""
    said: dict[tuple[str, str], list[str]] = {}
    for code, source in found:
        said.setdefault((cited(source), source.confidence), []).append(f"`{code}`")
    for (text, confidence), codes in said.items():
        yield row(", ".join(codes), text, sure(confidence))


def explained(what: object) -> list[str]:
    """Return the docstring of a rule as paragraphs, without the line of its legal term."""
    text = inspect.getdoc(what) or ""
    return [part for part in re.split(r"\n\s*\n", text) if not part.lstrip().startswith("Legal term:")]


def columns(needs: tuple[str, ...]) -> str:
    """Return the columns a rule needs, in words."""

    def told(name: str) -> str:
        found = LINES.column(name) if any(each.name == name for each in LINES.columns) else None
        return f"`{name}` ({found.title_vi} · {found.title_en})" if found else f"`{name}`"

    return "; ".join(" hoặc · or ".join(map(told, need.split("|"))) for need in needs)


def rules() -> str:
    """Return every rule: what it says, formula, where it stands in each regime, columns, who may relax it."""
    lines: list[str] = []
    for code, kind in sorted(RULES.items()):
        held = [(book.code, book.rule(code)) for book in books() if any(r.code == code for r in book.rules)]
        lines += [f"(rule-{code})=", f"### `{code}`", "", f"**{kind.title_vi}**  ", f"{kind.title_en}.", ""]
        lines += ["\n\n".join(explained(kind)), ""]
        formulas = list(dict.fromkeys(formula_of(rule) for _, rule in held if formula_of(rule)))
        if formulas:
            lines += ["Công thức · Formula: " + " / ".join(f"`{text}`" for text in formulas), ""]
        if held:
            lines += table(
                ("chế độ · regime", "căn cứ · source", "độ tin cậy · confidence"),
                list(sources([(name, rule.source) for name, rule in held])),
            )
        else:
            alone = "Không thuộc chế độ nào, do đợt thêm vào · In no regime, added by a round"
            lines += [f"{alone}: {cited(kind.source)} {sure(kind.source.confidence)}.", ""]
        term = (
            f"Thuật ngữ · Legal term: *{legal_term(held[0][1])}*. " if held and legal_term(held[0][1]) else ""
        )
        needs = f"Cột cần có · Columns it needs: {columns(kind.needs)}. " if kind.needs else ""
        who = " · ".join(GRANTED[kind.granted_by])
        lines += [f"{term}{needs}Ai được nới · Who may relax it: {who}.", ""]
    return "\n".join(lines)


def classes() -> str:
    """Return the legal order of every regime."""
    lines: list[str] = []
    for book in books():
        lines += [f"### `{book.code}`: {len(book.classes)} lớp · classes", ""]
        lines += table(
            ("", "lớp · class", "điều kiện · test", "căn cứ · source", "độ tin cậy · confidence"),
            [
                row(
                    str(place),
                    f"{each.title_vi} · {each.title_en} (`{each.code}`)",
                    f"`{class_formula(each.code)}`" if class_formula(each.code) else "–",
                    cited(each.source),
                    sure(each.source.confidence),
                )
                for place, each in enumerate(book.classes, start=1)
            ],
        )
    return "\n".join(lines)


def pools() -> str:
    """Return where capital may move in every regime, and who decides."""
    lines: list[str] = []
    for book in books():
        lines += [f"### `{book.code}`: {book.law}", ""]
        rows = []
        for kind, pool in book.pools_by_kind.items():
            who = [
                " · ".join(word(AUTHORITY, code, lang) for lang in ("vi", "en")) if code else "–"
                for code in (pool.within, pool.between, pool.across_sectors, pool.totals or pool.between)
            ]
            name = f"{kind_words(kind, 'vi')} · {kind_words(kind, 'en')}"
            key = f"{key_words(pool.key, 'vi')} · {key_words(pool.key, 'en')}"
            rows.append(row(name, key, *who, f"{cited(pool.source)} {sure(pool.source.confidence)}"))
        lines += table(
            (
                "nguồn vốn · source",
                "vốn chỉ chuyển giữa các dòng cùng · capital moves between lines of the same",
                "trong một chủ đầu tư · inside an owner",
                "giữa các chủ đầu tư · between owners",
                "giữa các ngành · between sectors",
                "tổng vốn thay đổi · the total changes",
                "căn cứ · source",
            ),
            rows,
        )
    return "\n".join(lines)


def others() -> str:
    """Return dates, norms, levels, who reports and which claims come first, in every regime."""
    lines: list[str] = []
    for book in books():
        vi, en = review(book.code, "vi"), review(book.code, "en")
        kept = vi["part"].isin(["norm", "date", "level", "lead", "obligation"])
        rows = [
            row(
                f"{vi.loc[i, 'what']} · {en.loc[i, 'what']}",
                str(vi.loc[i, "citation"])
                .removesuffix(" (cần kiểm tra)")
                .removesuffix(" (quy ước của phanbo)")
                or "–",
                sure(str(vi.loc[i, "confidence"])),
            )
            for i in vi.index[kept]
        ]
        lines += [f"### `{book.code}`: {book.title_vi}", ""]
        lines += table(("nội dung · what", "căn cứ · source", "độ tin cậy · confidence"), rows)
    return "\n".join(lines)


def questions() -> str:
    """Return what is to be verified first, regime by regime."""
    lines: list[str] = []
    for book in books():
        lines += [f"### `{book.code}`", ""]
        lines += [
            f"{number}. {each.text_vi}  \n   {each.text_en}  \n   "
            + ", ".join(f"`{code}`" for code in each.about)
            for number, each in enumerate(book.questions, start=1)
        ]
        lines += [""]
    return "\n".join(lines)


def symbols() -> str:
    """Return what the symbols of all formulas mean."""
    formulas = list(
        dict.fromkeys(text for book in books() for text in review(book.code, "vi")["formula"] if text)
    )
    pairs = zip(legend(formulas, "vi"), legend(formulas, "en"), strict=True)
    rows = [row(f"`{symbol}`", vi, en) for (symbol, vi), (_, en) in pairs]
    return "\n".join(table(("ký hiệu · symbol", "ý nghĩa", "meaning"), rows))


def counts() -> str:
    """Return how sure phanbo is of every regime, and which days it governs."""
    shown = ("found", "seed", "memory", "design", "policy")
    heads = ("chế độ · regime", "ngày số liệu · data dates", "quy định · rules", *map(sure, shown))
    rows = []
    for book in books():
        frame = review(book.code, "vi")
        sureness = (
            frame.loc[frame["part"] != "question", "confidence"].replace("memory+", "memory").value_counts()
        )
        rows.append(
            row(
                f"`{book.code}`",
                f"{book.valid_from} – {book.valid_to}",
                str(len(book.rules)),
                *(str(sureness.get(each, 0)) for each in ("found", "seed", "memory", "design", "policy")),
            )
        )
    return "\n".join(table(heads, rows))
