"""The sheet *Tổng hợp*: what the round is, what is not checked, and its totals."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from phanbo.money import format_million, format_share
from phanbo.report.annex_changes import plan_year
from phanbo.report.formats import Column
from phanbo.words import READING, TIER, day, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phanbo.report.formats import Pair
    from phanbo.report.names import Names
    from phanbo.report.sheet import Sheet
    from phanbo.report.workbook import Workbook

__all__ = ["certificate_text", "opening", "write_summary"]

WIDTHS = (Column(("", ""), 62), *(Column(("", ""), 19) for _ in range(5)))
SOURCES = (
    Column(("Nguồn vốn", "Source"), 62),
    Column(("Năm kế hoạch", "Plan year"), 19, "center"),
    Column(("Số dòng thay đổi", "Lines changed"), 19, "count"),
    Column(("Giảm", "Cut"), 19, "money"),
    Column(("Tăng", "Added"), 19, "money"),
    Column(("Tăng trừ giảm", "Added less cut"), 19, "money"),
)


def write_summary(book: Workbook, names: Names) -> None:
    """Write the sheet: first what is not checked, then what the round is, then totals."""
    sheet = book.sheet(("Tổng hợp", "Summary"), WIDTHS)
    meta, year = names.proposal.meta, plan_year(names)
    on, number = day(dt.date.fromisoformat(meta["as_of"]), names.lang), meta["round"]["number"]
    sheet.title(
        (
            f"PHƯƠNG ÁN ĐIỀU CHỈNH KẾ HOẠCH VỐN ĐẦU TƯ CÔNG NĂM {year}"
            + (f", ĐỢT {number}" if number else ""),
            f"PROPOSED ADJUSTMENT OF THE PUBLIC INVESTMENT PLAN {year}"
            + (f", ROUND {number}" if number else ""),
        ),
        (f"Số liệu đến ngày {on}", f"Data to {on}"),
    )
    for text in opening(names):
        sheet.text(text, "alert")
    sheet.unit()
    _section(sheet, ("Đợt điều chỉnh", "The round"))
    for label, value in _round(names):
        sheet.pair(book.say(label), value)
    _totals(sheet, names)
    _why_empty(sheet, names)
    _by_source(sheet, names)
    _by_authority(sheet, names)
    _need(sheet, names)
    _tiers(sheet, names)
    _section(sheet, ("Lựa chọn của đợt", "Choices of the round"))
    for label, value in _choices(names):
        sheet.pair(book.say(label), value)


def opening(names: Names) -> list[str]:
    """Return what must be read first: the rules that are unchecked, then the warnings."""
    summary = names.proposal.summary
    said = []
    if summary["conditional"]:
        said.append(names.say(("PHƯƠNG ÁN CÓ ĐIỀU KIỆN. Chưa kiểm tra:", "CONDITIONAL PROPOSAL. Unchecked:")))
        gaps: dict[str, list[str]] = {}
        for gap in summary["unchecked"]:
            column, lines = names.column(gap["column"]), gap["lines"]
            missing = (f"thiếu “{column}”, {lines} dòng vốn", f"“{column}” missing, {lines} lines")
            gaps.setdefault(gap["rule"], []).append(names.say(missing))
        said += [f"– {names.rule(code)} ({'; '.join(missing)})" for code, missing in gaps.items()]
    said += [names.say(("Cảnh báo: ", "Warning: ")) + names.warning(text) for text in summary["warnings"]]
    return said


def certificate_text(names: Names) -> str:
    """Return what the independent re-check found, in one sentence."""
    if names.proposal.case is None:
        return names.say(("Chưa kiểm tra lại: không kèm bảng dữ liệu.", "Not re-checked: no tables at hand."))
    certificate = names.proposal.verify()
    if not certificate.ok:
        found = "; ".join(certificate.findings[:5])
        return names.say(("KHÔNG ĐẠT: ", "FAILED: ")) + found
    if certificate.proved == "optimal":
        return names.say(
            (
                "Đạt: cân đối từng đồng, đúng mọi quy định kiểm tra được, tốt nhất theo mọi mục tiêu.",
                "Passed: balances to the đồng, keeps every rule that could be checked, best in every goal.",
            )
        )
    return names.say(
        (
            "Đạt: cân đối từng đồng, đúng mọi quy định kiểm tra được.",
            "Passed: balances to the đồng and keeps every rule that could be checked.",
        )
    )


def _section(sheet: Sheet, title: Pair) -> None:
    sheet.space()
    sheet.text(sheet.book.say(title), "section")


def _amounts(sheet: Sheet, rows: list[tuple[str, int]], title: Pair) -> tuple[int, int]:
    """Write a table of two columns, đồng; return its first and last row."""
    columns = (Column(title, 62), Column(("Số vốn", "Amount"), 19, "money"))
    sheet.head(columns)
    first = sheet.row
    for row in rows:
        sheet.line(row, columns=columns)
    return first, sheet.row - 1


def _totals(sheet: Sheet, names: Names) -> None:
    s, say = names.proposal.summary, names.say
    _section(sheet, ("Kết quả", "Result"))
    counts = (
        ("Số dòng vốn trong kế hoạch", "Lines of the plan", s["lines"]),
        ("Số dòng giảm", "Lines cut", s["cut_lines"]),
        (
            "Số dòng giảm chậm theo cả ba cách xét (thực tế, tốc độ, dự báo)",
            "Cuts late by all readings",
            s["late_under_all"],
        ),
        ("Số dòng tăng", "Lines raised", s["raised_lines"]),
    )
    columns = (Column(("Chỉ tiêu", "Figure"), 62), Column(("Số dòng", "Lines"), 19, "count"))
    sheet.head(columns)
    for vi, en, count in counts:
        sheet.line([say((vi, en)), count], columns=columns)
    horizon = day(dt.date.fromisoformat(s["horizon"]), names.lang)
    sheet.space()
    rows = [
        (say(("Tổng giảm", "Total cut")), s["cut"]),
        (say(("Tổng tăng", "Total added")), s["added"]),
        (say(("Thu hồi về dự phòng, chưa phân bổ", "Returned to the reserve")), s["returned"]),
        (say(("Vốn dư chưa có nơi nhận", "Surplus unplaced")), s["unplaced"]),
        (
            say((f"Ước giải ngân đến {horizon}, trước điều chỉnh", f"Expected by {horizon}, before")),
            s["expected"],
        ),
        (
            say((f"Ước giải ngân đến {horizon}, sau điều chỉnh", f"Expected by {horizon}, after")),
            s["expected_after"],
        ),
        (say(("Ước giải ngân tăng thêm", "Expected gain")), s["expected_after"] - s["expected"]),
    ]
    _amounts(sheet, rows, ("Chỉ tiêu", "Figure"))
    ratios = [
        (say(("Ước tỷ lệ giải ngân trước điều chỉnh", "Expected share before")), s["year_end_ratio"]),
        (say(("Ước tỷ lệ giải ngân sau điều chỉnh", "Expected share after")), s["year_end_ratio_after"]),
    ]
    shares = (Column(("", ""), 62), Column(("", ""), 19, "share"))
    for label, value in ratios:
        sheet.line([label, value], columns=shares)
    sheet.pair(say(("Kết quả kiểm tra lại", "Result of the re-check")), certificate_text(names))


def _why_empty(sheet: Sheet, names: Names) -> None:
    why = names.proposal.summary["why_empty"]
    if not why:
        return
    _section(sheet, ("Vì sao không có điều chỉnh", "Why nothing moves"))
    columns = (
        Column(("Quy định đầu tiên không đạt", "First test failed"), 62),
        Column(("Số dòng", "Lines"), 19, "count"),
    )
    sheet.head(columns)
    for code, count in sorted(why.items(), key=lambda item: (-item[1], item[0])):
        sheet.line([names.rule(code), count], columns=columns)


def _by_source(sheet: Sheet, names: Names) -> None:
    rows = names.proposal.summary["by_source"]
    if not rows:
        return
    _section(sheet, ("Theo nguồn vốn", "By source"))
    changed = names.proposal.frames["adjustments"].groupby(["source", "plan_year"]).size()
    sheet.head(SOURCES)
    first = sheet.row
    for row in rows:
        count = int(changed[row["source"], row["plan_year"]])
        cells = [row["source"], str(row["plan_year"]), count, row["cut"], row["added"]]
        sheet.line([*cells, sheet.difference(4, 3, row["added"] - row["cut"])], columns=SOURCES)
    last = sheet.row - 1
    cut, added = (sum(row[name] for row in rows) for name in ("cut", "added"))
    sums = [sheet.total(3, first, last, cut), sheet.total(4, first, last, added)]
    lines = sheet.total(2, first, last, int(changed.sum()))
    label = names.say(("TỔNG SỐ", "TOTAL"))
    sheet.line([label, None, lines, *sums, sheet.difference(4, 3, added - cut)], "total", columns=SOURCES)


def _by_authority(sheet: Sheet, names: Names) -> None:
    amounts = names.proposal.summary["by_authority"]
    if not amounts:
        return
    _section(sheet, ("Theo cấp quyết định", "By authority"))
    frame, sums = names.proposal.frames["transfers"], dict[str, int]()
    decided = zip(frame["authority"], frame["pool"], frame["amount"].tolist(), strict=True)
    for code, pool, amount in sorted(decided, key=lambda row: [*amounts].index(row[0])):
        body = names.authority(code, pool)
        sums[body] = sums.get(body, 0) + amount
    rows = [*sums.items()]
    first, last = _amounts(sheet, rows, ("Cấp quyết định việc chuyển vốn", "Who decides the transfers"))
    total = sheet.total(1, first, last, sum(amounts.values()))
    columns = (WIDTHS[0], Column(("", ""), 19, "money"))
    sheet.line([names.say(("TỔNG SỐ", "TOTAL")), total], "total", columns=columns)


def _need(sheet: Sheet, names: Names) -> None:
    """Write how much of the stated need each test took away."""
    removed = dict(names.proposal.summary["need_removed"])
    stated, added = removed.pop("stated"), removed.pop("added")
    if not stated:
        return
    _section(sheet, ("Nhu cầu bổ sung vốn đã nêu đi đâu", "Where the stated need went"))
    rows = [(names.say(("Nhu cầu chủ đầu tư nêu", "Need stated by the owners")), stated)]
    rows += [(f"– {names.rule(code)}", amount) for code, amount in removed.items()]
    rows.append((names.say(("Được bổ sung", "Added")), added))
    _amounts(sheet, rows, ("Nhu cầu và phần bị loại qua từng quy định", "Need, and what each rule took away"))


def _tiers(sheet: Sheet, names: Names) -> None:
    columns = (
        Column(("Mục tiêu, theo thứ tự", "Goal, in order"), 62),
        Column(("Chênh so với mức tốt nhất", "Distance from the best"), 19, "count"),
    )
    frame = names.proposal.frames["tiers"]
    if frame.empty:
        return
    _section(sheet, ("Mục tiêu của đợt", "Goals of the round"))
    sheet.head(columns)
    for row in frame.to_dict("records"):
        code = row["tier"]
        title = names.rule(code) if code.startswith("priority[") else word(TIER, code, names.lang)
        sheet.line([f"{title[0].upper()}{title[1:]}", row["gap"]], columns=columns)


def _round(names: Names) -> Iterator[tuple[Pair, str]]:
    """Tell calendar, round, dates, rulebook and data."""
    meta, lang = names.proposal.meta, names.lang
    dates = {
        key: day(dt.date.fromisoformat(meta["round"][key]), lang)
        for key in ("report_by", "judged_on", "forecast_on")
    }
    number, case = meta["round"]["number"], names.proposal.case
    calendar = meta["calendar"]["code"]
    if case is not None:
        calendar = f"{names.say((case.calendar.title_vi, case.calendar.title_en))} ({calendar})"
    book, code = names.book, meta["rulebook"]["code"]
    rules = code if book is None else f"{names.say((book.title_vi, book.title_en))} ({code})"
    yield ("Lịch", "Calendar"), calendar
    yield ("Đợt", "Round"), str(number) if number else names.say(("ngoài lịch", "outside the calendar"))
    yield ("Hạn báo cáo", "Report before"), dates["report_by"]
    yield ("Ngày xét mốc giải ngân", "Milestones judged on"), dates["judged_on"]
    yield ("Ngày xét theo dự báo", "Judged by forecast on"), dates["forecast_on"]
    yield (
        ("Bộ quy định", "Rulebook"),
        f"{rules}, {names.say(('phiên bản', 'version'))} {meta['rulebook']['version']}",
    )
    yield ("Mã kiểm tra dữ liệu", "Hash of the data"), meta["input_hash"]
    if meta["parent"]:
        yield ("Trích từ phương án", "Part of the proposal"), meta["parent"]


def _choices(names: Names) -> Iterator[tuple[Pair, str]]:
    """Tell the settings of the round that the law leaves open."""
    policy, lang, say = names.proposal.meta["policy"], names.lang, names.say
    yes_no = {True: say(("có", "yes")), False: say(("không", "no"))}
    yield ("Độ tin cậy của phần giảm", "Confidence of a cut"), _percent(policy["donor_confidence"], lang)
    yield (
        ("Độ tin cậy của phần tăng", "Confidence of an increase"),
        _percent(policy["receiver_confidence"], lang),
    )
    yield ("Cách xét chậm tiến độ", "Reading that decides"), word(READING, policy["judge"], lang)
    yield ("Vốn kéo dài", "Capital carried over"), say(CARRY[policy["carry_over"]])
    yield ("Thu hồi vốn chưa có nơi nhận", "Unplaced capital is returned"), yes_no[policy["return_unplaced"]]
    yield ("Khi thiếu thông tin", "Where a fact is unknown"), say(UNKNOWN[policy["unknown"]])
    codes = policy["authority"]
    every = say(("mọi cấp", "every authority"))
    yield (
        ("Thẩm quyền trong đợt", "Authorities at hand"),
        every if codes is None else "; ".join(map(names.authority, codes)),
    )
    unit, least = (format_million(policy[key], lang) for key in ("unit", "min_move"))
    yield ("Làm tròn theo, mức thay đổi tối thiểu", "Whole units of, least change"), f"{unit}; {least}"
    if policy["notes"]:
        yield ("Ghi chú", "Notes"), policy["notes"]


CARRY = {"hold": ("giữ nguyên", "stays"), "move": ("được chuyển trong bể vốn", "moves inside its pool")}
UNKNOWN = {
    "refuse": ("coi là không đạt", "the test is failed"),
    "allow": ("coi là đạt, có nêu", "the test is passed and told"),
}


def _percent(fraction: Any, lang: str) -> str:
    whole, _, part = str(fraction).partition("/")
    return format_share(int(whole), int(part or 1), lang)
