"""What is written in the code holds: examples run, public things say what they are, importing stays light."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import phanbo as pb

MODULES = sorted(
    m.name for m in pkgutil.walk_packages(pb.__path__, "phanbo.") if not m.name.endswith("__main__")
)
HEAVY = ("pulp", "highspy", "networkx", "xlsxwriter", "python_calamine", "matplotlib", "openpyxl")


@pytest.mark.parametrize("name", ["phanbo", *MODULES])
def test_examples_in_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


@pytest.mark.parametrize("name", ["phanbo", *MODULES])
def test_everything_public_says_what_it_is(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    silent = []
    for key, item in vars(module).items():
        own = getattr(item, "__module__", "") == name and not key.startswith("_")
        if not own or not (inspect.isclass(item) or inspect.isfunction(item)):
            continue
        silent += [key] if not (item.__doc__ or "").strip() else []
        members = vars(item).items() if inspect.isclass(item) else ()
        silent += [
            f"{key}.{member}"
            for member, value in members
            if not member.startswith("_")
            and (inspect.isfunction(value) or isinstance(value, property | classmethod))
            and not (value.__doc__ or "").strip()
        ]
    assert silent == []


@pytest.mark.parametrize("name", ["phanbo", *MODULES])
def test_what_a_module_offers_is_there(name: str) -> None:
    module = importlib.import_module(name)
    offered = getattr(module, "__all__", [])
    assert [key for key in offered if not hasattr(module, key)] == []
    assert sorted(set(offered)) == sorted(offered)


def test_public_names() -> None:
    assert len(set(pb.__all__)) == len(pb.__all__)
    for name in pb.__all__:
        assert (getattr(pb, name).__doc__ or "").strip()


def test_importing_is_light_and_silent() -> None:
    said = subprocess.run(
        [sys.executable, "-W", "error", "-c", "import sys, phanbo, phanbo.cli; print(*sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stderr == ""
    loaded = set(said.stdout.split())
    assert loaded & set(HEAVY) == set()


def test_the_library_never_prints() -> None:
    """Only the command line does; the text of a module is not for the screen."""
    for path in sorted(Path(pb.__path__[0]).rglob("*.py")):
        if path.parent.name != "cli":
            assert not re.search(r"^\s*print\(", path.read_text(encoding="utf-8"), re.MULTILINE), path.name


def test_types_are_shipped() -> None:
    assert (Path(pb.__path__[0]) / "py.typed").is_file()
