"""The catalogue of what the checks find: one entry a code, in both languages.

``{title}`` is the column's title; other braces are filled by the check that finds it. Codes are never reused.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MESSAGES", "Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """What a finding of one code says and how grave it is."""

    severity: str
    vi: str
    en: str
    mend_vi: str = ""
    mend_en: str = ""


def _error(vi: str, en: str, mend_vi: str = "", mend_en: str = "") -> Message:
    return Message("error", vi, en, mend_vi, mend_en)


def _warning(vi: str, en: str, mend_vi: str = "", mend_en: str = "") -> Message:
    return Message("warning", vi, en, mend_vi, mend_en)


def _note(vi: str, en: str, mend_vi: str = "", mend_en: str = "") -> Message:
    return Message("note", vi, en, mend_vi, mend_en)


_CELLS = {
    "column-missing": _error(
        "thiếu cột “{title}”",
        "the column “{title}” is missing",
        "thêm cột {name}, hoặc chỉ rõ bằng columns=",
        "add the column {name}, or name it with columns=",
    ),
    "column-twice": _error(
        "cột “{name}” có hai lần", "the column “{name}” stands twice", "giữ lại một cột", "keep one of them"
    ),
    "column-unused": _note("cột “{name}” được giữ, không dùng", "the column “{name}” is kept, not used"),
    "no-lines": _error(
        "bảng không có dòng vốn nào",
        "the table has no capital line",
        "thêm ít nhất một dòng vốn dưới dòng tiêu đề",
        "add at least one capital line under the header row",
    ),
    "required-empty": _error("“{title}” để trống", "“{title}” is empty", "điền giá trị", "fill it in"),
    "not-a-number": _error("không phải là số", "not a number", "nhập số", "enter a number"),
    "ambiguous-number": _error(
        "có thể đọc theo hai cách (dấu phân cách nghìn hay thập phân)",
        "could be read in two ways (thousands or decimals)",
        "nhập dạng số, không nhập dạng chữ",
        "enter it as a number, not as text",
    ),
    "number-conflict": _error(
        "các số trong cột viết theo hai cách trái nhau (1.234,5 và 1,234.5): ô này ghi “{value}”",
        "the numbers of the column are written in two ways (1.234,5 and 1,234.5): this cell says “{value}”",
        "viết thống nhất một cách, hoặc nhập dạng số",
        "write them in one way, or enter them as numbers",
    ),
    "number-convention": _note(
        "các số như “{value}” đọc theo cách viết của các ô khác trong cột",
        "numbers like “{value}” are read as the other cells of the column are written",
    ),
    "number-percent": _error(
        "tỷ lệ phần trăm “{value}”, cần số tiền",
        "a percentage, “{value}”, where an amount is wanted",
        "nhập số tiền",
        "enter the amount",
    ),
    "number-exponent": _error(
        "số viết dạng mũ “{value}” đã mất chữ số",
        "a number in powers of ten, “{value}”, has lost digits",
        "nhập đủ các chữ số",
        "enter all its digits",
    ),
    "unit-in-cell": _note(
        "“{value}”: đơn vị ghi trong ô, đã quy ra đồng", "“{value}”: the unit in the cell was applied"
    ),
    "unit-in-cell-differs": _warning(
        "“{value}”: đơn vị ghi trong ô khác đơn vị của cột; đã dùng đơn vị trong ô",
        "“{value}”: the unit in the cell is not the column's; the cell's was used",
        "kiểm tra đơn vị tính",
        "check the unit",
    ),
    "total-too-large": _error(
        "“{title}” cộng các dòng được {total} đồng, quá mức cộng chính xác được ({most} đồng)",
        "“{title}” adds up to {total} đồng, more than can be added up exactly ({most} đồng)",
        "kiểm tra đơn vị tính của cột",
        "check the unit of the column",
    ),
    "not-whole": _error(
        "không phải là số nguyên (tiền: nguyên đồng)",
        "not a whole number (money: whole đồng)",
        "kiểm tra đơn vị tính",
        "check the unit",
    ),
    "too-large": _error(
        "lớn hơn 9.007.199.254.740.991",
        "above 9,007,199,254,740,991",
        "kiểm tra đơn vị tính",
        "check the unit",
    ),
    "negative": _error("“{title}” âm", "“{title}” is negative", "nhập số không âm", "enter zero or more"),
    "text-number": _note("số nhập dạng chữ, đã đọc thành số", "a number typed as text, read as a number"),
    "dash-zero": _note("dấu gạch được đọc là 0", "a dash, read as 0"),
    "dash-empty": _note("dấu gạch được đọc là chưa biết", "a dash, read as unknown"),
    "text-nfd": _note("chữ tổ hợp (NFD) đã chuẩn hóa thành NFC", "decomposed text (NFD) was put into NFC"),
    "text-spaces": _note(
        "đã bỏ khoảng trắng thừa hoặc ký tự ẩn", "surplus blanks or invisible characters removed"
    ),
    "text-apostrophe": _note(
        "đã bỏ dấu nháy đầu ô “{value}”", "the apostrophe in front of “{value}” was removed"
    ),
    "text-wide": _note(
        "chữ, số toàn khổ trong “{value}” đã đổi thành thường",
        "full-width characters in “{value}” made plain",
    ),
    "code-look-alike": _note(
        "mã “{value}” có chữ cái Hy Lạp hoặc Kirin trông như chữ La-tinh; đã đổi thành chữ La-tinh",
        "the code “{value}” has Greek or Cyrillic letters that look Latin; made Latin",
    ),
    "code-letter-digit": _note(
        "mã “{value}” có chữ O hoặc l thay số 0 hoặc 1; đã sửa theo mã có sẵn ở dòng khác",
        "the code “{value}” has a letter O or l for 0 or 1; mended after the code of another row",
    ),
    "code-alike": _warning(
        "mã “{value}” gần như mã “{first}” ({other}): chỉ khác O/0, l/1, chữ hoa hoặc số 0 ở đầu",
        "the code “{value}” is nearly “{first}” ({other}): only O/0, l/1, case or leading zeros differ",
        "nếu là một dự án thì viết thống nhất một mã",
        "if they are one project, use one code",
    ),
    "reason-no": _note("“{title}”: “{value}” được hiểu là không", "“{title}”: “{value}” is read as no"),
    "reason-yes": _note(
        "“{title}”: “{value}” được hiểu là có, không ghi lý do",
        "“{title}”: “{value}” is read as yes, no reason",
    ),
    "not-a-choice": _error(
        "“{value}” không phải là một giá trị của “{title}”",
        "“{value}” is not a value of “{title}”",
        "dùng một trong: {choices}",
        "use one of: {choices}",
    ),
    "choice-unread": _note(
        "“{value}” không nhận ra được, coi là chưa biết", "“{value}” is not recognised: taken as unknown"
    ),
    "completed-without-year": _error(
        "“hoàn thành” không ghi năm: đã hoàn thành trước năm kế hoạch hay dự kiến hoàn thành trong năm?",
        "“hoàn thành” without a year: completed before the plan year, or to be completed in it?",
        "ghi “hoàn thành trước 31/12/…” hoặc “dự kiến hoàn thành năm …”",
        "write “hoàn thành trước 31/12/…” (completed) or “dự kiến hoàn thành năm …” (transitional)",
    ),
    "not-yes-no": _error(
        "không phải là có/không", "not yes or no", "ghi “có” hoặc “không”", "write “có” or “không”"
    ),
    "not-a-date": _error("không phải là ngày", "not a date", "ghi ngày/tháng/năm", "write day/month/year"),
    "date-out-of-range": _error(
        "năm ngoài khoảng 1945–2100", "a year outside 1945–2100", "sửa năm", "mend the year"
    ),
    "date-order": _warning(
        "ngày và tháng có thể đổi chỗ; đã đọc theo ngày/tháng/năm",
        "day and month could change places; read day first",
        "nhập dạng ngày, không nhập dạng chữ",
        "enter it as a date, not as text",
    ),
    "date-order-settled": _note(
        "ngày trước, tháng sau, như các ô khác trong cột", "day first, as other cells of the column show"
    ),
    "date-month-first": _error(
        "“{value}”: cột này có ngày viết tháng/ngày/năm, không rõ đâu là ngày",
        "“{value}”: the column has dates written month/day/year; which is the day?",
        "nhập dạng ngày, hoặc viết ngày/tháng/năm cho cả cột",
        "enter dates as dates, or write day/month/year in the whole column",
    ),
    "date-incomplete": _error(
        "“{value}” chưa đủ ngày, tháng, năm",
        "“{value}” is no whole date",
        "ghi đủ ngày/tháng/năm",
        "write day/month/year",
    ),
    "date-short-year": _note(
        "“{value}”: năm hai chữ số được hiểu là 1970–2069",
        "“{value}”: a year of two digits is one of 1970–2069",
    ),
    "date-serial": _note(
        "“{value}” là số ngày của bảng tính, đã đọc thành ngày",
        "“{value}” is a spreadsheet's count of days, read as a date",
    ),
    "text-date": _note("ngày nhập dạng chữ, đã đọc thành ngày", "a date typed as text, read as a date"),
    "date-in-text": _note("lấy ngày trong nội dung “{value}”", "the date was taken from “{value}”"),
    "no-date-in-text": _warning(
        "không tìm được đúng một ngày, coi là chưa biết",
        "not exactly one date in it: taken as unknown",
        "ghi đúng một ngày, dạng ngày/tháng/năm",
        "write exactly one date, day/month/year",
    ),
    "more": _note("… và {count} ô khác như vậy", "… and {count} more cells like it"),
}

_KEYS = {
    "project-id-made": _note(
        "không có mã dự án: ghép từ chủ đầu tư và tên dự án",
        "no project id: made from owner and project name",
    ),
    "project-id-not-unique": _error(
        "không có mã dự án, và chủ đầu tư cùng tên dự án không xác định được một dự án",
        "no project id, and owner with project name do not tell one project",
        "điền mã dự án",
        "fill in the project id",
    ),
    "duplicate-key": _error(
        "trùng khóa “{key}” với {other}",
        "the same key “{key}” as {other}",
        "gộp hai dòng, hoặc phân biệt bằng mã dòng vốn",
        "merge the two rows, or tell them apart by line_id",
    ),
    "duplicate-parts": _warning(
        "cùng dự án, nguồn vốn và năm với {other}, khác mã dòng vốn",
        "the same project, source and year as {other}, under another line_id",
        "kiểm tra xem một khoản vốn có bị tính hai lần",
        "check that capital is not counted twice",
    ),
    "two-owners": _error(
        "dự án “{key}” có hai chủ đầu tư: “{value}”; {other} ghi “{first}”",
        "the project “{key}” has two owners: “{value}”; {other} says “{first}”",
        "sửa mã dự án hoặc chủ đầu tư",
        "mend the project id or the owner",
    ),
    "project-differs": _error(
        "“{title}” của dự án “{key}” khác nhau: {value}; {other} ghi {first}",
        "“{title}” of the project “{key}” differs: {value}; {other} says {first}",
        "ghi một số cho cả dự án",
        "write one figure for the whole project",
    ),
    "project-differs-text": _warning(
        "“{title}” của dự án “{key}” khác nhau: “{value}”; {other} ghi “{first}”, đã lấy giá trị này",
        "“{title}” of the project “{key}” differs: “{value}”; {other} says “{first}”, which was taken",
        "ghi một giá trị cho cả dự án",
        "write one value for the whole project",
    ),
    "project-name-differs": _warning(
        "mã dự án “{key}” có hai tên: “{value}”; {other} ghi “{first}”",
        "the project id “{key}” has two names: “{value}”; {other} says “{first}”",
        "sửa mã dự án hoặc viết thống nhất tên dự án",
        "mend the project id, or use one name",
    ),
    "stage-differs": _warning(
        "dự án “{key}” có hai phân loại: {value}; {other} ghi {first}",
        "the project “{key}” stands in two stages: {value}; {other} says {first}",
        "ghi một phân loại cho cả dự án",
        "write one stage for the whole project",
    ),
    "owner-spelling": _warning(
        "chủ đầu tư viết hai cách: {spellings}; coi là hai đơn vị",
        "an owner spelt in two ways: {spellings}; taken as two",
        "viết thống nhất một cách",
        "use one spelling",
    ),
    "source-spelling": _warning(
        "các nguồn cùng loại “{kind}” được để riêng: {spellings}",
        "sources of the one kind “{kind}” are kept apart: {spellings}",
        "nếu là một nguồn thì viết thống nhất một cách",
        "if they are one source, use one spelling",
    ),
    "source-unmatched": _note(
        "nguồn “{value}” không thuộc loại có sẵn nào: là một nhóm riêng",
        "the source “{value}” matches no built-in kind: a pool of its own",
    ),
    "source-unlisted": _warning(
        "nguồn “{value}” không có trong bảng nguồn vốn",
        "the source “{value}” is not in the table of sources",
        "thêm nguồn này vào bảng nguồn vốn, hoặc sửa tên nguồn",
        "add it to the table of sources, or mend its name",
    ),
    "sector-unmatched": _note(
        "“{value}” không phải là một trong 13 ngành, lĩnh vực; giữ nguyên",
        "“{value}” is none of the 13 sectors; kept as it is",
    ),
}

_YEARS = {
    "year-spread": _error(
        "năm kế hoạch {value} quá xa năm {year}",
        "the plan year {value} is too far from {year}",
        "sửa năm kế hoạch",
        "mend the plan year",
    ),
    "year-thin": _warning(
        "chỉ {count} trong {all} dòng có năm kế hoạch {year}; các dòng khác bị coi là vốn kéo dài",
        "only {count} of {all} lines are of plan year {year}; all others count as carried over",
        "kiểm tra năm kế hoạch",
        "check the plan year",
    ),
}

_MONEY = {
    "no-requests": _warning(
        "không có cột “{title}”: không dòng nào nhận được vốn",
        "no column “{title}”: no line can receive capital",
        "thêm cột nhu cầu bổ sung vốn",
        "add the stated needs",
    ),
    "over-plan": _warning(
        "“{title}” {value} lớn hơn kế hoạch {limit}",
        "“{title}” {value} is above the plan {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "over-disbursed": _warning(
        "“{title}” {value} lớn hơn số đã giải ngân {limit}",
        "“{title}” {value} is above what is disbursed, {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "under-disbursed": _warning(
        "“{title}” {value} nhỏ hơn số đã giải ngân {limit}",
        "“{title}” {value} is below what is disbursed, {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "over-total": _warning(
        "“{title}” {value} lớn hơn tổng mức đầu tư {limit}",
        "“{title}” {value} is above the total investment {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "over-medium-term": _warning(
        "“{title}” {value} lớn hơn kế hoạch trung hạn {limit}",
        "“{title}” {value} is above the medium-term plan {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "allocated-below-plan": _error(
        "“{title}” {value} nhỏ hơn kế hoạch năm nay của dự án {limit}: số này có gồm kế hoạch năm nay không?",
        "“{title}” {value} is below the project's plan of this year, {limit}: does it include this year?",
        "nếu chưa gồm, đưa vào cột allocated_before",
        "if it does not, use the column allocated_before",
    ),
    "medium-term-below-plan": _warning(
        "“{title}” {value} nhỏ hơn kế hoạch năm nay {limit}: số này có gồm kế hoạch năm nay không?",
        "“{title}” {value} is below this year's plan, {limit}: does it include this year?",
        "nếu chưa gồm, đưa vào cột medium_term_allocated_before",
        "if it does not, use the column medium_term_allocated_before",
    ),
    "absorb-order": _error(
        "khả năng giải ngân phải tăng dần: thận trọng ≤ trung bình ≤ cao nhất",
        "absorption must rise: p10 ≤ p50 ≤ p90",
        "sửa ba số",
        "mend the three figures",
    ),
    "plan-outlier": _warning(
        "kế hoạch {value} gấp hoặc kém 1.000 lần mức giữa {limit} của nguồn",
        "the plan {value} is 1,000 times or a thousandth of its source's median {limit}",
        "kiểm tra đơn vị tính",
        "check the unit",
    ),
    "unit-scale": _error(
        "“{title}” ({key}): {value}, {ratio} {limit} ({against}): sai đơn vị tính",
        "“{title}” ({key}): {value}, {ratio_en} {limit} ({against_en}): a wrong unit",
        "có lẽ một bên ghi {unit}: sửa “Đơn vị tính”, hoặc dùng unit=",
        "one of the two may be in {unit_en}: mend the stated unit, or give unit=",
    ),
    "unit-scale-doubtful": _warning(
        "“{title}” ({key}): {value}, {ratio} {limit} ({against}): kiểm tra đơn vị tính",
        "“{title}” ({key}): {value}, {ratio_en} {limit} ({against_en}): check the unit",
        "có lẽ một bên ghi {unit}",
        "one of the two may be in {unit_en}",
    ),
    "years-crossed": _warning(
        "năm hoàn thành {value} trước năm khởi công {limit}",
        "finish year {value} before start year {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "date-after-year": _warning(
        "ngày {value} sau năm kế hoạch {limit}",
        "the date {value} is after the plan year {limit}",
        "kiểm tra ngày và năm kế hoạch",
        "check the date and the plan year",
    ),
}

_OTHERS = {
    "inflow-positive": _error(
        "tăng nguồn vốn chưa được hỗ trợ (chỉ nhận hụt thu, số âm)",
        "a positive inflow is not supported yet (only a shortfall, negative)",
        "để trống hoặc 0; phân bổ phần tăng thu riêng",
        "leave it empty or 0; allocate the extra revenue by itself",
    ),
    "source-unknown": _error(
        "nguồn “{value}” không có dòng vốn nào",
        "no capital line has the source “{value}”",
        "viết nguồn vốn như ở bảng kế hoạch vốn",
        "write the source as in the lines",
    ),
    "history-no-key": _error(
        "không rõ dòng vốn nào: cần mã dòng vốn, hoặc mã dự án và nguồn vốn, hoặc chủ đầu tư",
        "which line? give line_id, or project_id and source, or owner",
        "ghi mã dòng vốn, hoặc mã dự án và nguồn vốn, hoặc chủ đầu tư",
        "fill in line_id, or project_id and source, or owner",
    ),
    "history-ambiguous": _error(
        "“{key}” ứng với nhiều dòng vốn", "“{key}” fits several lines", "ghi mã dòng vốn", "give the line_id"
    ),
    "history-unknown-line": _warning(
        "“{key}” không có trong bảng kế hoạch vốn",
        "“{key}” is not among the lines",
        "viết như ở bảng kế hoạch vốn, hoặc bỏ dòng này",
        "write it as in the lines, or leave the row out",
    ),
    "history-falls": _warning(
        "lũy kế ngày {date} ({value}) nhỏ hơn lần trước ({limit})",
        "the cumulative figure of {date} ({value}) is below the one before it ({limit})",
        "số lũy kế từ 01/01, không phải số của riêng kỳ",
        "figures are cumulative since 1 January, not of the period",
    ),
    "month-out-of-range": _error(
        "tháng phải từ 1 đến 12", "a month is 1 to 12", "ghi tháng từ 1 đến 12", "write a month from 1 to 12"
    ),
    "control-key-unknown": _error(
        "“{value}” không có trong bảng kế hoạch vốn",
        "“{value}” is not among the lines",
        "viết như ở bảng kế hoạch vốn",
        "write it as in the lines",
    ),
    "control-differs": _error(
        "{title} của {key}: tổng các dòng {sum}, số đối chiếu {value}, chênh {gap} đồng",
        "{title} of {key}: the lines add up to {sum}, the control says {value}, {gap} đồng apart",
        "tìm dòng thiếu, thừa hoặc sai",
        "look for a missing, surplus or wrong row",
    ),
    "at-no-history": _note(
        "không có số liệu giải ngân đến ngày {date}: giữ số hiện có",
        "no disbursement by {date}: the figure is kept",
    ),
    "at-clipped": _note(
        "giải ngân {value} đến ngày {date} lớn hơn kế hoạch: lấy bằng kế hoạch {limit}",
        "disbursed {value} by {date} is above the plan: cut to the plan {limit}",
    ),
}

MESSAGES: dict[str, Message] = _CELLS | _KEYS | _YEARS | _MONEY | _OTHERS
