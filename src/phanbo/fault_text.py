"""Many findings told calmly: one group a code, the first places of each, and the differences as a table."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phanbo.errors import Finding

__all__ = ["difference_html", "difference_text", "faults_html", "faults_text", "message_html"]

SHOWN = 3
"""Findings of one code told in full."""
PLACES = 5
"""Further places of it that are named."""
GROUPS = 12
"""Codes that are told; the rest are counted."""
ROWS = 10
"""Differences that are told."""
WIDEST = 300
"""Characters of one finding."""

TITLES = {
    "vi": ("tổng", "cột", "số ghi", "cộng các dòng", "chênh lệch", "ở"),
    "en": ("total", "column", "stated", "lines add up to", "apart", "where"),
}
COLUMNS = {"plan": ("kế hoạch", "plan"), "disbursed": ("giải ngân", "disbursed")}
GAPS = {"vi": "Chênh lệch khi đối chiếu (đồng):", "en": "Totals that differ (đồng):"}


def faults_text(findings: Sequence[Finding], differences: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Return findings as text: how many, each code with its first places, the table of differences."""
    groups = _groups(findings)
    lines = [_head(len(findings), len(groups), lang)]
    for listed in groups[:GROUPS]:
        lines += [f"- {_short(finding.line(lang))}" for finding in _told(listed)]
        lines += [f"  {more}" for more in _more(listed, lang)]
    lines += _rest(groups, lang)
    if differences:
        lines += ["", difference_text(differences, lang)]
    return "\n".join(lines)


def message_html(vi: str, en: str) -> str:
    """Return a message in both languages for a notebook, every text escaped."""
    said = (
        f"<p lang='{lang}'>{'<br>'.join(html.escape(line) for line in text.splitlines())}</p>"
        for lang, text in (("vi", vi), ("en", en))
    )
    return f"<div>{''.join(said)}</div>"


def faults_html(findings: Sequence[Finding], differences: Sequence[Mapping[str, Any]]) -> str:
    """Return the same in Vietnamese for a notebook, every text escaped."""
    groups, parts = _groups(findings), []
    for listed in groups[:GROUPS]:
        told = [*(finding.line() for finding in _told(listed)), *_more(listed, "vi")]
        parts += [f"<li>{'<br>'.join(html.escape(_short(line)) for line in told)}</li>"]
    rest = "".join(f"<p>{html.escape(line)}</p>" for line in _rest(groups, "vi"))
    head = html.escape(_head(len(findings), len(groups), "vi"))
    table = difference_html(differences) if differences else ""
    return f"<div><p><b>{head}</b></p><ul>{''.join(parts)}</ul>{rest}{table}</div>"


def difference_text(differences: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Return what does not add up as aligned columns, one difference a line."""
    cells = [TITLES[lang], *_cells(differences, lang)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(TITLES[lang]))]
    lines = [
        "  "
        + "  ".join(
            cell.rjust(width) if 2 <= at <= 4 else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return "\n".join([GAPS[lang], *lines, *_more_gaps(differences, lang)])


def difference_html(differences: Sequence[Mapping[str, Any]]) -> str:
    """Return what does not add up as a table in Vietnamese."""
    head = "".join(f"<th style='text-align:left'>{title}</th>" for title in TITLES["vi"])
    body = "".join(
        "<tr>"
        + "".join(
            f"<td style='text-align:{'right' if 2 <= at <= 4 else 'left'}'>{html.escape(cell)}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in _cells(differences, "vi")
    )
    more = "".join(f"<p>{html.escape(line)}</p>" for line in _more_gaps(differences, "vi"))
    caption = f"<caption style='text-align:left'>{GAPS['vi']}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _groups(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return the findings by code, in the order in which the codes are first met."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.code, []).append(finding)
    return list(groups.values())


def _told(listed: list[Finding]) -> list[Finding]:
    """Return the findings of a code told in full: one more than usual rather than “and 1 more”."""
    return listed if len(listed) <= SHOWN + 1 else listed[:SHOWN]


def _head(count: int, kinds: int, lang: str) -> str:
    if lang == "vi":
        return f"Dữ liệu có {_number(count, lang)} lỗi" + (f", {kinds} loại:" if 1 < kinds < count else ":")
    of = f", of {kinds} kinds:" if 1 < kinds < count else ":"
    return f"The data has {_number(count, lang)} fault{'' if count == 1 else 's'}{of}"


def _more(listed: list[Finding], lang: str) -> list[str]:
    """Return how many more findings of a code there are, and where the next of them stand."""
    rest = listed[len(_told(listed)) :]
    if not rest:
        return []
    places = list(dict.fromkeys(place for finding in rest[:100] if (place := finding.place(lang))))
    named = ", ".join(places[:PLACES]) + (", …" if len(rest) > PLACES else "")
    where = f": {named}" if places else ""
    count = _number(len(rest), lang)
    return [
        _short(
            f"… và {count} lỗi khác như vậy{where}" if lang == "vi" else f"… and {count} more like it{where}"
        )
    ]


def _rest(groups: list[list[Finding]], lang: str) -> list[str]:
    rest = groups[GROUPS:]
    if not rest:
        return []
    count = _number(sum(map(len, rest)), lang)
    if lang == "vi":
        return [f"… và {count} lỗi khác, {len(rest)} loại nữa."]
    return [f"… and {count} more of {len(rest)} other kinds."]


def _cells(differences: Sequence[Mapping[str, Any]], lang: str) -> list[tuple[str, ...]]:
    column = 0 if lang == "vi" else 1
    rows = []
    for each in differences[:ROWS]:
        at = each["cell"] or (f"{'dòng' if lang == 'vi' else 'row'} {each['row']}" if each["row"] else "")
        label = str(each["label"] or each["key"])
        rows.append(
            (
                label if len(label) <= 40 else label[:39] + "…",
                COLUMNS.get(each["column"], (each["column"],) * 2)[column],
                *(
                    "–" if each[name] is None else _number(each[name], "vi")  # đồng as in the findings
                    for name in ("stated", "added", "gap")
                ),
                f"{each['sheet']} {at}".strip(),
            )
        )
    return rows


def _more_gaps(differences: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    rest = len(differences) - ROWS
    if rest <= 0:
        return []
    return [
        f"  … và {_number(rest, lang)} chênh lệch khác"
        if lang == "vi"
        else f"  … and {_number(rest, lang)} more"
    ]


def _number(amount: int, lang: str) -> str:
    return f"{amount:,}".replace(",", ".") if lang == "vi" else f"{amount:,}"


def _short(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
