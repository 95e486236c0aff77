"""What the checks say of the tables beside the lines."""

from __future__ import annotations

from phanbo.tables.check.messages.message import error, note, warning

__all__ = ["OTHERS"]

OTHERS = {
    "inflow-positive": error(
        "tăng nguồn vốn chưa được hỗ trợ (chỉ nhận hụt thu, số âm)",
        "a positive inflow is not supported yet (only a shortfall, negative)",
        "để trống hoặc 0; phân bổ phần tăng thu riêng",
        "leave it empty or 0; allocate the extra revenue by itself",
    ),
    "source-unknown": error(
        "nguồn “{value}” không có dòng vốn nào",
        "no capital line has the source “{value}”",
        "viết nguồn vốn như ở bảng kế hoạch vốn",
        "write the source as in the lines",
    ),
    "history-no-key": error(
        "không rõ dòng vốn nào: cần mã dòng vốn, hoặc mã dự án và nguồn vốn, hoặc chủ đầu tư",
        "which line? give line_id, or project_id and source, or owner",
        "ghi mã dòng vốn, hoặc mã dự án và nguồn vốn, hoặc chủ đầu tư",
        "fill in line_id, or project_id and source, or owner",
    ),
    "history-ambiguous": error(
        "“{key}” ứng với nhiều dòng vốn", "“{key}” fits several lines", "ghi mã dòng vốn", "give the line_id"
    ),
    "history-unknown-line": warning(
        "“{key}” không có trong bảng kế hoạch vốn",
        "“{key}” is not among the lines",
        "viết như ở bảng kế hoạch vốn, hoặc bỏ dòng này",
        "write it as in the lines, or leave the row out",
    ),
    "history-falls": warning(
        "lũy kế ngày {date} ({value}) nhỏ hơn lần trước ({limit})",
        "the cumulative figure of {date} ({value}) is below the one before it ({limit})",
        "số lũy kế từ 01/01, không phải số của riêng kỳ",
        "figures are cumulative since 1 January, not of the period",
    ),
    "month-out-of-range": error(
        "tháng phải từ 1 đến 12", "a month is 1 to 12", "ghi tháng từ 1 đến 12", "write a month from 1 to 12"
    ),
    "control-key-unknown": error(
        "“{value}” không có trong bảng kế hoạch vốn",
        "“{value}” is not among the lines",
        "viết như ở bảng kế hoạch vốn",
        "write it as in the lines",
    ),
    "control-differs": error(
        "{title} của {key}: tổng các dòng {sum}, số đối chiếu {value}, chênh {gap} đồng",
        "{title} of {key}: the lines add up to {sum}, the control says {value}, {gap} đồng apart",
        "tìm dòng thiếu, thừa hoặc sai",
        "look for a missing, surplus or wrong row",
    ),
    "form-control-differs": error(
        "{title} của biểu {form}: tổng các dòng của biểu {sum}, số đối chiếu {value}, chênh {gap} đồng",
        "{title} of the form {form}: its lines add up to {sum}, its control says {value}, {gap} đồng apart",
        "tìm dòng thiếu, thừa hoặc sai trong biểu; tổng của mọi biểu thì ghi ở một tệp riêng không có dòng vốn",
        "look for a missing, surplus or wrong row of the form; put totals of all forms in a file without lines",
    ),
    "at-no-history": note(
        "không có số liệu giải ngân đến ngày {date}: giữ số hiện có",
        "no disbursement by {date}: the figure is kept",
    ),
    "at-clipped": note(
        "giải ngân {value} đến ngày {date} lớn hơn kế hoạch: lấy bằng kế hoạch {limit}",
        "disbursed {value} by {date} is above the plan: cut to the plan {limit}",
    ),
}
