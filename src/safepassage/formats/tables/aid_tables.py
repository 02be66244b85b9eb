"""Documents of a distribution as tables: needs and gaps, waybills, arrival boards, who does what where.

Each is a CSV for spreadsheets; one workbook holds them all. A dictionary of the columns goes with both.
Places stand with the P-codes that the case states; every row says who may see it, and EXERCISE where it is
one.
"""

from __future__ import annotations

from collections.abc import Iterable

from safepassage.domain.release import Audience, Release
from safepassage.formats.facts.aid_facts import AidFacts, DropFacts, WorkFacts
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.tables import table_files
from safepassage.formats.tables.table_files import Cell, Row, Table

MOST_DECIMALS = 3
ADMIN = ("adm1_name", "adm1_pcode", "adm2_name", "adm2_pcode", "pcode")
STAMP = ("class", "exercise", "attribution")
"""The last columns of every table."""
BY_SEX_AND_AGE = (
    "girls_under_18", "boys_under_18", "women_18_59", "men_18_59", "women_60_over", "men_60_over",
)  # fmt: skip
NEEDS = (
    "place", "name", *ADMIN, "date", "commodity", "good", "priority", "for_group", "persons", "needed",
    "planned", "delivered", "gap", "unit", "reason", "remedy", *STAMP,
)  # fmt: skip
WAYBILLS = (
    "waybill", "truck", "convoy", "stop", "depot", "depot_name", "loading", "arrival", "place", "name",
    *ADMIN, "commodity", "good", "lot", "quantity", "unit", "mass_kg", "for_day", "received", *STAMP,
)  # fmt: skip
ARRIVALS = (
    "place", "name", *ADMIN, "arrival", "arrival_utc", "truck", "waybill", "good", "quantity", "unit",
    "received", *STAMP,
)  # fmt: skip
WHO_WHAT_WHERE = (
    "organisation", "implementing_partner", "sector", "activity", *ADMIN, "place", "name", "for_whom",
    "persons", *BY_SEX_AND_AGE, "sex_age_not_known", "good", "quantity", "unit", "stops", "status",
    "first_day", "last_day", *STAMP,
)  # fmt: skip


def tables(release: Release) -> dict[str, Table]:
    """Return header and rows by the name of the document."""
    release.require(Audience.PLANNING_TEAM)
    return _Tables(release).all()


def write_xlsx(release: Release) -> bytes:
    """Return all tables as one workbook with a dictionary; the same release gives the same bytes."""
    return table_files.write_xlsx(release.plan["title"], str(release.plan["as_of"]), tables(release))


class _Tables:
    """Rows of a released distribution; each begins with facts and ends with whose eyes it is for."""

    def __init__(self, release: Release) -> None:
        self._facts = AidFacts(release)
        self._clock = self._facts.clock
        self._utc = LocalClock.of({"epoch": release.inputs["epoch"], "time_zones": ()})
        self._admin = {row["id"]: row.get("admin", {}) for row in release.inputs["places"]}
        self._stamp: tuple[Cell, ...] = (
            release.sensitivity.name, "EXERCISE" if release.plan["exercise"] else "no",
            release.inputs["network"]["attribution"],
        )  # fmt: skip

    def all(self) -> dict[str, Table]:
        """Return header and rows by the name of the document."""
        drops = self._facts.drops()
        return {
            "aid-needs": (NEEDS, self._needs()),
            "aid-waybills": (WAYBILLS, self._waybills(drops)),
            "aid-arrivals": (ARRIVALS, self._arrivals(drops)),
            "aid-3w": (WHO_WHAT_WHERE, [self._work(row) for row in self._facts.sectors()]),
        }

    def _codes(self, place: str) -> tuple[str, ...]:
        stated = self._admin.get(place, {})
        return tuple(stated.get(name, "") for name in ADMIN)

    def _day(self, seconds: int | None) -> str:
        return "" if seconds is None else self._clock.at(seconds).strftime("%Y-%m-%d")

    def _needs(self) -> list[Row]:
        return [
            (n.place, n.name, *self._codes(n.place), n.date, n.commodity, n.good, n.priority,
             n.group, _or_blank(n.persons), _amount(n.needed), _amount(n.planned),
             "" if n.delivered is None else _amount(n.delivered), _amount(n.gap), n.unit, n.reasons, n.remedy,
             *self._stamp)
            for n in self._facts.day_by_day()
        ]  # fmt: skip

    def _waybills(self, drops: Iterable[DropFacts]) -> list[Row]:
        return [
            (d.waybill, d.truck, d.convoy, d.stop, d.depot_id, d.depot, self._clock.told(d.loaded_s),
             self._clock.told(d.arrive_s), d.place, d.name, *self._codes(d.place), d.commodity, d.good, d.lot,
             _amount(d.quantity), d.unit, _amount(d.mass_kg), d.due, "", *self._stamp)
            for d in drops
        ]  # fmt: skip

    def _arrivals(self, drops: Iterable[DropFacts]) -> list[Row]:
        return [
            (d.place, d.name, *self._codes(d.place), self._clock.told(d.arrive_s),
             self._utc.at(d.arrive_s).strftime("%Y-%m-%d %H:%M"), d.truck, d.waybill, d.good,
             _amount(quantity), d.unit, "", *self._stamp)
            for d, quantity in _expected(drops)
        ]  # fmt: skip

    def _work(self, row: WorkFacts) -> Row:
        persons = _or_blank(row.persons)
        return (
            row.organisation, "", row.sector, f"Distribution: {row.good}", *self._codes(row.place), row.place,
            row.name, row.for_whom, persons, *("" for _ in BY_SEX_AND_AGE), persons, row.good,
            _amount(row.quantity), row.unit, row.stops, row.status, self._day(row.first_s),
            self._day(row.last_s), *self._stamp,
        )  # fmt: skip


def _or_blank(count: int | None) -> Cell:
    return "" if count is None else count


def _amount(quantity: float) -> float:
    """Return a quantity to a thousandth: no sum of parts shows the remains of its arithmetic."""
    return round(quantity, MOST_DECIMALS)


def _expected(drops: Iterable[DropFacts]) -> list[tuple[DropFacts, float]]:
    """Return what a truck brings of a good to a place at once, whatever lots and days it is for, in order."""
    found: dict[tuple[str, int, str, str, str], tuple[DropFacts, float]] = {}
    for drop in drops:
        key = (drop.place, drop.arrive_s, drop.truck, drop.waybill, drop.good)
        found[key] = (drop, round(found[key][1] + drop.quantity, 3) if key in found else drop.quantity)
    return [found[key] for key in sorted(found)]
