"""`inputs.json`: the planning problem as a canonical snapshot (docs/reference/inputs-format.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from safepassage.domain.admin_area import AdminArea
from safepassage.domain.history import History
from safepassage.domain.local_days import ClockChange
from safepassage.domain.planning_problem import (
    DemandRow,
    HelpTime,
    PlacedPlace,
    PlanningProblem,
    Rules,
    Vehicle,
)
from safepassage.domain.timed_network import HazardEvent, HazardPiece, Piece, TimedArcs, TimedNetwork
from safepassage.formats.plan import supplies_json
from safepassage.formats.plan.plan_json import movement_rows, parsed_movements

SCHEMA = "safepassage.inputs/1"
_ARC_COLUMNS = (
    "tail", "head", "length_m", "travel_s", "capacity_mveh_h", "persons_h", "modes", "directions", "empty_ok",
    "max_weight_kg", "gate", "label",
)  # fmt: skip


def document(problem: PlanningProblem) -> dict[str, Any]:
    """Return the snapshot as a tree of plain values; integers and text only."""
    found = {
        "schema": SCHEMA,
        "class": "RESTRICTED",
        "case_id": problem.case_id,
        "title": problem.title,
        "exercise": problem.exercise,
        "epoch": problem.epoch,
        "as_of": problem.as_of,
        "horizon_s": problem.network.horizon_s,
        "time_zones": [{"label": label, "offset_s": offset} for label, offset in problem.time_zones],
        "notice": {"hotline": problem.hotline, "languages": list(problem.notice_languages)},
        "directions": [{"id": key, "name": name} for key, name in problem.directions],
        "network": _network(problem.network),
        "places": [_place(place) for place in problem.places],
        "demand": [asdict(row) for row in problem.demand],
        "fleet": [_stated(asdict(vehicle), "spare_seats") for vehicle in problem.fleet],
        "rules": _rules(problem.rules),
    }
    if problem.clock_change is not None:
        found["clock_change"] = asdict(problem.clock_change)
    if problem.history is not None:
        found["history"] = {"now_s": problem.history.now_s, **movement_rows(problem.history)}
    if problem.supplies is not None:
        found["aid"] = supplies_json.document(problem.supplies)
    return found


def _rules(rules: Rules) -> dict[str, Any]:
    found = asdict(rules)
    found["movement_windows"] = [list(window) for window in rules.movement_windows]
    found["help_times"] = list(found["help_times"])
    return _stated(found, "spare_seat_percent", "help_times")


def _place(place: PlacedPlace) -> dict[str, Any]:
    """Return a place; of its administrative unit only what is stated."""
    row, admin = _without(asdict(place), "snap_m"), place.admin.stated()
    if place.exposure_cap_ppm_s is None:
        row = _without(row, "exposure_cap_ppm_s")
    return {**row, "admin": admin} if admin else _without(row, "admin")


def _parsed_place(row: dict[str, Any]) -> PlacedPlace:
    return PlacedPlace(**{**row, "admin": AdminArea(**row.get("admin", {}))})


def _without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


def _stated(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Leave out numbers that are 0 and lists without a row, as where nothing is kept free."""
    return {name: value for name, value in row.items() if value or name not in keys}


def _network(network: TimedNetwork) -> dict[str, Any]:
    found = _network_as_planned(network)
    if network.events:
        found["hazard_layer"] = network.layer
        found["hazard_events"] = [
            [e.id, e.low_ppm, e.central_ppm, e.high_ppm, e.from_s, e.until_s, [list(row) for row in e.shares]]
            for e in network.events
        ]
        found |= _zones(network.events)
    return found


def _zones(events: Iterable[HazardEvent]) -> dict[str, Any]:
    """Return which events are versions of which zone; nothing where none is."""
    versions: dict[str, set[str]] = {}
    for event in events:
        if event.zone:
            versions.setdefault(event.zone, set()).add(event.id)
    rows = [[zone, sorted(names)] for zone, names in sorted(versions.items())]
    return {"zone_versions": rows} if rows else {}


