"""The annex and the monthly workbook, read back: totals to the đồng, formulas, groups, words, safety of the file."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from phanbo.errors import PhanboError
from phanbo.report import annex
from phanbo.report.annex import write_annex
from phanbo.report.assessment import write_assessment
from phanbo.report.formats import cell_name, million
from phanbo.report.names import Names
from rounds import AS_OF, CALENDAR, TY, inflow, lines, proposal

if TYPE_CHECKING:
    from pathlib import Path

    from phanbo.proposal import Proposal

SHEETS = [
    "Tổng hợp",
    "1 Ngân sách tỉnh",
    "2 Xổ số kiến thiết",
    "Chuyển vốn",
    "Theo chủ đầu tư",
    "Theo nhóm dự án",
    "Lý do điều chỉnh",
    "Biểu UBND tỉnh",
    "Vốn chưa có nơi nhận",
    "Chưa kiểm tra",
    "Mọi dòng vốn",
]
Cells = dict[str, Any]


def two_sources(count: int = 12) -> pd.DataFrame:
    """Return lines of two sources with odd đồng in plan and payment, and two amounts of the project."""
    table = lines(count)
    table["source"] = ["Ngân sách tỉnh" if i % 4 < 2 else "Xổ số kiến thiết" for i in range(count)]
    table["disbursed"] += 345_678
    table["plan"] += [1_234_567 * i for i in range(count)]
    table["owner"] = [f"Ban {i % 3}" for i in range(count)]
    table["total_investment"] = [90 * TY + 1] * count
    table["allocated_to_date"] = [40 * TY + i for i in range(count)]
    return table


def with_carried() -> pd.DataFrame:
    table = two_sources()
    old = two_sources().assign(plan_year=2023)
    old["line_id"] = "C" + old["line_id"]
    return pd.concat([table, old], ignore_index=True)


def read(path: Path) -> tuple[dict[str, Cells], dict[str, Cells]]:
    """Return the stored values and the formulas of a workbook, by sheet and cell."""
    books = [openpyxl.load_workbook(path, data_only=data_only) for data_only in (True, False)]
    values, formulas = (
        {
            sheet.title: {
                c.coordinate: c.value for line in sheet.iter_rows() for c in line if c.value is not None
            }
            for sheet in book.worksheets
        }
        for book in books
    )
    kept = {
        name: {at: text for at, text in cells.items() if isinstance(text, str) and text.startswith("=")}
        for name, cells in formulas.items()
    }
    return values, kept


def recomputed(text: str, values: Cells, formulas: Cells) -> float | None:
    """Return what a formula of phanbo's is worth, worked out from the other cells."""

    def at(name: str) -> float:
        return float(values.get(name) or 0)

    if found := re.fullmatch(r"=SUBTOTAL\(9,([A-Z]+)(\d+):([A-Z]+)(\d+)\)", text):
        column, first, _, last = found.groups()
        inside = [f"{column}{k}" for k in range(int(first), int(last) + 1)]
        return math.fsum(at(name) for name in inside if "SUBTOTAL" not in formulas.get(name, ""))
    if found := re.fullmatch(r'=IF\((\w+)=0,"",(\w+)/(\w+)\)', text):
        assert found[1] == found[3]
        return at(found[2]) / at(found[3]) if at(found[3]) else None
    parts = re.fullmatch(r"=(\w+)([+-]\w+)*", text)
    assert parts, text
    terms = re.findall(r"([+-]?)(\w+)", text[1:])
    return math.fsum((-1 if sign == "-" else 1) * at(name) for sign, name in terms)


def assert_formulas_hold(path: Path) -> int:
    values, formulas = read(path)
    for sheet, cells in formulas.items():
        for name, text in cells.items():
            stored, expected = values[sheet].get(name), recomputed(text, values[sheet], cells)
            if expected is None:
                assert stored in {None, ""}, (sheet, name)
            else:
                # half a đồng, in triệu đồng
                assert stored == pytest.approx(expected, abs=5e-7, rel=0), (sheet, name, text)
    return sum(len(cells) for cells in formulas.values())


