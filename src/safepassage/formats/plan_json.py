"""`plan.json` and `certificate.json` as canonical documents (docs/reference/plan-format.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from safepassage.domain.plan import CarStream, Certificate, Leg, Plan

PLAN_SCHEMA = "safepassage.plan/1"
CERTIFICATE_SCHEMA = "safepassage.certificate/1"


def plan_document(plan: Plan, *, inputs_sha256: str) -> dict[str, Any]:
    """Return the plan as a tree of plain values."""
    schedule = plan.schedule
    return {
        "schema": PLAN_SCHEMA,
        "class": "RESTRICTED",
        "case_id": plan.case_id,
        "title": plan.title,
        "exercise": plan.exercise,
        "epoch": plan.epoch,
        "as_of": plan.as_of,
        "horizon_s": plan.horizon_s,
        "inputs_sha256": inputs_sha256,
        "complete": plan.complete,
        "made_with": asdict(plan.made_with),
        "routes": [
            {"from_node": r.from_node, "to_node": r.to_node, "arcs": list(r.arcs)} for r in schedule.routes
        ],
        "cars": [_stream(stream) for stream in schedule.cars],
        "vehicles": [{"id": v.id, "legs": [_leg(leg) for leg in v.legs]} for v in schedule.vehicles],
        "link_rides": [
            {"id": r.id, "arc": r.arc, "depart_s": r.depart_s, "load": [asdict(item) for item in r.load]}
            for r in schedule.link_rides
        ],
        "unserved": [asdict(row) for row in schedule.unserved],
        "reserves": [asdict(row) for row in schedule.reserves],
        "directions": [asdict(row) for row in plan.directions],
        "corridors": [_lists(asdict(row), "cut_arcs") for row in plan.corridors],
        "hold": [asdict(row) for row in plan.hold],
        "basis": [asdict(row) for row in plan.basis],
        "modifications": [_lists(asdict(row), "arcs") for row in plan.modifications],
        "not_assessed": [asdict(row) for row in plan.not_assessed],
        "binding": [_lists(asdict(row), "arcs", "places") for row in plan.binding],
    }


def certificate_document(certificate: Certificate, *, inputs_sha256: str) -> dict[str, Any]:
    """Return the certificate as a tree of plain values."""
    return {
        "schema": CERTIFICATE_SCHEMA,
        "class": "RESTRICTED",
        "inputs_sha256": inputs_sha256,
        "bounds": [{**asdict(b), "labels": [list(pair) for pair in b.labels]} for b in certificate.bounds],
        "envelope": [
            {
                "direction": point.direction,
                "t_s": point.t_s,
                "persons_at_most": point.persons_at_most,
                "parts": [{**asdict(p), "labels": [list(pair) for pair in p.labels]} for p in point.parts],
            }
            for point in certificate.envelope
        ],
    }


def _stream(stream: CarStream) -> dict[str, Any]:
    return {
        "id": stream.id,
        "place": stream.place,
        "direction": stream.direction,
        "site": stream.site,
        "route": stream.route,
        "reserve": stream.reserve,
        "departures": [[d.depart_s, d.persons, [list(wait) for wait in d.waits]] for d in stream.departures],
    }


def _leg(leg: Leg) -> dict[str, Any]:
    return {
        "id": leg.id,
        "route": leg.route,
        "depart_s": leg.depart_s,
        "waits": [list(wait) for wait in leg.waits],
        "arrive_s": leg.arrive_s,
        "load": [asdict(item) for item in leg.load],
    }


def _lists(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {name: list(value) if name in keys else value for name, value in row.items()}
