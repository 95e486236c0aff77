"""What the checks say of years and amounts."""

from __future__ import annotations

from phanbo.tables.check.messages.message import error, warning

__all__ = ["AMOUNTS"]

AMOUNTS = {
    "year-spread": error(
        "năm kế hoạch {value} quá xa năm {year}",
        "the plan year {value} is too far from {year}",
        "sửa năm kế hoạch",
        "mend the plan year",
    ),
    "year-thin": warning(
        "chỉ {count} trong {all} dòng có năm kế hoạch {year}; các dòng khác bị coi là vốn kéo dài",
        "only {count} of {all} lines are of plan year {year}; all others count as carried over",
        "kiểm tra năm kế hoạch",
        "check the plan year",
    ),
    "no-requests": warning(
        "không có cột “{title}”: không dòng nào nhận được vốn",
        "no column “{title}”: no line can receive capital",
        "thêm cột nhu cầu bổ sung vốn",
        "add the stated needs",
    ),
    "over-plan": warning(
        "“{title}” {value} lớn hơn kế hoạch {limit}",
        "“{title}” {value} is above the plan {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "over-disbursed": warning(
        "“{title}” {value} lớn hơn số đã giải ngân {limit}",
        "“{title}” {value} is above what is disbursed, {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "under-disbursed": warning(
        "“{title}” {value} nhỏ hơn số đã giải ngân {limit}",
        "“{title}” {value} is below what is disbursed, {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "over-total": warning(
        "“{title}” {value} lớn hơn tổng mức đầu tư {limit}",
        "“{title}” {value} is above the total investment {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "over-medium-term": warning(
        "“{title}” {value} lớn hơn kế hoạch trung hạn {limit}",
        "“{title}” {value} is above the medium-term plan {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "allocated-below-plan": error(
        "“{title}” {value} nhỏ hơn kế hoạch năm nay của dự án {limit}: số này có gồm kế hoạch năm nay không?",
        "“{title}” {value} is below the project's plan of this year, {limit}: does it include this year?",
        "nếu chưa gồm, đưa vào cột allocated_before",
        "if it does not, use the column allocated_before",
    ),
    "medium-term-below-plan": warning(
        "“{title}” {value} nhỏ hơn kế hoạch năm nay {limit}: số này có gồm kế hoạch năm nay không?",
        "“{title}” {value} is below this year's plan, {limit}: does it include this year?",
        "nếu chưa gồm, đưa vào cột medium_term_allocated_before",
        "if it does not, use the column medium_term_allocated_before",
    ),
    "absorb-order": error(
        "khả năng giải ngân phải tăng dần: thận trọng ≤ trung bình ≤ cao nhất",
        "absorption must rise: p10 ≤ p50 ≤ p90",
        "sửa ba số",
        "mend the three figures",
    ),
    "plan-outlier": warning(
        "kế hoạch {value} gấp hoặc kém 1.000 lần mức giữa {limit} của nguồn",
        "the plan {value} is 1,000 times or a thousandth of its source's median {limit}",
        "kiểm tra đơn vị tính",
        "check the unit",
    ),
    "unit-scale": error(
        "“{title}” ({key}): {value}, {ratio} {limit} ({against}): sai đơn vị tính",
        "“{title}” ({key}): {value}, {ratio_en} {limit} ({against_en}): a wrong unit",
        "có lẽ một bên ghi {unit}: sửa “Đơn vị tính”, hoặc dùng unit=",
        "one of the two may be in {unit_en}: mend the stated unit, or give unit=",
    ),
    "unit-scale-doubtful": warning(
        "“{title}” ({key}): {value}, {ratio} {limit} ({against}): kiểm tra đơn vị tính",
        "“{title}” ({key}): {value}, {ratio_en} {limit} ({against_en}): check the unit",
        "có lẽ một bên ghi {unit}",
        "one of the two may be in {unit_en}",
    ),
    "years-crossed": warning(
        "năm hoàn thành {value} trước năm khởi công {limit}",
        "finish year {value} before start year {limit}",
        "kiểm tra hai số",
        "check both figures",
    ),
    "date-after-year": warning(
        "ngày {value} sau năm kế hoạch {limit}",
        "the date {value} is after the plan year {limit}",
        "kiểm tra ngày và năm kế hoạch",
        "check the date and the plan year",
    ),
}