def _network_as_planned(network: TimedNetwork) -> dict[str, Any]:
    columns = {name: getattr(network.arcs, name) for name in _ARC_COLUMNS}
    return {
        "attribution": network.attribution,
        "source_sha256": network.source_sha256,
        "schematic": network.schematic,
        "nodes": {
            "id": network.node_id.tolist(),
            "lon_e7": network.lon_e7.tolist(),
            "lat_e7": network.lat_e7.tolist(),
        },
        "arcs": {
            name: (column.astype(int) if column.dtype == bool else column).tolist()
            for name, column in columns.items()
        },
        "profiles": [
            [arc, [[p.from_s, p.until_s, p.capacity_mveh_h, p.persons_h, p.travel_s] for p in pieces]]
            for arc, pieces in network.profiles.items()
        ],
        "hazard": [
            [arc, [[p.from_s, p.until_s, p.ppm] for p in pieces]] for arc, pieces in network.hazard.items()
        ],
        "timetables": [[arc, [list(row) for row in rows]] for arc, rows in network.timetables.items()],
        "waiting": [[node, storage] for node, storage in network.waiting.items()],
    }


def parse(document: dict[str, Any]) -> PlanningProblem:
    """Return the planning problem that a snapshot holds.

    Raises
    ------
    KeyError, TypeError, ValueError
        When the document is not a snapshot; the verifier says in detail what is wrong with one.
    """
    if document.get("schema") != SCHEMA:
        raise ValueError(f"this is no snapshot of schema {SCHEMA}")
    rules = {
        **document["rules"],
        "movement_windows": tuple(map(tuple, document["rules"]["movement_windows"])),
        "help_times": tuple(HelpTime(**row) for row in document["rules"].get("help_times", ())),
    }
    return PlanningProblem(
        case_id=document["case_id"],
        title=document["title"],
        exercise=document["exercise"],
        epoch=document["epoch"],
        as_of=document["as_of"],
        time_zones=tuple((row["label"], row["offset_s"]) for row in document["time_zones"]),
        hotline=document["notice"]["hotline"],
        notice_languages=tuple(document["notice"]["languages"]),
        directions=tuple((row["id"], row["name"]) for row in document["directions"]),
        network=_parsed_network(document["network"], document["horizon_s"]),
        places=tuple(_parsed_place(row) for row in document["places"]),
        demand=tuple(DemandRow(**row) for row in document["demand"]),
        fleet=tuple(Vehicle(**row) for row in document["fleet"]),
        rules=Rules(**rules),
        history=_history(document["history"]) if "history" in document else None,
        supplies=supplies_json.parsed(document["aid"]) if "aid" in document else None,
        clock_change=ClockChange(**document["clock_change"]) if "clock_change" in document else None,
    )


def _history(rows: dict[str, Any]) -> History:
    return History(now_s=rows["now_s"], **parsed_movements(rows))


def _parsed_network(network: dict[str, Any], horizon_s: int) -> TimedNetwork:
    return TimedNetwork(
        node_id=network["nodes"]["id"],
        lon_e7=network["nodes"]["lon_e7"],
        lat_e7=network["nodes"]["lat_e7"],
        arcs=TimedArcs(**{name: network["arcs"][name] for name in _ARC_COLUMNS}),
        profiles={
            arc: tuple(
                Piece(
                    from_s=row[0], until_s=row[1], capacity_mveh_h=row[2], persons_h=row[3], travel_s=row[4]
                )
                for row in pieces
            )
            for arc, pieces in network["profiles"]
        },
        hazard={
            arc: tuple(HazardPiece(from_s=row[0], until_s=row[1], ppm=row[2]) for row in pieces)
            for arc, pieces in network["hazard"]
        },
        timetables={arc: tuple((row[0], row[1]) for row in rows) for arc, rows in network["timetables"]},
        waiting=dict(network["waiting"]),
        horizon_s=horizon_s,
        attribution=network["attribution"],
        source_sha256=network["source_sha256"],
        schematic=network["schematic"],
        events=_parsed_events(network),
        layer=network.get("hazard_layer", "central"),
    )


def _parsed_events(network: dict[str, Any]) -> tuple[HazardEvent, ...]:
    zone_of = {name: zone for zone, names in network.get("zone_versions", ()) for name in names}
    return tuple(_event(row, zone_of.get(row[0], "")) for row in network.get("hazard_events", ()))


def _event(row: list[Any], zone: str) -> HazardEvent:
    name, low, central, high, from_s, until_s, shares = row
    return HazardEvent(
        id=name, low_ppm=low, central_ppm=central, high_ppm=high, from_s=from_s, until_s=until_s,
        shares=tuple((arc, ppm) for arc, ppm in shares), zone=zone,
    )  # fmt: skip
