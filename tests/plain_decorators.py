"""Copy the tree for a mutation run, with the decorated functions of the guard open to it.

mutmut leaves decorated functions alone, and what a rule finds once a case is decorated. In the copy
``@once_a_case def f`` is written ``def f`` and ``f = once_a_case(f)``, which is the same program. See docs/mutation.md.
"""

from __future__ import annotations

import ast
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUARD = ("rules/*.py", "certificate/*.py", "ranking.py", "transfers.py")
COPIED = ("src", "tests", "benchmarks", "pyproject.toml", "README.md")
OPENED = ("once_a_case", "property", "cached_property")


def plain(source: str) -> str:
    """Return a module with its decorators written as assignments."""
    lines = source.splitlines(keepends=True)
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    for node in sorted(found, key=lambda node: -node.lineno):
        if [ast.unparse(each) for each in node.decorator_list] in [[name] for name in OPENED]:
            decorator = node.decorator_list[0]
            lines.insert(
                node.end_lineno or 0,
                f"\n{' ' * node.col_offset}{node.name} = {ast.unparse(decorator)}({node.name})\n",
            )
            del lines[decorator.lineno - 1]
    return "".join(lines)


def copy(to: Path) -> None:
    """Copy what the tests of the guard need, and open its decorated functions."""
    for name in COPIED:
        old = ROOT / name
        if old.is_dir():
            shutil.copytree(old, to / name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        else:
            to.mkdir(parents=True, exist_ok=True)
            shutil.copy(old, to)
    for pattern in GUARD:
        for module in (to / "src" / "phanbo").glob(pattern):
            module.write_text(plain(module.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    copy(Path(sys.argv[1]))
