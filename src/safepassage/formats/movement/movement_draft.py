"""A draft of a notification from a released plan: one corridor with its times, roads, people and vehicles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from safepassage.domain.case import Group, PlaceKind
from safepassage.domain.release import Audience, Release
from safepassage.formats.facts.local_clock import instant
from safepassage.formats.facts.movements import Movements, Seconds, waits_at
from safepassage.formats.facts.register import Register

_GATES = {str(PlaceKind.BORDER_CROSSING): "crossing", str(PlaceKind.CHECKPOINT): "checkpoint"}
MOST_NAMED = 12
"""Corridors that a refusal names."""
_NAMED = {*_GATES, str(PlaceKind.SETTLEMENT)}


def facts_of(release: Release, corridor_id: str) -> dict[str, Any]:
    """Return what a plan knows of the movement on one corridor, as plain particulars.

    Raises
    ------
    ValueError
        When the plan has no such corridor, or nobody moves on it.
    """
    release.require(Audience.PLANNING_TEAM)
    corridors = {row["id"]: row for row in release.plan["corridors"]}
    if corridor_id not in corridors:
        raise ValueError(f"the plan has no corridor {corridor_id!r}; people move on {_moving(release)}")
    return _Corridor(release, corridors[corridor_id]).facts()


def _moving(release: Release) -> str:
    """Return the corridors on which cars or vehicles carry somebody, in a row; of many the first."""
    plan = release.plan
    used = {(row["place"], row["direction"], row["route"]) for row in plan["cars"]} | {
        (item["place"], item["direction"], leg["route"])
        for vehicle in plan["vehicles"] for leg in vehicle["legs"] for item in leg["load"]
    }  # fmt: skip
    keys = ("place", "direction", "route")
    names = [row["id"] for row in plan["corridors"] if tuple(row[key] for key in keys) in used]
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def facts_of_convoy(release: Release, ride_ids: Iterable[str]) -> dict[str, Any]:
    """Return what a plan knows of a convoy: legs of vehicles on one route, by the ids of the schedule.

    Raises
    ------
    ValueError
        When the plan has no such leg, one is empty, or they are not on one route.
    """
    release.require(Audience.PLANNING_TEAM)
    wanted = set(ride_ids)
    legs = {leg["id"]: leg for vehicle in release.plan["vehicles"] for leg in vehicle["legs"]}
    unknown = sorted(wanted - set(legs))
    if unknown or not wanted:
        raise ValueError(f"the plan has no leg {', '.join(unknown) or 'named'}: they stand in the schedule")
    chosen = [legs[name] for name in sorted(wanted)]
    if len({leg["route"] for leg in chosen}) > 1 or not all(leg["load"] for leg in chosen):
        raise ValueError("the legs of a convoy carry people on one route")
    load = chosen[0]["load"][0]
    row = {
        "id": "", "place": load["place"], "direction": load["direction"], "site": load["site"],
        "route": chosen[0]["route"], "alternative": -1,
    }  # fmt: skip
    return _Corridor(release, row, wanted).facts()


class _Corridor:
    """One corridor, or with `only` the convoy of these legs."""

    def __init__(self, release: Release, row: Mapping[str, Any], only: Container[str] | None = None) -> None:
        self._release, self._row = release, row
        self._register = Register(release)
        movements = Movements(release, self._register, counts_arcs=False)
        self._times, self._only = movements.times, only
        direction = self._register.direction(row["direction"])
        self._cars = [
            group for group in movements.cars
            if only is None
            and (group.row["place"], group.row["route"]) == (row["place"], row["route"])
            and self._register.direction(group.row["direction"]) == direction
        ]  # fmt: skip
        self._rides = [
            ride for ride in movements.rides
            if (only is None or ride.id in only)
            and ride.route == row["route"]
            and any(only is not None or (item["place"] == row["place"]
                    and self._register.direction(item["direction"]) == direction) for item in ride.load)
        ]  # fmt: skip
        if not self._cars and not self._rides:
            raise ValueError(f"nobody moves on corridor {row['id']} in this plan, but on {_moving(release)}")
        self._codes = {p["id"]: str(p.get("admin", {}).get("pcode", "")) for p in release.inputs["places"]}
        self._epoch_s = round(instant(release.inputs["epoch"]).timestamp())

    def facts(self) -> dict[str, Any]:
        """Return the particulars that the plan holds."""
        row, inputs = self._row, self._release.inputs
        site = row["site"] or ""
        route = self._release.plan["routes"][row["route"]]
        points = list(self._points(route))
        first = min(point["from_utc_s"] for point in points)
        last = max(point["until_utc_s"] for point in points)
        alternative = (
            self._release.plan["routes"][row["alternative"]]["arcs"] if row["alternative"] >= 0 else ()
        )
        return {
            "title": f"{self._register.short(row['place'])} to {self._name_of_end(site, route)}",
            "purpose": "evacuation",
            "start_utc_s": first,
            "end_utc_s": last,
            "origin": points[0]["place"],
            "destination": points[-1]["place"],
            "route": points,
            "persons": self._persons(),
            "vehicles": self._vehicles(),
            "alternative_route": self._register.roads(alternative),
            "zones": [{"label": z["label"], "offset_s": z["offset_s"]} for z in inputs.get("time_zones", ())],
            "plan_sha256": str(self._release.stamp["plan_sha256"]),
            "corridor": str(row["id"]),
            "exercise": bool(inputs["exercise"]),
        }

    def _name_of_end(self, site: str, route: Mapping[str, Any]) -> str:
        return self._register.short(site) if site else self._register.node(route["to_node"])

    def _passages(self, arcs: Sequence[int]) -> list[tuple[int, int]]:
        """Return when the first and the last traveller pass each node of the route (grid seconds)."""
        streams: list[tuple[Seconds, Mapping[int, Seconds]]] = [
            (group.depart_s, waits_at(group.row["departures"])) for group in self._cars
        ]
        legs = {leg["id"]: leg for vehicle in self._release.plan["vehicles"] for leg in vehicle["legs"]}
        for ride in self._rides:
            waits = {p: np.array([s], np.int64) for p, s in legs[ride.id]["waits"]}
            streams.append((np.array([ride.depart_s], np.int64), waits))
        found = [(1 << 62, -1)] * (len(arcs) + 1)
        for now, stream_waits in streams:
            found[0] = (min(found[0][0], int(now.min())), max(found[0][1], int(now.max())))
            at = now
            for position, arc in enumerate(arcs):
                if position in stream_waits:
                    at = at + stream_waits[position]
                at = at + self._times.travel_s(arc, at)
                low, high = found[position + 1]
                found[position + 1] = (min(low, int(at.min())), max(high, int(at.max())))
        return found

    def _points(self, route: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the named points along the route with their windows, and the roads that lead to each."""
        arcs = route["arcs"]
        heads = self._release.inputs["network"]["arcs"]["head"]
        nodes = [route["from_node"], *(heads[arc] for arc in arcs)]
        windows = self._passages(arcs)
        places = self._places_at_nodes()
        taken: Counter[str] = Counter()
        since = 0
        for position, node in enumerate(nodes):
            ends = position in {0, len(nodes) - 1}
            place = places.get(node)
            if not ends and place is None:
                continue
            name, kind = self._named(position, len(nodes) - 1, node, place)
            end = self._end(position, len(nodes) - 1)
            key = re.sub(r"[^a-z0-9._-]+", "-", self._key(end, node, place)).strip("-.")
            taken[key] += 1
            yield {
                "id": key if taken[key] == 1 else f"{key}-{taken[key]}",
                "place": {"name": name, **self._code(end, place), **self._position(node)},
                "kind": kind,
                "from_utc_s": self._epoch_s + windows[position][0],
                "until_utc_s": self._epoch_s + windows[position][1],
                "roads": self._register.roads(arcs[since:position]) if position else "",
            }
            since = position

    def _end(self, position: int, last: int) -> str:
        """Return the place or site at which people start or arrive; "" at points between."""
        return str(
            (self._row["place"] if position == 0 else self._row["site"] if position == last else "") or ""
        )

    def _code(self, end: str, place: Mapping[str, Any] | None) -> dict[str, str]:
        """Return the P-code that the case states for what a point is called after."""
        stated = self._codes.get(end or (str(place["id"]) if place is not None else ""), "")
        return {"pcode": stated} if stated else {}

    def _key(self, end: str, node: int, place: Mapping[str, Any] | None) -> str:
        """Return the id of what a point is called after."""
        return str(end or (place["id"] if place is not None else f"n{node}")).lower()

    def _named(self, position: int, last: int, node: int, place: Mapping[str, Any] | None) -> tuple[str, str]:
        if position == 0:
            return self._register.place(self._row["place"]), "start"
        if position == last:
            site = self._row["site"]
            return (self._register.place(site) if site else self._register.node(node)), "end"
        row = place or {"name": self._register.node(node), "kind": ""}
        return str(row["name"]), _GATES.get(str(row["kind"]), "waypoint")

    def _places_at_nodes(self) -> dict[int, Mapping[str, Any]]:
        """Return the place that a point is called after: a gate where there is one, else a settlement."""
        found: dict[int, Mapping[str, Any]] = {}
        rows = [row for row in self._release.inputs["places"] if row["kind"] in _NAMED and row["node"] >= 0]
        for row in sorted(rows, key=lambda r: (r["kind"] not in _GATES, r["id"])):
            found.setdefault(row["node"], row)
        return found

    def _position(self, node: int) -> dict[str, int]:
        nodes = self._release.inputs["network"]["nodes"]
        return {"lat_e7": int(nodes["lat_e7"][node]), "lon_e7": int(nodes["lon_e7"][node])}

    def _persons(self) -> list[dict[str, Any]]:
        """Return decided persons by group; seats kept for the undecided are nobody yet."""
        counted: Counter[str] = Counter()
        for group in self._cars:
            if not group.row["reserve"]:
                counted[Group.OWN_VEHICLE.value] += int(group.persons.sum())
        for ride in self._rides:
            for item in ride.load:
                if (self._only is not None or item["place"] == self._row["place"]) and not item["reserve"]:
                    counted[item["group"]] += int(item["persons"])
        order = [group.value for group in Group]
        return [{"category": name, "persons": counted[name]} for name in order if counted[name]]

    def _vehicles(self) -> list[dict[str, Any]]:
        types = {row["id"]: str(row["type"]) for row in self._release.inputs["fleet"]}
        counted = Counter(types.get(name, name) for name in {ride.vehicle for ride in self._rides} if name)
        rows = [{"type": name, "count": number} for name, number in sorted(counted.items())]
        cars = sum(len(group.depart_s) for group in self._cars)
        return [*rows, {"type": "private cars", "count": cars}] if cars else rows
