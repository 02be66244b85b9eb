"""Sheets for places: who leaves a settlement when and by which way, who and what arrives where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from safepassage.domain.case import Group, PlaceKind
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience, Release
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.movements import HOUR_S, Arrival, CarGroup, Movements, Ride
from safepassage.formats.facts.register import Register
from safepassage.formats.paper.paper import Block, Heading, Pairs, Paper, Rows, Words
from safepassage.formats.paper.sheet_texts import SheetTexts
from safepassage.formats.sheets.driver_sheet import coded, foot
from safepassage.formats.sheets.goods_on_paper import GoodsOnPaper
from safepassage.formats.sheets.sheet_ways import SheetWays

_HELPED = (Group.ASSISTED, Group.WHEELCHAIR, Group.STRETCHER)


class PlaceSheets:
    """Makes the sheets of settlements and sites of a release in one language."""

    def __init__(self, release: Release, layers: MapLayers, texts: SheetTexts, *, phone: str = "") -> None:
        release.require(Audience.PLANNING_TEAM)
        self._release, self._texts = release, texts
        self._register = Register(release)
        self._clock = LocalClock.of(release.inputs)
        self._moves = Movements(release, self._register, counts_arcs=False)
        self._ways = SheetWays(release, layers, texts, release.plan["routes"])
        self._goods = GoodsOnPaper(release, texts)
        self._phone = phone or str(release.inputs.get("notice", {}).get("hotline", ""))

    def settlements(self) -> tuple[str, ...]:
        """Return the ids of the places that somebody leaves or that goods come to, sites aside, in order."""
        cars = {group.row["place"] for group in self._moves.cars if len(group.depart_s)}
        rides = {item["place"] for ride in self._moves.rides for item in ride.load if not item["after"]}
        return tuple(sorted(cars | rides | (self._goods.places() - set(self.sites()))))

    def sites(self) -> tuple[str, ...]:
        """Return the ids of the reception sites, in order."""
        kind = PlaceKind.RECEPTION_SITE.value
        return tuple(sorted(row["id"] for row in self._release.inputs["places"] if row["kind"] == kind))

    def settlement(self, place: str) -> Paper:
        """Return who leaves a place: cars by hour and way, vehicles with their times, the ways in words."""
        cars = [group for group in self._moves.cars if group.row["place"] == place and len(group.depart_s)]
        rides = [
            ride
            for ride in self._moves.rides
            if any(item["place"] == place and not item["after"] for item in ride.load)
        ]
        routes = tuple(dict.fromkeys(group.row["route"] for group in cars))
        say = self._texts.say
        blocks: list[Block] = [
            Words(text=say("settlement_lead"), tone="lead"),
            Pairs(rows=((say("phone"), self._phone or say("no_phone")),), large=True),
        ]
        if not cars and not rides:
            blocks.append(Words(text=say("nobody")))
        if cars:
            rows = [row for group in cars for row in self._waves(group, routes.index(group.row["route"]) + 1)]
            table = Rows(
                heads=self._texts.heads("car_heads"), rows=tuple(cells for _, cells in sorted(rows)),
                widths=(3, 4, 0, 0, 3, 0), numbers=(2, 3), strong=(1,),
            )  # fmt: skip
            blocks += [Heading(text=say("by_car")), table]
        if rides:
            table = Rows(
                heads=self._texts.heads("pickup_heads"),
                rows=tuple(self._pickup(ride, place) for ride in sorted(rides, key=lambda r: r.depart_s)),
                widths=(0, 3, 2, 4, 3), strong=(0,),
            )  # fmt: skip
            blocks += [Heading(text=say("by_vehicle")), table]
        blocks += self._goods.board(place)
        for number, route in enumerate(routes, start=1):
            blocks += self._ways.way(number, route)
        return self._paper(say("settlement_title", place=self._register.place(place)), blocks)

    def _waves(self, group: CarGroup, way: int) -> Iterable[tuple[int, tuple[str, ...]]]:
        """Yield one row an hour: (first second, cells)."""
        hours = group.depart_s // HOUR_S
        end = self._release.plan["routes"][group.row["route"]]["to_node"]
        goal = self._register.place(group.row["site"]) if group.row["site"] else self._register.node(end)
        for hour in sorted(set(hours.tolist())):
            now = hours == hour
            first, last = int(group.depart_s[now].min()), int(group.depart_s[now].max())
            cars, persons = int(now.sum()), int(group.persons[now].sum())
            direction = self._register.direction_name(group.row["direction"])
            yield first, (direction, self._between(first, last), str(cars), str(persons), goal, str(way))

    def _between(self, first: int, last: int) -> str:
        start, end = (self._texts.moment(self._clock, s) for s in (first, last))
        return start if start == end else f"{start} – {end}"

    def _pickup(self, ride: Ride, place: str) -> tuple[str, ...]:
        here = [item for item in ride.load if item["place"] == place and not item["after"]]
        decided: dict[str, int] = {}
        kept: dict[str, int] = {}
        for item in here:
            held = kept if item["reserve"] else decided
            held[item["group"]] = held.get(item["group"], 0) + int(item["persons"])
        words = [self._texts.groups(decided)] if decided else []
        words += [self._texts.say("kept", groups=self._texts.groups(kept))] if kept else []
        ways = dict.fromkeys(self._register.direction_name(item["direction"]) for item in here)
        goals = dict.fromkeys(self._register.place(item["site"]) for item in here if item["site"])
        return (
            self._texts.moment(self._clock, ride.depart_s), ride.vehicle or ride.id, ", ".join(ways),
            ". ".join(words), ", ".join(goals) or self._register.node(ride.to_node),
        )  # fmt: skip

    def site(self, site: str) -> Paper:
        """Return who is expected at a site, hour by hour, decided persons only; reserves as one number."""
        say, capacity = self._texts.say, self._register.places[site]["capacity_persons"]
        arrivals = [arrival for arrival in self._moves.arrivals if arrival.site == site]
        key = (
            (say("capacity"), str(capacity) if capacity >= 0 else say("capacity_unknown")),
            (say("expected"), str(sum(arrival.persons for arrival in arrivals))),
            (say("kept_places"), str(self._kept(site))),
            (say("phone"), self._phone or say("no_phone")),
        )
        blocks: list[Block] = [Pairs(rows=key, large=True)]
        if arrivals:
            table = Rows(
                heads=self._texts.heads("arrival_heads"), rows=tuple(self._hours(arrivals)),
                widths=(4, 2, 2, 2, 3, 2, 2, 3), numbers=(1, 2, 3, 4, 5, 6, 7), strong=(0, 1),
            )  # fmt: skip
            blocks.append(table)
        else:
            blocks.append(Words(text=say("arrivals_none")))
        blocks += self._goods.board(site)
        return self._paper(say("site_title", place=self._register.place(site)), blocks, wide=True)

    def _kept(self, site: str) -> int:
        rides = sum(
            int(item["persons"])
            for ride in self._moves.rides
            for item in ride.load
            if item["site"] == site and item["reserve"]
        )
        rows = [group for group in self._moves.cars if group.row["site"] == site and group.row["reserve"]]
        return rides + sum(int(group.persons.sum()) for group in rows)

    def _hours(self, arrivals: Sequence[Arrival]) -> Iterable[tuple[str, ...]]:
        present = 0
        for hour in sorted({arrival.second // HOUR_S for arrival in arrivals}):
            now = [arrival for arrival in arrivals if arrival.second // HOUR_S == hour]
            by_group = {group: sum(a.persons for a in now if a.group == group.value) for group in Group}
            persons = sum(by_group.values())
            present += persons
            own = by_group[Group.OWN_VEHICLE]
            helped = sum(by_group[group] for group in _HELPED)
            counts = (
                persons, own, persons - own, helped, by_group[Group.WHEELCHAIR],
                by_group[Group.STRETCHER], present,
            )  # fmt: skip
            between = (hour * HOUR_S, (hour + 1) * HOUR_S)
            yield self._between(*between), *map(str, counts)

    def _paper(self, title: str, blocks: Sequence[Block], *, wide: bool = False) -> Paper:
        texts, plan = self._texts, self._release.plan
        paper = Paper(
            title=title, subtitle=texts.date(self._clock, 0), language=texts.language,
            stamp=texts.stamp(self._release.sensitivity.name, plan), blocks=tuple(blocks), wide=wide,
            foot=foot(self._release, self._clock, texts),
        )  # fmt: skip
        return coded(paper, self._release, texts)
