"""What the XML of an .ods workbook knows beside the values."""

from __future__ import annotations

from xml.parsers import expat

from phanbo.tables.files.sheet import Faults

__all__ = ["parse_content"]

_HIDDEN = {"collapse", "filter"}
_ROWS = 1_048_576


def parse_content(part: bytes) -> list[tuple[str, Faults]]:
    """Return name and faults of each table in ``content.xml``; `expat.ExpatError` if it is no XML.

    A cell or row may stand for thousands alike; those are counted, never laid out.
    """
    content = _Content()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = content.start
    parser.EndElementHandler = content.end
    parser.CharacterDataHandler = content.text
    parser.Parse(part, True)  # noqa: FBT003 - its one signature
    return content.tables


class _Content:
    def __init__(self) -> None:
        self.tables: list[tuple[str, Faults]] = []
        self.found = Faults()
        self.row = self.column = self.rows = self.width = 0
        self.columns = 0
        self.cell: dict[str, str] | None = None
        self.said: list[str] = []
        self.errors: dict[int, str] = {}
        self.unsaved: set[int] = set()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "table" if name.startswith("table:"):
                self.found = Faults()
                self.tables.append((attributes.get("table:name", ""), self.found))
                self.row = self.columns = 0
            case "table-column":
                times = int(attributes.get("table:number-columns-repeated", 1))
                if attributes.get("table:visibility") in _HIDDEN:
                    self.found.hide_columns(self.columns, self.columns + times - 1)
                self.columns += times
            case "table-row":
                self.rows = int(attributes.get("table:number-rows-repeated", 1))
                self.column = self.width = 0
                self.errors, self.unsaved = {}, set()
                if attributes.get("table:visibility") in _HIDDEN:
                    last = min(self.row + self.rows, _ROWS)
                    self.found.hidden_rows += range(self.row + 1, last + 1)
            case "table-cell" | "covered-table-cell":
                self.cell, self.said = attributes, []

    def text(self, text: str) -> None:
        if self.cell is not None:
            self.said.append(text)

    def end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "table-cell" | "covered-table-cell" if self.cell is not None:
                self._cell(self.cell, "".join(self.said))
                self.cell = None
            case "table-row":
                if self.width:
                    self.found.last_row = self.row + self.rows
                    self.found.last_column = max(self.found.last_column, self.width)
                    self.found.errors |= {(self.row, column): text for column, text in self.errors.items()}
                    self.found.unsaved |= {(self.row, column) for column in self.unsaved}
                self.row += self.rows

    def _cell(self, attributes: dict[str, str], said: str) -> None:
        at, times = self.column, int(attributes.get("table:number-columns-repeated", 1))
        self.column += times
        kind = attributes.get("office:value-type")
        formula = "table:formula" in attributes
        if kind or formula or said.strip():
            self.width = self.column
            self.found.held += 1
        if attributes.get("calcext:value-type") == "error" or (formula and _is_error(said)):
            self.errors[at] = said.strip() or "#ERROR"
        elif formula and kind is None:
            self.unsaved.add(at)


def _is_error(text: str) -> bool:
    """Whether a formula's text is an error, as programs write it that have no type for one."""
    return text.strip() in {"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"} or (
        text.startswith(("Err:", "#ERR"))
    )
