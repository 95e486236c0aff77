"""What the reader must say of each case beside its errors, all of it: codes and cells, and no other warning or note.

The date of the figures (``data-date``) is told of every case whose headers hold it and is not repeated here.
"""

from __future__ import annotations

__all__ = ["TOLD"]


def down(code: str, columns: str, first: int, last: int) -> set[tuple[str, str]]:
    return {(code, f"{column}{row}") for column in columns for row in range(first, last + 1)}


def sheet(*codes: str) -> set[tuple[str, str]]:
    return {(code, "") for code in codes}


TOLD: dict[str, set[tuple[str, str]]] = {
    "header-3-rows": down("date-in-text", "G", 5, 10),
    "header-4-rows": sheet("columns-unfilled") | down("date-in-text", "G", 6, 11),
    "annex-grid": sheet("columns-unfilled", "group-rows")
    | {("header-unknown", "E2"), ("header-settled", "L2")}
    | {("proposal-taken-in", "N3"), ("proposal-taken-in", "O3")}
    | down("date-in-text", "H", 5, 7),
    "groups-roman-stage": sheet("group-carried", "group-rows"),
    "groups-source-sector-stage": sheet("group-carried", "group-rows"),
    "subtotal-below": sheet("group-rows"),
    "subtotal-wrong": sheet("group-rows") | {("subtotal", "G9")},
    "sources-side-by-side": sheet("no-requests"),
    "carried-over-pair": sheet("no-requests"),
    "schedule-by-month": sheet("no-requests"),
    "signatures-below": sheet("rows-below"),
    "hidden-rows-and-columns": sheet("columns-hidden", "rows-hidden"),
    "formulas": sheet("group-rows"),
    "csv-windows-1258-semicolon": sheet("text-encoding"),
    "text-nfd-nbsp-full-width": down("text-nfd", "BDE", 3, 8) | down("text-wide", "C", 3, 8),
    "text-tcvn3": {("text-legacy", "A1")},
    "text-vni": {("text-legacy", "A1")},
    "text-look-alike-code": {("code-letter-digit", "C9")},
    "text-formula-injection": {("text-spaces", "B7")},
    "numbers-vietnamese-text": down("text-number", "GHI", 3, 8),
    "numbers-english-text": down("text-number", "GHI", 3, 8),
    "numbers-decimal-comma": down("text-number", "GHI", 3, 8),
    "numbers-negative": {("text-number", "I4"), ("text-number", "I5")},
    "dates-mixed": {("text-date", "J4"), ("date-serial", "J6"), ("date-in-text", "J7"), ("text-date", "J8")},
    "forms-of-owners": sheet("form-missing"),
    "treasury": {("treasury-by-name", f"F{row}") for row in (5, 7, 9)},
    "refused-two-rows-one-key": {("over-plan", "H9"), ("unit-scale-doubtful", "H9"), ("plan-outlier", "G9")},
}
