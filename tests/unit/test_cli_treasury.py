"""The Treasury's figures on the command line: match, mark, then check and hold a round with both files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

import phanbo as pb
from phanbo import cli

if TYPE_CHECKING:
    from pathlib import Path

HEAD: list[Any] = ["STT", "Mã dự án", "Tên dự án", "Chủ đầu tư", "Nguồn vốn", "Giai đoạn", "Năm 2024", None]
PLAN: list[list[Any]] = [
    [1, "7001", "Cầu Bản Lải", "Sở Giao thông", "Ngân sách trung ương", "Chuyển tiếp", 10000, 4000],
    [2, "7002", "Trường Chu Văn An", "Sở Giáo dục", "Ngân sách trung ương", "Chuyển tiếp", 8000, 3000],
    [
        3,
        "7003",
        "Bệnh viện đa khoa huyện Lộc Bình",
        "Sở Y tế",
        "Ngân sách trung ương",
        "Chuyển tiếp",
        5000,
        1,
    ],
]
PAID: list[list[Any]] = [
    [1, "7001", "Cầu Bản Lải", "Sở Giao thông", "Ngân sách trung ương", 4100.5],
    [2, None, "Trường Chu Văn An", "Sở Giáo dục", "Ngân sách trung ương", 3000],
    [3, None, "Bệnh viện đa khoa Lộc Bình", "Sở Y tế", "Ngân sách trung ương", 150],
]


def write(path: Path, rows: list[list[Any]], merged: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
    book.save(path)
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    under: list[Any] = [*[None] * 6, "Kế hoạch vốn", "Giải ngân đến 13/9/2024"]
    top = [["KẾ HOẠCH VỐN NĂM 2024"], ["Đơn vị tính: triệu đồng"], HEAD, under]
    merged = (*(f"{column}3:{column}4" for column in "ABCDEF"), "G3:H3")
    plan = write(tmp_path / "kế hoạch.xlsx", [*top, *PLAN], merged)
    head = [*HEAD[:5], "Lũy kế giải ngân đến 6/9/2024"]
    told = [["GIẢI NGÂN NĂM 2024"], ["Đơn vị tính: triệu đồng"], head]
    return plan, write(tmp_path / "kho bạc.xlsx", [*told, *PAID])


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = cli.main([str(each) for each in arguments])
    found = capsys.readouterr()
    return code, found.out + found.err


def test_a_round_with_the_figures_of_the_treasury(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, treasury = files
    sheet = tmp_path / "phiếu.xlsx"
    code, text = run(capsys, "match", plan, treasury, "--out", sheet)
    assert code == 1
    assert "Khớp 2 dòng Kho bạc, 1 dòng chưa có nơi đặt (150.000.000 đồng)" in text
    both = ("--treasury", treasury, "--review", sheet)
    code, text = run(capsys, "check", plan, *both)
    assert code == 1
    assert "còn 150.000.000 đồng chưa có nơi đặt" in text

    book = openpyxl.load_workbook(sheet)
    page = book["DoiChieu"]
    row = next(each for each in page.iter_rows() if each[3].value == PAID[2][2])
    row[15].value = "có"
    book.save(sheet)
    assert run(capsys, "match", plan, treasury, "--review", sheet)[0] == 0
    code, text = run(capsys, "check", plan, *both, "--as-of", "2024-09-15", "--lang", "en")
    assert code == 0, text
    assert "older than the last report day (2024-09-13)" in text
    assert "4.100.500.000" in text
    held = ("--calendar", "lang-son-2024", "--as-of", "2024-09-15")
    code, text = run(capsys, "assess", plan, *both, *held, "--out", tmp_path / "a")
    assert code == 0, text
    assert "7.250,5 / 23.000 triệu đồng" in text
    assert text.count("cũ hơn kỳ báo cáo gần nhất") == 1
    code, text = run(capsys, "propose", plan, *both, *held, "--round", 2, "--out", tmp_path / "p")
    assert code == 0, text
    case = pb.load_proposal(tmp_path / "p").case
    assert case is not None
    assert sorted(case.portfolio.lines["disbursed"]) == [
        150_000_000,
        3_000_000_000,
        4_100_500_000,
    ]


def test_neither_the_treasury_file_nor_the_marks_are_overwritten(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, treasury = files
    sheet = tmp_path / "phiếu.xlsx"
    run(capsys, "match", plan, treasury, "--out", sheet)
    before = sheet.read_bytes(), treasury.read_bytes()
    assert run(capsys, "match", plan, treasury, "--out", treasury)[0] == 6
    assert run(capsys, "match", plan, treasury, "--review", sheet, "--out", sheet)[0] == 6
    assert (sheet.read_bytes(), treasury.read_bytes()) == before


def test_a_review_needs_the_figures(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    code, text = run(capsys, "check", files[0], "--review", files[1])
    assert code == 1
    assert "review= cần có treasury=" in text


def test_headers_by_hand_and_limits_reach_the_treasury_file(files: tuple[Path, Path], tmp_path: Path) -> None:
    plan, _ = files
    head = [*HEAD[:5], "Số đã thanh toán cho nhà thầu"]
    strange = write(tmp_path / "lạ.xlsx", [["Đơn vị tính: triệu đồng"], head, *PAID])
    with pytest.raises(pb.DataError, match="columns="):
        pb.match_treasury(plan, strange)
    found = pb.match_treasury(plan, strange, columns={"Số đã thanh toán cho nhà thầu": "disbursed"})
    assert found.statements[0].stated == 7_250_500_000
    with pytest.raises(pb.DataError, match=r"max_rows|max_bytes"):
        pb.match_treasury(plan, write(tmp_path / "dài.xlsx", [[1]] * 30), max_rows=20)


def test_the_treasury_file_says_its_unit(files: tuple[Path, Path], tmp_path: Path) -> None:
    plan, _ = files
    bare = write(tmp_path / "kb.xlsx", [[*HEAD[:5], "Giải ngân năm 2024"], *PAID])
    found = pb.check_excel(plan, treasury=bare, unit="triệu đồng").set_index("code")
    assert "phía trên bảng Kho bạc" in found["mend_vi"]["unit-unknown"]
