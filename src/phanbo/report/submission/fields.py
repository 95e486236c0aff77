"""What a submission may say, field by field: every figure formatted, every list ready to be repeated."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from phanbo.catalogue import amount, day, million, percent, say
from phanbo.errors import PhanboError
from phanbo.proposal.reasons import offered, standing
from phanbo.report.annex_summary import certificate_text, opening
from phanbo.report.names import Names
from phanbo.report.submission.bases import bases
from phanbo.words import GROUP, word

if TYPE_CHECKING:
    from phanbo.proposal import Proposal

__all__ = ["submission_fields"]

ALWAYS = ("pool-balance", "donor-test", "fast-line")
"""Principles of every round, whether or not a line met them."""
MOST_POOLS = 10


def submission_fields(proposal: Proposal, lang: str) -> dict[str, Any]:
    """Return the fields of the submission: texts, lists of texts, and lists of rows.

    Amounts are in triệu đồng, shares in percent, both as the language writes them.

    Raises
    ------
    PhanboError
        When the proposal came without its tables.
    """
    if proposal.case is None:
        raise PhanboError(
            "Phương án không kèm bảng dữ liệu: không lập được tờ trình.",
            "No tables came with the proposal: there is no submission to write.",
        )
    names = Names(proposal, lang)
    return {
        **_round(names),
        **_situation(names),
        **_principles(names),
        **_change(names),
        **_effect(names),
        **_decisions(names),
    }


def _share(part: int, whole: int, lang: str) -> str:
    return percent(Fraction(part, whole), lang) if whole else "–"


def _round(names: Names) -> dict[str, Any]:
    meta, lang = names.proposal.meta, names.lang
    number, year = meta["round"]["number"], str(meta["as_of"])[:4]
    told = {"year": year, "number": number}
    return {
        "year": year,
        "round": str(number or ""),
        "as_of": day(dt.date.fromisoformat(meta["as_of"]), lang),
        "judged_on": day(dt.date.fromisoformat(meta["round"]["judged_on"]), lang),
        "subject": say("submission.subject_round" if number else "submission.subject", lang, **told),
        "input_hash": meta["input_hash"],
        "certificate": certificate_text(names),
        "bases": bases(names.proposal, lang),
    }


def _situation(names: Names) -> dict[str, Any]:
    assessment, lang = names.proposal.assessment, names.lang
    whole = assessment.province
    rows = [
        {
            "number": str(k),
            "source": row["source"],
            "plan_year": str(row["plan_year"]),
            "plan": million(row["plan"], lang),
            "disbursed": million(row["disbursed"], lang),
            "ratio": _share(row["disbursed"], row["plan"], lang),
        }
        for k, row in enumerate(assessment.sources.to_dict("records"), start=1)
    ]
    return {
        "lines": amount(whole["lines"], lang),
        "plan": million(whole["plan"], lang),
        "disbursed": million(whole["disbursed"], lang),
        "ratio": _share(whole["disbursed"], whole["plan"], lang),
        "carried_plan": million(whole["carried_plan"], lang),
        "carried_disbursed": million(whole["carried_disbursed"], lang),
        "total_plan": million(whole["total_plan"], lang),
        "total_disbursed": million(whole["total_disbursed"], lang),
        "total_ratio": _share(whole["total_disbursed"], whole["total_plan"], lang),
        "sources": rows,
    }


def _principles(names: Names) -> dict[str, Any]:
    """Tell the rules that decided something of this round, the milestones, and what comes first."""
    proposal, lang = names.proposal, names.lang
    frames = proposal.frames
    used = {*ALWAYS, *frames["adjustments"]["binding_rule"], *frames["lines"]["first_failed"]}
    rules = [rule for rule in proposal._rulebook.rules if rule.code in used]  # noqa: SLF001 — one house
    milestones = [
        say(
            "submission.milestone" if each.inclusive else "submission.milestone_before",
            lang,
            group=word(GROUP, each.group, lang),
            share=percent(each.share, lang),
            day=day(each.on, lang),
        )
        for each in proposal._case.calendar.milestones  # noqa: SLF001
    ]
    return {
        "principles": [
            f"{names.say((rule.title_vi, rule.title_en))} ({rule.source.cite(lang)})" for rule in rules
        ],
        "milestones": milestones,
        "priorities": [names.priority(each.code) for each in proposal._rulebook.classes],  # noqa: SLF001
    }


def _change(names: Names) -> dict[str, Any]:
    summary, lang = names.proposal.summary, names.lang
    frame = names.proposal.frames["adjustments"]
    by_source = [
        {
            "number": str(k),
            "source": row["source"],
            "plan_year": str(row["plan_year"]),
            "cut": million(row["cut"], lang),
            "added": million(row["added"], lang),
        }
        for k, row in enumerate(summary["by_source"], start=1)
    ]
    return {
        "cut": million(summary["cut"], lang),
        "added": million(summary["added"], lang),
        "returned": million(summary["returned"], lang),
        "cut_lines": amount(summary["cut_lines"], lang),
        "raised_lines": amount(summary["raised_lines"], lang),
        "cut_projects": amount(frame.loc[frame["change"] < 0, "project_id"].nunique(), lang),
        "raised_projects": amount(frame.loc[frame["change"] > 0, "project_id"].nunique(), lang),
        "by_source": by_source,
        "balance": _balance(names),
        "why_empty": _why_empty(names),
        "cuts": _rows(names, -1),
        "raises": _rows(names, 1),
    }


def _balance(names: Names) -> list[str]:
    """Tell where what is cut goes: to other lines of its source, to a shortfall of revenue, back to the reserve."""
    proposal, lang = names.proposal, names.lang
    summary, transfers = proposal.summary, proposal.frames["transfers"]
    short = int(transfers.loc[transfers["to_line"].str.startswith("shortfall:"), "amount"].sum())
    told = []
    if summary["by_source"] and all(row["cut"] == row["added"] for row in summary["by_source"]):
        told.append(say("submission.balanced", lang))
    if short:
        told.append(say("submission.shortfall", lang, amount=million(short, lang)))
    if summary["returned"]:
        told.append(say("submission.returned", lang, amount=million(summary["returned"], lang)))
    return told


def _why_empty(names: Names) -> list[str]:
    """Tell which test how many lines failed first, the most frequent first; nothing where something moves."""
    why = names.proposal.summary["why_empty"]
    return [
        say(
            "submission.empty_reason",
            names.lang,
            reason=names.rule(code),
            lines=amount(count, names.lang),
        )
        for code, count in sorted(why.items(), key=lambda item: (-item[1], item[0]))
    ]


def _rows(names: Names, sign: int) -> list[dict[str, str]]:
    """Return the lines that are cut or raised, as ranked, each with where it stands."""
    proposal, lang = names.proposal, names.lang
    frame = proposal.frames["adjustments"]
    mine = frame[frame["change"] * sign > 0].to_dict("records")
    place = {line: k for k, line in enumerate(proposal.outlook.line_ids)}
    rows = []
    for k, row in enumerate(mine, start=1):
        case, line = proposal._case, place[row["line_id"]]  # noqa: SLF001 — one house
        said = standing(case, line, lang) + (offered(int(case.offer[line]), lang) if sign < 0 else "")
        rows.append(
            {
                "number": str(k),
                "rank": str(row["rank"]),
                "project": row["project"],
                "project_id": row["project_id"],
                "line_id": row["line_id"],
                "owner": row["owner"],
                "source": row["source"],
                "stage": word(GROUP, row["stage"], lang),
                "plan": million(row["plan"], lang),
                "disbursed": million(row["disbursed"], lang),
                "ratio": _share(row["disbursed"], row["plan"], lang),
                "change": million(abs(row["change"]), lang),
                "plan_after": million(row["plan_after"], lang),
                "expected_after": million(row["expected_after"], lang),
                "standing": f"{said[0].upper()}{said[1:]}.",
                "reason": row[f"reason_{lang}"],
            }
        )
    return rows


def _effect(names: Names) -> dict[str, Any]:
    summary, lang = names.proposal.summary, names.lang
    whole = names.proposal.assessment.province["total_plan"]
    frame = names.proposal.frames["unplaced"].sort_values("surplus", ascending=False, kind="stable")
    pools = [
        {
            "pool": names.pool(row["pool"]),
            "surplus": million(row["surplus"], lang),
            "unmet": million(row["unmet_need"], lang),
            "asked": amount(len(row["ask"]), lang),
        }
        for row in frame.head(MOST_POOLS).to_dict("records")
    ]
    after, gain = whole + summary["added"] - summary["cut"], summary["expected_after"] - summary["expected"]
    told = {
        "horizon": day(dt.date.fromisoformat(summary["horizon"]), lang),
        "expected": million(summary["expected"], lang),
        "expected_after": million(summary["expected_after"], lang),
        "gain": million(gain, lang),
        "expected_ratio": _share(summary["expected"], whole, lang),
        "expected_ratio_after": _share(summary["expected_after"], after, lang),
    }
    if not summary["cut_lines"] and not summary["raised_lines"]:
        effect = say("submission.effect_none", lang, **told)
    elif gain > 0:
        effect = say("submission.effect_text", lang, **told)
    else:  # what leaves the plan is no longer there to be spent
        effect = say("submission.effect_lower", lang, **told)
    return {
        **told,
        "effect": effect,
        "unplaced": million(summary["unplaced"], lang),
        "unplaced_pools": pools,
        "unplaced_others": amount(max(0, len(frame) - MOST_POOLS), lang) if len(frame) > MOST_POOLS else "",
        "asked_lines": amount(sum(len(row) for row in frame["ask"]), lang),
    }


def _decisions(names: Names) -> dict[str, Any]:
    lang, bodies = names.lang, []
    for annex in names.proposal.by_authority().values():
        moved, law = (
            int(annex.transfers["amount"].sum()),
            dict.fromkeys(a.cite(lang) for a in annex.authorities),
        )
        bodies.append(
            {
                "body": annex.title(lang),
                "transfers": amount(len(annex.transfers), lang),
                "lines": amount(len(annex.lines), lang),
                "amount": million(moved, lang),
                "law": "; ".join(law),
            }
        )
    return {"bodies": bodies, "unchecked": opening(names)}
