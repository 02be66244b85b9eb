"""The sheet of one vehicle: its own times, stops and way, one number to call, and nothing else of the plan.

A driver is searched at checkpoints. The sheet therefore holds no other way, no other vehicle, no list of
numbers, no area of hazard and no name of a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience, Release
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.register import Register
from safepassage.formats.paper import qr_code
from safepassage.formats.paper.paper import Block, Heading, Items, Pairs, Paper, Rows
from safepassage.formats.paper.sheet_texts import SheetTexts
from safepassage.formats.sheets.sheet_ways import SheetWays

ID_DIGITS = 12
"""Digits of a hash that are printed: enough to tell sheets and plans apart, few enough to be read aloud."""
Persons = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One stop: seconds of arrival and departure (None at the ends), who gets on and off, by group.

    `kept` are seats for persons who may still decide to come, `way` is the position of the way driven next
    (None at the last stop), `waits` are (seconds, road) of waits on it.
    """

    place: str
    node: int
    arrive_s: int | None
    depart_s: int | None
    board: Persons
    kept: Persons
    alight: Persons
    way: int | None
    waits: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trips:
    """What one vehicle does in a plan: its stops, and the routes it takes, each once."""

    vehicle: str
    kind: str
    seats: int
    stops: tuple[Stop, ...]
    routes: tuple[int, ...]


def vehicles(release: Release) -> tuple[str, ...]:
    """Return the ids of the vehicles that move in a plan."""
    release.require(Audience.PLANNING_TEAM)
    return tuple(sorted(row["id"] for row in release.plan["vehicles"] if row["legs"]))


class DriverSheets:
    """Makes the sheets of a release in one language."""

    def __init__(self, release: Release, layers: MapLayers, texts: SheetTexts, *, phone: str = "") -> None:
        release.require(Audience.PLANNING_TEAM)
        self._release, self._texts = release, texts
        self._register = Register(release)
        self.ways = SheetWays(release, layers, texts, release.plan["routes"])
        self._clock = LocalClock.of(release.inputs)
        self._phone = phone or str(release.inputs.get("notice", {}).get("hotline", ""))
        self._legs = {row["id"]: row["legs"] for row in release.plan["vehicles"]}
        self._fleet = {row["id"]: row for row in release.inputs["fleet"]}

    def trips(self, vehicle: str) -> Trips:
        """Return the stops of a vehicle.

        Raises
        ------
        KeyError
            When no such vehicle moves.
        """
        legs: Sequence[Mapping[str, Any]] = self._legs[vehicle]
        routes = tuple(dict.fromkeys(leg["route"] for leg in legs))
        stops = [self._stop(legs, at, routes) for at in range(len(legs) + 1)]
        row = self._fleet[vehicle]
        return Trips(
            vehicle=vehicle, kind=str(row["type"]), seats=int(row["seats"]), stops=tuple(stops), routes=routes
        )

    def _stop(self, legs: Sequence[Mapping[str, Any]], at: int, routes: tuple[int, ...]) -> Stop:
        before = legs[at - 1] if at else None
        after = legs[at] if at < len(legs) else None
        came = _persons(before["load"]) if before else {}
        stays = [item for item in after["load"] if before and item["after"] == before["id"]] if after else []
        going_on = _persons(stays)
        boarding = [item for item in after["load"] if item not in stays] if after else []
        leg = after or before
        assert leg is not None  # noqa: S101 - a vehicle that moves has a leg
        route = self._release.plan["routes"][leg["route"]]
        node = int(route["from_node"] if after else route["to_node"])
        return Stop(
            place=self._place(node, [i["place"] for i in boarding], before),
            node=node,
            arrive_s=int(before["arrive_s"]) if before else self._ready_s(after, boarding),
            depart_s=int(after["depart_s"]) if after else None,
            board=_persons([item for item in boarding if not item["reserve"]]),
            kept=_persons([item for item in boarding if item["reserve"]]),
            alight=_without(came, going_on),
            way=routes.index(after["route"]) if after else None,
            waits=self._waits(after) if after else (),
        )  # fmt: skip

    def _place(self, node: int, boarding: Sequence[str], before: Mapping[str, Any] | None) -> str:
        """Name the places where people get on, or the sites where they get off; else what lies there."""
        ends = [item["site"] for item in before["load"] if item["site"]] if before else []
        names = dict.fromkeys(self._register.place(place) for place in (*ends, *boarding))
        return ", ".join(names) or self._register.node(node)

    def _ready_s(self, leg: Mapping[str, Any] | None, boarding: Sequence[Mapping[str, Any]]) -> int | None:
        """Return when a vehicle has to stand ready for its first passengers."""
        persons = sum(item["persons"] for item in boarding)
        if leg is None or not persons:
            return None
        rules = self._release.inputs["rules"]
        more_s = {row["group"]: row["load_s"] for row in rules.get("help_times", ())}
        helped_s = sum(item["persons"] * more_s.get(item["group"], 0) for item in boarding)
        loading_s = rules["load_base_s"] + persons * rules["load_per_person_s"] + helped_s
        return max(0, int(leg["depart_s"] - loading_s))

    def _waits(self, leg: Mapping[str, Any]) -> tuple[tuple[int, str], ...]:
        arcs = self._release.plan["routes"][leg["route"]]["arcs"]
        return tuple((int(wait[1]), self._register.road(arcs[wait[0]])) for wait in leg["waits"])

    def paper(self, vehicle: str) -> Paper:
        """Return the sheet of a vehicle, with the hash of its content in its code."""
        say, trips, plan = self._texts.say, self.trips(vehicle), self._release.plan
        paper = Paper(
            title=say("driver_title", vehicle=vehicle),
            subtitle=f"{self._texts.date(self._clock, 0)} · "
            + say("driver_kind", kind=trips.kind, seats=trips.seats),
            language=self._texts.language,
            stamp=self._texts.stamp(self._release.sensitivity.name, plan),
            running=vehicle,
            foot=foot(self._release, self._clock, self._texts),
            blocks=tuple(self._blocks(trips)),
        )
        return coded(paper, self._release, self._texts)

    def _blocks(self, trips: Trips) -> list[Block]:
        say, heads, first = self._texts.say, self._texts.heads, trips.stops[0]
        ready = first.arrive_s if first.arrive_s is not None else first.depart_s
        key = (
            (say("first"), say("first_at", place=first.place, time=self._time(ready))),
            (say("last"), self._time(trips.stops[-1].arrive_s)),
            (say("phone"), self._phone or say("no_phone")),
        )
        return [
            Pairs(rows=key, large=True),
            Heading(text=say("stops")),
            Rows(
                heads=heads("stop_heads"),
                rows=tuple(self._row(number, stop) for number, stop in enumerate(trips.stops, start=1)),
                widths=(0, 0, 0, 3, 5, 0), strong=(3,),
            ),
            *self.ways.all(trips.routes),
            self.ways.map(trips.routes, [(stop.place, stop.node) for stop in trips.stops]),
            Heading(text=say("rules_heading")),
            Items(rows=heads("rules")),
        ]  # fmt: skip

    def _time(self, seconds: int | None) -> str:
        return "" if seconds is None else self._texts.moment(self._clock, seconds)

    def _row(self, number: int, stop: Stop) -> tuple[str, ...]:
        way = "" if stop.way is None else str(stop.way + 1)
        return (
            str(number), self._time(stop.arrive_s), self._time(stop.depart_s), stop.place,
            self._doing(stop), way,
        )  # fmt: skip

    def _doing(self, stop: Stop) -> str:
        say, groups = self._texts.say, self._texts.groups
        parts = [
            say(key, groups=groups(persons))
            for key, persons in (("alight", stop.alight), ("board", stop.board), ("kept", stop.kept))
            if persons
        ]
        parts += [say("wait", minutes=self._texts.minutes(s), road=road) for s, road in stop.waits]
        if stop.way is None:
            parts.append(say("end"))
        return ". ".join(parts) or say("empty")


