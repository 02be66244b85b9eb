"""`worlds.json`: a plan in many worlds; and a file with the chances that no report states."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from safepassage.domain.errors import FormatError
from safepassage.domain.worlds import Chances, DirectionInWorlds, FactValue, WorldsSheet

SCHEMA = "safepassage.worlds/1"


def document(sheet: WorldsSheet, *, inputs_sha256: str, plan_sha256: str) -> dict[str, Any]:
    """Return a sheet as plain values, class RESTRICTED."""
    return {
        "schema": SCHEMA, "class": "RESTRICTED", "inputs_sha256": inputs_sha256, "plan_sha256": plan_sha256,
        "worlds": sheet.worlds, "seed": sheet.seed, "chances": asdict(sheet.chances),
        "directions": [_direction(row) for row in sheet.directions],
        "held": sheet.held, "undecided_came": sheet.undecided_came, "undecided_out": sheet.undecided_out,
        "movements": sheet.movements, "broken_mean": sheet.broken_mean,
        "rerouted_mean": sheet.rerouted_mean, "exposure_person_s_mean": sheet.exposure_mean,
        "exposure_person_s_tail": sheet.exposure_tail, "confirm": [_value(row) for row in sheet.confirm],
    }  # fmt: skip


def _direction(row: DirectionInWorlds) -> dict[str, Any]:
    rows = {"by": [list(pair) for pair in row.by], "out_by": [list(three) for three in row.out_by]}
    return {**asdict(row), **rows}


def _value(row: FactValue) -> dict[str, Any]:
    return {
        "fact": row.fact.id, "kind": str(row.fact.kind), "words": row.fact.words, "worlds": row.worlds,
        "paired": row.paired,
        "fewer_persons_out": row.difference, "low": row.low, "high": row.high,
    }  # fmt: skip


def read_chances(data: bytes, *, file: str) -> Chances:
    """Return the chances of a TOML file; what it leaves out keeps its default.

    Raises
    ------
    FormatError
        When it is no TOML, or names or numbers are not those of `Chances`.
    """
    known = ", ".join(field.name for field in fields(Chances))
    try:
        rows: Mapping[str, Any] = tomllib.loads(data.decode("utf-8"))
        return Chances(**rows)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise FormatError(file=file, what="is no TOML", remedy=str(fault)) from None
    except (TypeError, ValueError) as fault:
        raise FormatError(file=file, what=f"{fault}", remedy=f"whole numbers for {known}") from None
