"""Every kind of bad input is found, with file, row, column, what is wrong and how to mend it.

Each line starts from the template, which is a good case, and breaks one thing in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from safepassage.cli.outcome import SHOWN_ALIKE, problems_text
from safepassage.domain.problem import Problem, Severity
from safepassage.domain.problem_codes import PROBLEM_CODES
from safepassage.formats.case.case_out import TableOut
from safepassage.formats.case.case_reading import CaseReading, read_case
from safepassage.formats.case.case_write import csv_text, toml_value
from safepassage.formats.case.template_rows import SETTINGS, template_tables

TABLES = {out.name: out for out in template_tables()}


@dataclass
class Draft:
    """A case folder in the making: settings as text, tables as rows of dictionaries, other files as bytes."""

    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))
    tables: dict[str, list[dict[str, str]]] = field(
        default_factory=lambda: {
            name: [dict(zip(out.header, row, strict=True)) for row in out.rows]
            for name, out in TABLES.items()
            if name != "settings"
        }
    )
    files: dict[str, bytes] = field(default_factory=dict)

    def row(self, table: str, key: str) -> dict[str, str]:
        return next(row for row in self.tables[table] if key in row.values())

    def write(self, folder: Path) -> Path:
        folder.mkdir()
        lines = [f"{key} = {toml_value(value)}" for key, value in self.settings.items()]
        (folder / "case.toml").write_text("\n".join(lines), "utf-8")
        for name, rows in self.tables.items():
            header = tuple(dict.fromkeys(key for row in rows for key in row)) or TABLES[name].header
            cells = tuple(tuple(row.get(key, "") for key in header) for row in rows)
            (folder / f"{name}.csv").write_text(
                csv_text(TableOut(name=name, header=header, rows=cells)), "utf-8"
            )
        for name, data in self.files.items():
            (folder / name).write_bytes(data)
        return folder


def reading_of(draft: Draft, tmp_path: Path) -> CaseReading:
    return read_case(draft.write(tmp_path / "case"))


def only(problems: tuple[Problem, ...], code: str) -> Problem:
    found = [problem for problem in problems if problem.code == code]
    assert len(found) == 1, [str(problem) for problem in problems]
    return found[0]


def test_the_template_is_a_good_case(tmp_path):
    reading = reading_of(Draft(), tmp_path)
    assert reading.problems == ()
    assert reading.case is not None
    assert reading.network is not None


def cell(table: str, key: str, column: str, value: str):
    """Return a change of one cell, in the row that holds `key`."""

    def change(draft: Draft) -> None:
        draft.row(table, key)[column] = value

    return change


def setting(key: str, value: str | None):
    def change(draft: Draft) -> None:
        if value is None:
            del draft.settings[key]
        else:
            draft.settings[key] = value

    return change


def rename(table: str, old: str, new: str):
    def change(draft: Draft) -> None:
        draft.tables[table] = [
            {new if key == old else key: value for key, value in row.items()} for row in draft.tables[table]
        ]

    return change


def add(table: str, **cells: str):
    def change(draft: Draft) -> None:
        draft.tables[table].append(cells)

    return change


def drop(table: str, *, keep: int = 0):
    def change(draft: Draft) -> None:
        draft.tables[table] = draft.tables[table][:keep]

    return change


def gone(*tables: str):
    def change(draft: Draft) -> None:
        for table in tables:
            del draft.tables[table]

    return change


def file(name: str, data: bytes | str):
    def change(draft: Draft) -> None:
        draft.files[name] = data.encode() if isinstance(data, str) else data

    return change


CROSSING = "POLYGON ((0.1 0.1, 0.2 0.2, 0.2 0.1, 0.1 0.2, 0.1 0.1))"
OPEN = "POLYGON ((0.1 0.1, 0.2 0.2, 0.2 0.1))"
CYRILLIC = "place,direction,group,persons,direction_basis\nПриклад,east,assisted,1,tally\n"
FRENCH = "place,direction,group,persons,direction_basis,note\nalder,east,assisted,1,tally,déjà là à Noël\n"

# what is wrong: change, code, file, row, column, words of the message, words of the remedy
ERRORS = {
    "number as text, in words": (
        cell("demand", "birch-home", "persons", "six"),
        ("NUMBER_FORMAT", "demand.csv", 12, "persons", "“six”", "digits only"),
    ),
    "number as text, with a space": (
        cell("places", "birch", "population", "1 200"),
        ("NUMBER_AS_TEXT", "places.csv", 3, "population", "“1 200”", "write 1200"),
    ),
    "number as text, with a no-break space": (
        cell("places", "birch", "population", "1\u202f200"),
        ("NUMBER_AS_TEXT", "places.csv", 3, "population", "1 200", "write 1200"),
    ),
    "number as text, thousands separated": (
        cell("places", "birch", "population", "1,200"),
        ("NUMBER_AS_TEXT", "places.csv", 3, "population", "“1,200”", "write 1200"),
    ),
    "number as text, about": (
        cell("places", "birch", "population", "~500"),
        ("NUMBER_AS_TEXT", "places.csv", 3, "population", "“~500”", "write 500"),
    ),
    "number with its unit": (
        cell("places", "birch", "population", "500 persons"),
        ("NUMBER_AS_TEXT", "places.csv", 3, "population", "“500 persons”", "write 500"),
    ),
    "decimal comma": (
        cell("places", "cedar", "lat", "0,08"),
        ("NUMBER_DECIMAL_COMMA", "places.csv", 4, "lat", "“0,08”", "write 0.08"),
    ),
    "no number at all": (
        cell("places", "cedar", "lon", "NaN"),
        ("NUMBER_FORMAT", "places.csv", 4, "lon", "“NaN”", "digits only"),
    ),
    "negative persons": (
        cell("demand", "birch-home", "persons", "-6"),
        ("NUMBER_NEGATIVE", "demand.csv", 12, "persons", "got -6", "0 or more"),
    ),
    "negative stock": (
        file("stock.csv", "id,depot,commodity,quantity\nlot-1,birch,drinking_water,-5\n"),
        ("NUMBER_NEGATIVE", "stock.csv", 2, "quantity", "got -5", "0 or more"),
    ),
    "1e9 persons": (
        cell("demand", "birch-home", "persons", "1e9"),
        ("NUMBER_TOO_LARGE", "demand.csv", 12, "persons", "at most 5,000,000", "check the figure"),
    ),
    "a number that would fill the memory": (
        cell("demand", "birch-home", "persons", "1e9999"),
        ("NUMBER_TOO_LARGE", "demand.csv", 12, "persons", "at most", "check the figure"),
    ),
    "half a person": (
        cell("demand", "birch-home", "persons", "6.5"),
        ("NUMBER_NOT_WHOLE", "demand.csv", 12, "persons", "got 6.5", "write 6 or 7"),
    ),
    "latitude beyond the pole": (
        cell("places", "cedar", "lat", "134.5"),
        ("NUMBER_TOO_LARGE", "places.csv", 4, "lat", "at most 90", "swapped"),
    ),
    "unknown status word": (
        cell("road_status", "low-bridge", "status", "IMPASSABLE"),
        ("WORD_UNKNOWN", "road_status.csv", 2, "status", "“IMPASSABLE”", "PASSABLE"),
    ),
    "unknown group": (
        cell("demand", "birch-home", "group", "wheel chair user"),
        ("WORD_UNKNOWN", "demand.csv", 12, "group", "“wheel chair user”", "did you mean “wheelchair”?"),
    ),
    "direction basis missing": (
        cell("demand", "birch-home", "direction_basis", ""),
        ("CELL_EMPTY", "demand.csv", 12, "direction_basis", "is empty", "fill it in"),
    ),
    "neither yes nor no": (
        cell("fleet", "ambulance", "assumption", "perhaps"),
        ("WORD_UNKNOWN", "fleet.csv", 3, "assumption", "“perhaps”", "yes or no"),
    ),
    "wrong column": (
        rename("demand", "persons", "person"),
        ("COLUMN_MISSING", "demand.csv", 1, "persons", "persons is missing", "rename “person” to persons"),
    ),
    "column for names": (
        rename("demand", "note", "Name"),
        ("COLUMN_PERSONAL", "demand.csv", 1, "Name", "puts people at risk", "delete the column"),
    ),
    "column for telephone numbers": (
        rename("fleet", "note", "Phone"),
        ("COLUMN_PERSONAL", "fleet.csv", 1, "Phone", "counts only", "delete the column"),
    ),
    "two places with one id": (
        add("places", id="depot", name="Second depot", kind="depot", lat="0.05", lon="0.05"),
        ("ID_TWICE", "places.csv", 11, "id", "row 9", "an id of its own"),
    ),
    "demand for an unknown place": (
        cell("demand", "birch-home", "place", "birch_home"),
        ("REFERENCE_UNKNOWN", "demand.csv", 12, "place", "“birch_home”", "did you mean “birch-home”?"),
    ),
    "unknown direction": (
        cell("demand", "birch-home", "direction", "est"),
        (
            "REFERENCE_UNKNOWN",
            "demand.csv",
            12,
            "direction",
            "“est”",
            "did you mean “west”? allowed: west, east, stays, undecided",
        ),
    ),
    "unknown node": (
        cell("places", "cedar", "node", "n66"),
        ("REFERENCE_UNKNOWN", "places.csv", 4, "node", "“n66”", "did you mean “n6”?"),
    ),
    "unknown report": (
        cell("road_status", "low-bridge", "report", "report-9"),
        ("REFERENCE_UNKNOWN", "road_status.csv", 2, "report", "“report-9”", "did you mean"),
    ),
    "unknown link in a status": (
        cell("road_status", "low-bridge", "roads", "link:l77"),
        ("REFERENCE_UNKNOWN", "road_status.csv", 2, "roads", "link:l77", "did you mean “l7”?"),
    ),
    "road written as a name only": (
        cell("road_status", "low-bridge", "roads", "R200"),
        ("ROAD_FORMAT", "road_status.csv", 2, "roads", "“R200”", "ref:R200"),
    ),
    "road with a misspelt kind": (
        cell("road_status", "low-bridge", "roads", "lnik:l7"),
        ("ROAD_FORMAT", "road_status.csv", 2, "roads", "lnik", "did you mean link:l7?"),
    ),
    "near without a place": (
        cell("road_status", "low-bridge", "roads", "near:here"),
        ("ROAD_FORMAT", "road_status.csv", 2, "roads", "near:", "latitude first"),
    ),
    "the same people twice": (
        cell("demand", "birch-home", "group", "assisted"),
        ("DEMAND_TWICE", "demand.csv", 14, "persons", "row 12", "add the two"),
    ),
    "households larger than the row": (
        cell("demand", "4x20; 2x20", "household_sizes", "4x40"),
        ("HOUSEHOLDS_SUM", "demand.csv", 2, "household_sizes", "160", "correct one"),
    ),
    "households in words": (
        cell("demand", "4x20; 2x20", "household_sizes", "twenty of four"),
        ("HOUSEHOLDS_FORMAT", "demand.csv", 2, "household_sizes", "twenty of four", "4x10; 2x5"),
    ),
    "reception site without direction": (
        cell("places", "oak-hall", "direction", ""),
        ("SITE_NO_DIRECTION", "places.csv", 7, "direction", "oak-hall", "west, east"),
    ),
    "direction of a settlement": (
        cell("places", "cedar", "direction", "east"),
        ("DIRECTION_NOT_SITE", "places.csv", 4, "direction", "settlement", "permitted_directions"),
    ),
    "place without a location": (
        lambda d: d.row("places", "cedar").update(lat="", lon="", node=""),
        ("PLACE_NO_LOCATION", "places.csv", 4, "lat", "cedar", "decimal degrees"),
    ),
    "half a location": (
        cell("places", "cedar", "lon", ""),
        ("CELL_EMPTY", "places.csv", 4, "lon", "has a latitude", "give both"),
    ),
    "boarding at a reception site": (
        cell("places", "alder", "assembly_point", "oak-hall"),
        ("PLACE_KIND", "places.csv", 2, "assembly_point", "reception_site", "assembly_point"),
    ),
    "window that ends before it starts": (
        lambda d: d.row("arrangements", "pause-1").update(window_from="12:00", window_until="08:00"),
        (
            "WINDOW_REVERSED",
            "arrangements.csv",
            2,
            "window_until",
            "ends before it starts",
            "earlier time first",
        ),
    ),
    "status that ends before it starts": (
        cell("road_status", "low-bridge", "from", "2030-05-14 18:00"),
        ("WINDOW_REVERSED", "road_status.csv", 2, "until", "ends before it starts", "earlier time first"),
    ),
    "bus that is gone before it comes": (
        cell("fleet", "ambulance", "available_until", "05:00"),
        ("WINDOW_REVERSED", "fleet.csv", 3, "available_until", "ends before", "or write 2030-05-15 05:00"),
    ),
    "hours that are no hours": (
        cell("places", "ford", "opening_hours", "from six to eight"),
        ("HOURS_FORMAT", "places.csv", 10, "opening_hours", "from six to eight", "06:00-20:00"),
    ),
    "time that is no time": (
        cell("places", "birch-home", "release", "25:00"),
        ("TIME_FORMAT", "places.csv", 6, "release", "“25:00”", "HH:MM"),
    ),
    "day and month swapped": (
        cell("fleet", "ambulance", "available_from", "14.05.2030 06:00"),
        ("TIME_FORMAT", "fleet.csv", 3, "available_from", "14.05.2030", "write 2030-05-14 06:00,"),
    ),
    "another year": (
        cell("fleet", "ambulance", "available_from", "2023-05-14 06:00"),
        ("TIME_FAR", "fleet.csv", 3, "available_from", "more than a year", "check the year"),
    ),
    "timetable without places": (
        cell("transit_links", "train", "timetable", "08:00"),
        ("TIMETABLE_FORMAT", "transit_links.csv", 2, "timetable", "“08:00”", "06:30 500"),
    ),
    "train to where it starts": (
        cell("transit_links", "train", "to_place", "alder"),
        ("LINK_LOOP", "transit_links.csv", 2, "to_place", "begins and ends", "two different places"),
    ),
    "overlapping statuses": (
        add("road_status", id="s2", roads="link:l9; LINK:l7", status="PASSABLE", **{"from": "08:00"}),
        ("STATUS_CONTRADICTION", "road_status.csv", 3, "status", "RESTRICTED in row 2", "do not overlap"),
    ),
    "invented tallies in a real case": (
        setting("exercise", "no"),
        ("EXERCISE_BASIS", "demand.csv", 2, "direction_basis", "18 more rows", "exercise = yes"),
    ),
    "polygon that crosses itself": (
        cell("areas", "flooded", "geometry", CROSSING),
        ("GEOMETRY_CROSSES_ITSELF", "areas.csv", 2, "geometry", "near latitude, longitude 0.15", "split it"),
    ),
    "polygon that is not closed": (
        cell("areas", "flooded", "geometry", OPEN),
        ("GEOMETRY_NOT_CLOSED", "areas.csv", 2, "geometry", "does not end", "repeat its first point 0.1 0.1"),
    ),
    "polygon with latitude first": (
        cell("areas", "flooded", "geometry", "POLYGON ((51 134, 51 135, 52 135, 51 134))"),
        ("GEOMETRY_SWAPPED", "areas.csv", 2, "geometry", "swapped", "longitude first"),
    ),
    "line instead of a polygon": (
        cell("areas", "flooded", "geometry", "LINESTRING (0 0, 1 1)"),
        ("GEOMETRY_KIND", "areas.csv", 2, "geometry", "LINESTRING", "polygon"),
    ),
    "polygon in words": (
        cell("areas", "flooded", "geometry", "around the meadows"),
        ("GEOMETRY_FORMAT", "areas.csv", 2, "geometry", "around the meadows", "POLYGON"),
    ),
    "polygon in metres": (
        cell("areas", "flooded", "geometry", "SRID=32636;POLYGON ((1 1, 2 2, 2 1, 1 1))"),
        ("GEOMETRY_REFERENCE", "areas.csv", 2, "geometry", "32636", "WGS 84"),
    ),
    "map file that is not there": (
        cell("areas", "flooded", "geometry", "zone.kml"),
        ("FILE_MISSING", "areas.csv", 2, "geometry", "zone.kml", "beside the case"),
    ),
    "map file outside the case": (
        cell("areas", "flooded", "geometry", "../zone.geojson"),
        ("FILE_OUTSIDE", "areas.csv", 2, "geometry", "outside the case", "name only"),
    ),
    "hazard out of order": (
        cell("areas", "flooded", "hazard_p_low", "0.5"),
        ("HAZARD_ORDER", "areas.csv", 2, "hazard_p", "must grow", "in order"),
    ),
    "hazard without a number": (
        lambda d: d.row("areas", "flooded").update(hazard_p="", hazard_p_low="", hazard_p_high=""),
        ("HAZARD_MISSING", "areas.csv", 2, "hazard_p", "no probability", "fill in hazard_p"),
    ),
    "hazard in per cent": (
        cell("areas", "flooded", "hazard_p", "5"),
        ("NUMBER_TOO_LARGE", "areas.csv", 2, "hazard_p", "at most 1,", "in percent, write 0.05"),
    ),
    "payload in kilograms": (
        cell("trucks", "lorry", "payload_t", "7500"),
        ("NUMBER_TOO_LARGE", "trucks.csv", 2, "payload_t", "at most 44 t", "meant in kg, write 7.5"),
    ),
    "room of a truck in litres": (
        cell("trucks", "lorry", "volume_m3", "30000"),
        ("NUMBER_TOO_LARGE", "trucks.csv", 2, "volume_m3", "at most 120 m3", "meant in L, write 30;"),
    ),
    "more persons than a slip of a unit explains": (
        lambda d: d.tables["demand"][3].update(persons="1000000000"),
        ("NUMBER_TOO_LARGE", "demand.csv", 5, "persons", "at most 5,000,000", "split the row"),
    ),
    "a share with a sign for percent": (
        lambda d: d.tables["people_groups"][0].update(share="2.5 %"),
        ("NUMBER_AS_TEXT", "people_groups.csv", 2, "share", "2.5 %", "write 0.025"),
    ),
    "trucks that drive over midnight": (
        cell("trucks", "lorry", "available_from", "22:00"),
        ("WINDOW_REVERSED", "trucks.csv", 2, "available_until", "ends before", "2030-05-15 20:00"),
    ),
    "an id typed with the other keyboard": (
        cell("stock", "lot-1", "depot", "dероt"),
        ("REFERENCE_UNKNOWN", "stock.csv", 2, "depot", "dероt", "did you mean “depot”? letters of another"),
    ),
    "more received than sent": (
        cell("consignments", "WB-0001", "received", "2500.5"),
        (
            "WAYBILL_MORE",
            "consignments.csv",
            2,
            "received",
            "(2,500.5) than dispatched (1,500)",
            "one of the",
        ),
    ),
    "a good whose own row is faulty": (
        cell("commodities", "insulin", "unit_volume_l", "0"),
        ("NUMBER_TOO_SMALL", "commodities.csv", 2, "unit_volume_l", "at least 0.001", "unit"),
    ),
    "protected zone nobody agreed to": (
        cell("areas", "flooded", "kind", "protected_zone"),
        ("AREA_NOT_AGREED", "areas.csv", 2, "kind", "no agreed arrangement", "announced_zone"),
    ),
    "ordered evacuation without law": (
        cell("arrangements", "pause-1", "kind", "ordered_evacuation"),
        ("ARRANGEMENT_BASIS", "arrangements.csv", 2, "legal_basis", "needs legal_basis", "fill in"),
    ),
    "no network": (
        gone("nodes", "links"),
        ("NETWORK_MISSING", "case", 0, "network", "no road network", "nodes and links"),
    ),
    "network file that is not there": (
        setting("network", "region.osm.pbf"),
        ("FILE_MISSING", "case.toml", 13, "network", "region.osm.pbf", "beside the case"),
    ),
    "no start": (
        setting("start", None),
        ("SETTING_MISSING", "case.toml", 0, "start", "start is missing", 'for example start = "2030'),
    ),
    "start without offset": (
        setting("start", "2030-05-14 06:00"),
        ("TIME_OFFSET", "case.toml", 4, "start", "no offset", "+03:00"),
    ),
    "reports from a year after the plan": (
        setting("as_of", "2031-05-14T05:30+02:00"),
        ("TIME_FAR", "case.toml", 5, "as_of", "after the last hour that is planned", "check its year"),
    ),
    "unknown time zone": (
        setting("time_zones", "moon=Moon/Tranquility"),
        ("TIME_ZONE", "case.toml", 7, "time_zones", "Moon/Tranquility", "Kursk=+03:00"),
    ),
    "no hours to plan": (
        setting("horizon_h", "0"),
        ("NUMBER_TOO_SMALL", "case.toml", 6, "horizon_h", "in no time", "24"),
    ),
    "country by name": (
        setting("country", "Ukraine"),
        ("TEXT_TOO_LONG", "case.toml", 13, "country", "characters", "shorten"),
    ),
    "country by digits": (
        setting("country", "38"),
        ("COUNTRY_FORMAT", "case.toml", 13, "country", "38", "UA"),
    ),
    "unknown encoding, Cyrillic": (
        file("demand.csv", CYRILLIC.encode("cp1251")),
        ("FILE_ENCODING", "demand.csv", 2, "", "cp1251", 'encoding = "cp1251"'),
    ),
    "unknown encoding, western": (
        file("demand.csv", FRENCH.encode("cp1252")),
        ("FILE_ENCODING", "demand.csv", 2, "", "cp1252", "CSV UTF-8"),
    ),
    "workbook renamed to CSV": (
        file("demand.csv", b"PK\x03\x04" + bytes(100)),
        ("FILE_ENCODING", "demand.csv", 0, "", "a workbook", ".xlsx"),
    ),
    "quotation mark that is not closed": (
        file("directions.csv", 'id,name\nwest,"West\neast,East\n'),
        ("CSV_QUOTES", "directions.csv", 2, "", "cannot be split", "close every quotation mark"),
    ),
    "the table twice": (
        file("settings.csv", "key,value\nid,other\n"),
        ("TABLE_TWICE", "settings.csv", 0, "", "case.toml", "remove or rename"),
    ),
    "settings that are no TOML": (
        file("case.toml", "id = two valleys\n"),
        ("TOML_SYNTAX", "case.toml", 1, "", "not valid TOML", "quotation marks"),
    ),
    "crossing polygon in a map file": (
        lambda d: (
            cell("areas", "flooded", "geometry", "zone.geojson")(d),
            file(
                "zone.geojson",
                '{"type":"Polygon","coordinates":[[[0.1,0.1],[0.2,0.2],[0.2,0.1],[0.1,0.2],[0.1,0.1]]]}',
            )(d),
        ),
        ("GEOMETRY_CROSSES_ITSELF", "areas.csv", 2, "geometry", "crosses", "split it"),
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_says_where_what_and_how_to_mend_it(name, tmp_path):
    change, (code, in_file, row, column, words, remedy) = ERRORS[name]
    draft = Draft()
    change(draft)
    reading = reading_of(draft, tmp_path)
    problem = only(reading.errors, code)
    assert reading.case is None
    assert (problem.where.file, problem.where.row, problem.where.column) == (in_file, row, column)
    assert words in problem.message
    assert remedy in problem.hint
    assert code in PROBLEM_CODES
    assert len(reading.errors) == 1, [str(error) for error in reading.errors]


# Breaks that show in several rows: change, and the (code, file, row, column) of all errors.
SEVERAL = {
    "two ids that differ in letter case": (
        add("road_status", id="LOW-bridge", roads="link:l9", status="UNKNOWN"),
        [("ID_TWICE", "road_status.csv", 3, "id")],
    ),
    "reserved direction": (
        cell("directions", "west", "id", "undecided"),
        [
            ("ID_RESERVED", "directions.csv", 2, "id"),
            ("REFERENCE_UNKNOWN", "places.csv", 7, "direction"),
            ("REFERENCE_UNKNOWN", "places.csv", 10, "permitted_directions"),
            ("REFERENCE_UNKNOWN", "demand.csv", 2, "direction"),
        ],
    ),
    "an id like a list": (
        cell("reports", "report-1", "id", "report; 1"),
        [
            ("REFERENCE_UNKNOWN", "road_status.csv", 2, "report"),
            ("REFERENCE_UNKNOWN", "areas.csv", 2, "report"),
            ("ID_FORMAT", "reports.csv", 2, "id"),
        ],
    ),
    "people at a checkpoint": (
        cell("demand", "birch-home", "place", "ford"),
        [("PLACE_KIND", "demand.csv", 12, "place")],
    ),
    "announced zone without announcer": (
        cell("arrangements", "pause-1", "kind", "announced_zone"),
        [
            ("ARRANGEMENT_BASIS", "arrangements.csv", 2, "announced_by"),
            ("ARRANGEMENT_BASIS", "arrangements.csv", 2, "stated_purposes"),
        ],
    ),
    "protected zone announced by one side": (
        lambda d: d.row("arrangements", "pause-1").update(
            kind="protected_zone", status="announced_unilaterally", document=""
        ),
        [
            ("ARRANGEMENT_BASIS", "arrangements.csv", 2, "document"),
            ("ARRANGEMENT_BASIS", "arrangements.csv", 2, "status"),
        ],
    ),
    "missing and empty tables": (
        lambda d: (gone("directions")(d), drop("places")(d)),
        [
            ("TABLE_MISSING", "case", 0, ""),
            ("TABLE_EMPTY", "places.csv", 0, ""),
        ],
    ),
    "decimal commas in a comma-separated file": (
        file("nodes.csv", "id,lat,lon\nn1,0,05,0,1\n"),
        [("ROW_TOO_LONG", "nodes.csv", 2, "")],
    ),
    "one row with five faults": (
        lambda d: d.row("fleet", "ambulance").update(
            count="-1", seats="three", base="depo", units="0", available_from="soon"
        ),
        [
            ("NUMBER_NEGATIVE", "fleet.csv", 3, "count"),
            ("NUMBER_FORMAT", "fleet.csv", 3, "seats"),
            ("NUMBER_TOO_SMALL", "fleet.csv", 3, "units"),
            ("TIME_FORMAT", "fleet.csv", 3, "available_from"),
        ],
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_all_errors_are_found_at_once(name, tmp_path):
    change, expected = SEVERAL[name]
    draft = Draft()
    change(draft)
    reading = reading_of(draft, tmp_path)
    found = [(p.code, p.where.file, p.where.row, p.where.column) for p in reading.errors]
    assert set(expected) <= set(found)
    assert reading.case is None


# Well-formed but not (fully) servable, or doubtful: planned around.
# Change; code, file, row, column, words of the remedy.
WARNINGS = {
    "a workbook beside the tables": (
        file("aid.xlsx", b"PK"),
        ("TABLE_UNKNOWN", "aid.xlsx", 0, "", "under the name of its table: stock.csv"),
    ),
    "no fleet": (drop("fleet"), ("NO_FLEET", "fleet.csv", 0, "", "assumed ones")),
    "a thousand times as many persons as live there": (
        lambda d: (
            d.row("demand", "4x20; 2x20").update(persons="120000"),
            d.row("places", d.row("demand", "4x20; 2x20")["place"]).update(population="1200"),
        ),
        ("DEMAND_LARGE", "demand.csv", 2, "persons", "check the figure"),
    ),
    "no fleet table": (gone("fleet"), ("NO_FLEET", "case", 0, "", "assumed ones")),
    "no seats kept spare where people are undecided": (
        lambda d: d.settings.update(spare_seat_percent="9"),
        ("SPARE_SEATS_FEW", "case.toml", 0, "spare_seat_percent", "set spare_seat_percent to 10 to 20"),
    ),
    "no exit in one direction": (
        lambda d: d.tables["places"].remove(d.row("places", "rowan-school")),
        ("NO_EXIT", "directions.csv", 3, "id", "reception_site with direction east"),
    ),
    "no vehicle with a lift": (
        cell("fleet", "bus", "wheelchair_places", "0"),
        ("NO_PLACES", "fleet.csv", 0, "wheelchair_places", "lift"),
    ),
    "pause after the last hour": (
        lambda d: d.row("arrangements", "pause-1").update(
            window_from="2030-05-20 08:00", window_until="2030-05-20 10:00", daily_hours=""
        ),
        ("WINDOW_OUTSIDE", "arrangements.csv", 2, "window_from", "horizon_h"),
    ),
    "crossing that opens after the last hour": (
        cell("places", "ford", "opening_hours", "03:00-05:00"),
        ("WINDOW_OUTSIDE", "places.csv", 10, "opening_hours", "horizon_h"),
    ),
    "release after the last hour": (
        cell("places", "birch-home", "release", "2030-05-15 08:00"),
        ("WINDOW_OUTSIDE", "places.csv", 6, "release", "horizon_h"),
    ),
    "trains that have left": (
        cell("transit_links", "train", "timetable", "2030-05-13 08:00 60"),
        ("WINDOW_OUTSIDE", "transit_links.csv", 2, "timetable", "horizon_h"),
    ),
    "buses that come too late": (
        cell("fleet", "bus", "available_from", "2030-05-16 06:00"),
        ("WINDOW_OUTSIDE", "fleet.csv", 2, "available_from", "horizon_h"),
    ),
    "trucks that come too late": (
        lambda d: d.row("trucks", "lorry").update(available_from="2030-05-15 06:00", available_until=""),
        ("WINDOW_OUTSIDE", "trucks.csv", 2, "available_from", "horizon_h"),
    ),
    "pause without a time": (
        cell("arrangements", "pause-1", "daily_hours", ""),
        ("WINDOW_MISSING", "arrangements.csv", 2, "window_from", "daily_hours"),
    ),
    "site without capacity": (
        lambda d: d.row("places", "oak-hall").update(capacity_day_persons="", capacity_night_persons=""),
        ("SITE_NO_CAPACITY", "places.csv", 7, "capacity_day_persons", "ask"),
    ),
    "checkpoint without figures": (
        lambda d: d.row("places", "ford").update(persons_h="", vehicles_h=""),
        ("CROSSING_NO_FIGURES", "places.csv", 10, "vehicles_h", "persons_h and vehicles_h"),
    ),
    "figures without a source": (
        cell("places", "ford", "source", ""),
        ("SOURCE_MISSING", "places.csv", 10, "source", "who says so"),
    ),
    "a code of one's own as a P-code": (
        cell("places", "ford", "pcode", "sumy-1"),
        ("PCODE_ODD", "places.csv", 10, "pcode", "leave it empty"),
    ),
    "a P-code within another unit": (
        lambda d: d.row("places", "ford").update(adm1_pcode="UA59", adm2_pcode="UA6312"),
        ("PCODE_ODD", "places.csv", 10, "adm2_pcode", "leave it empty"),
    ),
    "waiting place without room": (
        cell("places", "School yard in Alder", "kind", "waiting_place"),
        ("WAITING_NO_ROOM", "places.csv", 5, "storage_vehicles", "passenger-car units"),
    ),
    "vehicles without a place": (
        lambda d: d.row("fleet", "ambulance").update(seats="0", stretcher_places="0", payload_t="0"),
        ("VEHICLE_EMPTY", "fleet.csv", 3, "seats", "leave out"),
    ),
    "nobody leaves": (
        lambda d: (
            d.tables["demand"][0].update(direction="stays"),
            drop("demand", keep=1)(d),
            gone("people_groups", "norms")(d),
        ),
        ("NO_DEMAND", "demand.csv", 0, "persons", "add the persons"),
    ),
    "place found under the name of another": (
        lambda d: d.row("places", "depot").update(lat="4", lon="4"),
        ("PLACE_FAR", "places.csv", 9, "lat", "same name"),
    ),
    "area at the other end of the world": (
        cell("areas", "flooded", "geometry", "POLYGON ((10 50, 11 50, 11 51, 10 50))"),
        ("AREA_FAR", "areas.csv", 2, "geometry", "check its coordinates"),
    ),
    "column nobody knows": (
        rename("places", "note", "colour"),
        ("COLUMN_UNKNOWN", "places.csv", 1, "colour", "rows that begin with #"),
    ),
    "optional column misspelt": (
        rename("places", "population", "populaton"),
        ("COLUMN_UNKNOWN", "places.csv", 1, "populaton", "did you mean population?"),
    ),
    "setting misspelt": (
        lambda d: d.settings.update(horizon_hours="12"),
        ("SETTING_UNKNOWN", "case.toml", 13, "horizon_hours", "did you mean horizon_h?"),
    ),
    "a table that a failed save left without a byte": (
        file("road_status.csv", b""),
        ("TABLE_BLANK", "road_status.csv", 0, "", "save it anew"),
    ),
    "length in millimetres": (
        cell("links", "l1", "length_m", "6000000"),
        ("LENGTH_TOO_LONG", "links.csv", 2, "", "in metres"),
    ),
    "received before it was sent": (
        cell("consignments", "WB-0001", "received_at", "2030-05-13 07:10"),
        ("WAYBILL_TIMES", "consignments.csv", 2, "received_at", "one of the two times"),
    ),
    "a vial as heavy as a truck": (
        cell("commodities", "insulin", "unit_mass_kg", "3000"),
        ("COMMODITY_ODD", "commodities.csv", 2, "unit_volume_l", "kg and g"),
    ),
    "file misspelt": (
        file("demnd.csv", "place\n"),
        ("TABLE_UNKNOWN", "demnd.csv", 0, "", "did you mean demand?"),
    ),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_a_warning_is_planned_around(name, tmp_path):
    change, (code, in_file, row, column, remedy) = WARNINGS[name]
    draft = Draft()
    change(draft)
    reading = reading_of(draft, tmp_path)
    assert reading.errors == (), [str(error) for error in reading.errors]
    assert reading.case is not None
    problem = next(problem for problem in reading.problems if problem.code == code)
    assert problem.severity is Severity.WARNING
    assert (problem.where.file, problem.where.row, problem.where.column) == (in_file, row, column)
    assert remedy in problem.hint
    assert code in PROBLEM_CODES


def test_a_folder_called_like_a_table_is_not_taken_for_none(tmp_path):
    draft = Draft()
    del draft.tables["road_status"]
    folder = draft.write(tmp_path / "case")
    (folder / "road_status.csv").mkdir()
    problem = only(read_case(folder).problems, "FILE_UNREADABLE")
    assert (problem.severity, problem.where.file) == (Severity.ERROR, "road_status.csv")


def test_one_fault_in_thousands_of_rows_is_told_in_few_lines(tmp_path):
    draft = Draft()
    good = draft.tables["stock"][0]
    rows = [{**good, "id": f"lot-{number}", "quantity": "-1"} for number in range(2, 1_002)]
    draft.tables["stock"] += [*rows, {**good, "id": "late", "unit": "t"}]
    lines = problems_text(reading_of(draft, tmp_path).problems).splitlines()
    negative = [line for line in lines if "NUMBER_NEGATIVE" in line]
    assert len(negative) == SHOWN_ALIKE + 1
    assert "990 more NUMBER_NEGATIVE in stock.csv, column quantity, from row" in negative[-1]
    assert any("UNIT_OTHER" in line for line in lines)


ELSEWHERE = {
    # Seen by other tests: of workbooks, of folders, of placing on the network, and of the planner.
    *("CELL_ERROR", "CELL_FORMULA", "CELL_FORMULA_EMPTY", "CELL_MERGED", "COLUMN_HIDDEN", "FILE_DAMAGED"),
    *("FILE_KIND", "FILE_PASSWORD", "FILE_TOO_LARGE", "FILE_UNREADABLE", "FILE_UNSAFE_XML"),
    *("NUMBER_STORED_AS_TEXT", "ROW_HIDDEN", "ROWS_ABOVE", "SHEET_HIDDEN", "PLACE_SWAPPED", "TIME_CHANGES"),
    "ROW_TOTALS",
    *("PLACE_OFF_NETWORK", "ROAD_NOT_FOUND", "LOT_SMALL", "LOT_LARGE", "STOCK_SMALL", "TRUCK_HEAVY"),
    *("COLUMNS_READ_AS", "TRUCK_OVERWEIGHT"),
    *("UNSERVED_UNREACHABLE", "UNSERVED_NOT_ON_NETWORK", "UNSERVED_NO_VEHICLE", "UNSERVED_NO_EXIT"),
}


def test_each_line_of_the_page_is_tested():
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "bad-input.md").read_text("utf-8")
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", page))
    here = {row[1][0] for row in (*ERRORS.values(), *WARNINGS.values())}
    here |= {code for _, rows in SEVERAL.values() for code, *_ in rows}
    assert named <= set(PROBLEM_CODES)
    assert named - here == ELSEWHERE
