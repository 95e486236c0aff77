"""What the checks say of single cells and columns."""

from __future__ import annotations

from phanbo.tables.check.messages.message import error, note, warning

__all__ = ["CELLS"]

CELLS = {
    "column-missing": error(
        "thiếu cột “{title}”",
        "the column “{title}” is missing",
        "thêm cột {name}, hoặc chỉ rõ bằng columns=",
        "add the column {name}, or name it with columns=",
    ),
    "column-twice": error(
        "cột “{name}” có hai lần", "the column “{name}” stands twice", "giữ lại một cột", "keep one of them"
    ),
    "column-unused": note("cột “{name}” được giữ, không dùng", "the column “{name}” is kept, not used"),
    "no-lines": error(
        "bảng không có dòng vốn nào",
        "the table has no capital line",
        "thêm ít nhất một dòng vốn dưới dòng tiêu đề",
        "add at least one capital line under the header row",
    ),
    "required-empty": error("“{title}” để trống", "“{title}” is empty", "điền giá trị", "fill it in"),
    "not-a-number": error("không phải là số", "not a number", "nhập số", "enter a number"),
    "ambiguous-number": error(
        "có thể đọc theo hai cách (dấu phân cách nghìn hay thập phân)",
        "could be read in two ways (thousands or decimals)",
        "nhập dạng số, không nhập dạng chữ",
        "enter it as a number, not as text",
    ),
    "number-conflict": error(
        "các số trong cột viết theo hai cách trái nhau (1.234,5 và 1,234.5): ô này ghi “{value}”",
        "the numbers of the column are written in two ways (1.234,5 and 1,234.5): this cell says “{value}”",
        "viết thống nhất một cách, hoặc nhập dạng số",
        "write them in one way, or enter them as numbers",
    ),
    "number-convention": note(
        "các số như “{value}” đọc theo cách viết của các ô khác trong cột",
        "numbers like “{value}” are read as the other cells of the column are written",
    ),
    "number-percent": error(
        "tỷ lệ phần trăm “{value}”, cần số tiền",
        "a percentage, “{value}”, where an amount is wanted",
        "nhập số tiền",
        "enter the amount",
    ),
    "number-exponent": error(
        "số viết dạng mũ “{value}” đã mất chữ số",
        "a number in powers of ten, “{value}”, has lost digits",
        "nhập đủ các chữ số",
        "enter all its digits",
    ),
    "unit-in-cell": note(
        "“{value}”: đơn vị ghi trong ô, đã quy ra đồng", "“{value}”: the unit in the cell was applied"
    ),
    "unit-in-cell-differs": warning(
        "“{value}”: đơn vị ghi trong ô khác đơn vị của cột; đã dùng đơn vị trong ô",
        "“{value}”: the unit in the cell is not the column's; the cell's was used",
        "kiểm tra đơn vị tính",
        "check the unit",
    ),
    "total-too-large": error(
        "“{title}” cộng các dòng được {total} đồng, quá mức cộng chính xác được ({most} đồng)",
        "“{title}” adds up to {total} đồng, more than can be added up exactly ({most} đồng)",
        "kiểm tra đơn vị tính của cột",
        "check the unit of the column",
    ),
    "not-whole": error(
        "không phải là số nguyên (tiền: nguyên đồng)",
        "not a whole number (money: whole đồng)",
        "kiểm tra đơn vị tính",
        "check the unit",
    ),
    "too-large": error(
        "lớn hơn 9.007.199.254.740.991",
        "above 9,007,199,254,740,991",
        "kiểm tra đơn vị tính",
        "check the unit",
    ),
    "negative": error("“{title}” âm", "“{title}” is negative", "nhập số không âm", "enter zero or more"),
    "text-number": note("số nhập dạng chữ, đã đọc thành số", "a number typed as text, read as a number"),
    "dash-zero": note("dấu gạch được đọc là 0", "a dash, read as 0"),
    "dash-empty": note("dấu gạch được đọc là chưa biết", "a dash, read as unknown"),
    "text-nfd": note("chữ tổ hợp (NFD) đã chuẩn hóa thành NFC", "decomposed text (NFD) was put into NFC"),
    "text-spaces": note(
        "đã bỏ khoảng trắng thừa hoặc ký tự ẩn", "surplus blanks or invisible characters removed"
    ),
    "text-apostrophe": note(
        "đã bỏ dấu nháy đầu ô “{value}”", "the apostrophe in front of “{value}” was removed"
    ),
    "text-wide": note(
        "chữ, số toàn khổ trong “{value}” đã đổi thành thường",
        "full-width characters in “{value}” made plain",
    ),
    "code-look-alike": note(
        "mã “{value}” có chữ cái Hy Lạp hoặc Kirin trông như chữ La-tinh; đã đổi thành chữ La-tinh",
        "the code “{value}” has Greek or Cyrillic letters that look Latin; made Latin",
    ),
    "code-letter-digit": note(
        "mã “{value}” có chữ O hoặc l thay số 0 hoặc 1; đã sửa theo mã có sẵn ở dòng khác",
        "the code “{value}” has a letter O or l for 0 or 1; mended after the code of another row",
    ),
    "code-alike": warning(
        "mã “{value}” gần như mã “{first}” ({other}): chỉ khác O/0, l/1, chữ hoa hoặc số 0 ở đầu",
        "the code “{value}” is nearly “{first}” ({other}): only O/0, l/1, case or leading zeros differ",
        "nếu là một dự án thì viết thống nhất một mã",
        "if they are one project, use one code",
    ),
    "reason-no": note("“{title}”: “{value}” được hiểu là không", "“{title}”: “{value}” is read as no"),
    "reason-yes": note(
        "“{title}”: “{value}” được hiểu là có, không ghi lý do",
        "“{title}”: “{value}” is read as yes, no reason",
    ),
    "not-a-choice": error(
        "“{value}” không phải là một giá trị của “{title}”",
        "“{value}” is not a value of “{title}”",
        "dùng một trong: {choices}",
        "use one of: {choices}",
    ),
    "choice-unread": note(
        "“{value}” không nhận ra được, coi là chưa biết", "“{value}” is not recognised: taken as unknown"
    ),
    "completed-without-year": error(
        "“hoàn thành” không ghi năm: đã hoàn thành trước năm kế hoạch hay dự kiến hoàn thành trong năm?",
        "“hoàn thành” without a year: completed before the plan year, or to be completed in it?",
        "ghi “hoàn thành trước 31/12/…” hoặc “dự kiến hoàn thành năm …”",
        "write “hoàn thành trước 31/12/…” (completed) or “dự kiến hoàn thành năm …” (transitional)",
    ),
    "not-yes-no": error(
        "không phải là có/không", "not yes or no", "ghi “có” hoặc “không”", "write “có” or “không”"
    ),
    "not-a-date": error("không phải là ngày", "not a date", "ghi ngày/tháng/năm", "write day/month/year"),
    "date-out-of-range": error(
        "năm ngoài khoảng 1945–2100", "a year outside 1945–2100", "sửa năm", "mend the year"
    ),
    "date-order": warning(
        "ngày và tháng có thể đổi chỗ; đã đọc theo ngày/tháng/năm",
        "day and month could change places; read day first",
        "nhập dạng ngày, không nhập dạng chữ",
        "enter it as a date, not as text",
    ),
    "date-order-settled": note(
        "ngày trước, tháng sau, như các ô khác trong cột", "day first, as other cells of the column show"
    ),
    "date-month-first": error(
        "“{value}”: cột này có ngày viết tháng/ngày/năm, không rõ đâu là ngày",
        "“{value}”: the column has dates written month/day/year; which is the day?",
        "nhập dạng ngày, hoặc viết ngày/tháng/năm cho cả cột",
        "enter dates as dates, or write day/month/year in the whole column",
    ),
    "date-incomplete": error(
        "“{value}” chưa đủ ngày, tháng, năm",
        "“{value}” is no whole date",
        "ghi đủ ngày/tháng/năm",
        "write day/month/year",
    ),
    "date-short-year": note(
        "“{value}”: năm hai chữ số được hiểu là 1970–2069",
        "“{value}”: a year of two digits is one of 1970–2069",
    ),
    "date-serial": note(
        "“{value}” là số ngày của bảng tính, đã đọc thành ngày",
        "“{value}” is a spreadsheet's count of days, read as a date",
    ),
    "text-date": note("ngày nhập dạng chữ, đã đọc thành ngày", "a date typed as text, read as a date"),
    "date-in-text": note("lấy ngày trong nội dung “{value}”", "the date was taken from “{value}”"),
    "no-date-in-text": warning(
        "không tìm được đúng một ngày, coi là chưa biết",
        "not exactly one date in it: taken as unknown",
        "ghi đúng một ngày, dạng ngày/tháng/năm",
        "write exactly one date, day/month/year",
    ),
    "more": note("… và {count} ô khác như vậy", "… and {count} more cells like it"),
}
