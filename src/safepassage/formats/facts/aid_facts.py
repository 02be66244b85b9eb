"""What trucks bring in, as a reader wants it: by place and day, by truck, what is short and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from safepassage.domain.aid.commodity import MILLI
from safepassage.domain.aid.distribution import REASONS, AidRules, waybill_codes
from safepassage.domain.aid.needs import EVERYBODY, for_whom
from safepassage.domain.case import PlaceKind
from safepassage.domain.release import Release
from safepassage.formats.containers.markup import printable
from safepassage.formats.facts.local_clock import LocalClock

PERCENT_PPM = 10_000
SHOWN_PLACES, SHOWN_REMEDIES = 12, 3
AT_HOME, AT_SITE = "residents who stay or have not left yet", "persons at the reception site"
DAY_OVER = "the day is over"
SECTORS = {
    "drinking_water": "Water, sanitation and hygiene", "water": "Water, sanitation and hygiene",
    "water_container": "Water, sanitation and hygiene", "hygiene_soap": "Water, sanitation and hygiene",
    "food_ration": "Food security", "ready_meal": "Food security", "child_food": "Nutrition",
    "infant_formula": "Nutrition", "micronutrients": "Nutrition",
    "baby_kit": "Water, sanitation and hygiene", "dignity_kit": "Protection",
    "medical_kit": "Health", "blanket": "Shelter and non-food items",
    "shelter_kit": "Shelter and non-food items", "heating_fuel": "Shelter and non-food items",
    "diesel": "Logistics",
}  # fmt: skip
"""The cluster under which a built-in good is reported; goods of a case of its own go under Logistics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFacts:
    """One need: amounts in units of the good; where something is short `reasons` and a `remedy` in words.

    `persons` is whose need it is, None where its day is over, and `group` who they are; `delivered` is what
    was brought since the first plan, None where nothing is known of it.
    """

    place: str
    name: str
    date: str
    commodity: str
    good: str
    unit: str
    priority: int
    needed: float
    planned: float
    gap: float
    worth: int
    reasons: str
    remedy: str = ""
    persons: int | None = None
    group: str = ""
    delivered: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropFacts:
    """One line of a waybill: what a truck unloads of a lot at a stop, for a day or from a day to another."""

    waybill: str
    truck: str
    vehicle: str
    stop: int
    depot_id: str
    depot: str
    loaded_s: int
    arrive_s: int
    place: str
    name: str
    commodity: str
    good: str
    lot: str
    quantity: float
    unit: str
    mass_kg: float
    due: str
    organisation: str = ""
    convoy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFacts:
    """Who brings what of a good to a place for whom, and when it first and last arrives.

    `organisation` is "" where the case does not state who runs the trucks; `persons` is the most whose need
    is counted on one of the days that it is for. `status` is `planned`; what left before the plan was made
    is `completed` where the receiver has counted it and `ongoing` elsewhere, persons and days are None there.
    """

    organisation: str
    for_whom: str
    persons: int | None
    sector: str
    place: str
    name: str
    good: str
    quantity: float
    unit: str
    stops: int
    first_s: int | None
    last_s: int | None
    status: str


