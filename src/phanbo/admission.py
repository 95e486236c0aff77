"""Whether a round may be held at all: its dates, its lines, its settings."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from phanbo.absorption import Outlook
from phanbo.assessment import Assessment, stale_figures
from phanbo.calendar import Calendar, Round, as_date
from phanbo.errors import PolicyError, RoundError
from phanbo.policy import Policy
from phanbo.portfolio import Portfolio
from phanbo.rulebook import Rulebook
from phanbo.rulebook_file import load_rulebook, rulebook_at

__all__ = [
    "admit",
    "check_pins",
    "check_policy",
    "closing_date",
    "find_rulebook",
    "foreign_law",
    "of_these_lines",
    "same_year",
    "still_open",
]


def admit(
    portfolio: Portfolio, calendar: Calendar, book: Rulebook, round_: Round, day: dt.date
) -> tuple[str, ...]:
    """Refuse a round outside its dates; return what is only worth a warning."""
    same_year(portfolio, calendar)
    if day.year != calendar.year:
        raise _round_error(
            day, f"ngoài năm kế hoạch {calendar.year}", f"outside the plan year {calendar.year}"
        )
    if not (book.comparison or book.covers(day)):
        span = f"{book.valid_from} … {book.valid_to}"
        raise _round_error(
            day,
            f"ngoài hiệu lực của {book.code} ({span}); không nêu bộ quy định thì phanbo dùng luật của ngày số liệu",
            f"outside the validity of {book.code} ({span}); without a rulebook the law of the data date is taken",
        )
    last = calendar.last_adjustment or book.last_adjustment.on(calendar.year)
    if day > last:
        own = calendar.last_adjustment is not None
        where = calendar.code if own else f"{book.code}: {book.last_adjustment.source.cite()}"
        raise _round_error(
            day,
            f"sau hạn điều chỉnh cuối cùng {last} ({where}); tỉnh có hạn khác thì ghi last_adjustment trong lịch",
            f"after the last adjustment date {last} ({where}); another one of the province is the calendar's last_adjustment",
        )
    warnings = []
    if book.comparison:
        warnings.append(
            f"Chỉ để so sánh: {book.code} không điều chỉnh ngày này, không phải phương án để trình. / "
            f"For comparison only: {book.code} does not govern this day, this is no proposal to submit."
        )
    elif round_.report_by > book.valid_to:
        warnings.append(
            f"Hạn báo cáo {round_.report_by} nằm sau hiệu lực của {book.code} ({book.valid_to}): kiểm tra luật của ngày "
            f"quyết định. / The report date {round_.report_by} lies after the validity of {book.code} "
            f"({book.valid_to}): look at the law of the day of decision."
        )
    if (later := book.added_until(calendar.year, round_.report_by)) > book.closing_date(calendar.year):
        warnings.append(
            f"Vốn bổ sung của đợt này được tính giải ngân đến {later} theo cách hiểu của {book.code}: cần kiểm tra. / "
            f"Capital this round adds is counted as payable until {later}, as {book.code} reads the law: to be verified."
        )
    if day >= round_.report_by:
        warnings.append(
            f"Ngày số liệu {day} không trước hạn báo cáo {round_.report_by} của đợt. / "
            f"The data date {day} is not before the round's report date {round_.report_by}."
        )
    warnings += stale_figures(portfolio, calendar, day)
    if "requested_increase" not in portfolio.given:
        warnings.append(
            "Bảng không có cột nhu cầu bổ sung: không dòng nào nhận được vốn. / "
            "The table has no column of stated needs: no line can receive capital."
        )
    return tuple(warnings)


def foreign_law(book: Rulebook, day: dt.date) -> str:
    """Return the warning that a rulebook does not govern a day."""
    span = f"{book.valid_from} … {book.valid_to}"
    return (
        f"Bộ quy định {book.code} ({span}) không áp dụng cho ngày {day}. / "
        f"The rulebook {book.code} ({span}) does not govern {day}."
    )


def of_these_lines(
    portfolio: Portfolio, calendar: Calendar, assessment: Assessment | None, outlook: Outlook | None
) -> None:
    """Refuse an assessment or an outlook of other lines, or of another calendar."""
    ids = tuple(portfolio.text("line_id").tolist())
    strange = [
        name
        for name, part in (("assessment", assessment), ("outlook", outlook))
        if part is not None and part.line_ids != ids
    ]
    if assessment is not None and assessment.calendar != calendar:
        strange.append("calendar")
    if strange:
        names = ", ".join(strange)
        raise RoundError(
            f"Không dùng được {names}: không phải của các dòng vốn và lịch này.",
            f"{names} cannot be used: not of these lines and this calendar.",
            {"strange": strange},
        )


def _round_error(day: dt.date, vi: str, en: str) -> RoundError:
    return RoundError(
        f"Ngày số liệu {day} {vi}.", f"The data date {day} lies {en}.", {"as_of": day.isoformat()}
    )


def still_open(day: dt.date, deadline: dt.date) -> None:
    """Refuse a data date on or after the last day of payments."""
    if deadline <= day:
        raise _round_error(
            day, f"không trước hạn giải ngân {deadline}", f"not before the closing date {deadline}"
        )


def same_year(portfolio: Portfolio, calendar: Calendar) -> None:
    """Refuse a calendar of another year than the tables."""
    if portfolio.year != calendar.year:
        raise RoundError(
            f"Bảng là kế hoạch năm {portfolio.year}, lịch {calendar.code} là năm {calendar.year}.",
            f"The tables are of plan year {portfolio.year}, calendar {calendar.code} is of {calendar.year}.",
            {"tables": portfolio.year, "calendar": calendar.year},
        )


def find_rulebook(rulebook: Rulebook | str | Path | None, day: dt.date) -> Rulebook:
    """Return the rulebook asked for, the one in force on the data date when none is."""
    if isinstance(rulebook, Rulebook):
        return rulebook
    return rulebook_at(day) if rulebook is None else load_rulebook(rulebook)


def closing_date(policy: Policy, book: Rulebook, calendar: Calendar) -> dt.date:
    """Return the last day of payments: the rulebook's, or the policy's inside the plan year and the year after."""
    if policy.deadline is None:
        return book.closing_date(calendar.year)
    deadline = as_date(policy.deadline)
    if deadline.year not in (calendar.year, calendar.year + 1):
        raise PolicyError(
            f"deadline = {deadline} không thuộc năm kế hoạch {calendar.year} hoặc năm sau.",
            f"deadline = {deadline} lies neither in plan year {calendar.year} nor in the year after.",
            {"deadline": deadline.isoformat()},
        )
    return deadline


def check_pins(policy: Policy, portfolio: Portfolio) -> None:
    """Refuse pins of lines that the tables do not have."""
    strange = sorted(dict(policy.pins).keys() - portfolio.place.keys())
    if strange:
        names = ", ".join(strange)
        raise PolicyError(
            f"Không có dòng vốn: {names}; kiểm tra pins.",
            f"There are no such lines: {names}; look at pins.",
            {"lines": strange},
        )


def check_policy(policy: Policy | None) -> Policy:
    """Return the policy, the default one when none is given; refuse anything else."""
    if policy is None:
        return Policy()
    if not isinstance(policy, Policy):
        raise PolicyError(
            "policy phải là pb.Policy(…) hoặc None.",
            "policy must be a pb.Policy(…) or None.",
            {"type": type(policy).__name__},
        )
    return policy