def table(path: Path, sheet: str, *, head: str) -> list[dict[str, Any]]:
    """Return the rows under the header row that holds a text, by header; a second header row refines the first."""
    rows = [
        list(line) for line in openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True)
    ]
    top = next(k for k, line in enumerate(rows) if head in line)
    names, over = [], None
    second = rows[top + 1] if rows[top + 1][0] is None and rows[top][0] else [None] * len(rows[top])
    split = any(text in {"Số vốn", "Dự án", "Amount"} for text in second)
    for upper, lower in zip(rows[top], second, strict=True):
        over = upper if upper is not None or not split else over
        names.append(f"{over}: {lower}" if split and lower else str(over))
    body = rows[top + (2 if split else 1) :]
    return [
        {n: c for n, c in zip(names, line, strict=True) if n != "None"}
        for line in body
        if any(cell not in {None, ""} for cell in line)
    ]


def dong(value: float | None) -> int:
    return round((value or 0) * 1_000_000)


def written(made: Proposal, folder: Path, lang: str = "vi") -> Path:
    path = folder / f"annex-{lang}.xlsx"
    write_annex(made, path, lang=lang)
    return path


@pytest.fixture(scope="module")
def full() -> Proposal:
    return proposal(two_sources())


@pytest.fixture(scope="module")
def path(full: Proposal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(full, tmp_path_factory.mktemp("annex"))


ADDED, CUT = "Điều chỉnh kế hoạch: Điều chỉnh tăng", "Điều chỉnh kế hoạch: Điều chỉnh giảm"
PLAN, AFTER = "Kế hoạch vốn năm 2024 đã giao", "Kế hoạch vốn năm 2024 sau điều chỉnh"
PAID = "Giải ngân đến ngày 15/9/2024: Số vốn"


def changes_of(path: Path) -> list[dict[str, Any]]:
    return table(path, "Lý do điều chỉnh", head="Danh mục dự án")


def test_sheets_stand_in_order(path: Path) -> None:
    assert openpyxl.load_workbook(path).sheetnames == SHEETS


def test_every_formula_holds_what_its_cells_add_up_to(path: Path) -> None:
    assert assert_formulas_hold(path) > 50


def test_the_total_is_that_of_the_frame_to_the_dong(full: Proposal, path: Path) -> None:
    total, frame = changes_of(path)[0], full.adjustments
    assert total["Danh mục dự án"] == "TỔNG SỐ"
    for name, column in ((PLAN, "plan"), (PAID, "disbursed"), (AFTER, "plan_after")):
        assert dong(total[name]) == int(frame[column].sum())
    assert dong(total[CUT]) == full.summary["cut"] > 0
    assert dong(total[ADDED]) == full.summary["added"] > 0
    assert dong(total["Ước giải ngân đến hết niên độ"]) == int(frame["expected_after"].sum())


def test_lines_stand_in_groups_cuts_before_increases(full: Proposal, path: Path) -> None:
    rows = changes_of(path)
    groups = [(r["STT"], r["Danh mục dự án"]) for r in rows if not r["Mã dự án"]]
    assert groups == [
        (None, "TỔNG SỐ"),
        ("I", "Ngân sách tỉnh"),
        ("a", "Giảm"),
        ("b", "Tăng"),
        ("II", "Xổ số kiến thiết"),
        ("a", "Giảm"),
        ("b", "Tăng"),
    ]
    shown = [r for r in rows if r["Mã dự án"]]
    assert sorted(r["Mã dự án"] for r in shown) == sorted(full.adjustments["project_id"])
    for source in ("Ngân sách tỉnh", "Xổ số kiến thiết"):
        frame = full.adjustments.query("source == @source")
        head = next(r for r in rows if r["Danh mục dự án"] == source)
        assert dong(head[CUT]) == int(-frame["change"].clip(upper=0).sum())
        assert dong(head[ADDED]) == int(frame["change"].clip(lower=0).sum())


def test_every_line_keeps_the_identity_and_its_amounts_to_the_dong(full: Proposal, path: Path) -> None:
    frame = full.adjustments.set_index("project_id")
    for row in (r for r in changes_of(path) if r["Mã dự án"]):
        line = frame.loc[row["Mã dự án"]]
        assert dong(row[PLAN]) + dong(row[ADDED]) - dong(row[CUT]) == dong(row[AFTER]) == line["plan_after"]
        assert dong(row[PAID]) == line["disbursed"]
        assert not (row[ADDED] and row[CUT])
        assert row["Thứ hạng"] == line["rank"]
        assert row["Phân loại"] == "chuyển tiếp"


def test_plan_years_stand_apart(tmp_path: Path) -> None:
    made = proposal(with_carried(), policy=pb.Policy(carry_over="move", return_unplaced=True))
    where = written(made, tmp_path)
    assert_formulas_hold(where)
    rows = changes_of(where)
    sums = {r["STT"]: r for r in rows if r["STT"] in {"A", "B"}}
    assert sums["A"]["Danh mục dự án"] == "Kế hoạch vốn năm 2024"
    assert sums["B"]["Danh mục dự án"] == "Vốn năm 2023 kéo dài sang năm 2024"
    frame = made.adjustments
    for number, year in (("A", 2024), ("B", 2023)):
        mine = frame[frame["plan_year"] == year]
        assert dong(sums[number][PLAN]) == int(mine["plan"].sum()) > 0
    assert dong(rows[0][PLAN]) == int(frame["plan"].sum())


def test_transfers_are_listed_ranked_and_add_up(full: Proposal, path: Path) -> None:
    rows = table(path, "Chuyển vốn", head="Bể vốn")
    frame = full.transfers
    assert [r["Thứ hạng"] for r in rows[1:]] == frame["rank"].tolist()
    assert [dong(r["Số vốn"]) for r in rows[1:]] == frame["amount"].tolist()
    assert dong(rows[0]["Số vốn"]) == int(frame["amount"].sum())
    assert dong(rows[0]["Giải ngân tăng thêm dự kiến"]) == int(frame["gain"].sum())


def test_unplaced_capital_names_what_stands_in_the_way(full: Proposal, path: Path) -> None:
    rows = table(path, "Vốn chưa có nơi nhận", head="Chủ đầu tư")
    frame = full.unplaced
    assert len(frame)
    assert dong(rows[0]["Vốn dư chưa có nơi nhận"]) == full.summary["unplaced"]
    assert dong(rows[0]["Nhu cầu chưa được đáp ứng"]) == int(frame["unmet_need"].sum())
    said = {r["Vướng mắc cần tháo gỡ"] for r in rows}
    assert {
        f"{ask['what_vi']} ({ask['confidence']})" for asks in frame["ask"] for ask in asks if ask["rule"]
    } <= said


def test_what_is_unchecked_opens_the_summary(full: Proposal, path: Path) -> None:
    assert full.summary["conditional"]
    sheet = openpyxl.load_workbook(path)["Tổng hợp"]
    column = [str(sheet.cell(k, 1).value) for k in range(1, 40)]
    assert column[2] == "PHƯƠNG ÁN CÓ ĐIỀU KIỆN. Chưa kiểm tra:"
    listed = [text for text in column if text.startswith("– ") and "thiếu" in text]
    assert len(listed) == len({gap["rule"] for gap in full.summary["unchecked"]})
    rows = table(path, "Chưa kiểm tra", head="Quy định")
    assert [r["Số dòng vốn"] for r in rows] == full.unchecked["lines"].tolist()


def test_the_summary_repeats_the_proposal(full: Proposal, path: Path) -> None:
    s = full.summary
    sheet = openpyxl.load_workbook(path, data_only=True)["Tổng hợp"]
    told = {line[0]: line[1] for line in sheet.iter_rows(values_only=True) if line[0]}
    assert dong(told["Tổng giảm"]) == s["cut"]
    assert dong(told["Ước giải ngân đến 31/1/2025, sau điều chỉnh"]) == s["expected_after"]
    assert dong(told["Ước giải ngân tăng thêm"]) == s["expected_after"] - s["expected"]
    assert dong(told["Được bổ sung"]) == s["need_removed"]["added"]
    assert told["Kết quả kiểm tra lại"].startswith("Đạt")
    assert told["Đợt"] == "2"
    assert told["Ước tỷ lệ giải ngân sau điều chỉnh"] == pytest.approx(s["year_end_ratio_after"], rel=1e-12)


def test_a_failed_certificate_is_told(
    full: Proposal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = full.verify()
    failed = type(certificate)(ok=False, findings=("pool x does not balance",), gap={}, proved="legal")
    monkeypatch.setattr(type(full), "verify", lambda _: failed)
    values, _ = read(written(full, tmp_path))
    assert "KHÔNG ĐẠT: pool x does not balance" in values["Tổng hợp"].values()


def test_warnings_are_told_in_one_language(tmp_path: Path) -> None:
    made = proposal(two_sources(), as_of="2024-09-25")
    assert made.summary["warnings"]
    for lang, sheet, mine, other in (
        ("vi", "Tổng hợp", "Cảnh báo: Ngày số liệu", "The data date"),
        ("en", "Summary", "Warning: The data date", "Ngày số liệu"),
    ):
        values, _ = read(written(made, tmp_path, lang))
        told = [text for text in values[sheet].values() if str(text).startswith(mine)]
        assert len(told) == len(made.summary["warnings"])
        assert other not in told[0]


CODES = re.compile(
    r"owner-internal|\b(ubnd|hdnd|new_start|transitional|donor|receiver|hold|actual|pace|forecast)\b"
    r"|[a-z]+-[a-z]+(-[a-z]+)?$|priority\["
)


def test_codes_are_shown_in_words(path: Path) -> None:
    values, _ = read(path)
    for cells in values.values():
        for text in cells.values():
            assert not (isinstance(text, str) and CODES.search(text)), text
    authorities = {r["Thẩm quyền"] for r in changes_of(path)} - {None}
    assert authorities <= {"UBND cùng cấp (trong nội bộ chủ đầu tư)", "UBND cùng cấp", "HĐND cùng cấp"}


def test_unverified_citations_say_so(full: Proposal, path: Path) -> None:
    unverified = full.adjustments.query("confidence == 'cần kiểm tra'")["project_id"].tolist()
    assert unverified
    cited = {r["Mã dự án"]: r["Căn cứ"] for r in changes_of(path) if r["Mã dự án"]}
    assert all(cited[project].endswith("(cần kiểm tra)") for project in unverified)


def test_texts_are_composed_letters(path: Path) -> None:
    values, _ = read(path)
    texts = [text for cells in values.values() for text in cells.values() if isinstance(text, str)]
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)


def test_number_date_and_signature_stay_blank(path: Path) -> None:
    values, _ = read(path)
    assert values["Lý do điều chỉnh"]["A2"] == "(Kèm theo Tờ trình số ……… ngày …… tháng …… năm ……)"


def test_pages_are_set_up_for_print(path: Path) -> None:
    for sheet in openpyxl.load_workbook(path).worksheets:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.oddFooter.center.text == "Trang &P/&N"
    sheet = openpyxl.load_workbook(path)["Lý do điều chỉnh"]
    assert sheet.print_title_rows == "$4:$5"
    assert sheet.freeze_panes == "C6"
    assert sheet["A3"].value == "Đơn vị tính: triệu đồng"


def test_the_order_of_the_input_does_not_matter(full: Proposal, path: Path, tmp_path: Path) -> None:
    shuffled = two_sources().sample(frac=1, random_state=3).reset_index(drop=True)
    again = written(proposal(shuffled), tmp_path)
    assert again.read_bytes() == path.read_bytes()
    assert written(full, tmp_path).read_bytes() == path.read_bytes()


def test_english_has_the_same_figures(full: Proposal, path: Path, tmp_path: Path) -> None:
    other = written(full, tmp_path, "en")
    assert_formulas_hold(other)
    books = [openpyxl.load_workbook(each, data_only=True) for each in (path, other)]
    assert books[1].sheetnames[0] == "Summary"
    for vi, en in zip(books[0].worksheets, books[1].worksheets, strict=True):
        numbers = [
            [c.value for line in sheet.iter_rows() for c in line if isinstance(c.value, int | float)]
            for sheet in (vi, en)
        ]
        assert numbers[0] == numbers[1]
    texts = " ".join(str(c.value) for line in books[1]["Reasons"].iter_rows() for c in line)
    assert "People's Committee" in texts or "People's Council" in texts
    assert "Chỉ điều chỉnh" not in texts


def test_an_empty_round_says_why(tmp_path: Path) -> None:
    made = proposal(lines(requested_increase=[0] * 6))
    where = written(made, tmp_path)
    assert made.adjustments.empty
    assert_formulas_hold(where)
    assert openpyxl.load_workbook(where).sheetnames == [
        name for name in SHEETS if "Biểu" not in name and not name[0].isdigit()
    ]
    values, _ = read(where)
    assert any(
        "Không có dòng vốn nào được điều chỉnh" in str(text) for text in values["Lý do điều chỉnh"].values()
    )
    told = list(values["Tổng hợp"].values())
    assert told[told.index("Vì sao không có điều chỉnh") + 1] == "Quy định đầu tiên không đạt"
    counted = table(where, "Tổng hợp", head="Quy định đầu tiên không đạt")
    assert sum(made.summary["why_empty"].values()) == 6
    assert counted[0]["Số dòng"] == max(made.summary["why_empty"].values())


def test_a_shortfall_is_named(tmp_path: Path) -> None:
    made = proposal(lines(), sources=inflow(-2 * TY))
    where = written(made, tmp_path)
    assert_formulas_hold(where)
    rows = table(where, "Chuyển vốn", head="Bể vốn")
    assert "Bù hụt thu" in {r["Đến dòng vốn: Dự án"] for r in rows}
    assert dong(changes_of(where)[0][CUT]) - dong(changes_of(where)[0][ADDED]) == 2 * TY


def test_part_of_a_round_and_one_without_tables(full: Proposal, tmp_path: Path) -> None:
    part = full.head(1)
    rows = changes_of(written(part, tmp_path))
    assert dong(rows[0][CUT]) == part.summary["cut"] < full.summary["cut"]
    alone = written(pb.Proposal.from_json(full.to_json()), tmp_path)
    assert_formulas_hold(alone)
    assert dong(changes_of(alone)[0][CUT]) == full.summary["cut"]
    values, _ = read(alone)
    assert "Chưa kiểm tra lại: không kèm bảng dữ liệu." in values["Tổng hợp"].values()


def test_a_project_called_like_a_formula_stays_text(tmp_path: Path) -> None:
    names = ["=1+1", "+A1", "@SUM(A1)", "{=A1}", "<b>&", "  hai  "]
    made = proposal(lines(project=names))
    where = written(made, tmp_path)
    sheet = openpyxl.load_workbook(where)["Lý do điều chỉnh"]
    kinds = {c.value: c.data_type for line in sheet.iter_rows() for c in line if c.value in names}
    assert kinds
    assert set(kinds.values()) == {"s"}


def test_a_failure_leaves_the_old_file_and_no_other(
    full: Proposal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = written(full, tmp_path)
    before = where.read_bytes()

    def fail(*_: object) -> None:
        raise RuntimeError("no more")

    monkeypatch.setattr(annex, "write_changes", fail)
    with pytest.raises(RuntimeError, match="no more"):
        write_annex(full, where)
    assert where.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [where.name]


def test_other_languages_are_refused(full: Proposal, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="fr"):
        write_annex(full, tmp_path / "x.xlsx", lang="fr")
    assert not list(tmp_path.iterdir())


def test_the_list_of_all_lines_can_be_left_out(full: Proposal, tmp_path: Path) -> None:
    write_annex(full, tmp_path / "x.xlsx", every_line=False)
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames == SHEETS[:-1]


def test_all_lines_show_role_and_bounds(full: Proposal, path: Path) -> None:
    rows, frame = table(path, "Mọi dòng vốn", head="Vai trò"), full.lines
    assert [r["Mã dòng vốn"] for r in rows] == frame["line_id"].tolist()
    assert [dong(r["Giảm tối đa"]) for r in rows] == frame["cut_bound"].tolist()
    assert {r["Vai trò"] for r in rows} <= {"có thể giảm", "có thể được bổ sung", "giữ nguyên"}
    assert all(r["Quy định quyết định"] for r in rows)


@given(st.integers(-(8 * 10**15), 8 * 10**15))
def test_millions_hold_every_dong(amount: int) -> None:
    assert round(float(f"{million(amount):.16G}") * 1_000_000) == amount


def test_an_amount_a_cell_cannot_hold_is_refused() -> None:
    with pytest.raises(PhanboError):
        million(123_456_789_012_345_678_901)


def test_cell_names_follow_the_spreadsheet() -> None:
    assert [cell_name(0, k) for k in (0, 25, 26, 701, 702)] == ["A1", "Z1", "AA1", "ZZ1", "AAA1"]


# -- the monthly workbook ---------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", ["2024-01-02", AS_OF, "2025-03-01"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_assessment_adds_up_at_any_date(tmp_path: Path, as_of: str, lang: str) -> None:
    a = pb.assess(pb.Portfolio(with_carried()), calendar=CALENDAR, as_of=as_of)
    where = tmp_path / "a.xlsx"
    write_assessment(a, where, lang=lang)
    assert assert_formulas_hold(where) > 30
    sheets = openpyxl.load_workbook(where, data_only=True)
    expected = ["Toàn tỉnh", "Theo nguồn", "Theo chủ đầu tư", "Theo nhóm dự án", "Dòng vốn chậm", "Đến hạn"]
    assert len(sheets.sheetnames) == 6
    if lang == "vi":
        assert sheets.sheetnames == expected
        totals = a.province
        everything = table(where, "Theo nguồn", head="Nguồn vốn")[-1]
        assert dong(everything["Kế hoạch vốn"]) == totals["total_plan"]
        assert dong(everything["Giải ngân"]) == totals["total_disbursed"]
        groups = table(where, "Theo nhóm dự án", head="Mốc xét")
        assert dong(groups[-1]["Kế hoạch vốn"]) == totals["total_plan"]


def test_late_lines_are_listed(tmp_path: Path) -> None:
    a = pb.assess(pb.Portfolio(lines()), calendar=CALENDAR, as_of=AS_OF)
    write_assessment(a, tmp_path / "a.xlsx")
    rows = table(tmp_path / "a.xlsx", "Dòng vốn chậm", head="Chủ đầu tư")
    late = a.lines[a.lines["late"]]
    assert [r["Danh mục dự án"] for r in rows[:-1]] == late["project"].tolist()
    assert dong(rows[-1]["Kế hoạch vốn"]) == int(late["plan"].sum())


def test_late_is_what_the_deciding_reading_says(tmp_path: Path) -> None:
    paid = [TY, 69 * TY // 10] * 3  # 69 % on 15/9 is below 70 %, and above it by 30/9
    for judge, late in (("actual", 6), ("forecast", 3)):
        a = pb.assess(
            pb.Portfolio(lines(disbursed=paid)), calendar=CALENDAR, as_of=AS_OF, policy=pb.Policy(judge=judge)
        )
        write_assessment(a, tmp_path / "a.xlsx")
        assert len(table(tmp_path / "a.xlsx", "Dòng vốn chậm", head="Chủ đầu tư")) == late + 1


def test_the_assessment_is_the_same_bytes_again(tmp_path: Path) -> None:
    made = []
    for k, frame in enumerate((with_carried(), with_carried()[::-1].reset_index(drop=True))):
        a = pb.assess(pb.Portfolio(frame), calendar=CALENDAR, as_of=AS_OF)
        a.to_excel(tmp_path / f"{k}.xlsx")
        made.append((tmp_path / f"{k}.xlsx").read_bytes())
    assert made[0] == made[1]


def test_a_fact_no_column_holds_is_named_in_words(full: Proposal) -> None:
    names = Names(full)
    assert names.column("on_lending_ratio") == "tỷ lệ cấp phát, vay lại"
    assert names.advice("on_lending_ratio", 8).startswith(
        "Chưa có cột “tỷ lệ cấp phát, vay lại”: đối chiếu hồ sơ của 8"
    )
    assert "Bổ sung cột" in names.advice("committed", 3)
