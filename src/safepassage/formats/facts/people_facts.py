"""What a plan means for people, in figures and words: by direction, by settlement, by reception site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safepassage.domain.case import STAYS, UNDECIDED, DirectionBasis
from safepassage.domain.release import Release
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.movements import Movements
from safepassage.formats.facts.register import Register

_PPM = 1_000_000
_HUNDRED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How many are not served, and why, in words."""

    persons: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionFacts:
    """One direction in a headline; times are already written out, empty where there is none."""

    position: int
    mark: str
    name: str
    demand: int
    served: int
    unserved: int
    unserved_bound: int
    reserved: int
    undecided: int
    clearance: str
    bound: str
    gap: str
    bound_by: str
    lowest_share: str
    lowest_at: str
    exposure_person_h: str
    reasons: tuple[Reason, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFacts:
    """One settlement and direction, as a row of the table."""

    place: str
    name: str
    position: int
    mark: str
    direction: str
    demand: int
    served: int
    unserved: int
    reasons: tuple[Reason, ...]
    first_departure: str
    last_arrival: str
    corridor: str
    site: str
    minutes: int
    km: str
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """A reception site: how many arrive, reserves included, of how many places (-1: not stated)."""

    id: str
    name: str
    position: int
    mark: str
    direction: str
    arrivals: int
    reserved: int
    capacity: int

    @property
    def share_percent(self) -> int:
        """Load in percent of capacity; 0 where none is stated."""
        return (self.arrivals + self.reserved) * _HUNDRED // self.capacity if self.capacity > 0 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFacts:
    """Do not move now: what people need per day where they are."""

    persons: int
    water_l_day: int
    food_kg_day: int
    rows: tuple[tuple[str, int, int, int], ...]

    @property
    def halves(self) -> tuple[tuple[tuple[str, int, int, int], ...], ...]:
        """The rows in two equal parts, to stand beside each other."""
        cut = (len(self.rows) + 1) // 2
        return self.rows[:cut], self.rows[cut:]


REASONS = {
    "NO_EXIT": "the direction has no reception site",
    "UNREACHABLE": "no open way to a reception site",
    "NOT_ON_NETWORK": "the place is too far from any road",
    "NO_VEHICLE": "no vehicle has the places they need",
    "FLEET_TIME": "the vehicles cannot make enough trips in time",
    "ROAD_TIME": "roads and crossings let no more through in time",
    "SITE_FULL": "the reception sites are full",
    "EXPOSURE_CAP": "every journey would exceed the exposure cap",
    "CUT_OFF": "under way when the road ahead was closed, and no way leads on",
    "WORK_LIMIT": "the planner’s work limit was reached first",
}


def in_words(code: str) -> str:
    """Say the reason for not serving somebody, by its code."""
    plain = code.removeprefix("UNSERVED_")
    return REASONS.get(plain, plain.replace("_", " ").lower())


def codes_in_words(text: str) -> str:
    """Return a text with its codes of people not served in words."""
    return re.sub(r"\bUNSERVED_[A-Z_]+", lambda code: in_words(code[0]), text)


def spare_in_words(*, undecided: int, planned: int, spare: int) -> str:
    """Say how many seats of the fleet are kept free; empty where nobody is undecided or nothing has seats.

    `planned` and `spare` are the seats of one trip of every vehicle.
    """
    if spare:
        return (
            f"{spare:,} of the {planned + spare:,} seats of the vehicles are kept free for people who come "
            "without having been counted."
        )
    if not undecided or not planned:
        return ""
    come = "people who come without having been counted"
    return f"No seat is kept free for {come}, and {undecided:,} are undecided."


def percent(ppm: int) -> str:
    """Write parts per million as percent; what is not all is never rounded up to all."""
    return f"{ppm // 10_000} %"


def duration(seconds: int) -> str:
    """Write a duration as ``35 min`` or ``2 h 05 min``."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


class PeopleFacts:
    """Reads the documents of a release once and answers for people."""

    def __init__(self, release: Release, register: Register, movements: Movements) -> None:
        self._plan, self._inputs = release.plan, release.inputs
        self._register, self._movements = register, movements
        self.clock = LocalClock.of(release.inputs)
        self._demand = self._decided()
        self._left = self._unserved()
        self._served, self._last = self._arrived()

    def _decided(self) -> dict[tuple[str, int], int]:
        known = {row["id"] for row in self._register.directions}
        found: dict[tuple[str, int], int] = {}
        for row in self._inputs["demand"]:
            if row["direction"] in known and row["basis"] != DirectionBasis.ASSUMPTION.value:
                key = (row["place"], self._register.direction(row["direction"]))
                found[key] = found.get(key, 0) + row["persons"]
        return found

    def _unserved(self) -> dict[tuple[str, int], list[Mapping[str, Any]]]:
        found: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
        for row in self._plan["unserved"]:
            found.setdefault((row["place"], self._register.direction(row["direction"])), []).append(row)
        return found

    def _arrived(self) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]]:
        served: dict[tuple[str, int], int] = {}
        last: dict[tuple[str, int], int] = {}
        for arrival in self._movements.arrivals:
            key = (arrival.place, arrival.direction)
            served[key] = served.get(key, 0) + arrival.persons
            last[key] = max(arrival.second, last.get(key, 0))
        return served, last

    def as_of(self) -> str:
        """The time of the road reports, in every zone."""
        return self.clock.moments(self.clock.seconds(self._plan["as_of"]))

    def directions(self) -> tuple[DirectionFacts, ...]:
        """Return the headline of every direction, in the order of the case."""
        return tuple(self._direction(i, row) for i, row in enumerate(self._plan["directions"]))

    def _direction(self, position: int, row: Mapping[str, Any]) -> DirectionFacts:
        clearance, bound = row["clearance_s"], row["clearance_bound_s"]
        rows = [r for (_, way), found in self._left.items() if way == position for r in found]
        held = [r for r in self._plan["reserves"] if self._register.direction(r["direction"]) == position]
        return DirectionFacts(
            position=position,
            mark=self._register.mark(position),
            name=row["name"],
            demand=row["persons_demand"],
            served=row["persons_served"],
            unserved=row["persons_unserved"],
            unserved_bound=row["unserved_bound"],
            reserved=row["persons_reserved"],
            undecided=sum(r["persons"] for r in held),
            clearance="" if clearance is None else self.clock.moments(clearance, dated=True),
            bound="" if bound is None else self.clock.moments(bound, dated=True),
            gap="" if clearance is None or bound is None else duration(clearance - bound),
            bound_by={"label_cut": "the roads and crossings", "fleet": "the vehicles"}.get(
                row["bound_kind"], ""
            ),
            lowest_share=percent(row["min_share_ppm"]),
            lowest_at=self._least_served(position),
            exposure_person_h=f"{row['exposure_person_ppm_s'] / _PPM / 3600:,.1f}",
            reasons=_reasons(rows),
            limits=tuple(
                r["text"]
                for r in self._plan["binding"]
                if self._register.direction(r["direction"]) == position
            ),
        )

    def _least_served(self, position: int) -> str:
        """Name a settlement with the smallest share served, and how many more have it; empty at 100 %."""
        shares = {
            place: (self._served.get((place, way), 0) / persons, -persons, self._register.place(place))
            for (place, way), persons in self._demand.items()
            if way == position and persons
        }
        if not shares or min(shares.values())[0] >= 1:
            return ""
        lowest, _, name = min(shares.values())
        more = sum(share == lowest for share, _, _ in shares.values()) - 1
        return f"{name} and {more} more" if more else name

    def settlements(self) -> tuple[SettlementFacts, ...]:
        """Return one row per settlement and direction with decided persons, most persons first."""
        corridors = {
            (row["place"], self._register.direction(row["direction"])): row
            for row in reversed(self._plan["corridors"])
        }
        first = self._movements.first_departures()
        totals: dict[str, int] = {}
        for (place, _), persons in self._demand.items():
            totals[place] = totals.get(place, 0) + persons
        keys = sorted(self._demand, key=lambda k: (-totals[k[0]], self._register.place(k[0]), k[0], k[1]))
        return tuple(self._settlement(key, corridors.get(key), first.get(key)) for key in keys)

    def _settlement(
        self, key: tuple[str, int], corridor: Mapping[str, Any] | None, first: int | None
    ) -> SettlementFacts:
        place, position = key
        left, last = self._left.get(key, []), self._last.get(key)
        return SettlementFacts(
            place=place,
            name=self._register.place(place),
            position=position,
            mark=self._register.mark(position),
            direction=self._register.direction_name(position),
            demand=self._demand[key],
            served=self._served.get(key, 0),
            unserved=sum(row["persons"] for row in left),
            reasons=_reasons(left),
            first_departure="" if first is None else self.clock.moments(first),
            last_arrival="" if last is None else self.clock.moments(last),
            corridor=corridor["id"] if corridor else "",
            site=self._register.short(corridor["site"]) if corridor else "",
            minutes=corridor["travel_s"] // 60 if corridor else 0,
            km=f"{corridor['length_m'] / 1000:.0f}" if corridor else "",
            alternative=_alternative(corridor),
        )

    def served_shares(self) -> dict[str, float]:
        """Return the served share of the decided persons of each place, all directions together."""
        wanted: dict[str, int] = {}
        served: dict[str, int] = {}
        for (place, position), persons in self._demand.items():
            wanted[place] = wanted.get(place, 0) + persons
            served[place] = served.get(place, 0) + self._served.get((place, position), 0)
        return {place: served[place] / persons for place, persons in wanted.items() if persons}

    def persons_at(self) -> dict[str, int]:
        """Return everybody counted at each place, whatever their answer."""
        found: dict[str, int] = {}
        for row in self._inputs["demand"]:
            found[row["place"]] = found.get(row["place"], 0) + row["persons"]
        return found

    def sites(self) -> tuple[SiteFacts, ...]:
        """Return the load of every reception site, in the order of the case."""
        arrived: dict[str, int] = {}
        for arrival in self._movements.arrivals:
            arrived[arrival.site] = arrived.get(arrival.site, 0) + arrival.persons
        reserved = self._reserved_at()
        return tuple(
            SiteFacts(
                id=row["id"],
                name=row["name"],
                position=self._register.direction(row["direction"]),
                mark=self._register.mark(row["direction"]),
                direction=self._register.direction_name(row["direction"]),
                arrivals=arrived.get(row["id"], 0),
                reserved=reserved.get(row["id"], 0),
                capacity=row["capacity_persons"],
            )
            for row in self._inputs["places"]
            if row["direction"]
        )

    def _reserved_at(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for group in self._movements.cars:
            if group.row["reserve"]:
                found[group.row["site"]] = found.get(group.row["site"], 0) + int(group.persons.sum())
        for ride in self._movements.rides:
            for item in ride.load:
                if item["reserve"] and item["site"]:
                    found[item["site"]] = found.get(item["site"], 0) + item["persons"]
        return found

    def answers(self) -> tuple[int, int]:
        """Return how many have chosen to stay, and how many have not decided (assumptions included)."""
        stays = undecided = 0
        for row in self._inputs["demand"]:
            if row["direction"] == UNDECIDED or row["basis"] == DirectionBasis.ASSUMPTION.value:
                undecided += row["persons"]
            elif row["direction"] == STAYS:
                stays += row["persons"]
        return stays, undecided

    def spare_seats(self) -> str:
        """Say how many seats of the vehicles are kept free, where that matters."""
        fleet = self._inputs["fleet"]
        return spare_in_words(
            undecided=self.answers()[1],
            planned=sum(row["seats"] for row in fleet),
            spare=sum(row.get("spare_seats", 0) for row in fleet),
        )

    def hold(self) -> HoldFacts:
        """Return what everybody needs per day while nobody moves."""
        rows = [
            (self._register.place(r["place"]), r["persons"], r["water_l_day"], r["food_kg_day"])
            for r in self._plan["hold"]
        ]
        return HoldFacts(
            persons=sum(row[1] for row in rows),
            water_l_day=sum(row[2] for row in rows),
            food_kg_day=sum(row[3] for row in rows),
            rows=tuple(sorted(rows, key=lambda row: (-row[1], row[0]))),
        )


def _reasons(rows: list[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """Add up the unserved by reason, the most persons first."""
    totals: dict[str, int] = {}
    for row in rows:
        text = in_words(row["reason"])
        totals[text] = totals.get(text, 0) + row["persons"]
    return tuple(
        Reason(persons=persons, text=text)
        for text, persons in sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    )


_MOST_KEYS = 9


def reason_keys(rows: tuple[SettlementFacts, ...]) -> dict[str, str]:
    """Return a letter for every reason in a table, so that rows stay short; empty when there are too many."""
    texts = list(dict.fromkeys(reason.text for row in rows for reason in row.reasons))
    return {text: "abcdefghi"[i] for i, text in enumerate(texts)} if len(texts) <= _MOST_KEYS else {}


def _alternative(corridor: Mapping[str, Any] | None) -> str:
    if corridor is None:
        return ""
    if corridor["alternative"] >= 0:
        shared = corridor["alternative_shared_ppm"]
        return f"shares {percent(shared)}" if shared else "shares no road"
    return f"none: {corridor['no_alternative']}"
