"""TOML files as text: their encoding, and what is wrong with their writing in plain words."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from phanbo.calendar_file.fault import ERROR, Fault, Words
from phanbo.errors import PhanboError

__all__ = ["read_toml", "strict_date", "syntax_fault", "what_is_wrong"]

PLACE = re.compile(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)

SEEN: tuple[tuple[str, Words, Words], ...] = (
    (
        "=[^\"']*[“”„‘’]",
        ("dấu nháy cong của trình soạn thảo", "a curly quotation mark"),
        ('dùng dấu nháy thẳng: "…"', 'use straight quotation marks: "…"'),
    ),
    (
        r"=\s*(\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}[/.-]\d{1,2}[/.-]\d{1,2})",
        ("ngày viết sai dạng hoặc không có trong lịch", "a date that is miswritten or does not exist"),
        (
            "viết năm-tháng-ngày, đủ hai chữ số: 2026-06-30",
            "write year-month-day, two digits each: 2026-06-30",
        ),
    ),
    (
        r"=\s*\d+([.,]\d+)?\s*%",
        ("tỷ lệ phần trăm", "a percentage"),
        ('viết trong dấu nháy, phần của một: share = "0.7"', 'write a part of one, in quotes: share = "0.7"'),
    ),
    (
        r"=\s*\d+,\d+",
        ("số thập phân viết với dấu phẩy", "a decimal comma"),
        ('viết dấu chấm, trong dấu nháy: share = "0.7"', 'write a point, in quotes: share = "0.7"'),
    ),
    (
        r"=\s*(True|TRUE|False|FALSE|yes|no|có|không)\b",
        ("đúng hoặc sai viết khác TOML", "true or false not as TOML writes it"),
        ("viết thường: true hoặc false", "in small letters: true or false"),
    ),
    (
        r"=\s*(#.*)?$",
        ("sau dấu = không có giá trị", "nothing follows the = sign"),
        ("điền giá trị, hoặc bỏ dòng này", "fill in a value, or take the line out"),
    ),
)
"""What people write in a line that TOML cannot read: pattern, what it is, how to mend it."""

SAID: tuple[tuple[str, Words, Words], ...] = (
    (
        "Cannot overwrite|Duplicate|Cannot declare|Cannot redefine|Cannot mutate|already",
        ("mục này đã được ghi ở trên", "this entry stands further up already"),
        (
            "mỗi mục ghi một lần; bảng lặp lại cần hai ngoặc vuông: [[milestone]]",
            "write each entry once; a table that repeats needs two brackets: [[milestone]]",
        ),
    ),
    (
        "Unterminated|Illegal character|multiline",
        (
            "văn bản chưa đóng dấu nháy, hoặc có ký tự điều khiển",
            "a text whose quotes are not closed, or a control character",
        ),
        ('đặt văn bản giữa hai dấu nháy thẳng: "…"', 'put the text between straight quotes: "…"'),
    ),
    (
        "Unclosed|Expected '\\]|inline table",
        ("ngoặc chưa đóng", "a bracket that is not closed"),
        (
            "đóng đủ ngoặc: [[round]], [curve], { on = 2026-01-01, share = 1 }",
            "close every bracket: [[round]], [curve], { on = 2026-01-01, share = 1 }",
        ),
    ),
    (
        "Expected '='|Invalid statement|initial character",
        ("dòng không có dạng “tên = giá trị”", "the line is not of the form “name = value”"),
        ("viết: tên = giá trị; ghi chú bắt đầu bằng #", "write: name = value; a comment starts with #"),
    ),
    (
        "Invalid date",
        ("ngày không có trong lịch", "a date that does not exist"),
        ("viết năm-tháng-ngày: 2026-06-30", "write year-month-day: 2026-06-30"),
    ),
    (
        "Invalid value",
        ("giá trị không đọc được", "a value that cannot be read"),
        ('văn bản phải ở trong dấu nháy thẳng: "…"', 'texts stand in straight quotes: "…"'),
    ),
    (
        "Expected newline",
        ("thừa chữ sau giá trị", "more follows the value"),
        (
            "mỗi dòng một mục; văn bản ở trong dấu nháy thẳng",
            "one entry a line; texts stand in straight quotes",
        ),
    ),
)
"""What `tomllib` says, in plain words."""

OTHER = (
    ("không phải là TOML", "it is no TOML"),
    ("so với lịch mẫu lang-son-2024.toml", "compare it with the calendar lang-son-2024.toml"),
)


class _Misread(TypeError):
    """A value of the wrong type, told in both languages."""

    def __init__(self, value: object, vi: str, en: str) -> None:
        super().__init__(en)
        self.both = f"{value!r}: {vi}", f"{value!r}: {en}"


def read_toml(path: Path, fault: type[PhanboError]) -> str:
    """Return the text of a TOML file, with or without a byte order mark; *fault* where it is not UTF-8."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        raise fault(
            f"Tệp {path.name} {'là UTF-16,' if wide else ''} không phải văn bản UTF-8: hãy mở bằng Notepad, chọn Lưu thành "
            "(Save As) với bảng mã UTF-8.".replace("  ", " "),
            f"{path.name} is {'UTF-16, ' if wide else ''}no UTF-8 text: open it in Notepad and save it as UTF-8.",
            {"name": str(path), "reason": str(error)},
        ) from error


def what_is_wrong(error: Exception) -> Words:
    """Say, in Vietnamese and English, why a TOML file cannot be used."""
    if isinstance(error, _Misread):
        return error.both
    if isinstance(error, KeyError):
        return f"thiếu mục {error}", f"entry {error} is missing"
    return str(error), str(error)


def strict_date(value: object) -> dt.date:
    """Return a date written as a TOML date; `TypeError` for text or a time of day."""
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise _Misread(
            value, "ngày viết không có dấu nháy, dạng 2024-09-30", "a date is written 2024-09-30, unquoted"
        )
    return value


def syntax_fault(error: Exception, text: str) -> Fault:
    """Return what `tomllib` could not read, with line and column where it tells them."""
    told = PLACE.fullmatch(str(error))
    said = told[1] if told else str(error)
    line, column = (int(told[2]), int(told[3])) if told and told[2] else (None, None)
    lines = text.rstrip().split("\n")
    shown = lines[min(line or len(lines), len(lines)) - 1].strip()
    seen = [(what, mend) for pattern, what, mend in SEEN if re.search(pattern, shown.partition(" #")[0])]
    if line is None and seen:  # the end of the file, and its last line is what cannot be read
        line = len(lines)
    other = [(what, mend) for pattern, what, mend in SAID if re.search(pattern, said)]
    (vi, en), (mend_vi, mend_en) = [*seen, *other, OTHER][0]
    if line is None:
        vi, en = f"{vi}, đến cuối tệp", f"{en}, up to the end of the file"
    else:
        vi, en = f"{vi}: “{shown[:60]}”", f"{en}: {shown[:60]!r}"
    return Fault("syntax", ERROR, vi, en, mend_vi, mend_en, line=line, column=column)
