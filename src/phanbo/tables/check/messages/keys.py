"""What the checks say of codes, names and what tells lines apart."""

from __future__ import annotations

from phanbo.tables.check.messages.message import error, note, warning

__all__ = ["KEYS"]

KEYS = {
    "project-id-made": note(
        "không có mã dự án: ghép từ chủ đầu tư và tên dự án",
        "no project id: made from owner and project name",
    ),
    "project-id-not-unique": error(
        "không có mã dự án, và chủ đầu tư cùng tên dự án không xác định được một dự án",
        "no project id, and owner with project name do not tell one project",
        "điền mã dự án",
        "fill in the project id",
    ),
    "duplicate-key": error(
        "trùng khóa “{key}” với {other}",
        "the same key “{key}” as {other}",
        "gộp hai dòng, hoặc phân biệt bằng mã dòng vốn",
        "merge the two rows, or tell them apart by line_id",
    ),
    "duplicate-parts": warning(
        "cùng dự án, nguồn vốn và năm với {other}, khác mã dòng vốn",
        "the same project, source and year as {other}, under another line_id",
        "kiểm tra xem một khoản vốn có bị tính hai lần",
        "check that capital is not counted twice",
    ),
    "two-owners": error(
        "dự án “{key}” có hai chủ đầu tư: “{value}”; {other} ghi “{first}”",
        "the project “{key}” has two owners: “{value}”; {other} says “{first}”",
        "sửa mã dự án hoặc chủ đầu tư",
        "mend the project id or the owner",
    ),
    "project-differs": error(
        "“{title}” của dự án “{key}” khác nhau: {value}; {other} ghi {first}",
        "“{title}” of the project “{key}” differs: {value}; {other} says {first}",
        "ghi một số cho cả dự án",
        "write one figure for the whole project",
    ),
    "project-differs-text": warning(
        "“{title}” của dự án “{key}” khác nhau: “{value}”; {other} ghi “{first}”, đã lấy giá trị này",
        "“{title}” of the project “{key}” differs: “{value}”; {other} says “{first}”, which was taken",
        "ghi một giá trị cho cả dự án",
        "write one value for the whole project",
    ),
    "project-name-differs": warning(
        "mã dự án “{key}” có hai tên: “{value}”; {other} ghi “{first}”",
        "the project id “{key}” has two names: “{value}”; {other} says “{first}”",
        "sửa mã dự án hoặc viết thống nhất tên dự án",
        "mend the project id, or use one name",
    ),
    "stage-differs": warning(
        "dự án “{key}” có hai phân loại: {value}; {other} ghi {first}",
        "the project “{key}” stands in two stages: {value}; {other} says {first}",
        "ghi một phân loại cho cả dự án",
        "write one stage for the whole project",
    ),
    "owner-spelling": warning(
        "chủ đầu tư viết hai cách: {spellings}; coi là hai đơn vị",
        "an owner spelt in two ways: {spellings}; taken as two",
        "viết thống nhất một cách",
        "use one spelling",
    ),
    "source-spelling": warning(
        "các nguồn cùng loại “{kind}” được để riêng: {spellings}",
        "sources of the one kind “{kind}” are kept apart: {spellings}",
        "nếu là một nguồn thì viết thống nhất một cách",
        "if they are one source, use one spelling",
    ),
    "source-unmatched": note(
        "nguồn “{value}” không thuộc loại có sẵn nào: là một nhóm riêng",
        "the source “{value}” matches no built-in kind: a pool of its own",
    ),
    "source-unlisted": warning(
        "nguồn “{value}” không có trong bảng nguồn vốn",
        "the source “{value}” is not in the table of sources",
        "thêm nguồn này vào bảng nguồn vốn, hoặc sửa tên nguồn",
        "add it to the table of sources, or mend its name",
    ),
    "sector-unmatched": note(
        "“{value}” không phải là một trong 13 ngành, lĩnh vực; giữ nguyên",
        "“{value}” is none of the 13 sectors; kept as it is",
    ),
}
