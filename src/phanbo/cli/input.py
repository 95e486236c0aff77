"""What the command line is given: tables, units, policies."""

from __future__ import annotations

import argparse
import errno
import json
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phanbo.cli.texts import say

if TYPE_CHECKING:
    from phanbo.policy import Policy
    from phanbo.portfolio import Portfolio

__all__ = ["Usage", "expected_of", "keep_input", "nfc", "policy_of", "tables_of", "treasury_of", "unit_name"]

_TABLES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".txt", ".tsv", ".parquet"})


class Usage(Exception):
    """A command that cannot be understood: what is wrong, and of which command."""


def keep_input(options: Any) -> None:
    """Refuse an output that would replace the input, a folder around it, or another output."""
    names = ("file", "treasury", "review", "forms", "expected")
    read = [getattr(options, name, None) for name in names]
    given, taken = [Path(name).resolve() for name in read if name is not None], set()
    forms = getattr(options, "forms", None)
    for name in (options.out, getattr(options, "annotate", None)):
        if name is None:
            continue
        out = Path(name).resolve()
        among = (
            forms is not None and Path(forms).resolve() in out.parents
        )  # the next reading would take it for one
        if any(out == each or out in each.parents for each in given) or out in taken or among:
            raise FileExistsError(errno.EEXIST, "", str(name))
        taken.add(out)


def tables_of(options: Any) -> Portfolio:
    """Read the tables of a workbook, a folder or a file."""
    from phanbo.tables.read import read_csv, read_excel, read_forms, read_parquet

    expected = expected_of(options)
    if getattr(options, "forms", None) is not None:
        return read_forms(
            options.forms, expected=expected, sheet=options.sheet, unit=options.unit, year=options.year
        )
    path = Path(options.file)
    if not path.exists():
        raise FileNotFoundError(2, "", str(path))
    plain = {"unit": options.unit, "year": options.year, **treasury_of(options)}
    if path.is_dir() or path.suffix.lower() == ".csv":
        parquet = path.is_dir() and any(path.glob("*.parquet"))
        return read_parquet(path, **plain) if parquet else read_csv(path, **plain)
    if path.suffix.lower() == ".parquet":
        return read_parquet(path, **plain)
    return read_excel(path, sheet=options.sheet, **plain)


def expected_of(options: Any) -> Path | list[str] | None:
    """Return the owners asked for a form: a file that lists them, or their names; refuse what no forms go with."""
    forms, expected = (getattr(options, name, None) for name in ("forms", "expected"))
    if forms is None:
        if expected is not None:
            raise Usage("argument --expected: not allowed without --forms", f"phanbo {options.command}")
        return None
    for name in ("treasury", "review", "annotate"):
        if getattr(options, name, None) is not None:
            raise Usage(f"argument --{name}: not allowed with argument --forms", f"phanbo {options.command}")
    if not Path(forms).is_dir():
        raise (NotADirectoryError if Path(forms).exists() else FileNotFoundError)(errno.ENOENT, "", forms)
    if expected is None:
        return None
    path = Path(expected)
    if path.exists():
        return path
    if path.suffix.lower() in _TABLES:
        raise FileNotFoundError(errno.ENOENT, "", expected)
    return [nfc(name.strip()) for name in expected.split(";") if name.strip()]


def treasury_of(options: Any) -> dict[str, Any]:
    """Return what the readers are told of the Treasury's figures; nothing where a command takes none."""
    given = {name: getattr(options, name, None) for name in ("treasury", "review", "prefer")}
    if given["treasury"] is None and given["review"] is None:
        return {}
    # a command that knows the calendar tells by it whether the figures are old
    return given if hasattr(options, "calendar") else given | {"as_of": options.as_of}


def nfc(text: str) -> str:
    """Return a text as the tables hold it: some systems part letters from their marks."""
    return unicodedata.normalize("NFC", text)


def unit_name(text: str) -> str:
    """Return the name of a unit that the readers know."""
    from phanbo.tables.layout.headers import read_unit

    if read_unit(nfc(text)) is None:
        raise argparse.ArgumentTypeError(f"“{text}” – đồng, nghìn đồng, triệu đồng, tỷ đồng")
    return nfc(text)


def policy_of(options: Any) -> Policy:
    """Return the policy of a file, the default one where none is given."""
    from phanbo.errors import PolicyError
    from phanbo.policy import Policy

    if options.policy is None:
        return Policy()
    try:
        plain = json.loads(Path(options.policy).read_text(encoding="utf-8-sig"))
    except ValueError as error:
        vi, en = (say("policy", lang, why=error) for lang in ("vi", "en"))
        raise PolicyError(vi, en, {"reason": str(error)}) from error
    if isinstance(plain, dict) and plain.get("forecaster") is not None:
        vi, en = (say("forecaster", lang, name=plain["forecaster"]) for lang in ("vi", "en"))
        raise PolicyError(vi, en, {"forecaster": str(plain["forecaster"])})
    return Policy.from_dict(plain)
