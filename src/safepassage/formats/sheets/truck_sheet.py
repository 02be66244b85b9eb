"""The sheet of one truck on one day: what to load and hand over where and when, and its own way.

It is load list, waybill and cue sheet in one; like a bus driver's sheet it holds nothing else of the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience, Release
from safepassage.formats.containers.markup import printable
from safepassage.formats.facts.aid_facts import handling_s, line_of, loading_begins
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.register import Register
from safepassage.formats.paper.paper import Block, Heading, Items, Pairs, Paper, Rows
from safepassage.formats.paper.sheet_texts import SheetTexts
from safepassage.formats.sheets.driver_sheet import coded, foot
from safepassage.formats.sheets.goods_on_paper import DOTS, GoodsOnPaper
from safepassage.formats.sheets.sheet_ways import SheetWays

_MILLI = 1_000
Row = Mapping[str, Any]
Steps = tuple[tuple[str, tuple[Row, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckStop:
    """One stop: seconds of arrival and departure (None at the ends), and what is done there, in order.

    `steps` are deliveries to "load" and to "unload": what a truck loads where it stands may be for this very
    place. `breaks` are the times, from and until a second, in which the crew may rest here for as long as its
    break takes, or longer. `way` is the position among the day's routes of the one driven next; None at the
    last stop, and where the truck stays to unload for another need at the same place.
    """

    place: str
    node: int
    arrive_s: int | None
    depart_s: int | None
    steps: Steps
    way: int | None
    breaks: tuple[tuple[int, int], ...] = ()

    @property
    def unloads(self) -> tuple[Row, ...]:
        """What is handed over here."""
        return tuple(row for verb, rows in self.steps if verb == "unload" for row in rows)


def trucks(release: Release) -> tuple[str, ...]:
    """Return the ids of the truck-days that drive; none where no aid was planned."""
    release.require(Audience.PLANNING_TEAM)
    return tuple(sorted(row["id"] for row in release.aid.get("trucks", ()) if row["legs"]))


class TruckSheets:
    """Makes the sheets of the trucks of a release in one language."""

    def __init__(self, release: Release, layers: MapLayers, texts: SheetTexts, *, phone: str = "") -> None:
        release.require(Audience.PLANNING_TEAM)
        self._release, self._texts, aid = release, texts, release.aid
        self._register, self._clock = Register(release), LocalClock.of(release.inputs)
        self._phone = phone or str(release.inputs.get("notice", {}).get("hotline", ""))
        self._routes = aid.get("routes", ())
        self._ways = SheetWays(release, layers, texts, self._routes)
        self._legs = {row["id"]: row["legs"] for row in aid.get("trucks", ())}
        given = aid.get("given", {})
        self._days = {row["id"]: row for row in given.get("trucks", ())}
        self._begins = loading_begins(aid) if aid else {}
        self._handled_s = handling_s(aid) if aid else {}
        self._depots = {row["id"]: row["depot"] for row in given.get("lots", ())}
        self._goods = GoodsOnPaper(release, texts)

    def stops(self, truck: str) -> tuple[TruckStop, ...]:
        """Return the stops of a truck-day; several needs served at one halt are one stop.

        Raises
        ------
        KeyError
            When no such truck drives.
        """
        legs: Sequence[Row] = self._legs[truck]
        rows = [row for row in self._release.aid["deliveries"] if row["truck"] == truck]
        routes = self.routes(truck)
        found: list[TruckStop] = []
        for at in range(len(legs) + 1):
            before, after = (legs[at - 1] if at else None), (legs[at] if at < len(legs) else None)
            drives = after is not None and bool(self._routes[after["route"]]["arcs"])
            way = routes.index(after["route"]) if after and drives else None
            found.append(self._stop(before, after, rows, way, self._days[truck]))
        return tuple(_merged(found))

    def routes(self, truck: str) -> tuple[int, ...]:
        """Return the routes that a truck drives, each once."""
        used = dict.fromkeys(leg["route"] for leg in self._legs[truck])
        return tuple(route for route in used if self._routes[route]["arcs"])

    def _stop(
        self, before: Row | None, after: Row | None, rows: Sequence[Row], way: int | None, day: Row
    ) -> TruckStop:
        leg = after or before
        assert leg is not None  # noqa: S101 - a truck that drives has a leg
        route = self._routes[leg["route"]]
        node = int(route["from_node"] if after else route["to_node"])
        here = "" if before is None else before["id"]
        unloads = tuple(row for row in rows if before and row["leg"] == before["id"])
        loads = tuple(row for row in rows if row["loaded"] == here)
        return TruckStop(
            place=self._named(loads, unloads, node, day), node=node,
            arrive_s=int(before["arrive_s"]) if before else None,
            depart_s=int(after["depart_s"]) if after else None,
            steps=tuple(step for step in (("unload", unloads), ("load", loads)) if step[1]), way=way,
            breaks=self._breaks(before, after, day),
        )  # fmt: skip

    def _breaks(self, before: Row | None, after: Row | None, day: Row) -> tuple[tuple[int, int], ...]:
        """Return from and until when a crew may rest between two ways, once all is handled; often never."""
        break_s = int(day.get("break_s", 0))
        if before is None or after is None or break_s <= 0:
            return ()
        done_s = int(before["arrive_s"]) + self._handled_s.get((day["id"], before["id"]), 0)
        leave_s = int(after["depart_s"])
        return ((done_s, leave_s),) if leave_s - done_s >= break_s else ()

    def _named(self, loads: Sequence[Row], unloads: Sequence[Row], node: int, day: Row) -> str:
        """Return whom a stop serves and where it loads: a depot may share its node with a site."""
        ids = [row["place"] for row in unloads]
        ids += [self._depots[row["lot"]] for row in loads if row["lot"] in self._depots]
        if not ids and day.get("base_node") == node:
            ids.append(day["depot"])
        return ", ".join(dict.fromkeys(map(self._register.place, ids))) or self._register.node(node)

    def paper(self, truck: str) -> Paper:
        """Return the sheet of a truck-day, with the hash of its content in its code."""
        say, day, stops = self._texts.say, self._days[truck], self.stops(truck)
        first = self._begins[truck]
        paper = Paper(
            title=say("truck_title", truck=day["truck"]),
            subtitle=f"{self._texts.date(self._clock, first)} · "
            + say(
                "truck_kind",
                kind=day["type"],
                t=self._thousands(day["payload_kg"]),
                m3=self._thousands(day["volume_l"]),
            ),
            language=self._texts.language,
            stamp=self._texts.stamp(self._release.sensitivity.name, self._release.plan),
            running=truck,
            foot=foot(self._release, self._clock, self._texts),
            blocks=tuple(self._blocks(truck, stops, first)),
        )
        return coded(paper, self._release, self._texts)

    def _blocks(self, truck: str, stops: Sequence[TruckStop], first: int) -> list[Block]:
        say, heads, routes = self._texts.say, self._texts.heads, self.routes(truck)
        last = int(self._legs[truck][-1]["arrive_s"]) if stops[-1].arrive_s is None else stops[-1].arrive_s
        key = (
            (say("first"), say("first_at", place=stops[0].place, time=self._time(first))),
            (say("last"), self._time(last)),
            (say("phone"), self._phone or say("no_phone")),
            *self._convoy(truck),
        )
        table = Rows(
            heads=heads("stop_heads"), rows=tuple(self._row(*row) for row in enumerate(stops, start=1)),
            widths=(0, 0, 0, 3, 5, 0), strong=(3,),
        )  # fmt: skip
        bill = Rows(
            heads=heads("waybill_heads"), rows=tuple(self._handed_over(stops)), widths=(0, 3, 4, 2, 3, 4),
            numbers=(3,), strong=(1,),
        )  # fmt: skip
        ways: list[Block] = []
        if routes:
            halts = [(stop.place, stop.node) for stop in stops]
            ways = [*self._ways.all(routes), self._ways.map(routes, halts)]
        return [
            Pairs(rows=key, large=True), Heading(text=say("stops")), table,
            Heading(text=say("waybill")), bill, *ways,
            Heading(text=say("rules_heading")), Items(rows=heads("truck_rules")),
        ]  # fmt: skip

    def _convoy(self, truck: str) -> Iterator[tuple[str, str]]:
        """Yield with whom a truck drives, in which place in line; nothing where it is alone."""
        line = line_of(self._days, truck, self._legs)
        if len(line) > 1:
            at, say = line.index(truck), self._texts.say
            front = say("convoy_leads") if not at else say(
                "convoy_follows", truck=printable(self._days[line[at - 1]]["truck"])
            )  # fmt: skip
            yield say("convoy"), say(
                "convoy_place", name=printable(self._days[truck]["convoy"]), number=at + 1, count=len(line),
                front=front,
            )  # fmt: skip

    def _thousands(self, whole: int) -> str:
        """Return kilograms as tonnes, litres as cubic metres."""
        return f"{whole / _MILLI:g}".replace(".", self._texts.words["decimal"])

    def _time(self, seconds: int | None) -> str:
        return "" if seconds is None else self._texts.moment(self._clock, seconds)

    def _row(self, number: int, stop: TruckStop) -> tuple[str, ...]:
        say = self._texts.say
        parts = [say(verb, goods=self._goods.sums(rows)) for verb, rows in stop.steps]
        parts += [say("break", begin=self._time(begin), end=self._time(end)) for begin, end in stop.breaks]
        parts += [say("end")] if stop.depart_s is None else []
        way = "" if stop.way is None else str(stop.way + 1)
        times = (self._time(stop.arrive_s), self._time(stop.depart_s))
        return str(number), *times, stop.place, _apart(parts) or say("nothing"), way

    def _handed_over(self, stops: Sequence[TruckStop]) -> Iterable[tuple[str, ...]]:
        for number, stop in enumerate(stops, start=1):
            sums: dict[tuple[str, str, str], int] = {}
            for row in stop.unloads:
                key = (row["place"], row["commodity"], row["lot"])
                sums[key] = sums.get(key, 0) + int(row["milli"])
            for (place, commodity, lot), milli in sums.items():
                yield (
                    str(number),
                    self._register.place(place),
                    self._goods.name(commodity),
                    self._goods.amount(commodity, milli),
                    lot,
                    DOTS,
                )


def _apart(parts: Sequence[str]) -> str:
    """Return what is done at a stop in lines, numbered where the order of several is to be kept."""
    if len(parts) == 1:
        return parts[0]
    return "\n".join(f"{number}. {part}" for number, part in enumerate(parts, start=1))


def _merged(stops: Iterable[TruckStop]) -> list[TruckStop]:
    """Join halts between which a truck does not move."""
    found: list[TruckStop] = []
    for stop in stops:
        last = found[-1] if found else None
        if last is not None and last.way is None:
            names = dict.fromkeys([*last.place.split(", "), *stop.place.split(", ")])
            found[-1] = TruckStop(
                place=", ".join(names), node=stop.node, arrive_s=last.arrive_s, depart_s=stop.depart_s,
                steps=_joined(last.steps, stop.steps), way=stop.way,
                breaks=last.breaks + stop.breaks,
            )  # fmt: skip
        else:
            found.append(stop)
    return found


def _joined(before: Steps, after: Steps) -> Steps:
    """Return steps one after the other; what is loaded, or unloaded, twice in a row is one step."""
    if before and after and before[-1][0] == after[0][0]:
        joint = (before[-1][0], (*before[-1][1], *after[0][1]))
        return (*before[:-1], joint, *after[1:])
    return (*before, *after)
