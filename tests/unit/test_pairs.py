"""Texts that stand beside their code in Vietnamese and English: none is missing, and both have the same places."""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

import phanbo

SOURCE = Path(phanbo.__file__).parent
LETTERS = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
VIETNAMESE = re.compile(f"[{LETTERS}{LETTERS.upper()}]")
NAMES = ("đồng", "phân bổ", "Đồng Đăng", "Lạng Sơn", "Nghệ An", "Bắc Lĩnh", "Đơn vị tính", "tỷ", "triệu")
"""What an English text may say in Vietnamese: the currency, its multiples, a heading of the tables, names of places."""
PLACE = re.compile(r"\{(\w*)[^{}]*\}")


def said(node: ast.AST) -> str | None:
    """Return the text of a literal, ``{}`` in the place of what is computed; ``None`` for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        parts = [said(part) if isinstance(part, ast.Constant) else "\x00" for part in node.values]
        return "".join(part or "" for part in parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = said(node.left), said(node.right)
        return None if left is None or right is None else left + right
    return None


def pairs(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the pairs of texts of a file whose first is Vietnamese, with their line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            vi, en = map(said, node.elts)
            if vi is not None and en is not None and VIETNAMESE.search(vi):
                yield node.lineno, vi, en


APART = {"template.py": "pairs of a type in words and how a cell is checked"}
FILES = [path for path in sorted(SOURCE.rglob("*.py")) if path.name not in APART and any(pairs(path))]


def faults(path: Path) -> list[str]:
    found = []
    for line, vi, en in pairs(path):
        spoken = en
        for name in NAMES:
            spoken = spoken.replace(name, "")
        if VIETNAMESE.search(spoken):
            continue  # two Vietnamese texts, such as the spellings of one heading
        where = f"{path.name}:{line}: {vi!r} / {en!r}"
        if not en.strip():
            found.append(f"{where}: no English")
        if sorted(PLACE.findall(vi)) != sorted(PLACE.findall(en)):
            found.append(f"{where}: other places")
        if not unicodedata.is_normalized("NFC", vi + en):
            found.append(f"{where}: parted letters")
    return found


def test_there_are_pairs() -> None:
    assert len(FILES) > 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_text_stands_in_both_languages_with_the_same_places(path: Path) -> None:
    assert faults(path) == []


def test_a_planted_gap_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "A = ('Tổng {count}', 'Total')\nB = ('Số vốn', '')\nC = ('Tổng', 'Total')\n", encoding="utf-8"
    )
    assert [fault.rpartition(": ")[2] for fault in faults(tmp_path / "a.py")] == [
        "other places",
        "no English",
    ]