class AidFacts:
    """Facts of a released distribution."""

    def __init__(self, release: Release) -> None:
        self._aid = release.aid
        self._given = self._aid["given"]
        self.clock = LocalClock.of(release.inputs)
        self._names = {row["id"]: printable(row["name"]) for row in release.inputs["places"]}
        places = release.inputs["places"]
        self._sites = {row["id"] for row in places if row["kind"] == PlaceKind.RECEPTION_SITE}
        self._goods = {row["id"]: row for row in self._given["goods"]}
        self._dates = [row["date"] for row in self._given["days"]]
        self._since = self._aid.get("since", {})
        self._fixes = {
            (row["place"], row["commodity"], row["reason"]): printable(row["what"])
            for row in self._aid.get("fixes", ())
        }

    def needs(self) -> tuple[NeedFacts, ...]:
        """Return all needs that are open, by place, day and good: needed, planned, gap."""
        short: dict[tuple[str, str, int], tuple[int, list[str]]] = {}
        for row in self._aid["short"]:
            key = (row["place"], row["commodity"], row["due"])
            milli, reasons = short.get(key, (0, []))
            short[key] = (milli + row["milli"], [*reasons, row["reason"]])
        found = []
        for need in self._given["needs"]:
            good = self._goods[need["commodity"]]
            gap, reasons = short.get((need["place"], need["commodity"], need["due"]), (0, []))
            found.append(
                NeedFacts(
                    place=need["place"], name=self._name(need["place"]), date=self._dates[need["due"]],
                    commodity=need["commodity"], good=printable(good["name"]), unit=good["unit"],
                    priority=need["priority"], needed=need["amount_milli"] / MILLI,
                    planned=(need["amount_milli"] - gap) / MILLI, gap=gap / MILLI, worth=need["worth"],
                    reasons="; ".join(dict.fromkeys(REASONS.get(code, code) for code in reasons)),
                    persons=need["persons"], group=_group(need),
                    remedy="; ".join(
                        self._fixes.get((need["place"], need["commodity"], code), "") for code in reasons
                    ),
                )
            )  # fmt: skip
        return tuple(found)

    def day_by_day(self) -> tuple[NeedFacts, ...]:
        """Return the needs of all days, those over and those met too: needed, planned, delivered, gap."""
        if not self._since:
            return self.needs()
        found = {(row.place, row.commodity, row.date): row for row in self.needs()}
        for row in self._since.get("delivered", ()):
            key = (row["place"], row["commodity"], self._dates[row["due"]])
            needed, milli = row["needed_milli"] / MILLI, row["milli"] / MILLI
            if key in found:
                found[key] = replace(found[key], needed=needed, delivered=milli)
                continue
            good = self._goods[row["commodity"]]
            found[key] = NeedFacts(
                place=row["place"], name=self._name(row["place"]), date=key[2], commodity=row["commodity"],
                good=printable(good["name"]), unit=good["unit"], priority=row["priority"], needed=needed,
                planned=0.0, gap=(row["needed_milli"] - row["milli"]) / MILLI, worth=0,
                reasons=DAY_OVER if row["milli"] < row["needed_milli"] else "", delivered=milli,
            )  # fmt: skip
        return tuple(sorted(found.values(), key=lambda row: (row.place, row.date, row.commodity)))

    def drops(self) -> tuple[DropFacts, ...]:
        """Return every line of every waybill, by truck and time; a waybill is one load of one truck."""
        legs = {leg["id"]: leg for truck in self._aid["trucks"] for leg in truck["legs"]}
        trucks = {row["id"]: row for row in self._given["trucks"]}
        lots = {row["id"]: row for row in self._given["lots"]}
        rows = sorted(
            self._aid["deliveries"],
            key=lambda row: (
                row["truck"],
                legs[row["leg"]]["arrive_s"],
                row["place"],
                row["lot"],
                row["due"],
            ),
        )
        before = {row["id"]: row["loads"] for row in self._since.get("trucks", ())}
        codes = waybill_codes(((row["truck"], row["loaded"]) for row in rows), before)
        found, stops, begun = [], dict[tuple[str, str], int](), loading_begins(self._aid)
        for row, code in zip(rows, codes, strict=True):
            truck, good = trucks[row["truck"]], self._goods[row["commodity"]]
            stop = stops.setdefault((row["truck"], row["leg"]), 1 + sum(t == row["truck"] for t, _ in stops))
            loaded_s = legs[row["loaded"]]["arrive_s"] if row["loaded"] else begun[row["truck"]]
            found.append(
                DropFacts(
                    waybill=code, truck=row["truck"], vehicle=truck["truck"],
                    stop=stop, depot_id=lots[row["lot"]]["depot"],
                    depot=self._name(lots[row["lot"]]["depot"]), loaded_s=loaded_s,
                    arrive_s=legs[row["leg"]]["arrive_s"], place=row["place"], name=self._name(row["place"]),
                    commodity=row["commodity"], good=printable(good["name"]), lot=row["lot"],
                    quantity=row["milli"] / MILLI, unit=good["unit"],
                    mass_kg=row["milli"] * good["mass_g"] / MILLI / 1_000, due=self._dates[row["due"]],
                    organisation=printable(truck.get("organisation", "")),
                    convoy=printable(truck.get("convoy", "")),
                )
            )  # fmt: skip
        return _lines(found)

    def headline(self) -> dict[str, Any]:
        """Return what is met, what could be at most, and the least served place, in per cent."""
        totals, drops = self._aid["totals"], self.drops()
        whole = max(1, totals["needed_nano"])
        return {
            "tonnes": sum(row.mass_kg for row in drops) / 1_000,
            "places": len({row.place for row in drops}),
            "trucks": len({row.vehicle for row in drops}),
            "km": totals["driven_m"] // 1_000,
            "driven_more": _driven_more(totals),
            "met": 100 * totals["worth_nano"] / whole,
            "most": 100 * totals["worth_bound_nano"] / whole,
            "least": totals["least_share_ppm"] / PERCENT_PPM,
            "least_most": totals["least_share_bound_ppm"] / PERCENT_PPM,
            "proved": totals["least_share_bound_ppm"] >= 0,
        }

    def goods(self) -> tuple[dict[str, Any], ...]:
        """Return needed, planned and gap of every good over all places and days."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.needs():
            line = found.setdefault(
                row.commodity,
                {
                    "good": row.good,
                    "unit": row.unit,
                    "needed": 0.0,
                    "planned": 0.0,
                    "gap": 0.0,
                    "reasons": {},
                    "group": row.group if row.group != EVERYBODY else "",
                },
            )
            for name in ("needed", "planned", "gap"):
                line[name] += getattr(row, name)
            if row.gap:
                line["reasons"][row.reasons] = line["reasons"].get(row.reasons, 0.0) + row.gap
        for line in found.values():
            reasons = line["reasons"]
            line["why"] = max(reasons, key=lambda text: (reasons[text], text)) if reasons else ""
        return tuple(found.values())

    def worst(self) -> tuple[dict[str, Any], ...]:
        """Return the places that are served least, with the reasons."""
        by_place: dict[str, list[Any]] = {}
        for row in self.needs():
            line = by_place.setdefault(row.place, [row.name, 0.0, 0.0, {}, {}])
            line[1] += row.worth * row.planned / row.needed
            line[2] += row.worth
            if row.gap:
                for into, text in ((line[3], row.reasons), (line[4], row.remedy)):
                    into[text] = into.get(text, 0.0) + row.worth * row.gap / row.needed
        rows = [
            {
                "name": name,
                "percent": 100 * met / whole,
                "why": max(why, key=lambda t: (why[t], t)) if why else "",
                "remedy": max(help_, key=lambda t: (help_[t], t)) if help_ else "",
            }
            for name, met, whole, why, help_ in by_place.values()
        ]
        return tuple(sorted(rows, key=lambda row: (row["percent"], row["name"]))[:SHOWN_PLACES])

    def remedies(self) -> tuple[str, ...]:
        """Return what would help most, in words."""
        return tuple(
            f"{row['what']}{_at(row)}: {row['worth']:,}" for row in self._aid["remedies"][:SHOWN_REMEDIES]
        )

    def sectors(self) -> Iterator[WorkFacts]:
        """Yield who brings what where, for whom and when, by place, good and organisation."""
        found: dict[tuple[str, str, str], list[DropFacts]] = {}
        for row in self.drops():
            found.setdefault((row.place, row.commodity, row.organisation), []).append(row)
        persons, groups = self._persons(), self._groups()
        for (place, commodity, organisation), rows in sorted(found.items()):
            times = [row.arrive_s for row in rows]
            yield WorkFacts(
                organisation=organisation,
                for_whom=self._whom(place, groups.get((place, commodity), EVERYBODY)),
                persons=persons[place, commodity, organisation],
                sector=SECTORS.get(commodity, "Logistics"), place=place, name=rows[0].name, good=rows[0].good,
                quantity=sum(row.quantity for row in rows), unit=rows[0].unit,
                stops=len({(row.truck, row.stop) for row in rows}), first_s=min(times), last_s=max(times),
                status="planned",
            )  # fmt: skip
        yield from self._before()

    def _before(self) -> Iterator[WorkFacts]:
        """Yield what had left before this plan was made, by place, good and whether it was counted."""
        found: dict[tuple[str, str, bool], list[Mapping[str, Any]]] = {}
        for row in self._since.get("brought", ()):
            found.setdefault((row["place"], row["commodity"], row["counted"]), []).append(row)
        for (place, commodity, counted), rows in sorted(found.items()):
            good = self._goods[commodity]
            yield WorkFacts(
                organisation="", for_whom=AT_SITE if place in self._sites else AT_HOME, persons=None,
                sector=SECTORS.get(commodity, "Logistics"), place=place, name=self._name(place),
                good=printable(good["name"]), quantity=sum(row["received_milli"] for row in rows) / MILLI,
                unit=good["unit"], stops=len({row["waybill"] for row in rows}), first_s=None, last_s=None,
                status="completed" if counted else "ongoing",
            )  # fmt: skip

    def _persons(self) -> dict[tuple[str, str, str], int]:
        """Return the most persons for whom something is brought, by place, commodity and organisation."""
        needs = {(row["place"], row["commodity"], row["due"]): row["persons"] for row in self._given["needs"]}
        runs = {row["id"]: printable(row.get("organisation", "")) for row in self._given["trucks"]}
        found: dict[tuple[str, str, str], int] = {}
        for row in self._aid["deliveries"]:
            key = (row["place"], row["commodity"], runs[row["truck"]])
            found[key] = max(found.get(key, 0), needs[row["place"], row["commodity"], row["due"]])
        return found

    def _groups(self) -> dict[tuple[str, str], str]:
        """Return the group that needs are for, by place and commodity."""
        return {(row["place"], row["commodity"]): _group(row) for row in self._given["needs"]}

    def _whom(self, place: str, group: str) -> str:
        people = AT_SITE if place in self._sites else AT_HOME
        return people if group == EVERYBODY else f"{group}, of the {people}"

    def _name(self, place: str) -> str:
        return self._names.get(place, place)


def handling_s(aid: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """Return by truck-day and leg ("": its base, at first) how long it unloads and loads at its end."""
    given, fields = aid["given"], ("load_base_s", "load_s_per_t", "unload_base_s", "unload_s_per_t")
    mass_g = {row["id"]: int(row["mass_g"]) for row in given["goods"]}
    rules = AidRules(**{key: given["rules"][key] for key in fields})
    milligrams: dict[tuple[str, str, bool], int] = {}
    for row in aid["deliveries"]:
        for leg, loads in ((row["loaded"], True), (row["leg"], False)):
            key = (row["truck"], leg, loads)
            milligrams[key] = milligrams.get(key, 0) + int(row["milli"]) * mass_g[row["commodity"]]
    found: dict[tuple[str, str], int] = {}
    for (truck, leg, loads), some in milligrams.items():
        grams = -(-some // MILLI)
        seconds = rules.loading_s(grams) if loads else rules.unloading_s(grams)
        found[truck, leg] = found.get((truck, leg), 0) + seconds
    return found


def _group(need: Mapping[str, Any]) -> str:
    """Return in words whom a need is for."""
    return printable(for_whom(tuple(need.get("groups", ()))))


def loading_begins(aid: Mapping[str, Any]) -> dict[str, int]:
    """Return by truck-day the second in which it begins to load what it first leaves with."""
    handled_s = handling_s(aid)
    return {
        truck["id"]: int(truck["legs"][0]["depart_s"]) - handled_s.get((truck["id"], ""), 0)
        for truck in aid["trucks"]
        if truck["legs"]
    }


def line_of(days: Mapping[str, Any], truck: str, legs: Mapping[str, Any]) -> list[str]:
    """Return the truck-days that drive in one convoy with one, the lead first; itself where it drives alone.

    `days` are the rows of trucks by id, `legs` those of each that moves.
    """
    own = days[truck]
    if not own.get("convoy"):
        return [truck]
    return sorted(
        name for name, row in days.items()
        if (row.get("convoy"), row.get("day")) == (own["convoy"], own["day"]) and legs.get(name)
    )  # fmt: skip


def _lines(drops: list[DropFacts]) -> tuple[DropFacts, ...]:
    """Return one line for what is unloaded of a lot at a stop, whatever days it is for, in order."""
    found: dict[tuple[str, int, str, str, str], list[DropFacts]] = {}
    for drop in drops:
        key = (drop.waybill, drop.stop, drop.place, drop.commodity, drop.lot)
        found.setdefault(key, []).append(drop)
    return tuple(
        replace(
            rows[0], quantity=round(sum(row.quantity for row in rows), 3),
            mass_kg=sum(row.mass_kg for row in rows),
            due=" to ".join(dict.fromkeys((rows[0].due, max(row.due for row in rows)))),
        )
        for rows in found.values()
    )  # fmt: skip


def _at(row: Mapping[str, Any]) -> str:
    """Return where and when a remedy would help."""
    at = f" at {printable(row['depot'])}" if row.get("depot") else ""
    return f"{at}{row.get('when', '')}"


def _driven_more(totals: Mapping[str, int]) -> float | None:
    """Return by how many per cent driving is over its bound at most; None where there is no bound."""
    at_least_s = totals.get("driven_at_least_s", -1)
    return 100 * (totals["driven_s"] / at_least_s - 1) if at_least_s > 0 else None
