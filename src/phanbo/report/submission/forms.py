"""phanbo's own forms: the submission of a round, and the letter to an owner."""

from __future__ import annotations

from functools import cache

from phanbo.catalogue import say
from phanbo.report.submission.layout import Form

__all__ = ["letter_form", "submission_form"]


@cache
def submission_form(lang: str) -> bytes:
    """Return the form of the submission, as a Word document with fields."""
    form = Form(lang)
    form.head(say("submission.title", lang), say("submission.about", lang, subject="{{ subject }}"))
    form.paragraph(say("submission.to", lang), align="center")
    form.each("base in bases", say("submission.base", lang, base="{{ base }}"), italic=True)
    form.paragraph(say("submission.opening", lang, **_fields("year")))
    _situation(form)
    _principles(form)
    _change(form)
    _effect(form)
    _decisions(form)
    form.foot()
    return form.bytes()


def _fields(*names: str) -> dict[str, str]:
    return {name: f"{{{{ {name} }}}}" for name in names}


def _cells(row: str, *names: str) -> list[str]:
    return [f"{{{{ {row}.{name} }}}}" for name in names]


def _situation(form: Form) -> None:
    lang = form.lang
    form.heading(say("submission.situation", lang))
    form.paragraph(
        say("submission.plan_text", lang, **_fields("year", "plan", "lines", "carried_plan", "total_plan"))
    )
    told = _fields("as_of", "disbursed", "ratio", "carried_disbursed", "total_disbursed", "total_ratio")
    form.paragraph(say("submission.disbursed_text", lang, **told))
    number, source, plan_year, plan, disbursed, ratio = _cells(
        "row", "number", "source", "plan_year", "plan", "disbursed", "ratio"
    )
    form.table(
        "row in sources",
        [
            (say("submission.number", lang), number, 12, "center"),
            (say("submission.source", lang), source, 63, "left"),
            (say("submission.plan_year", lang), plan_year, 20, "center"),
            (say("submission.plan", lang), plan, 25, "right"),
            (say("submission.disbursed", lang), disbursed, 25, "right"),
            (say("submission.ratio", lang), ratio, 20, "right"),
        ],
        [
            "",
            say("common.total", lang),
            "",
            *_fields("total_plan", "total_disbursed", "total_ratio").values(),
        ],
    )


def _principles(form: Form) -> None:
    lang = form.lang
    form.heading(say("submission.principles", lang))
    form.each("principle in principles", "- {{ principle }}.")
    form.paragraph(say("submission.milestones", lang))
    form.each("milestone in milestones", "- {{ milestone }};")
    form.paragraph(say("submission.priorities", lang))
    form.each("priority in priorities", "{{ loop.index }}. {{ priority }};")


def _change(form: Form) -> None:
    lang = form.lang
    form.heading(say("submission.change", lang))
    form.tag("if why_empty")
    form.paragraph(say("submission.empty", lang))
    form.each("text in why_empty", "{{ text }}")
    form.tag("else")
    told = _fields("cut", "added", "cut_lines", "cut_projects", "raised_lines", "raised_projects")
    form.paragraph(say("submission.change_text", lang, **told))
    number, source, plan_year, cut, added = _cells("row", "number", "source", "plan_year", "cut", "added")
    form.table(
        "row in by_source",
        [
            (say("submission.number", lang), number, 12, "center"),
            (say("submission.source", lang), source, 73, "left"),
            (say("submission.plan_year", lang), plan_year, 20, "center"),
            (say("submission.cut", lang), cut, 30, "right"),
            (say("submission.added", lang), added, 30, "right"),
        ],
        ["", say("common.total", lang), "", *_fields("cut", "added").values()],
    )
    form.each("text in balance", "{{ text }}")
    _lines(form, "cuts", say("submission.cuts", lang), say("submission.cut", lang))
    _lines(form, "raises", say("submission.raises", lang), say("submission.added", lang))
    form.tag("endif")


