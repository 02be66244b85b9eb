"""`frontier.json`: plans of one case that trade exposure against clearance."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from safepassage.domain.frontier import Frontier, FrontierPoint

SCHEMA = "safepassage.frontier/1"


def document(frontier: Frontier, *, inputs_sha256: str, plan_sha256: str) -> dict[str, Any]:
    """Return a frontier as plain values; `plan_sha256` is the hash of the plan that was picked."""
    return {
        "schema": SCHEMA,
        "class": "RESTRICTED",
        "inputs_sha256": inputs_sha256,
        "plan_sha256": plan_sha256,
        "picked": frontier.picked,
        "narrow": list(frontier.narrow),
        "order": list(frontier.order),
        "slack_percent": frontier.slack_percent,
        "tried": frontier.tried,
        "fewer": frontier.fewer,
        "worlds": frontier.worlds,
        "seed": frontier.seed,
        "points": [_point(row) for row in frontier.points],
    }


def _point(row: FrontierPoint) -> dict[str, Any]:
    worth = row.worth
    return {
        "number": row.number,
        "leaning": asdict(row.leaning),
        "unserved": worth.unserved,
        "clearance_s": worth.clearance_s,
        "person_seconds": worth.person_s,
        "exposure_person_ppm_s": worth.exposure,
        "exposure_layers": None if worth.layers is None else list(worth.layers),
        "expected_person_ppm_s": worth.expected,
        "tail_person_ppm_s": worth.tail,
        "least_person_ppm_s": worth.least,
        "verified": True,
    }
