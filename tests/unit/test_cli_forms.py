"""The command line on a folder of the owners' returned forms: who returned none is told, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from corpus.declared import BOARD, HEALTH, LAND, book, plain
from dressing.pages import put
from phanbo import cli

if TYPE_CHECKING:
    from pathlib import Path

FORMS = {BOARD: "Biểu BQL", HEALTH: "Biểu SYT", LAND: "Biểu Trúc Sơn"}
ABSENT = "Sở Nông nghiệp"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Biểu các đơn vị"
    made.mkdir()
    for owner, name in FORMS.items():
        put(made, name, "xlsx", book([each for each in plain() if each["owner"] == owner]))
    return made


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main([str(each) for each in arguments])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return code, said.out, said.err


def test_a_folder_of_forms_is_checked(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, _ = run(capsys, "check", "--forms", folder)
    assert code == 0
    assert "Đã đọc 3 biểu.\n" in out
    assert "3 forms read.\n" in run(capsys, "check", "--forms", folder, "--lang", "en")[1]


def test_who_returned_none_is_told_from_names(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    names = "; ".join([*FORMS, ABSENT, "Sở Xây dựng"])
    code, out, _ = run(capsys, "check", "--forms", folder, "--expected", names)
    assert code == 0
    assert f"Đã đọc 3 biểu; 2 chủ đầu tư chưa gửi: {ABSENT}; Sở Xây dựng.\n" in out
    assert f"chủ đầu tư “{ABSENT}” chưa gửi biểu" in out
    code, out, _ = run(capsys, "check", "--forms", folder, "--expected", names, "--lang=en")
    assert f"3 forms read; 2 owners did not return one: {ABSENT}; Sở Xây dựng.\n" in out
    _, out, _ = run(capsys, "check", "--forms", folder, "--expected", ";".join(FORMS))
    assert "Đã đọc 3 biểu; chủ đầu tư nào trong danh sách cũng đã gửi.\n" in out


@pytest.mark.parametrize("inside", [True, False])
def test_who_returned_none_is_told_from_a_file(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path, *, inside: bool
) -> None:
    listed = (folder if inside else tmp_path) / "danh sách.csv"
    listed.write_text("\n".join(["Chủ đầu tư", *FORMS, ABSENT]), encoding="utf-8")
    _, out, _ = run(capsys, "check", "--forms", folder, "--expected", listed)
    assert f"Đã đọc 3 biểu; 1 chủ đầu tư chưa gửi: {ABSENT}.\n" in out
    code, _, err = run(capsys, "check", "--forms", folder, "--expected", tmp_path / "không có.xlsx")
    assert (code, "không có tệp hoặc thư mục này" in err) == (6, True)


def test_a_broken_form_is_an_error_beside_who_returned_none(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "hỏng.xlsx").write_bytes(b"no workbook")
    code, out, _ = run(capsys, "check", "--forms", folder, "--expected", ABSENT)
    assert code == 1
    assert "hỏng.xlsx" in out
    assert f"chưa gửi: {ABSENT}.\n" in out


@pytest.mark.parametrize(
    ("arguments", "vi", "en"),
    [
        ([], "thiếu TỆP hoặc --forms", "one of the arguments TỆP --forms is required"),
        (["a.xlsx", "--forms", "b"], "--forms không đi cùng TỆP", "--forms: not allowed with argument TỆP"),
        (["a.xlsx", "--expected", "b"], "--expected chỉ dùng cùng --forms", "not allowed without --forms"),
        (["--forms", "b", "--treasury", "c"], "--treasury không đi cùng --forms", "argument --treasury"),
        (["--forms", "b", "--annotate", "c"], "--annotate không đi cùng --forms", "argument --annotate"),
    ],
)
def test_what_does_not_go_together_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], vi: str, en: str
) -> None:
    code, _, err = run(capsys, "check", *arguments)
    assert (code, vi in err) == (2, True), err
    code, _, err = run(capsys, "check", *arguments, "--lang", "en")
    assert (code, en in err) == (2, True), err


def test_a_folder_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "check", "--forms", tmp_path / "none")[0] == 6


def test_findings_are_not_written_among_the_forms(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert run(capsys, "check", "--forms", folder, "--out", folder / "f.xlsx")[0] == 6
    assert run(capsys, "check", "--forms", folder, "--out", folder.parent / "f.xlsx")[0] == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"{name}.xlsx" for name in FORMS.values())


def test_a_round_reads_the_forms(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    dated = ("--calendar", "lang-son-2024", "--as-of", "2024-09-15", "--out", tmp_path / "a")
    code, out, err = run(capsys, "assess", "--forms", folder, *dated)
    assert code == 0, err
    assert out.startswith("Đến 2024-09-15: giải ngân ") or "Đến 2024-09-15: giải ngân " in out
