"""`hedge.json`: plans under worlds side by side."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from safepassage.domain.hedge import HedgeSheet

SCHEMA = "safepassage.hedge/1"


def document(sheet: HedgeSheet, *, inputs_sha256: str, plan_sha256: str) -> dict[str, Any]:
    """Return plans under worlds as plain values, class RESTRICTED."""
    return {
        "schema": SCHEMA, "class": "RESTRICTED", "inputs_sha256": inputs_sha256, "plan_sha256": plan_sha256,
        **asdict(sheet), "care": str(sheet.care), "rows": [asdict(row) for row in sheet.rows],
    }  # fmt: skip
