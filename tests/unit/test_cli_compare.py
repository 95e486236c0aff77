"""``phanbo compare``: the difference of two laws in words and as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from phanbo import cli
from phanbo.cli.comparison_words import TEXTS
from phanbo.comparison import Comparison
from phanbo.comparison.wording import KIND
from phanbo.money import MILLION
from rounds import proposal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("case")
    proposal().save(place / "đợt 2")
    proposal().under("vn-2025b").save(place / "đợt 2b")
    proposal(as_of="2024-09-14").save(place / "hôm trước")
    return place


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main([str(each) for each in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_folder_and_a_law_say_what_two_folders_say(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "compare", case / "đợt 2", "vn-2025b")
    assert (code, err) == (0, "")
    assert run(capsys, "compare", case / "đợt 2", case / "đợt 2b")[1] == out
    cut = proposal().summary["cut"] // MILLION
    figure = f"{cut:,}".replace(",", ".")
    assert out.startswith("Đợt 2, số liệu đến 15/9/2024: vn-2020 so với vn-2025b.\n")
    assert "vn-2025b: Chỉ để so sánh" in out
    assert f"Thẩm quyền HĐND cùng cấp: {figure} → 0 (-{figure})" in out
    assert f"Thẩm quyền UBND cùng cấp: 0 → {figure} (+{figure})" in out
    assert f"{figure} do cấp khác quyết định; UBND cùng cấp +{figure}; HĐND cùng cấp -{figure}." in out
    assert "Điều 67 (cần kiểm tra)" in out


def test_the_same_law_does_not_differ(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "compare", case / "đợt 2", "vn-2020")
    assert code == 0
    assert "Hai bộ quy định không khác nhau." in out
    assert out.endswith("0 dòng vốn khác mức điều chỉnh hoặc cấp quyết định.\n")


@pytest.mark.parametrize(("lang", "other"), [("vi", 1), ("en", 0)])
def test_one_language_at_a_time(
    case: Path, capsys: pytest.CaptureFixture[str], lang: str, other: int
) -> None:
    out = run(capsys, "compare", case / "đợt 2", "vn-2025b", "--lang", lang)[1]
    heads = [pair[other].split("{")[0].strip() for pair in TEXTS.values()]
    assert [head for head in heads if len(head) > 3 and head in out] == []
    assert [pair[other] for pair in KIND.values() if f". {pair[other]}" in out.lower()] == []


def test_the_workbook_has_two_sheets_whose_totals_are_the_difference(
    case: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "so sánh.xlsx"
    code, out, err = run(capsys, "compare", case / "đợt 2", "vn-2025b", "--out", path)
    assert (code, err) == (0, "")
    assert out.endswith(f"Đã ghi {path}\n")
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["Theo quy định", "Theo dòng vốn"]
    found = Comparison(proposal(), proposal().under("vn-2025b"))
    rules, lines = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    head = next(row for row in rules if row[0] == "Bước")
    total = rules[-1]
    assert total[head.index("HĐND cùng cấp")] == -found.totals["cut"][0] / MILLION
    assert total[head.index("UBND cùng cấp")] == found.totals["cut"][0] / MILLION
    assert len(rules) - rules.index(head) - 2 == len(found.steps)
    ids = [row[0] for row in lines[-len(found.lines) :]]
    assert ids == found.lines["line_id"].tolist()
    assert any("Chỉ để so sánh" in str(row[0]) for row in rules)
    first = path.read_bytes()
    run(capsys, "compare", case / "đợt 2", "vn-2025b", "--out", path)
    assert path.read_bytes() == first


def test_what_cannot_be_compared_is_refused(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "compare", case / "đợt 2", case / "hôm trước")
    assert (code, out) == (2, "")
    assert "khác nhau ở: ngày số liệu" in err
    code, _, err = run(capsys, "compare", case / "đợt 2", "vn-1999")
    assert code == 2
    assert "Không có bộ quy định “vn-1999”" in err
    assert run(capsys, "compare", case / "không có", "vn-2020")[0] == 6
