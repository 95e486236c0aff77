"""Imports go one way through the house, lazy ones too; only the solver package knows pulp and highspy."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import phanbo

ROOT = Path(phanbo.__file__).parent

HOUSE: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        "errors fault_text money grouping words records catalogue",
        "tables",
        "portfolio",
        "calendar reference_curve calendar_file policy",
        "absorption",
        "due",
        "reading",
        "assessment assessment_frames",
        "case",
        "rules",
        "rulebook_text authority pool_tree regime",
        "rulebook",
        "rulebook_entries rulebook_overlay rulebook_file",
        "case_file",
        "stored_round",
        "audit",
        "bounds segments program",
        "assemble",
        "solver",
        "transfers",
        "ranking",
        "certificate",
        "proposal",
        "admission",
        "infeasible",
        "decision",
        "cross_check",
        "pipeline",
        "whatif",
        "comparison",
        "sensitivity",
        "explain",
        "many",
        "examples report",
        "panel plots",
        "replay",
        "cli __init__ __main__",
    )
)
UPWARD = {
    ("assessment", "report"): "Assessment.to_excel, its picture in a notebook",
    ("assessment", "plots"): "Assessment.plot",
    ("explain", "report"): "Letter.to_word, Letters.to_word",
    ("proposal", "comparison"): "Proposal.under, Proposal.compare",
    ("proposal", "explain"): "Proposal.explain, Proposal.letters",
    ("proposal", "panel"): "Proposal.panel",
    ("proposal", "plots"): "Proposal.plot",
    ("proposal", "sensitivity"): "Proposal.prices, Proposal.rule_costs",
    ("proposal", "report"): "Proposal.to_excel, to_word, to_html, its picture in a notebook",
    ("rulebook", "report"): "Rulebook.review",
    ("tables", "portfolio"): "the readers return a portfolio",
}
"""Methods that hand their object to a module above, inside functions only (but for the readers)."""


def module_of(path: Path) -> str:
    """Return the floor's name of a file: its first part under the package."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[str, bool, ast.stmt]]:
    """Return what a file imports from the house or elsewhere: dotted name, whether lazily, where."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lazy = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    typing = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for node in ast.walk(branch)
    }
    found: list[tuple[str, bool, ast.stmt]] = []
    for node in ast.walk(tree):
        if id(node) in typing or not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            names = [alias.name for alias in node.names]
        found += [(name, id(node) in lazy, node) for name in names]
    return found


FILES = sorted(ROOT.rglob("*.py"))
FLOOR = {name: level for level, names in enumerate(HOUSE) for name in names}


def above(path: Path) -> list[str]:
    """Return the imports of a file that go up, but for those that are named."""
    here, wrong = module_of(path), []
    for name, lazy, node in imports(path):
        parts = name.split(".")
        if parts[0] != "phanbo" or len(parts) < 2:
            continue
        there = parts[1] if parts[1] in FLOOR else "__init__"
        told = (here, there) in UPWARD and (lazy or here == "tables")
        if FLOOR[there] > FLOOR[here] and not told:
            wrong.append(f"{path.name}:{node.lineno} imports {name}")
    return wrong


def test_every_module_has_its_floor() -> None:
    assert {module_of(path) for path in FILES} <= set(FLOOR)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_down(path: Path) -> None:
    assert above(path) == []


def roots(pattern: str) -> set[str]:
    """Return the modules of the house that some files import."""
    return {
        name.split(".")[1]
        for path in ROOT.glob(pattern)
        for name, *_ in imports(path)
        if name.startswith("phanbo.")
    }


def test_rules_never_see_the_program_or_the_solver() -> None:
    assert not roots("rules/*.py") & {
        "program",
        "assemble",
        "solver",
        "bounds",
        "segments",
        "admission",
        "decision",
        "cross_check",
        "pipeline",
        "whatif",
        "proposal",
    }


def test_the_certificate_shares_no_code_with_the_builder() -> None:
    assert "case" in roots("certificate/*.py")  # it is read at all
    assert not roots("certificate/*.py") & {
        "program",
        "assemble",
        "solver",
        "segments",
        "bounds",
        "transfers",
        "ranking",
    }


def test_only_the_solver_package_imports_solvers() -> None:
    users = {
        module_of(path)
        for path in FILES
        for name, *_ in imports(path)
        if name.split(".")[0] in ("pulp", "highspy", "scipy", "gurobipy")
    }
    assert users == {"solver"}


def test_imports_are_absolute() -> None:
    assert not [path for path in FILES for *_, node in imports(path) if getattr(node, "level", 0)]


def test_this_test_sees_an_import_that_goes_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    path = tmp_path / "money.py"
    path.write_text("def f():\n    from phanbo.solver.reference import solve\n", encoding="utf-8")
    assert above(path) == ["money.py:2 imports phanbo.solver.reference.solve"]
