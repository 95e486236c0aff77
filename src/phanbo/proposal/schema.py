"""Columns and types of every frame of a proposal, declared once: readers and the JSON Schema are made from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

__all__ = ["COLUMNS", "SCHEMA", "frame_of_records", "json_schema"]

SCHEMA = "phanbo.proposal/1"

TEXT, MONEY, COUNT, SHARE, FLAG, ASKS = "text", "money", "count", "share", "flag", "asks"

COLUMNS: dict[str, dict[str, str]] = {
    "adjustments": {
        "rank": COUNT,
        "line_id": TEXT,
        "project_id": TEXT,
        "project": TEXT,
        "owner": TEXT,
        "source": TEXT,
        "plan_year": COUNT,
        "stage": TEXT,
        "plan": MONEY,
        "change": MONEY,
        "plan_after": MONEY,
        "disbursed": MONEY,
        "ratio": SHARE,
        "ratio_after": SHARE,
        "expected": MONEY,
        "expected_after": MONEY,
        "ratio_year_end": SHARE,
        "priority": TEXT,
        "binding_rule": TEXT,
        "citation": TEXT,
        "confidence": TEXT,
        "authority": TEXT,
        "reason_vi": TEXT,
        "reason_en": TEXT,
    },
    "transfers": {
        "rank": COUNT,
        "from_line": TEXT,
        "to_line": TEXT,
        "pool": TEXT,
        "amount": MONEY,
        "priority": TEXT,
        "gain": MONEY,
        "gain_per_dong": SHARE,
        "authority": TEXT,
    },
    "lines": {
        "line_id": TEXT,
        "role": TEXT,
        "owner": TEXT,
        "may_import": FLAG,
        "share_actual": SHARE,
        "share_pace": SHARE,
        "share_forecast": SHARE,
        "required": SHARE,
        "judged_on": TEXT,
        "late_under": TEXT,
        "cut_bound": MONEY,
        "forced_bound": MONEY,
        "add_bound": MONEY,
        "cut": MONEY,
        "add": MONEY,
        "priority": TEXT,
        "pool": TEXT,
        "binding_rule": TEXT,
        "citation": TEXT,
        "confidence": TEXT,
        "first_failed": TEXT,
        "failed_confidence": TEXT,
        "expected": MONEY,
        "expected_after": MONEY,
    },
    "pools": {
        "pool": TEXT,
        "cut": MONEY,
        "added": MONEY,
        "inflow": MONEY,
        "returned": MONEY,
        "authority_within": TEXT,
        "authority_between": TEXT,
        "authority_totals": TEXT,
        "kind": TEXT,
        "confidence": TEXT,
        "level": TEXT,
    },
    "tiers": {"tier": TEXT, "value": MONEY, "bound": MONEY, "gap": MONEY},
    "unplaced": {"pool": TEXT, "surplus": MONEY, "unmet_need": MONEY, "ask": ASKS, "without_need": COUNT},
    "unchecked": {"rule": TEXT, "confidence": TEXT, "lines": COUNT, "column": TEXT},
}

DTYPES = {TEXT: "str", MONEY: "int64", COUNT: "int64", SHARE: "float64", FLAG: "bool", ASKS: "object"}


def frame_of_records(name: str, rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return the frame called *name* from its records, columns and types as declared."""
    rows = list(rows)
    columns = COLUMNS[name]
    data = {c: pd.Series([row[c] for row in rows], dtype=DTYPES[kind]) for c, kind in columns.items()}
    return pd.DataFrame(data)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``phanbo.proposal/1``; additions are allowed, removals are not."""
    types: dict[str, Any] = {
        TEXT: {"type": "string"},
        MONEY: {"type": "integer"},
        COUNT: {"type": "integer"},
        SHARE: {"type": ["number", "null"]},
        FLAG: {"type": "boolean"},
        ASKS: {"type": "array", "items": {"type": "object"}},
    }
    frames = {
        name: {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {column: types[kind] for column, kind in columns.items()},
                "required": list(columns),
            },
        }
        for name, columns in COLUMNS.items()
    }
    text, mapping = {"type": "string"}, {"type": "object"}
    top: dict[str, Any] = {
        "schema": {"const": SCHEMA},
        "phanbo": text,
        "solver": mapping,
        "input_hash": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
        "sources": {"type": "array", "items": mapping},
        "calendar": mapping,
        "rulebook": mapping,
        "round": mapping,
        "as_of": {"type": "string", "format": "date"},
        "policy": mapping,
        "parent": {"type": ["string", "null"]},
        "summary": mapping,
        "outlook": mapping,
        "certificate": _certificate(),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "A proposal of a reallocation round. Money is integer đồng, dates are ISO 8601, unknown is null.",
        "type": "object",
        "properties": {**top, **frames},
        "required": [*top, *frames],
    }


def _certificate() -> dict[str, Any]:
    """Return the schema of the proof: facts one value a line in the order of `lines`, claimed rows, tiers."""
    text, number, flag = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
    parts: dict[str, dict[str, Any]] = {
        "facts": {"late": flag, "key": flag, "late_permille": number, "lead_permille": number},
        "rows": {"key": text, "rule": text, "headroom": number, "lines": {"type": "array", "items": text}},
        "tiers": {
            "tier": text,
            "value": number,
            "gap": number,
            "duals": {"type": "object", "additionalProperties": number},
        },
    }
    facts = {name: {"type": "array", "items": kind} for name, kind in parts["facts"].items()}
    objects = {**parts, "facts": facts}
    entries: dict[str, Any] = {
        name: {"type": "object", "properties": entry, "required": list(entry)}
        for name, entry in objects.items()
    }
    properties = {
        "marked": flag,
        "facts": entries["facts"],
        **{name: {"type": "array", "items": entries[name]} for name in ("rows", "tiers")},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
