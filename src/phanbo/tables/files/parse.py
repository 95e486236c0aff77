"""What the XML of an .xlsx sheet knows beside the values, tag by tag: for parts that are written in an unusual way."""

from __future__ import annotations

import re
from xml.parsers import expat

from phanbo.tables.files.sheet import Faults

__all__ = ["parse_sheet"]

_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TRUE = {"1", "true"}


def parse_sheet(part: bytes) -> Faults:
    """Return what the cells of the sheet in *part* do not tell; `expat.ExpatError` if it is no XML."""
    sheet = _Sheet()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = sheet.start
    parser.EndElementHandler = sheet.end
    parser.CharacterDataHandler = sheet.text
    parser.Parse(part, True)  # noqa: FBT003 - its one signature
    return sheet.found


class _Sheet:
    """Follows the tags of a sheet; addresses that are left out are counted, as readers do."""

    def __init__(self) -> None:
        self.found = Faults()
        self.row = self.column = 0
        self.kind = ""
        self.held = self.formula = False
        self.value: str | None = None  # being read
        self.saved: str | None = None  # of this cell

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self.row = int(attributes.get("r", self.row + 1))
                self.column = 0
                if attributes.get("hidden") in _TRUE:
                    self.found.hidden_rows.append(self.row)
            case "c":
                self._cell(attributes)
            case "f":
                self.held = self.formula = True
            case "v":
                self.held, self.value = True, ""
            case "is":
                self.held = True
            case "col" if attributes.get("hidden") in _TRUE:
                first, last = int(attributes.get("min", 1)), int(attributes.get("max", 1))
                self.found.hide_columns(first - 1, last - 1)

    def _cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        if match := _ADDRESS.fullmatch(attributes.get("r", "").upper()):
            self.row, self.column = int(match[2]), 0
            for letter in match[1]:
                self.column = self.column * 26 + ord(letter) - 64
        self.kind = attributes.get("t", "")
        self.held = self.formula = False
        self.value = self.saved = None

    def text(self, text: str) -> None:
        if self.value is not None:
            self.value += text

    def end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "v":
                self.saved, self.value = self.value, None
            case "c" if self.held:
                self._tell()

    def _tell(self) -> None:
        place = (self.row - 1, self.column - 1)
        self.found.hold(*place)
        if self.kind == "e":
            self.found.errors[place] = self.saved or "#ERROR"
        elif self.kind != "str" and self.formula and not self.saved:
            # t="str" with an empty value is a formula whose result is the empty text, e.g. IF(…;"")
            self.found.unsaved.add(place)
