"""A draft of the notification of an aid convoy on one day: one movement for all its trucks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from safepassage.domain.aid.commodity import MILLI
from safepassage.domain.case import PlaceKind
from safepassage.domain.release import Audience, Release
from safepassage.formats.containers.markup import printable
from safepassage.formats.facts.aid_facts import line_of
from safepassage.formats.facts.local_clock import instant
from safepassage.formats.facts.movements import Movements
from safepassage.formats.facts.register import Register

_KINDS = {str(PlaceKind.BORDER_CROSSING): "crossing", str(PlaceKind.CHECKPOINT): "checkpoint"}
_NAMED = {*_KINDS, str(PlaceKind.SETTLEMENT), str(PlaceKind.DEPOT), str(PlaceKind.RECEPTION_SITE)}
Row = Mapping[str, Any]


def facts_of_aid_convoy(release: Release, convoy: str, day: int) -> dict[str, Any]:
    """Return what a distribution knows of a convoy on a day, counted from 1, as plain particulars.

    The lead's time and the tail's are the two ends of the window at each point.

    Raises
    ------
    ValueError
        When no such convoy drives on that day.
    """
    release.require(Audience.PLANNING_TEAM)
    given = release.aid.get("given", {})
    days = {row["id"]: row for row in given.get("trucks", ())}
    legs = {row["id"]: row["legs"] for row in release.aid.get("trucks", ()) if row["legs"]}
    own = [name for name in sorted(legs)
           if days[name].get("convoy") == convoy and days[name]["day"] == day - 1]  # fmt: skip
    if not convoy or not own:
        driven = sorted({
            f"{printable(days[name]['convoy'])} on day {days[name]['day'] + 1}"
            for name in legs if days[name].get("convoy")
        })  # fmt: skip
        raise ValueError(
            f"no convoy {convoy!r} drives on day {day}; those that drive: {', '.join(driven) or 'none'}"
        )
    return _Convoy(release, [days[name] for name in line_of(days, own[0], legs)], legs).facts()


class _Convoy:
    """The trucks of one convoy on one day, the lead first."""

    def __init__(self, release: Release, line: Sequence[Row], legs: Mapping[str, list[Row]]) -> None:
        self._release, self._line = release, line
        self._legs = [legs[row["id"]] for row in line]
        self._register = Register(release)
        self._times = Movements(release, self._register, counts_arcs=False).times
        self._epoch_s = round(instant(release.inputs["epoch"]).timestamp())
        self._heads = release.inputs["network"]["arcs"]["head"]
        self._at: dict[int, Row] = {}
        rows = [row for row in release.inputs["places"] if row["kind"] in _NAMED and row["node"] >= 0]
        for row in sorted(rows, key=lambda row: (row["kind"] not in _KINDS, row["id"])):
            self._at.setdefault(row["node"], row)

    def facts(self) -> dict[str, Any]:
        """Return the particulars that the distribution holds."""
        inputs, points = self._release.inputs, list(self._points())
        depot = self._register.place(self._line[0]["depot"])
        name = printable(self._line[0]["convoy"])
        farthest = next((p for p in points[1:-1] if p["id"].startswith("stop")), points[-1])
        return {
            "title": f"Convoy {name}, {len(self._line)} trucks, from {depot}",
            "purpose": "aid",
            "start_utc_s": points[0]["from_utc_s"],
            "end_utc_s": points[-1]["until_utc_s"],
            "origin": points[0]["place"],
            "destination": farthest["place"],
            "route": points,
            "cargo": self._cargo(),
            "vehicles": self._vehicles(),
            "return_leg": f"to {depot}, as the last points of the route",
            "zones": [{"label": z["label"], "offset_s": z["offset_s"]} for z in inputs.get("time_zones", ())],
            "plan_sha256": str(self._release.stamp["plan_sha256"]),
            "exercise": bool(inputs["exercise"]),
        }

    def _vehicles(self) -> list[dict[str, Any]]:
        counted = Counter(printable(row["type"]) for row in self._line)
        return [{"type": name, "count": number} for name, number in sorted(counted.items())]

    def _cargo(self) -> list[dict[str, Any]]:
        """Return what all carry together, by good; quantities are rounded up to whole units."""
        goods = {row["id"]: row for row in self._release.aid["given"]["goods"]}
        names, sums = {row["id"] for row in self._line}, Counter[str]()
        for row in self._release.aid["deliveries"]:
            if row["truck"] in names:
                sums[row["commodity"]] += int(row["milli"])
        return [
            {
                "item": printable(goods[name]["name"]), "quantity": -(-milli // MILLI),
                "unit": str(goods[name]["unit"]),
                "weight_kg": -(-milli * int(goods[name]["mass_g"]) // (MILLI * 1_000)),
            }
            for name, milli in sorted(sums.items())
        ]  # fmt: skip

    def _points(self) -> Iterator[dict[str, Any]]:
        """Yield the named points of the day with the lead's and the tail's time, and the roads to each."""
        routes, taken = self._release.aid["routes"], Counter[str]()
        last, lead = len(self._legs[0]) - 1, self._legs[0]
        yield self._point("start", routes[lead[0]["route"]]["from_node"], self._departing(0), "", taken)
        for k, leg in enumerate(lead):
            arcs, since = routes[leg["route"]]["arcs"], 0
            passes = [self._passes(legs[k], arcs) for legs in (lead, self._legs[-1])]
            for position, arc in enumerate(arcs[:-1], start=1):
                node = self._heads[arc]
                if node in self._at:
                    window = passes[0][position - 1], passes[1][position - 1]
                    roads = self._register.roads(arcs[since:position])
                    yield self._point("waypoint", node, window, roads, taken)
                    since = position
            # At a stop the window is until the tail leaves it again.
            until_s = self._departing(k + 1)[1] if k < last else self._legs[-1][k]["arrive_s"]
            kind, window = "end" if k == last else "stop", (leg["arrive_s"], until_s)
            node, roads = routes[leg["route"]]["to_node"], self._register.roads(arcs[since:])
            yield self._point(kind, node, window, roads, taken)

    def _departing(self, k: int) -> tuple[int, int]:
        return self._legs[0][k]["depart_s"], self._legs[-1][k]["depart_s"]

    def _passes(self, leg: Row, arcs: Sequence[int]) -> list[int]:
        """Return when a truck is at the end of each road of a leg."""
        at, waits, found = int(leg["depart_s"]), dict(map(tuple, leg["waits"])), []
        for position, arc in enumerate(arcs):
            at += waits.get(position, 0)
            at += int(np.max(self._times.travel_s(arc, np.array([at], dtype=np.int64))))
            found.append(at)
        return found

    def _point(
        self, kind: str, node: int, window: tuple[int, int], roads: str, taken: Counter[str]
    ) -> dict[str, Any]:
        place = self._at.get(node)
        name = str(place["name"]) if place is not None else self._register.node(node)
        key = re.sub(r"[^a-z0-9._-]+", "-", str(place["id"] if place else f"n{node}").lower()).strip("-.")
        key = f"stop-{key}" if kind == "stop" else key
        taken[key] += 1
        nodes = self._release.inputs["network"]["nodes"]
        said = {"stop": "waypoint", "waypoint": _KINDS.get(str(place["kind"]) if place else "", "waypoint")}
        return {
            "id": key if taken[key] == 1 else f"{key}-{taken[key]}",
            "place": {
                "name": name, "lat_e7": int(nodes["lat_e7"][node]), "lon_e7": int(nodes["lon_e7"][node])
            },
            "kind": said.get(kind, kind), "from_utc_s": self._epoch_s + window[0],
            "until_utc_s": self._epoch_s + window[1], "roads": roads,
        }  # fmt: skip
