"""The other lists of the annex: transfers, capital nobody may take, what is unchecked, all lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phanbo.report.formats import Column
from phanbo.rules.base import confidence_words
from phanbo.words import GROUP, ROLE, word

if TYPE_CHECKING:
    from phanbo.report.names import Names
    from phanbo.report.workbook import Workbook

__all__ = ["write_every_line", "write_transfers", "write_unchecked", "write_unplaced"]

TRANSFERS = (
    Column(("Thứ hạng", "Rank"), 7, "rank"),
    Column(("Dự án", "Project"), 30, group=("Từ dòng vốn", "From line")),
    Column(("Chủ đầu tư", "Owner"), 20, group=("Từ dòng vốn", "From line")),
    Column(("Dự án", "Project"), 30, group=("Đến dòng vốn", "To line")),
    Column(("Chủ đầu tư", "Owner"), 20, group=("Đến dòng vốn", "To line")),
    Column(("Bể vốn", "Pool"), 26),
    Column(("Số vốn", "Amount"), 14, "money"),
    Column(("Giải ngân tăng thêm dự kiến", "Expected gain in disbursement"), 14, "money"),
    Column(("Tăng thêm trên một đồng chuyển", "Gain a đồng moved"), 12, "factor"),
    Column(("Lớp ưu tiên", "Priority class"), 26),
    Column(("Thẩm quyền", "Authority"), 20),
)
UNPLACED = (
    Column(("Bể vốn, dòng vốn có nhu cầu", "Pool, lines in need"), 44),
    Column(("Chủ đầu tư", "Owner"), 28),
    Column(("Vốn dư chưa có nơi nhận", "Surplus unplaced"), 16, "money"),
    Column(("Nhu cầu chưa được đáp ứng", "Need unmet"), 16, "money"),
    Column(("Vướng mắc cần tháo gỡ", "What stands in the way"), 60),
)
UNCHECKED = (
    Column(("STT", "No."), 6, "center"),
    Column(("Quy định", "Rule"), 56),
    Column(("Độ tin cậy", "Confidence"), 18),
    Column(("Cột còn thiếu", "Missing column"), 34),
    Column(("Số dòng vốn", "Lines"), 12, "count"),
    Column(("Việc cần làm", "What to do"), 60),
)


def write_transfers(book: Workbook, names: Names) -> None:
    """Write the sheet *Chuyển vốn*: who gives to whom, ranked."""
    sheet, frame = book.sheet(("Chuyển vốn", "Transfers"), TRANSFERS), names.proposal.transfers
    sheet.title(
        ("DANH SÁCH CHUYỂN VỐN THEO THỨ HẠNG", "TRANSFERS, RANKED"),
        (
            "Các dòng đầu của danh sách, đến thứ hạng nào cũng cân đối và đúng quy định.",
            "The list may be cut after any rank: what stands above it balances and keeps every rule.",
        ),
    )
    sheet.unit()
    sheet.head(repeat=True, freeze=1)
    if frame.empty:
        sheet.text(book.say(("Không có.", "None.")))
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
    label = book.say(("TỔNG SỐ", "TOTAL"))
    sheet.line([None, label, None, None, None, None, amount, gain, None, None, None], "total", at=top)


def write_unplaced(book: Workbook, names: Names) -> None:
    """Write the sheet *Vốn chưa có nơi nhận*: surplus that will probably lapse, and the ask-list."""
    sheet, frame = book.sheet(("Vốn chưa có nơi nhận", "Unplaced capital"), UNPLACED), names.proposal.unplaced
    sheet.title(
        ("VỐN CHƯA CÓ NƠI NHẬN VÀ DANH SÁCH CẦN THÁO GỠ", "UNPLACED CAPITAL AND THE ASK-LIST"),
        (
            "Vốn dư có khả năng không giải ngân hết đến hết niên độ; dưới mỗi bể vốn là các dòng có nhu cầu và vướng mắc.",
            "Surplus that will probably stay unspent; under each pool, the lines in need and what stands in the way.",
        ),
    )
    sheet.unit()
    sheet.head(repeat=True, freeze=1)
    if frame.empty:
        sheet.text(book.say(("Không có.", "None.")))
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
    sheet.line([book.say(("TỔNG SỐ", "TOTAL")), None, *sums, None], "total", at=top)


def write_unchecked(book: Workbook, names: Names) -> None:
    """Write the sheet *Chưa kiểm tra*: rules that miss a column, and what that means."""
    sheet, frame = book.sheet(("Chưa kiểm tra", "Unchecked"), UNCHECKED), names.proposal.unchecked
    sheet.title(("QUY ĐỊNH CHƯA KIỂM TRA ĐƯỢC", "RULES THAT COULD NOT BE CHECKED"))
    sheet.head(repeat=True, freeze=2)
    if frame.empty:
        sheet.text(
            book.say(
                (
                    "Mọi quy định đều đã được kiểm tra trên số liệu.",
                    "Every rule was checked against the tables.",
                )
            )
        )
        return
    for k, row in enumerate(frame.to_dict("records"), start=1):
        column = names.column(row["column"])
        advice = names.advice(row["column"], row["lines"])
        sure = confidence_words(row["confidence"], names.lang)
        sheet.line([str(k), names.rule(row["rule"]), sure, column, row["lines"], advice])


def _line_columns() -> dict[str, Column]:
    return {
        "line_id": Column(("Mã dòng vốn", "Line id"), 30),
        "project": Column(("Danh mục dự án", "Project"), 30),
        "owner": Column(("Chủ đầu tư", "Owner"), 20),
        "stage": Column(("Phân loại", "Stage"), 11),
        "pool": Column(("Bể vốn", "Pool"), 24),
        "role": Column(("Vai trò", "Role"), 12),
        "plan": Column(("Kế hoạch vốn", "Plan"), 13, "money"),
        "disbursed": Column(("Giải ngân", "Disbursed"), 13, "money"),
        "required": Column(("Yêu cầu", "Required"), 9, "share"),
        "cut_bound": Column(("Giảm tối đa", "Most to cut"), 12, "money"),
        "add_bound": Column(("Tăng tối đa", "Most to add"), 12, "money"),
        "cut": Column(("Giảm", "Cut"), 12, "money"),
        "add": Column(("Tăng", "Added"), 12, "money"),
        "expected": Column(("Ước giải ngân trước điều chỉnh", "Expected before"), 13, "money"),
        "expected_after": Column(("Ước giải ngân sau điều chỉnh", "Expected after"), 13, "money"),
        "rule": Column(("Quy định quyết định", "Deciding rule"), 54),
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
    sheet = book.sheet(("Mọi dòng vốn", "All lines"), list(columns.values()))
    sheet.title(("MỌI DÒNG VỐN", "ALL LINES"))
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
