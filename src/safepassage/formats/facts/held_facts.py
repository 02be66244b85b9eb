"""Trucks of aid under way that cannot go on as announced: whom to call or tell, and what to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from safepassage.domain.aid.commodity import MILLI
from safepassage.domain.release import Release
from safepassage.formats.containers.markup import printable
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.register import Register

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsAboard:
    """So much of a good for a place, in units of the good."""

    place: str
    good: str
    quantity: float
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTruck:
    """One truck: the closed road and when it would enter it, its next stop, its load, and how it goes on.

    `met` is "" where a road has closed, else "times", "window" or "exposure". `stops` are (place, time, time
    announced) of what it still serves, then of its return (place "") unless it is `stuck`; `roads` are what
    it drives on from now, in order. `missed` is what it does not hand out in time. It stands at `where` in
    the end. `led` tells whether its way is another than announced; `convoy` names that which it drives in;
    `left` tells whether it has set out, and is not only loaded.
    """

    truck: str
    waybill: str
    road: str
    at: str
    next_place: str
    next_at: str
    aboard: tuple[GoodsAboard, ...]
    stuck: bool
    where: str
    roads: str
    stops: tuple[tuple[str, str, str], ...]
    missed: tuple[GoodsAboard, ...]
    why: str = ""
    met: str = ""
    led: bool = True
    convoy: str = ""
    left: bool = True

    @property
    def only_later(self) -> bool:
        """Tell whether nothing but times are others: whoever waits is told, nobody has to stop a driver."""
        return self.met in {"times", "window"} and not (self.led or self.stuck or self.missed)

    @property
    def stays(self) -> bool:
        """Tell whether it has not set out, and does not: no way leads to any of its stops."""
        return not self.left and not self.stuck and all(not place for place, _, _ in self.stops)

    @property
    def missed_places(self) -> tuple[str, ...]:
        """Return the places that get nothing of what is aboard for them."""
        whole = {row.place: [one for one in self.aboard if one.place == row.place] for row in self.missed}
        return tuple(
            place for place, rows in whole.items() if rows == [r for r in self.missed if r.place == place]
        )

    @property
    def missed_in_part(self) -> tuple[GoodsAboard, ...]:
        """Return what is not handed out at places that get some of what is aboard for them."""
        return tuple(row for row in self.missed if row.place not in self.missed_places)


def held_trucks(release: Release) -> tuple[HeldTruck, ...]:
    """Return the trucks that do not go on as announced, by truck; none in a first plan."""
    since = release.aid.get("since", {}) if release.aid else {}
    trips = {row["truck"]: row for row in since.get("trips", ())}
    found = _Held(release, int(since.get("now_s", 0)))
    return tuple(found.truck(row, trips[row["truck"]]) for row in since.get("held", ()))


class _Held:
    def __init__(self, release: Release, now_s: int) -> None:
        self._register, self._clock, self._now_s = Register(release), LocalClock.of(release.inputs), now_s
        self._goods = {row["id"]: row for row in release.aid["given"]["goods"]} if release.aid else {}
        tables = release.inputs.get("aid", {})
        self._announced = {row["truck"]: row for row in tables.get("past", {}).get("trips", ())}
        self._convoys = {row["id"]: row.get("convoy", "") for row in tables.get("trucks", ())}

    def truck(self, row: Row, trip: Row) -> HeldTruck:
        """Return what is said of one truck."""
        kept = [_line(good) for good in trip["goods"]]
        ahead = [leg for leg in trip["legs"] if leg["arrive_s"] > self._now_s]
        name = self._register.place
        before = self._announced.get(row["truck"], {"legs": []})["legs"]
        return HeldTruck(
            met=str(row.get("met", "")),
            led=[leg["arcs"] for leg in before] != [leg["arcs"] for leg in trip["legs"]],
            convoy=printable(self._convoys.get(row["truck"].rpartition("-day")[0].rpartition("-")[0], "")),
            truck=row["truck"], waybill=row["aboard"][0]["waybill"] if row["aboard"] else "",
            road=self._register.road(row["arc"]) if row["arc"] >= 0 else "",
            at=self._clock.moments(row["at_s"]),
            next_place=name(row["next_place"]) if row["next_place"] else "",
            next_at=self._clock.moments(row["next_s"]), aboard=self._lines(row["aboard"]),
            stuck=row["stuck"], where=self._register.node(row["node"]),
            roads=self._register.roads([arc for leg in ahead for arc in leg["arcs"]]),
            stops=tuple(self._stops(row, trip, ahead)),
            why=str(row.get("why", "")), left=before[0]["depart_s"] < self._now_s if before else True,
            missed=self._lines([good for good in row["aboard"] if _line(good) not in kept]),
        )  # fmt: skip

    def _stops(self, row: Row, trip: Row, ahead: list[Row]) -> Iterator[tuple[str, str, str]]:
        legs = self._announced.get(row["truck"], {"legs": []})["legs"]
        before = {leg["id"]: leg["arrive_s"] for leg in legs}
        moments = self._clock.moments
        for leg in ahead:
            for place in dict.fromkeys(good["place"] for good in trip["goods"] if good["leg"] == leg["id"]):
                announced = moments(before[leg["id"]]) if leg["id"] in before else ""
                yield self._register.place(place), moments(leg["arrive_s"]), announced
        if not row["stuck"]:
            yield "", moments(trip["legs"][-1]["arrive_s"]), moments(legs[-1]["arrive_s"]) if legs else ""

    def _lines(self, rows: list[Row]) -> tuple[GoodsAboard, ...]:
        found: dict[tuple[str, str], int] = {}
        for row in rows:
            key = (row["place"], row["commodity"])
            found[key] = found.get(key, 0) + row["milli"]
        return tuple(
            GoodsAboard(
                place=self._register.place(place), good=printable(self._goods[commodity]["name"]),
                quantity=milli / MILLI, unit=self._goods[commodity]["unit"],
            )
            for (place, commodity), milli in found.items()
        )  # fmt: skip


def _line(row: Row) -> tuple[Any, ...]:
    return row["waybill"], row["place"], row["commodity"], row["lot"], row["due"]


SMALL = 10.0
"""Below so many units a tenth is told."""
MET = {
    "times": "roads on its way are slower, or faster, than announced",
    "window": "it would be on the road outside the hours of movement",
    "exposure": "its crew would be exposed by more than the cap of its day",
}
LIMITS = {
    "hours": " in the hours of its crew",
    "exposure": " within what its crew may bear",
    "convoy": " on which its convoy could keep together",
}


def said(truck: HeldTruck) -> Iterator[str]:
    """Yield what the person at the desk reads, in sentences."""
    convoy = f", in convoy {truck.convoy}" if truck.convoy else ""
    if truck.only_later:
        stops = ", ".join(
            f"{place or 'home'} {at}{f' (announced {before})' if before else ''}"
            for place, at, before in truck.stops
        )
        yield f"TELL those who wait for {truck.truck}{convoy}: {MET[truck.met]}. It comes to {stops}."
        return
    met = MET.get(truck.met, f"{truck.road}, which it would enter at {truck.at}, is closed")
    yield (
        f"CALL {truck.truck}{convoy}: it is {'under way' if truck.left else 'loaded and has not left'}, "
        f"and {met}. "
        f"Next stop as announced: {truck.next_place or 'its depot'} at {truck.next_at}. "
        f"Aboard: {_listed(truck.aboard) or 'nothing'}."
    )
    if truck.stuck:
        way = f"No way home{LIMITS.get(truck.why, '')}"
        yield f"{way}: let it stop at {truck.where}. No plan uses this truck from now on."
    if truck.stays:
        yield "Let it stay at its depot: no way leads to any of its stops in time."
    elif truck.stops:
        stops = ", ".join(f"{place or 'home'} {at}" for place, at, _ in truck.stops)
        yield f"It goes on by {truck.roads or 'no road'}: {stops}."
    if truck.missed:
        whole = f"all for {', '.join(truck.missed_places)}" if truck.missed_places else ""
        what = "; ".join(part for part in (whole, _listed(truck.missed_in_part, placed=True)) if part)
        yield (
            f"Not handed out in time, counted as not delivered: {what}. "
            "Say on the waybill what becomes of it."
        )


def _listed(rows: tuple[GoodsAboard, ...], *, placed: bool = False) -> str:
    if placed:
        return "; ".join(f"{amount(row.quantity)} {row.unit} {row.good} for {row.place}" for row in rows)
    sums: dict[tuple[str, str], float] = {}
    for row in rows:
        sums[row.good, row.unit] = sums.get((row.good, row.unit), 0.0) + row.quantity
    return "; ".join(f"{amount(quantity)} {unit} {good}" for (good, unit), quantity in sums.items())


def amount(quantity: float) -> str:
    """Return a quantity in whole units, and with a tenth where it is small: nothing aboard is said as 0."""
    return f"{quantity:,.0f}" if quantity >= SMALL else f"{max(quantity, 0.1):.1f}".removesuffix(".0")