def _lines(form: Form, rows: str, heading: str, changed: str) -> None:
    lang = form.lang
    form.tag(f"if {rows}")
    form.heading(heading)
    number, project, owner, source = _cells("row", "number", "project", "owner", "source")
    plan, ratio, change, after, standing = _cells("row", "plan", "ratio", "change", "plan_after", "standing")
    form.table(
        f"row in {rows}",
        [
            (say("submission.number", lang), number, 10, "center"),
            (say("submission.project", lang), f"{project} ({owner}; {source})", 40, "left"),
            (say("submission.plan", lang), plan, 18, "right"),
            (say("submission.ratio", lang), ratio, 15, "right"),
            (changed, change, 17, "right"),
            (say("submission.plan_after", lang), after, 18, "right"),
            (say("submission.standing", lang), standing, 47, "left"),
        ],
    )
    form.tag("endif")


def _effect(form: Form) -> None:
    lang = form.lang
    form.heading(say("submission.effect", lang))
    form.paragraph("{{ effect }}")
    form.tag("if raises")
    form.paragraph(say("submission.commitment", lang, **_fields("horizon")))
    form.tag("endif")
    form.tag("if unplaced_pools")
    form.paragraph(say("submission.unplaced_text", lang, **_fields("unplaced", "asked_lines")))
    pool, surplus, unmet, asked = _cells("row", "pool", "surplus", "unmet", "asked")
    form.table(
        "row in unplaced_pools",
        [
            (say("submission.pool", lang), pool, 80, "left"),
            (say("submission.surplus", lang), surplus, 30, "right"),
            (say("submission.unmet", lang), unmet, 30, "right"),
            (say("submission.asked", lang), asked, 25, "right"),
        ],
    )
    form.tag("else")
    form.paragraph(say("submission.unplaced_none", lang))
    form.tag("endif")
    form.tag("if unplaced_others")
    form.paragraph(say("submission.others", lang, **_fields("unplaced_others")))
    form.tag("endif")


def _decisions(form: Form) -> None:
    lang = form.lang
    form.heading(say("submission.authority", lang))
    body, transfers, moved, law = _cells("each", "body", "transfers", "amount", "law")
    form.each(
        "each in bodies",
        say("submission.body_text", lang, body=body, transfers=transfers, amount=moved, law=law),
    )
    form.tag("if not bodies")
    form.paragraph(say("submission.authority_none", lang))
    form.tag("endif")
    form.tag("if unchecked")
    form.heading(say("submission.unchecked", lang))
    form.each("text in unchecked", "{{ text }}")
    form.tag("endif")
    form.paragraph(say("submission.certificate", lang, **_fields("certificate", "input_hash")), align="left")
    form.heading(say("submission.requests", lang))
    form.each("each in bodies", say("submission.request", lang, body=body, amount=moved))
    form.paragraph(say("submission.closing", lang), keep=True)


@cache
def letter_form(lang: str) -> bytes:
    """Return the form of a letter to an owner, as a Word document with fields."""
    form = Form(lang)
    form.head("", "{{ subject }}")
    form.paragraph(say("submission.to_owner", lang, owner="{{ owner }}"), align="center")
    form.each("base in bases", say("submission.base", lang, base="{{ base }}"), italic=True)
    form.paragraph(say("submission.letter_intro", lang, **_fields("as_of")))
    number, line, project = _cells("row", "number", "line_id", "project")
    amounts = ("plan", "disbursed", "ratio", "change", "plan_after")
    form.table(
        "row in entries",
        [
            (say("submission.number", lang), number, 10, "center"),
            (say("submission.project", lang), f"{project} ({line})", 55, "left"),
            *(
                (title, cell, 20, "right")
                for title, cell in zip(
                    (
                        say("submission.plan", lang),
                        say("submission.disbursed", lang),
                        say("submission.ratio", lang),
                        say("submission.changed", lang),
                        say("submission.plan_after", lang),
                    ),
                    _cells("row", *amounts),
                    strict=True,
                )
            ),
        ],
        ["", say("common.total", lang), *_cells("total", *amounts)],
    )
    form.paragraph(say("submission.letter_reasons", lang))
    form.tag("for row in entries")
    form.heading("{{ row.number }}. {{ row.line_id }}: {{ row.project }} ({{ row.source }}).")
    form.each("sentence in row.sentences", "- {{ sentence }}")
    form.tag("endfor")
    form.paragraph(say("submission.letter_requests", lang), keep=True)
    form.each("text in requests", "- {{ text }}{% if loop.last %}/.{% endif %}", keep=True)
    form.foot()
    return form.bytes()
