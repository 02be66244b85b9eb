"""`regions.json`: plans of regions made apart, and the roads on which they meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from safepassage.domain.regions import Round, SharedHour, SharedSite, Together

SCHEMA = "safepassage.regions/2"
Documents = tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]


def document(
    plans: Iterable[tuple[str, Documents]],
    hours: Sequence[SharedHour],
    sites: Sequence[SharedSite],
    together: Together,
) -> dict[str, Any]:
    """Return plans (case; inputs, plan, certificate, verification), where they meet, and all as one."""
    return {
        "schema": SCHEMA, "class": "RESTRICTED", "regions": [_region(*row) for row in plans],
        "shared": [
            {
                "road": row.label, "ends": list(row.ends), "hour": row.hour, "over_mveh": row.over_mveh,
                "capacity_mveh": row.capacity_mveh, "loads": dict(row.loads),
            }
            for row in hours
        ],
        "sites": [
            {
                "id": row.id, "name": row.name, "over_persons": row.over_persons,
                "capacity_persons": row.capacity_persons, "loads": dict(row.loads),
            }
            for row in sites
        ],
        "together": _together(together),
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


def _together(found: Together) -> dict[str, Any]:
    return {
        "demand": found.demand, "chosen": found.chosen, "person_seconds_bound": found.person_bound_s,
        "last_arrival_bound_s": found.last_bound_s, "ahead_mveh": found.ahead_mveh,
        "ahead_at": found.ahead_at, "burst_mveh": found.burst_mveh,
        "rounds": [_round(row) for row in found.rounds],
    }  # fmt: skip


def _round(row: Round) -> dict[str, Any]:
    return {
        "served": row.served, "person_seconds": row.person_s, "last_s": row.last_s,
        "over_hours": row.over_hours, "over_sites": row.over_sites,
        "shares": [{"of": list(thing), "ppm": dict(parts)} for thing, parts in row.shares.items()],
    }  # fmt: skip
