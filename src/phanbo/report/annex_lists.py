"""The other lists of the annex: transfers, capital nobody may take, what is unchecked, all lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.catalogue import both
from phanbo.report.formats import Column
from phanbo.rules.base import confidence_words
from phanbo.words import GROUP, ROLE, word

if TYPE_CHECKING:
    from phanbo.report.names import Names
    from phanbo.report.workbook import Workbook

__all__ = ["write_every_line", "write_transfers", "write_unchecked", "write_unplaced"]

TRANSFERS = (
    Column(both("annex.rank"), 7, "rank"),
    Column(both("annex.project_2"), 30, group=both("annex.from_line")),
    Column(both("annex.owner"), 20, group=both("annex.from_line")),
    Column(both("annex.project_2"), 30, group=both("annex.to_line")),
    Column(both("annex.owner"), 20, group=both("annex.to_line")),
    Column(both("annex.pool"), 26),
    Column(both("annex.disbursed_amount"), 14, "money"),
    Column(both("annex.expected_gain_in"), 14, "money"),
    Column(both("annex.gain_a"), 12, "factor"),
    Column(both("annex.priority_class"), 26),
    Column(both("annex.authority"), 20),
)
UNPLACED = (
    Column(both("annex.pool_lines"), 44),
    Column(both("annex.owner"), 28),
    Column(both("annex.surplus_unplaced"), 16, "money"),
    Column(both("annex.need_unmet"), 16, "money"),
    Column(both("annex.what_stands"), 60),
)
UNCHECKED = (
    Column(both("annex.number"), 6, "center"),
    Column(both("annex.rule"), 56),
    Column(both("annex.confidence"), 18),
    Column(both("annex.missing_column"), 34),
    Column(both("annex.lines_2"), 12, "count"),
    Column(both("annex.what_to"), 60),
)


def write_transfers(book: Workbook, names: Names) -> None:
    """Write the sheet *Chuyển vốn*: who gives to whom, ranked."""
    sheet, frame = book.sheet(both("annex.transfers"), TRANSFERS), names.proposal.transfers
    sheet.title(
        both("annex.transfers_ranked"),
        both("annex.the_list"),
    )
    sheet.unit()
    sheet.head(repeat=True, freeze=1)
    if frame.empty:
        sheet.text(book.say(both("annex.none")))
        return
    top = sheet.reserve()
    for row in frame.to_dict("records"):
        ends = (*names.end(row["from_line"]), *names.end(row["to_line"]))
        sums = (row["amount"], row["gain"], row["gain_per_dong"])
        words = (names.priority(row["priority"]), names.authority(row["authority"], row["pool"]))
        sheet.line([row["rank"], *ends, names.pool(row["pool"]), *sums, *words])
    amount, gain = (
        sheet.total(column, top + 1, sheet.row - 1, int(frame[name].sum()))
        for column, name in ((6, "amount"), (7, "gain"))
    )
    label = book.say(both("annex.total"))
    sheet.line([None, label, None, None, None, None, amount, gain, None, None, None], "total", at=top)


def write_unplaced(book: Workbook, names: Names) -> None:
    """Write the sheet *Vốn chưa có nơi nhận*: surplus that will probably lapse, and the ask-list."""
    sheet, frame = book.sheet(both("annex.unplaced_capital_2"), UNPLACED), names.proposal.unplaced
    sheet.title(
        both("annex.unplaced_capital_and"),
        both("annex.surplus_that"),
    )
    sheet.unit()
    sheet.head(repeat=True, freeze=1)
    if frame.empty:
        sheet.text(book.say(both("annex.none")))
        return
    top = sheet.reserve()
    for row in frame.to_dict("records"):
        pool = sheet.reserve()
        for ask in row["ask"]:
            project = names.projects.get(ask["line_id"], (ask["line_id"], ""))[0]
            why = names.say((ask["what_vi"], ask["what_en"]))
            if ask["confidence"]:
                why += f" ({confidence_words(ask['confidence'], names.lang)})"
            sheet.line([project, ask["owner"], None, ask["unmet"], why])
        unmet = sheet.total(3, pool + 1, sheet.row - 1, row["unmet_need"]) if row["ask"] else None
        sheet.line([names.pool(row["pool"]), None, row["surplus"], unmet, None], "group", at=pool)
    sums = [
        sheet.total(column, top + 1, sheet.row - 1, int(frame[name].sum()))
        for column, name in ((2, "surplus"), (3, "unmet_need"))
    ]
    sheet.line([book.say(both("annex.total")), None, *sums, None], "total", at=top)


def write_unchecked(book: Workbook, names: Names) -> None:
    """Write the sheet *Chưa kiểm tra*: rules that miss a column, and what that means."""
    sheet, frame = book.sheet(both("annex.unchecked"), UNCHECKED), names.proposal.unchecked
    sheet.title(both("annex.rules_that"))
    sheet.head(repeat=True, freeze=2)
    if frame.empty:
        sheet.text(book.say(both("annex.every_rule")))
        return
    for k, row in enumerate(frame.to_dict("records"), start=1):
        column = names.column(row["column"])
        advice = names.advice(row["column"], row["lines"])
        sure = confidence_words(row["confidence"], names.lang)
        sheet.line([str(k), names.rule(row["rule"]), sure, column, row["lines"], advice])


def _line_columns() -> dict[str, Column]:
    return {
        "line_id": Column(both("annex.line_id"), 30),
        "project": Column(both("annex.project"), 30),
        "owner": Column(both("annex.owner"), 20),
        "stage": Column(both("annex.stage"), 11),
        "pool": Column(both("annex.pool"), 24),
        "role": Column(both("annex.role"), 12),
        "plan": Column(both("annex.owner_plan"), 13, "money"),
        "disbursed": Column(both("annex.disbursed_2"), 13, "money"),
        "required": Column(both("annex.required"), 9, "share"),
        "cut_bound": Column(both("annex.most_to"), 12, "money"),
        "add_bound": Column(both("annex.most_to_add"), 12, "money"),
        "cut": Column(both("annex.cut_2"), 12, "money"),
        "add": Column(both("annex.added_2"), 12, "money"),
        "expected": Column(both("annex.expected_before"), 13, "money"),
        "expected_after": Column(both("annex.expected_after"), 13, "money"),
        "rule": Column(both("annex.deciding_rule"), 54),
    }


def write_every_line(book: Workbook, names: Names) -> None:
    """Write the sheet *Mọi dòng vốn*: role, bounds, change and the deciding rule of every line."""
    columns, frame, case = _line_columns(), names.proposal.lines, names.proposal.case
    if case is None:
        columns = {name: column for name, column in columns.items() if name in frame or name == "rule"}
    else:
        for name in ("project", "stage"):
            frame[name] = case.portfolio.text(name)
        for name in ("plan", "disbursed"):
            frame[name] = case.portfolio.money(name)[0]
    sheet = book.sheet(both("annex.all_lines"), list(columns.values()))
    sheet.title(both("annex.all_lines_2"))
    sheet.unit()
    sheet.head(repeat=True, freeze=2)
    for row in frame.to_dict("records"):
        sheet.line([_shown(names, name, row) for name in columns])


def _shown(names: Names, name: str, row: dict[Any, Any]) -> Any:
    if name == "rule":
        return names.rule(row["binding_rule"] or row["first_failed"])
    if name in {"cut", "add"}:
        return row[name] or None
    if name == "pool":
        return names.pool(row[name])
    words = {"stage": GROUP, "role": ROLE}.get(name)
    return row[name] if words is None else word(words, row[name], names.lang)
