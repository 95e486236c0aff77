"""The catalogue of what the checks find: one entry a code, in both languages.

``{title}`` is the column's title; other braces are filled by the check that finds it. Codes are never reused.
"""

from __future__ import annotations

from phanbo.tables.check.messages.amounts import AMOUNTS
from phanbo.tables.check.messages.cells import CELLS
from phanbo.tables.check.messages.keys import KEYS
from phanbo.tables.check.messages.message import Message
from phanbo.tables.check.messages.others import OTHERS

__all__ = ["MESSAGES", "Message"]

MESSAGES: dict[str, Message] = CELLS | KEYS | AMOUNTS | OTHERS
