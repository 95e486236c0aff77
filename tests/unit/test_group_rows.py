"""Group rows carry source, sector and stage down to their lines, and their totals are checked to the đồng."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phanbo.tables.files.sheet import Sheet
from phanbo.tables.layout.block import Options, read_block
from phanbo.tables.layout.frames import Part, read_part
from phanbo.tables.schema import LINES

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = ["STT", "Tên dự án", "Mã số dự án", "Chủ đầu tư", "Kế hoạch vốn năm 2024 (đồng)"]
HEAD += ["Giải ngân từ 01/01/2024 đến 15/9/2024 (đồng)"]
SOURCES = ("Nguồn vốn ngân sách trung ương", "Ngân sách tỉnh", "Thu tiền sử dụng đất")
SECTORS = ("Giao thông", "Y tế", "Giáo dục và đào tạo")
STAGES = ("Dự án chuyển tiếp", "Dự án khởi công mới năm 2024", "Chuẩn bị đầu tư")
ROMAN = ("I", "II", "III")
MARKS: tuple[tuple[Sequence[str], ...], ...] = (
    (("A", "B", "C"), ROMAN, ("1", "2", "3")),
    (ROMAN, ("1", "2", "3"), ("a)", "b)", "c)")),
    (ROMAN, ("A", "B", "C"), ("1", "2", "3")),
    (("", "", ""), ("", "", ""), ("", "", "")),
    (("A", "B", "C"), ("", "", ""), ("-", "-", "-")),
)
Told = tuple[str, str, str, str, int, int]


def read(rows: list[list[Any]]) -> Part:
    block = read_block(Sheet("Biểu", rows), LINES, Options())
    assert block is not None
    return read_part(block, Options())


def dress(lines: Sequence[Told], style: int, total: str) -> list[list[Any]]:
    """Return a table of the lines, source over sector over stage, each group with its sums."""
    marks = MARKS[style]

    def group(mark: str, name: str, under: Sequence[Told]) -> list[Any]:
        return [mark, name, "", "", sum(line[4] for line in under), sum(line[5] for line in under)]

    def below(level: int, held: Sequence[Told]) -> list[list[Any]]:
        if level == 3:
            return [
                [str(at + 1), f"Dự án {line[3]}", line[3], "Sở", *line[4:]] for at, line in enumerate(held)
            ]
        names = list(dict.fromkeys(str(line[level]) for line in held))
        rows = []
        for at, name in enumerate(names):
            under = [line for line in held if line[level] == name]
            rows += [group(marks[level][at], name, under), *below(level + 1, under)]
        return rows

    whole = [group("", "TỔNG SỐ", lines)]
    return [HEAD, *(whole if total == "top" else []), *below(0, lines), *(whole if total == "bottom" else [])]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Told], list[list[Any]]]:
    """Draw lines in the order of their groups, and a table of them."""
    amounts = st.integers(1, 10**13)
    keys = draw(
        st.lists(st.tuples(*(st.integers(0, 2) for _ in range(3))), min_size=1, max_size=8).map(sorted)
    )
    lines = [
        (SOURCES[i], SECTORS[j], STAGES[k], f"P{at:03}", draw(amounts), draw(amounts))
        for at, (i, j, k) in enumerate(keys)
    ]
    return lines, dress(
        lines, draw(st.integers(0, len(MARKS) - 1)), draw(st.sampled_from(["top", "bottom", ""]))
    )


def told(part: Part) -> list[Told]:
    names = ("source", "sector", "stage", "project_id", "plan", "disbursed")
    return list(zip(*(part.columns[name].tolist() for name in names), strict=True))


@given(tables())
def test_lines_under_groups_read_back(drawn: tuple[list[Told], list[list[Any]]]) -> None:
    lines, rows = drawn
    part = read(rows)
    assert told(part) == lines
    assert part.rows.tolist() == [at for at, row in enumerate(rows, 1) if str(row[2]).startswith("P")]
    assert not [finding for finding in part.findings if finding.severity != "note"]
    groups = [at for at, row in enumerate(rows, 1) if at > 1 and not row[2]]
    assert sorted({statement.row for statement in part.statements}) == groups
    assert all(not statement.gap for statement in part.statements)


@pytest.mark.parametrize("style", range(len(MARKS)))
@pytest.mark.parametrize("sector", SECTORS)
def test_a_wrong_total_leaves_a_group_a_group(style: int, sector: str) -> None:
    lines = [(SOURCES[0], sector, STAGES[0], "P000", 10, 5)]
    for at in (1, 2, 3):
        rows = dress(lines, style, "")
        rows[at][4] += 7
        assert told(read(rows)) == lines


@given(tables(), st.data())
def test_a_wrong_subtotal_is_seen_with_its_gap(
    drawn: tuple[list[Told], list[list[Any]]], data: st.DataObject
) -> None:
    lines, rows = drawn
    groups = [at for at, row in enumerate(rows) if at and not row[2]]
    at, column = data.draw(st.sampled_from(groups)), data.draw(st.sampled_from([4, 5]))
    gap = data.draw(st.integers(1, 10**13))
    rows[at][column] += gap
    part = read(rows)
    assert told(part) == lines
    wrong = [(each.row, each.column, each.gap) for each in part.statements if each.gap]
    assert wrong == [(at + 1, ("plan", "disbursed")[column - 4], gap)]
    (finding,) = [each for each in part.findings if each.code == "subtotal"]
    assert (finding.severity, finding.cell) == ("warning", f"{'EF'[column - 4]}{at + 1}")


def test_a_line_keeps_what_it_says_itself() -> None:
    rows: list[list[Any]] = [[*HEAD, "Nguồn vốn"], ["A", "Ngân sách tỉnh", "", "", 3, 2, ""]]
    rows += [[1, "Dự án 1", "P1", "Sở", 1, 1, ""], [2, "Dự án 2", "P2", "Sở", 2, 1, "Vốn NSTW"]]
    part = read(rows)
    assert part.columns["source"].tolist() == ["Ngân sách tỉnh", "Vốn NSTW"]
    (finding,) = [each for each in part.findings if each.code == "group-differs"]
    assert (finding.severity, finding.cell) == ("warning", "G4")


@pytest.mark.parametrize("paid", [3, 2])
def test_a_project_parted_by_source_is_its_own_subtotal(paid: int) -> None:
    rows: list[list[Any]] = [
        HEAD,
        [1, "Dự án 1", "P1", "Sở", 10, 3],
        ["-", "NSTW", "", "", 6, 1],
        ["-", "NS tỉnh", "", "", 4, 2],
    ]
    rows[1][5] = paid
    part = read(rows)
    columns = {name: cells.tolist() for name, cells in part.columns.items()}
    assert columns["source"] == ["NSTW", "NS tỉnh"]
    assert (columns["plan"], columns["disbursed"]) == ([6, 4], [1, 2])
    assert columns["project"] == ["Dự án 1"] * 2
    assert columns["project_id"] == ["P1"] * 2
    assert [each.gap for each in part.statements] == [0, paid - 3]


def test_a_group_that_may_mean_two_things_is_asked_about() -> None:
    rows: list[list[Any]] = [
        HEAD,
        ["A", "Vốn NSTW - dự án khởi công mới", "", "", 1, 1],
        [1, "Dự án 1", "P1", "Sở", 1, 1],
    ]
    (finding,) = [each for each in read(rows).findings if each.code == "group-unclear"]
    assert (finding.severity, finding.cell) == ("error", "B2")
    full = [
        [*row, *more]
        for row, more in zip(
            rows, (["Nguồn vốn", "Phân loại dự án"], ["", ""], ["NSTW", "chuyển tiếp"]), strict=True
        )
    ]
    assert [each.severity for each in read(full).findings if each.code == "group-unclear"] == ["note"]


# -- sources side by side -----------------------------------------------------------------------------

BESIDE = ["Mã số dự án", "Tên dự án", "Chủ đầu tư", "Kế hoạch vốn năm 2024", "Kế hoạch vốn NSTW năm 2024"]
BESIDE += ["Kế hoạch vốn NS tỉnh năm 2024", "Giải ngân từ 01/01/2024 đến 15/9/2024"]
parted = st.lists(
    st.tuples(st.integers(0, 10**13), st.booleans()).filter(lambda each: each[0] > 0), min_size=1, max_size=6
)


def beside(lines: Sequence[tuple[int, bool]]) -> list[list[Any]]:
    rows: list[list[Any]] = [["Đơn vị: đồng"], BESIDE]
    for at, (plan, central) in enumerate(lines):
        rows.append(
            [f"P{at}", f"Dự án {at}", "Sở", plan, plan if central else "", "" if central else plan, 1]
        )
    return rows


@given(parted)
def test_sources_side_by_side_become_lines(lines: list[tuple[int, bool]]) -> None:
    part = read(beside(lines))
    columns = {name: part.columns[name].tolist() for name in ("project_id", "source", "plan", "disbursed")}
    expected = [
        (f"P{at}", "NSTW" if central else "NS tỉnh", plan, 1) for at, (plan, central) in enumerate(lines)
    ]
    assert sorted(zip(*columns.values(), strict=True)) == sorted(expected)
    (statement,) = part.statements
    assert (statement.level, statement.gap) == ("columns", 0)


@given(parted, st.data())
def test_a_wrong_total_column_is_an_error(lines: list[tuple[int, bool]], data: st.DataObject) -> None:
    rows = beside(lines)
    at, gap = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(1, 10**12))
    rows[at + 2][3] += gap
    part = read(rows)
    (finding,) = [each for each in part.findings if each.severity == "error"]
    assert (finding.code, finding.cell) == ("total-column", f"D{at + 3}")
    assert [each.gap for each in part.statements if each.row == at + 3] == [gap]


def test_money_that_is_not_parted_is_asked_about() -> None:
    rows = beside([(5, True)])
    rows[2][3:6] = [9, 5, 4]
    (finding,) = [each for each in read(rows).findings if each.severity == "error"]
    assert (finding.code, finding.cell) == ("column-unparted", "G3")
