"""`regions.json`: plans of regions made apart, and the roads on which they meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from safepassage.domain.regions import SharedHour

SCHEMA = "safepassage.regions/1"
Documents = tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]


def document(plans: Iterable[tuple[str, Documents]], shared: Sequence[SharedHour]) -> dict[str, Any]:
    """Return plans (id of the case; inputs, plan, certificate, verification) and where they meet."""
    return {
        "schema": SCHEMA, "class": "RESTRICTED", "regions": [_region(*row) for row in plans],
        "shared": [
            {
                "road": row.label, "ends": list(row.ends), "hour": row.hour, "over_mveh": row.over_mveh,
                "capacity_mveh": row.capacity_mveh, "loads": dict(row.loads),
            }
            for row in shared
        ],
    }  # fmt: skip


def _region(name: str, documents: Documents) -> dict[str, Any]:
    inputs, plan, _, verification = documents
    directions = plan["directions"]
    return {
        "id": name, "arcs": len(inputs["network"]["arcs"]["tail"]),
        "plan_sha256": verification["plan_sha256"], "demand": sum(d["persons_demand"] for d in directions),
        "served": sum(d["persons_served"] for d in directions),
        "last_s": max((d["clearance_s"] or 0 for d in directions), default=0),
    }  # fmt: skip
