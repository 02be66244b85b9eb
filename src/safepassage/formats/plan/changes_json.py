"""`changes.json`: what differs from the plan that was gone on from (docs/reference/changes-format.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from safepassage.domain.plan_change import Movement, MovementChange, PlanChange

SCHEMA = "safepassage.changes/1"


def document(change: PlanChange, *, earlier_sha256: str, plan_sha256: str) -> dict[str, Any]:
    """Return the difference between two plans, named by the hashes of their files, as plain values."""
    return {
        "schema": SCHEMA,
        "class": "RESTRICTED",
        "earlier_sha256": earlier_sha256,
        "plan_sha256": plan_sha256,
        "now_s": change.now_s,
        "to_notify": len(change.to_notify),
        "kept": change.kept,
        "persons": change.persons,
        "movements": [_change(row) for row in change.movements],
        "directions": [
            {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(row).items()}
            for row in change.directions
        ],
        "places": [{**asdict(row), "served": list(row.served)} for row in change.places],
        "price": None if change.price is None else asdict(change.price),
    }


def _change(row: MovementChange) -> dict[str, Any]:
    return {
        "change": str(row.kind),
        "notify": row.notify,
        "persons": row.persons,
        "before": None if row.before is None else _movement(row.before),
        "after": None if row.after is None else _movement(row.after),
    }


def _movement(row: Movement) -> dict[str, Any]:
    from_node, to_node, arcs = row.route
    return {
        "id": row.id,
        "kind": str(row.kind),
        "vehicle": row.vehicle,
        "place": row.place,
        "direction": row.direction,
        "site": row.site,
        "reserve": row.reserve,
        "from_node": from_node,
        "to_node": to_node,
        "arcs": list(arcs),
        "departures": [[d.depart_s, d.persons, [list(wait) for wait in d.waits]] for d in row.departures],
        "arrive_s": row.arrive_s,
        "load": [asdict(item) for item in row.load],
    }
