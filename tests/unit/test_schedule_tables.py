"""The schedule as tables: every person once, times in all zones, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import time
import zipfile

import openpyxl
import pytest

from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.tables import schedule_csv, schedule_xlsx
from safepassage.formats.tables.schedule_rows import WAVE_S, ScheduleRows, harmless
from safepassage.testing.sample_documents import sample_documents, sealed

INPUTS, PLAN, CERTIFICATE, VERIFICATION = sample_documents()
RELEASE = release(INPUTS, PLAN, CERTIFICATE, VERIFICATION, Audience.PLANNING_TEAM)
CSV = schedule_csv.write(RELEASE)
ROWS = list(csv.DictReader(io.StringIO(CSV.decode("utf-8-sig"))))


def small(**plan):
    """The sample with two cars and one bus leg only, and with fields of the plan replaced."""
    cars = [PLAN["cars"][0] | {"departures": PLAN["cars"][0]["departures"][:2]}]
    vehicles = [{"id": PLAN["vehicles"][0]["id"], "legs": PLAN["vehicles"][0]["legs"][:2]}]
    changed = PLAN | {"cars": cars, "vehicles": vehicles, "link_rides": []} | plan
    return sealed(INPUTS, changed, CERTIFICATE)


def test_everybody_stands_in_one_row():
    persons = sum(departure[1] for stream in PLAN["cars"] for departure in stream["departures"])
    loads = [leg["load"] for vehicle in PLAN["vehicles"] for leg in vehicle["legs"]]
    loads += [ride["load"] for ride in PLAN["link_rides"]]
    persons += sum(item["persons"] for load in loads for item in load)
    assert (
        sum(int(row["persons"]) for row in ROWS)
        == persons
        == sum(d["persons_served"] for d in PLAN["directions"])
    )
    groups = [key for key in ROWS[0] if key.startswith("persons ") and key != "persons reserve"]
    assert len(groups) == 8
    assert all(sum(int(row[group]) for group in groups) == int(row["persons"]) for row in ROWS)


def test_every_leg_is_a_row_and_cars_go_in_waves():
    legs = sum(len(vehicle["legs"]) for vehicle in PLAN["vehicles"])
    assert sum(bool(row["vehicle"]) for row in ROWS) == legs
    cars = [row for row in ScheduleRows(RELEASE).rows if row.movement == "own cars"]
    assert sum(row.vehicles for row in cars) == sum(len(stream["departures"]) for stream in PLAN["cars"])
    assert all(row.first_departure_s // WAVE_S == row.last_departure_s // WAVE_S for row in cars)
    keys = [(row.from_name, row.to_name, row.direction, row.first_departure_s // WAVE_S) for row in cars]
    assert len(set(keys)) == len(keys)


def test_rows_stand_in_order_of_departure():
    times = [row["first_departure UTC"] for row in ROWS]
    assert times == sorted(times)
    assert {row["movement"] for row in ROWS} == {"own cars", "bus", "bus, empty", "train"}


def test_times_stand_in_every_zone_and_in_utc():
    row = next(row for row in ROWS if row["id"] == PLAN["vehicles"][0]["legs"][0]["id"])
    departs = PLAN["vehicles"][0]["legs"][0]["depart_s"]
    assert departs == 1800
    assert row["first_departure UTC"] == "2031-05-16 03:30:00"
    assert row["first_departure Marbury"] == "2031-05-16 05:30:00"
    assert row["first_departure Sorrel"] == "2031-05-16 06:30:00"


def test_bus_rows_name_where_they_start_and_end():
    leg = next(leg for leg in PLAN["vehicles"][0]["legs"] if leg["load"])
    row = next(row for row in ROWS if row["id"] == leg["id"])
    places = {place["id"]: place["name"] for place in INPUTS["places"]}
    assert row["from"] == places[leg["load"][0]["place"]]
    assert row["to"] == places[leg["load"][0]["site"]]
    assert row["vehicle"] == PLAN["vehicles"][0]["id"]


def test_reserves_are_counted_apart():
    stream = PLAN["cars"][0] | {"reserve": True, "departures": [[3600, 3, []], [3610, 2, []]]}
    given = release(*small(cars=[stream]), Audience.PLANNING_TEAM)
    row = next(row for row in ScheduleRows(given).rows if row.movement == "own cars")
    assert (row.reserve_persons, row.persons, row.vehicles) == (5, {}, 2)


def test_every_row_carries_class_exercise_and_attribution():
    for row in ROWS:
        assert row["class"] == "RESTRICTED"
        assert row["exercise"] == "EXERCISE"
        assert row["complete"] == "INCOMPLETE"
        assert row["attribution"] == INPUTS["network"]["attribution"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\n=1",
        "\ufeff=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20A",
        "\r=1",
    ],
)
def test_cells_that_begin_like_a_formula_are_made_harmless(text):
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["Oakford", "3=3", "a-b", "", "Пристань", "(+1)"])
def test_other_cells_stay_as_they_are(text):
    assert harmless(text) == text


def test_no_cell_of_a_hostile_case_is_a_formula():
    formula = '=HYPERLINK("x","y")'
    inputs = INPUTS | {
        "places": [row | {"name": formula} for row in INPUTS["places"]],
        "directions": [row | {"name": f"{formula}{i}"} for i, row in enumerate(INPUTS["directions"])],
        "time_zones": [{"label": formula, "offset_s": 3600}],
        "network": INPUTS["network"] | {"attribution": "@x\x00\x1b"},
    }
    plan = small(title=formula)[1] | {
        "corridors": [row | {"id": f"-{row['id']}"} for row in PLAN["corridors"]],
        "directions": [row | {"name": f"{formula}{i}"} for i, row in enumerate(PLAN["directions"])],
    }
    given = release(*sealed(inputs, plan, CERTIFICATE), Audience.PLANNING_TEAM)
    cells = [
        cell for row in csv.reader(io.StringIO(schedule_csv.write(given).decode("utf-8-sig"))) for cell in row
    ]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert "'@x" in cells
    book = openpyxl.load_workbook(io.BytesIO(schedule_xlsx.write(given)))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_workbook_holds_what_the_csv_holds():
    book = openpyxl.load_workbook(io.BytesIO(schedule_xlsx.write(RELEASE)), read_only=True)
    head, *rows = book["Departures"].iter_rows(values_only=True)
    assert list(head) == list(ROWS[0])
    assert len(rows) == len(ROWS)
    for sheet_row, csv_row in zip(rows, ROWS, strict=True):
        texts = [
            cell.strftime("%Y-%m-%d %H:%M:%S") if hasattr(cell, "strftime") else cell for cell in sheet_row
        ]
        assert ["" if text is None else str(text) for text in texts] == list(csv_row.values())


def test_workbook_says_what_it_is_on_screen_and_on_paper():
    given = release(*small(title="Sums & more"), Audience.PLANNING_TEAM)
    book = openpyxl.load_workbook(io.BytesIO(schedule_xlsx.write(given)))
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert about["class"].startswith("RESTRICTED")
    assert about["attribution"] == INPUTS["network"]["attribution"]
    assert about["complete"].startswith("INCOMPLETE")
    assert about["SHA-256 of plan.json"] == given.generated_from["plan.json"]
    for sheet in book:
        assert sheet.oddHeader.center.text == "RESTRICTED · EXERCISE · INCOMPLETE"
        assert "RESTRICTED" in sheet.oddFooter.right.text
        assert sheet.oddFooter.left.text == "Sums && more"
    assert book["Departures"].freeze_panes == "F2"
    assert book["Departures"].print_title_rows == "$1:$1"


@pytest.mark.slow
def test_the_same_release_gives_the_same_bytes_at_another_time():
    given = release(*small(), Audience.PLANNING_TEAM)
    first = schedule_xlsx.write(given)
    time.sleep(2.1)
    assert schedule_xlsx.write(given) == first
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = packed.read("docProps/core.xml").decode()
    assert core.count("2031-05-16T02:41:00Z") == 2
    assert schedule_csv.write(RELEASE) == CSV
