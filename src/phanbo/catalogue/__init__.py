"""What phanbo says to people, in Vietnamese and English: one catalogue, and numbers and dates as each writes them.

A file of the folder holds the texts of one surface (annex, page, panel, …); a key is ``surface.name``.
"""

from phanbo.catalogue.formats import amount, billion, day, million, percent
from phanbo.catalogue.texts import both, keys, say, stage, unfilled

__all__ = ["amount", "billion", "both", "day", "keys", "million", "percent", "say", "stage", "unfilled"]
