"""The folder of owners' returned forms: put together, who is missing told, and nothing counted twice."""

from __future__ import annotations

import csv
import io
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import phanbo as pb
from corpus.declared import BOARD, HEALTH, LAND, book, plain
from dressing.pages import Page, put
from phanbo.errors import DataError
from phanbo.tables.schema import LINES, Type
from strategies import settings_of

KINDS = ("xlsx", "xlsm", "xls", "ods", "csv utf-8 ,", "csv utf-8-sig ;", "csv utf-16 \t", "csv cp1258 ;")
FORMS = {BOARD: "Biểu BQL", HEALTH: "Biểu SYT", LAND: "Biểu Trúc Sơn"}


def forms(folder: Path, **more: Any) -> Path:
    """Return a folder of the three owners' forms."""
    folder.mkdir(exist_ok=True)
    for owner, name in FORMS.items():
        put(folder, name, "xlsx", book([each for each in plain() if each["owner"] == owner], **more))
    return folder


def found(portfolio: pb.Portfolio, code: str) -> list[Any]:
    check = portfolio.check()
    return check[check["code"] == code].to_dict("records")


def refused(folder: Path, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(DataError) as refusal:
        pb.read_forms(folder, **options)
    return [(each.code, each.sheet) for each in refusal.value.findings]


def test_forms_become_one_portfolio(tmp_path: Path) -> None:
    portfolio = pb.read_forms(forms(tmp_path))
    assert sorted(portfolio.lines["project_id"]) == sorted(each["project_id"] for each in plain())
    assert set(portfolio.origins["sheet"]) == {f"{name}.xlsx" for name in FORMS.values()}
    assert [name for name, _ in portfolio.files] == sorted(f"{name}.xlsx" for name in FORMS.values())


def with_controls(folder: Path, name: str, *rows: list[Any], lines: bool = True) -> None:
    """Put one owner's form into *folder*, with control totals on a sheet of their own, in triệu đồng."""
    head = ["Đối chiếu theo", "Tên", "Kế hoạch vốn năm 2024", "Giải ngân năm 2024"]
    owner = {"Y": HEALTH, "S": LAND}.get(name[0], BOARD)
    pages = book([each for each in plain() if each["owner"] == owner]) if lines else []
    put(
        folder,
        name,
        "xlsx",
        [*pages, Page("DoiChieu", [["Đơn vị tính: triệu đồng"], head, *map(list, rows)])],
    )


def total(owner: str | None, column: str) -> float:
    """Return a total of the lines in triệu đồng."""
    return float(sum(each[column] for each in plain() if owner in {None, each["owner"]}) / 10**6)


def test_the_controls_of_a_form_are_of_its_own_lines(tmp_path: Path) -> None:
    own = {owner: [total(owner, name) for name in ("plan", "disbursed")] for owner in (BOARD, HEALTH)}
    with_controls(
        tmp_path,
        "B",
        ["tổng số", None, *own[BOARD]],
        ["chủ đầu tư", BOARD, *own[BOARD]],
        ["chủ đầu tư", HEALTH, *own[HEALTH]],
    )
    with_controls(tmp_path, "Y", ["toàn tỉnh", None, *own[HEALTH]])
    portfolio = pb.read_forms(tmp_path)
    assert portfolio.controls is not None
    assert portfolio.controls["key"].tolist() == [HEALTH]  # of another form: compared with all
    stated = portfolio.reconcile().query("sheet == 'B.xlsx · DoiChieu'")
    assert stated["ok"].all()
    assert sorted(stated["level"]) == ["all"] * 2 + ["owner"] * 4
    with_controls(tmp_path, "Y", ["toàn tỉnh", None, own[HEALTH][0] + 1, own[HEALTH][1]])
    with pytest.raises(DataError) as refusal:
        pb.read_forms(tmp_path)
    (wrong,) = refusal.value.findings
    assert (wrong.code, wrong.sheet, wrong.cell) == ("form-control-differs", "Y.xlsx · DoiChieu", "C3")
    assert "chênh 1.000.000 đồng" in wrong.message_vi
    assert "Y.xlsx" in wrong.message_vi


def test_the_controls_of_a_file_without_lines_are_of_all_forms(tmp_path: Path) -> None:
    forms(tmp_path)
    amounts = [total(None, "plan"), total(None, "disbursed")]
    with_controls(tmp_path, "Z", ["tổng số", None, *amounts], lines=False)
    assert pb.read_forms(tmp_path).reconcile()["ok"].all()
    with_controls(tmp_path, "Z", ["tổng số", None, amounts[0] + 1, amounts[1]], lines=False)
    assert refused(tmp_path) == [("control-differs", "Z.xlsx · DoiChieu")]


def test_who_returned_none_is_told(tmp_path: Path) -> None:
    missing = ["Sở Nông nghiệp", "Sở Xây dựng"]
    folder = forms(tmp_path / "forms")
    asked = [*FORMS, *missing]
    rows: list[list[Any]] = [
        ["DANH SÁCH"],
        ["STT", "Chủ đầu tư"],
        *([k, owner] for k, owner in enumerate(asked, 1)),
    ]
    listed = put(tmp_path, "danh sach", "xlsx", [Page("DS", rows)])
    for expected in (asked, pd.DataFrame({"owner": asked}), listed, str(listed)):
        portfolio = pb.read_forms(folder, expected=expected)
        assert [each["value"] for each in found(portfolio, "form-missing")] == missing
        assert found(portfolio, "form-unexpected") == []


def test_the_list_may_stand_among_the_forms(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["STT", "Chủ đầu tư"], [1, BOARD], [2, "Sở Xây dựng"]]
    listed = put(forms(tmp_path), "0 danh sach", "csv cp1258 ;", [Page("DS", rows)])
    portfolio = pb.read_forms(tmp_path, expected=listed)
    assert [each["value"] for each in found(portfolio, "form-missing")] == ["Sở Xây dựng"]
    assert len(portfolio.files) == 3


def test_the_owners_of_a_form_are_those_asked(tmp_path: Path) -> None:
    owners: list[list[Any]] = [["Chủ đầu tư", "Loại"], *([owner, None] for owner in (*FORMS, "Sở Xây dựng"))]
    put(forms(tmp_path), "chu dau tu", "xlsx", [Page("ChuDauTu", owners)])
    portfolio = pb.read_forms(tmp_path)
    assert [each["value"] for each in found(portfolio, "form-missing")] == ["Sở Xây dựng"]


def test_case_and_spaces_make_no_other_owner(tmp_path: Path) -> None:
    asked = [f" {owner.upper()}  " for owner in FORMS if owner != HEALTH]
    portfolio = pb.read_forms(forms(tmp_path), expected=asked)
    assert found(portfolio, "form-missing") == []
    assert [each["value"] for each in found(portfolio, "form-unexpected")] == [HEALTH]


@pytest.mark.parametrize("kind", ["same", "xlsx", "csv utf-8 ;"])
def test_a_form_that_is_there_twice(kind: str, tmp_path: Path) -> None:
    name = FORMS[HEALTH]
    held = [each for each in plain() if each["owner"] == HEALTH]
    forms(tmp_path)
    if kind == "same":
        shutil.copy(tmp_path / f"{name}.xlsx", tmp_path / f"{name} (2).xlsx")
    else:
        put(tmp_path, f"{name} (2)", kind, book(held[::-1], above=("BIỂU GỬI LẠI",)))
    with pytest.raises(DataError) as refusal:
        pb.read_forms(tmp_path)
    (finding,) = refusal.value.findings
    assert finding.code == "form-twice"
    assert name in finding.message_vi + finding.sheet
    assert f"{name} (2)" in finding.mend_vi
    assert f"{name}.xlsx" in finding.mend_en


def test_every_fault_comes_at_once(tmp_path: Path) -> None:
    forms(tmp_path)
    put(tmp_path, "a rỗng", "xlsx", book([]))
    put(tmp_path, "b không phải biểu", "xlsx", [Page("Thư", [["Kính gửi"], ["Sở Tài chính"]])])
    (tmp_path / "c hỏng.xlsx").write_bytes(b"no workbook")
    bad = book([each | {"project_id": each["project_id"] + "9"} for each in plain(2)])
    bad[0].rows[2][6] = "nhiều"
    put(tmp_path, "d số sai", "xlsx", bad)
    assert set(refused(tmp_path)) == {
        ("form-empty", "a rỗng.xlsx"),
        ("no-header", "b không phải biểu.xlsx"),
        ("file-unreadable", "c hỏng.xlsx"),
        ("not-a-number", "d số sai.xlsx"),
    }


def test_other_files_are_listed(tmp_path: Path) -> None:
    forms(tmp_path)
    for name in ("~$Biểu SYT.xlsx", ".DS_Store"):
        (tmp_path / name).write_bytes(b"lock")
    (tmp_path / "cũ").mkdir()
    (tmp_path / "Báo cáo.docx").write_bytes(b"PK")
    portfolio = pb.read_forms(tmp_path)
    (skipped,), (unread,) = found(portfolio, "files-skipped"), found(portfolio, "files-unread")
    assert all(name in skipped["value"] for name in ("~$Biểu SYT.xlsx", ".DS_Store", "cũ"))
    assert unread["value"] == "“Báo cáo.docx”"
    assert unread["severity"] == "warning"


def test_several_sheets_of_lines_are_named(tmp_path: Path) -> None:
    first, second = (
        book(plain()[at], sheet=name)[0] for at, name in ((slice(3), "Một"), (slice(3, 6), "Hai"))
    )
    put(tmp_path, "hai trang", "xlsx", [first, second])
    portfolio = pb.read_forms(tmp_path)
    assert set(portfolio.origins["sheet"]) == {"hai trang.xlsx · Một", "hai trang.xlsx · Hai"}


def test_a_required_column_one_form_lacks_is_told_once(tmp_path: Path) -> None:
    forms(tmp_path)
    names = ("project", "project_id", "source", "stage", "plan", "disbursed")
    put(
        tmp_path,
        "thiếu",
        "xlsx",
        book([each | {"project_id": f"x{k}"} for k, each in enumerate(plain())], names),
    )
    assert refused(tmp_path) == [("column-missing", "thiếu.xlsx")]


def test_an_optional_column_one_form_lacks_is_noted(tmp_path: Path) -> None:
    forms(tmp_path)
    names = ("project", "project_id", "owner", "source", "stage", "plan", "disbursed")
    put(
        tmp_path,
        "thiếu",
        "xlsx",
        book([each | {"project_id": f"x{k}"} for k, each in enumerate(plain())], names),
    )
    (note,) = found(pb.read_forms(tmp_path), "form-columns")
    assert (note["sheet"], note["value"]) == ("thiếu.xlsx", "requested_increase")


def test_each_form_settles_its_own_dates(tmp_path: Path) -> None:
    for name, dates, at in (("a", ["25/5/2023", "3/4/2023"], 0), ("b", ["5/25/2023", "4/3/2023"], 2)):
        page = book(plain()[at : at + 2])[0]
        page.rows[1].append("Quyết định đầu tư - Số QĐ, ngày tháng năm")
        for row, date in zip(page.rows[2:], dates, strict=True):
            row.append(date)
        put(tmp_path, name, "xlsx", [page])
    with pytest.raises(DataError) as refusal:
        pb.read_forms(tmp_path)
    assert {each.sheet for each in refusal.value.findings} == {"b.xlsx"}
    (tmp_path / "b.xlsx").unlink()
    assert pb.read_forms(tmp_path).lines["approved_on"].tolist() == ["2023-05-25", "2023-04-03"]


def test_a_folder_without_forms(tmp_path: Path) -> None:
    assert ("forms-none", tmp_path.name) in refused(tmp_path)
    with pytest.raises(OSError, match="nowhere"):
        pb.read_forms(tmp_path / "nowhere")


def test_a_list_without_owners(tmp_path: Path) -> None:
    forms(tmp_path)
    with pytest.raises(DataError):
        pb.read_forms(tmp_path, expected=pd.DataFrame({"chủ": ["x"]}))


def split(portfolio: pb.Portfolio, folder: Path, seed: int) -> None:
    """Write the lines of *portfolio* as up to thirty forms of all kinds."""
    pick = random.Random(seed)
    names, *rows = csv.reader(io.StringIO(portfolio.tables_csv()["lines.csv"].decode(), newline=""))
    numbers = {c.name for c in LINES.columns if c.type in {Type.MONEY, Type.INTEGER}}
    held: dict[int, list[list[Any]]] = {}
    for row in rows:
        cells = [
            int(cell) if name in numbers and cell else cell or None
            for name, cell in zip(names, row, strict=True)
        ]
        held.setdefault(pick.randrange(30), []).append(cells)
    for k, part in held.items():
        kind = pick.choice(KINDS)
        put(folder, f"bieu {k}", kind, [Page("Biểu", [names, *part])])


@given(st.data())
def test_thirty_forms_are_the_portfolio_again(data: st.DataObject) -> None:
    portfolio = data.draw(settings_of()).portfolio
    with tempfile.TemporaryDirectory() as folder:
        split(portfolio, Path(folder), data.draw(st.integers(0, 10**6)))
        for name, content in portfolio.tables_csv().items():
            if name != "lines.csv":
                (Path(folder) / name).write_bytes(content)
        again = pb.read_forms(folder)
    assert again.tables_csv()["lines.csv"] == portfolio.tables_csv()["lines.csv"]
    assert again.hash == portfolio.hash
