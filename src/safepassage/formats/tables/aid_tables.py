"""Documents of a distribution as tables: needs and gaps, waybills, arrival boards, who does what where.

Each is a CSV for spreadsheets; one workbook holds them all with a dictionary of the columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from safepassage.domain.release import Audience, Release
from safepassage.formats.containers.markup import printable
from safepassage.formats.containers.workbook_bytes import saved
from safepassage.formats.facts.aid_facts import AidFacts, DropFacts
from safepassage.formats.tables.schedule_rows import harmless

Row = Sequence[str | int | float]
WIDEST = 60
"""No column of the workbook is wider than so many letters."""
DICTIONARY = {
    "place": "code of the place: the id of the case, the P-code where the case uses P-codes as ids",
    "name": "name of the place",
    "date": "local day by whose end it is needed",
    "commodity": "id of the good",
    "good": "name of the good",
    "priority": "1 is what life depends on today, 4 what can wait",
    "needed": "what the norms ask for, in the unit",
    "planned": "what trucks bring for this need",
    "delivered": "brought since the first plan, as counted or else as announced; blank: nothing known",
    "gap": "needed less planned and delivered",
    "unit": "unit of the good",
    "reason": "why there is a gap",
    "waybill": "code of one load of one truck",
    "truck": "the truck on that day",
    "stop": "number of the stop on that day",
    "depot": "where it is loaded",
    "loading": "local time at which loading begins; of later loads, at which the truck is back",
    "arrival": "planned local time of arrival; UTC in the next column",
    "arrival_utc": "the same in UTC",
    "lot": "lot that it is taken from",
    "quantity": "how much is unloaded, in the unit",
    "mass_kg": "its mass, packing included",
    "for_day": "local day that it is for; first and last, where it is for several",
    "received": "left blank for the receiver: counted on arrival",
    "organisation": "who: the organisation that runs the trucks, as the case states it; blank: not stated",
    "for_whom": "for whom: whose needs are counted at the place",
    "persons": "persons whose need of the good is counted that day; of who does what, on the fullest day",
    "sector": "what: the cluster under which it is reported",
    "stops": "how many stops of trucks bring it",
    "first_day": "when: local day on which it first arrives",
    "last_day": "when: local day on which it last arrives",
}


def tables(release: Release) -> dict[str, tuple[tuple[str, ...], list[Row]]]:
    """Return header and rows by the name of the document."""
    release.require(Audience.PLANNING_TEAM)
    facts = AidFacts(release)
    clock = facts.clock
    utc = clock.__class__.of({"epoch": release.inputs["epoch"], "time_zones": ()})

    def local(seconds: int) -> str:
        return clock.at(seconds).strftime("%Y-%m-%d %H:%M")

    needs: list[Row] = [
        (n.place, n.name, n.date, n.commodity, n.good, n.priority,
         "" if n.persons is None else n.persons, n.needed, n.planned,
         "" if n.delivered is None else n.delivered, n.gap, n.unit, n.reasons)
        for n in facts.day_by_day()
    ]  # fmt: skip
    drops = facts.drops()
    waybills: list[Row] = [
        (d.waybill, d.truck, d.stop, d.depot, local(d.loaded_s), local(d.arrive_s), d.place, d.name,
         d.commodity, d.good, d.lot, d.quantity, d.unit, round(d.mass_kg, 3), d.due, "")
        for d in drops
    ]  # fmt: skip
    arrivals: list[Row] = [
        (d.place, d.name, local(d.arrive_s), utc.at(d.arrive_s).strftime("%Y-%m-%d %H:%M"), d.truck,
         d.waybill, d.good, quantity, d.unit, "")
        for d, quantity in _expected(drops)
    ]  # fmt: skip
    sectors: list[Row] = [
        (w.organisation, w.sector, w.place, w.name, w.for_whom, w.persons, w.good, round(w.quantity, 3),
         w.unit, w.stops, *(clock.at(second).strftime("%Y-%m-%d") for second in (w.first_s, w.last_s)))
        for w in facts.sectors()
    ]  # fmt: skip
    return {
        "aid-needs": (
            ("place", "name", "date", "commodity", "good", "priority", "persons", "needed", "planned",
             "delivered", "gap", "unit", "reason"), needs,
        ),
        "aid-waybills": (
            ("waybill", "truck", "stop", "depot", "loading", "arrival", "place", "name", "commodity", "good",
             "lot", "quantity", "unit", "mass_kg", "for_day", "received"), waybills,
        ),
        "aid-arrivals": (
            ("place", "name", "arrival", "arrival_utc", "truck", "waybill", "good", "quantity", "unit",
             "received"), arrivals,
        ),
        "aid-3w": (
            ("organisation", "sector", "place", "name", "for_whom", "persons", "good", "quantity", "unit",
             "stops", "first_day", "last_day"), sectors,
        ),
    }  # fmt: skip


def _expected(drops: Iterable[DropFacts]) -> list[tuple[DropFacts, float]]:
    """Return what a truck brings of a good to a place at once, whatever lots and days it is for, in order."""
    found: dict[tuple[str, int, str, str, str], tuple[DropFacts, float]] = {}
    for drop in drops:
        key = (drop.place, drop.arrive_s, drop.truck, drop.waybill, drop.good)
        found[key] = (drop, round(found[key][1] + drop.quantity, 3) if key in found else drop.quantity)
    return [found[key] for key in sorted(found)]


def write_csv(table: tuple[tuple[str, ...], list[Row]]) -> bytes:
    """Return a table as CSV: UTF-8 with byte order mark, formulas made harmless."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table[0])
    writer.writerows(_cells(row) for row in table[1])
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(release: Release) -> bytes:
    """Return all tables as one workbook with a dictionary; the same release gives the same bytes."""
    book = Workbook()
    book.properties.title, book.properties.creator = printable(release.plan["title"]), "safepassage"
    first = book.worksheets[0]
    first.title = "Dictionary"
    first.append(("column", "meaning"))
    for name, meaning in DICTIONARY.items():
        first.append((name, meaning))
    first.append(("class", f"{release.sensitivity.name}: for the planning team only"))
    first.append(("exercise", "EXERCISE" if release.plan["exercise"] else "no"))
    for name, (header, rows) in tables(release).items():
        sheet = book.create_sheet(name)
        sheet.append(header)
        for row in rows:
            sheet.append(_cells(row))
    for sheet in book.worksheets:
        sheet.freeze_panes = "A2"
        for number, column in enumerate(sheet.iter_cols(), start=1):
            column[0].font = Font(bold=True)
            letters = max(len(str(cell.value or "")) for cell in column)
            sheet.column_dimensions[get_column_letter(number)].width = min(WIDEST, letters + 2)
    return saved(book, str(release.plan["as_of"]))


def _cells(row: Iterable[str | int | float]) -> list[str | int | float]:
    return [harmless(cell) if isinstance(cell, str) else cell for cell in row]
