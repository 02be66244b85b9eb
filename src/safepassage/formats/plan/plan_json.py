"""`plan.json` and `certificate.json` as canonical documents (docs/reference/plan-format.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from safepassage.domain.history import History
from safepassage.domain.plan import (
    Bound,
    CarStream,
    Certificate,
    Corridor,
    Departure,
    DirectionSummary,
    EnvelopePart,
    Leg,
    LinkRide,
    Load,
    Plan,
    PricedBound,
    Reserve,
    Route,
    Schedule,
    Unserved,
    VehicleChain,
)

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
        **movement_rows(schedule),
        "unserved": [asdict(row) for row in schedule.unserved],
        "reserves": [asdict(row) for row in schedule.reserves],
        "directions": [_direction(row) for row in plan.directions],
        **({} if plan.joint is None else {"joint": asdict(plan.joint)}),
        "corridors": [_lists(asdict(row), "cut_arcs") for row in plan.corridors],
        "hold": [asdict(row) for row in plan.hold],
        "basis": [asdict(row) for row in plan.basis],
        "modifications": [_lists(asdict(row), "arcs") for row in plan.modifications],
        "not_assessed": [asdict(row) for row in plan.not_assessed],
        "binding": [_lists(asdict(row), "arcs", "places") for row in plan.binding],
    }


def _direction(row: DirectionSummary) -> dict[str, Any]:
    """Return a direction; one without layers states none."""
    found = asdict(row)
    layers = found.pop("exposure_layers")
    return found if layers is None else {**found, "exposure_layers": list(layers)}


def movement_rows(moves: Schedule | History) -> dict[str, Any]:
    """Return routes, cars, vehicles and rides as `plan.json` holds them, and the history in the inputs."""
    return {
        "routes": [
            {"from_node": r.from_node, "to_node": r.to_node, "arcs": list(r.arcs)} for r in moves.routes
        ],
        "cars": [_stream(stream) for stream in moves.cars],
        "vehicles": [{"id": v.id, "legs": [_leg(leg) for leg in v.legs]} for v in moves.vehicles],
        "link_rides": [
            {"id": r.id, "arc": r.arc, "depart_s": r.depart_s, "load": [asdict(item) for item in r.load]}
            for r in moves.link_rides
        ],
    }


def parsed_schedule(document: Mapping[str, Any]) -> Schedule:
    """Return the schedule of a `plan.json`.

    Raises
    ------
    KeyError, TypeError, ValueError
        When the document is no plan; the verifier says in detail what is wrong with one.
    """
    if document.get("schema") != PLAN_SCHEMA:
        raise ValueError(f"this is no plan of schema {PLAN_SCHEMA}")
    return Schedule(
        **parsed_movements(document),
        unserved=tuple(Unserved(**row) for row in document["unserved"]),
        reserves=tuple(Reserve(**row) for row in document["reserves"]),
    )


def parsed_corridors(document: Mapping[str, Any]) -> tuple[Corridor, ...]:
    """Return the corridors of a `plan.json`."""
    return tuple(
        Corridor(**{**row, "cut_arcs": tuple(row.get("cut_arcs", ()))}) for row in document["corridors"]
    )


def parsed_movements(rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return routes, cars, vehicles and link rides as values, by the names of their fields."""
    return {
        "routes": tuple(
            Route(from_node=r["from_node"], to_node=r["to_node"], arcs=tuple(r["arcs"]))
            for r in rows["routes"]
        ),
        "cars": tuple(
            CarStream(**{**row, "departures": tuple(map(_departure, row["departures"]))})
            for row in rows["cars"]
        ),
        "vehicles": tuple(
            VehicleChain(id=row["id"], legs=tuple(map(_parsed_leg, row["legs"]))) for row in rows["vehicles"]
        ),
        "link_rides": tuple(
            LinkRide(id=r["id"], arc=r["arc"], depart_s=r["depart_s"], load=_load(r["load"]))
            for r in rows["link_rides"]
        ),
    }


def _departure(row: Sequence[Any]) -> Departure:
    return Departure(depart_s=row[0], persons=row[1], waits=tuple((at, wait_s) for at, wait_s in row[2]))


def _parsed_leg(row: Mapping[str, Any]) -> Leg:
    waits = tuple((at, wait_s) for at, wait_s in row["waits"])
    return Leg(**{**row, "waits": waits, "load": _load(row["load"])})


def _load(rows: Sequence[Mapping[str, Any]]) -> tuple[Load, ...]:
    return tuple(Load(**row) for row in rows)


def certificate_document(certificate: Certificate, *, inputs_sha256: str) -> dict[str, Any]:
    """Return the certificate as a tree of plain values."""
    return {
        "schema": CERTIFICATE_SCHEMA,
        "class": "RESTRICTED",
        "inputs_sha256": inputs_sha256,
        "bounds": [_labelled(bound) for bound in certificate.bounds],
        "envelope": [
            {
                "direction": point.direction,
                "t_s": point.t_s,
                "persons_at_most": point.persons_at_most,
                "parts": [_labelled(part) for part in point.parts],
            }
            for point in certificate.envelope
        ],
        "priced": [_priced(bound) for bound in certificate.priced],
    }


def _priced(bound: PricedBound) -> dict[str, Any]:
    sheet = bound.sheet
    return {
        "id": bound.id,
        **({"loads": True} if bound.loads else {}),
        "step_s": sheet.step_s,
        "arcs": [
            {
                "arc": row.arc,
                "persons": [list(run) for run in row.persons],
                "road": [list(run) for run in row.road],
            }
            for row in sheet.arcs
        ],
        "sites": [asdict(row) for row in sheet.sites],
        "people": [asdict(row) for row in sheet.people],
        "limit": bound.limit,
        "person_seconds": bound.person_seconds,
    }


def _labelled(row: Bound | EnvelopePart) -> dict[str, Any]:
    """Return a bound or part with its labels as lists; there may be many thousands, copied once."""
    plain = {field.name: getattr(row, field.name) for field in fields(row)}
    return {**plain, "labels": [list(pair) for pair in row.labels]}


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