def _persons(load: Sequence[Mapping[str, Any]]) -> Persons:
    found: Persons = {}
    for item in load:
        found[item["group"]] = found.get(item["group"], 0) + int(item["persons"])
    return found


def _without(came: Persons, going_on: Persons) -> Persons:
    """Return who gets off: those who came and do not go on."""
    return {group: n - going_on.get(group, 0) for group, n in came.items() if n > going_on.get(group, 0)}


def foot(release: Release, clock: LocalClock, texts: SheetTexts) -> str:
    """Return what stands below every page of a sheet: data, zones, translation, attribution."""
    made_of = texts.say("made_of", as_of=texts.moment(clock, clock.seconds(release.plan["as_of"])))
    attribution = str(release.inputs["network"]["attribution"])
    return " ".join(filter(None, (made_of, texts.legend(clock), texts.say("unreviewed"), attribution)))


def coded(paper: Paper, release: Release, texts: SheetTexts) -> Paper:
    """Return a sheet with a code that names the plan and the content of the sheet itself."""
    plan, sheet = release.stamp["plan_sha256"][:ID_DIGITS], sheet_hash(paper)
    text = f"{texts.say('plan', plan=plan)} · {texts.say('sheet_hash', sheet=sheet)}"
    code = qr_code.drawing(f"SAFEPASSAGE PLAN {plan} SHEET {sheet}".upper())
    return replace(paper, code=code, code_text=text)


def sheet_hash(paper: Paper) -> str:
    """Return the first digits of the SHA-256 of all that a sheet says and shows, its code left out."""
    bare = replace(paper, code=type(paper.code)(), code_text="")
    return hashlib.sha256(canonical_json.encode(asdict(bare))).hexdigest()[:ID_DIGITS]
