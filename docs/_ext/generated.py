"""Parts of pages that are written from the code when the site is built: `% generated: <name>` stands in their place."""  # noqa: INP001

from __future__ import annotations

import re
from typing import Any

import law
from law import row, table

import phanbo as pb
from phanbo.cli.exits import EXIT, exit_code
from phanbo.proposal.schema import COLUMNS
from phanbo.tables.schema import TABLES

MARK = re.compile(r"^% generated: (\w+)$", re.MULTILINE)


def errors() -> str:
    """Return every error with its code, its exit code and its first sentence."""
    kinds = [
        each
        for name in pb.__all__
        if isinstance(each := getattr(pb, name), type) and issubclass(each, pb.PhanboError)
    ]
    kinds.sort(key=lambda kind: (exit_code(kind.code), kind.code))
    rows = [
        row(
            f"{{py:class}}`phanbo.{kind.__name__}`",
            f"`{kind.code}`",
            str(EXIT[kind.code]),
            (kind.__doc__ or "").split("\n\n")[0].replace("``", "`"),
        )
        for kind in kinds
    ]
    return "\n".join(table(("error", "`code`", "exit code", "when"), rows))


def frames() -> str:
    """Return the columns of every frame of a proposal."""
    lines = []
    for name, columns in COLUMNS.items():
        told = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
        lines.append(row(f"`{name}`", told))
    return "\n".join(table(("frame", "columns"), lines))


def columns() -> str:
    """Return every column of every table phanbo reads."""
    lines: list[str] = []
    for name, each in TABLES.items():
        lines += [f"## `{name}` (trang tính · sheet `{each.sheet}`)", ""]
        lines += table(
            ("cột · column", "tiêu đề", "title", "kiểu · type", "bắt buộc · required"),
            [
                row(
                    f"`{column.name}`",
                    column.title_vi,
                    column.title_en,
                    column.type.value,
                    "✓" if column.required else "",
                )
                for column in each.columns
            ],
        )
    return "\n".join(lines)


PARTS = {
    "rules": law.rules,
    "classes": law.classes,
    "pools": law.pools,
    "others": law.others,
    "questions": law.questions,
    "symbols": law.symbols,
    "counts": law.counts,
    "errors": errors,
    "frames": frames,
    "columns": columns,
}


FILLED = ("law", "reference/columns", "howto/errors", "howto/json")


def again(_app: Any, env: Any, *_: object) -> list[str]:  # noqa: ANN401 - Sphinx's own
    """Return the pages to be read again: the code may have changed where they have not."""
    return [page for page in FILLED if page in env.found_docs]


def fill(_app: Any, _page: str, source: list[str]) -> None:  # noqa: ANN401 - Sphinx's application
    """Write the generated parts of a page."""
    source[0] = MARK.sub(lambda found: PARTS[found[1]](), source[0])


def setup(app: Any) -> dict[str, bool]:  # noqa: ANN401 - Sphinx's application
    """Listen to every page that is read."""
    app.connect("source-read", fill)
    app.connect("env-get-outdated", again)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
