"""Stock and waybills as logisticians keep them: one message says how each column was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import Workbook

from safepassage.domain.release import Audience
from safepassage.engines.release import release, with_aid
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.case.case_template import write_template
from safepassage.formats.case.case_times import zones
from safepassage.formats.case.case_write import write_case_folder
from safepassage.formats.facts.aid_facts import loading_begins
from safepassage.formats.tables import aid_tables, table_files
from safepassage.testing.aid_cases import random_aid_case
from tests.support.aids import provided

STORE = (
    "Item,Batch/Lot,Qty,UoM,Exp. date,Warehouse,Donor/Pledge,Shelf no.\n"
    "Drinking water,B-77,2000,ltr,2030-11-30,Bus yard,Red Cross society,4\n"
    "Dry food ration,B-78,500,kgs,2030-11-30,Bus yard,,5\n"
)


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "case"
    write_template(folder, xlsx=False)
    text = (folder / "places.csv").read_text("utf-8")
    assert "depot," in text
    (folder / "places.csv").write_text(text.replace(",Depot,", ",Bus yard,"), "utf-8")
    (folder / "consignments.csv").unlink()
    return folder


def said(reading):
    return [p for p in reading.problems if p.code in {"COLUMNS_READ_AS", "COLUMN_UNKNOWN"}]


def yard(folder):
    """Return the name of the template's depot."""
    return next(place.name for place in read_case(folder).case.places if place.id == "depot")


def test_a_store_list_is_read_with_one_message(case):
    (case / "stock.csv").write_text(STORE.replace("Bus yard", yard(case)), "utf-8")
    reading = read_case(case)
    assert reading.errors == ()
    water, food = reading.case.stock
    assert (water.id, water.depot, water.commodity) == ("B-77", "depot", "drinking_water")
    assert (water.quantity_milli, water.donor, water.unit) == (2_000_000, "Red Cross society", "ltr")
    assert (food.commodity, food.quantity_milli) == ("food_ration", 500_000)
    assert food.expires_s is not None
    (one,) = said(reading)
    for text in (
        "Item as commodity",
        "Batch/Lot as id",
        "Qty as quantity",
        "UoM as unit",
        "left out: Shelf no.",
    ):
        assert text in one.message
    assert "“Drinking water” as drinking_water" in one.message


def test_what_is_best_before_a_day_is_good_on_that_day_but_not_at_a_stated_hour(case):
    day = read_case(case).case.epoch[:10]
    for expires, good in ((day, True), (f"{day} 00:00", False)):
        rows = STORE.replace("Bus yard", yard(case)).replace("2030-11-30", expires)
        (case / "stock.csv").write_text(rows, "utf-8")
        reading = read_case(case)
        assert [lot.expires_s > 0 for lot in reading.case.stock] == [good, good]
        assert ("LOT_EXPIRED" in {problem.code for problem in reading.problems}) is not good


def test_a_store_list_without_lots_below_a_title_gets_numbers(case):
    rows = [line.split(",") for line in STORE.replace("Bus yard", yard(case)).splitlines()]
    kept = "\n".join(",".join(cells[:1] + cells[2:]) for cells in rows)
    (case / "stock.csv").write_text(f"Stock of the yard as of 13 May\n{kept}\n", "utf-8")
    reading = read_case(case)
    assert reading.errors == ()
    assert [lot.id for lot in reading.case.stock] == ["row-3", "row-4"]
    assert "number of the row as id" in said(reading)[0].message


def test_a_unit_in_the_title_of_the_quantity_is_not_lost(case):
    text = STORE.replace("Qty,UoM", "Qty (MT),Grade").replace(",ltr,", ",,").replace(",kgs,", ",,")
    (case / "stock.csv").write_text(
        text.replace("Bus yard", yard(case)).replace("Drinking water", "Soap"), "utf-8"
    )
    found = [p for p in read_case(case).problems if p.code == "UNIT_OTHER"]
    assert found
    assert "500,000 kg" in found[-1].hint


def test_columns_that_are_there_by_their_own_name_are_not_renamed(case):
    text = (case / "stock.csv").read_text("utf-8")
    before = read_case(case).case.stock
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    (case / "stock.csv").write_text(
        "\n".join([lines[0] + ",qty", *(line + ",9" for line in lines[1:])]) + "\n", "utf-8"
    )
    reading = read_case(case)
    assert [lot.quantity_milli for lot in reading.case.stock] == [lot.quantity_milli for lot in before]
    assert [p.code for p in said(reading)] == ["COLUMN_UNKNOWN"]


def test_a_column_for_single_persons_is_refused_under_any_other_names(case):
    text = STORE.replace("Shelf no.", "Phone").replace("Bus yard", yard(case))
    (case / "stock.csv").write_text(text, "utf-8")
    assert "COLUMN_PERSONAL" in {p.code for p in read_case(case).errors}


def test_a_sheet_of_a_workbook_is_read_likewise(tmp_path):
    write_template(tmp_path / "case.xlsx", xlsx=True)
    from openpyxl import load_workbook

    book: Workbook = load_workbook(tmp_path / "case.xlsx")
    del book["stock"]
    name = next(row[1].value for row in book["places"].iter_rows() if row[0].value == "depot")
    del book["consignments"]
    sheet = book.create_sheet("Inventory")
    for line in STORE.replace("Bus yard", name).splitlines():
        sheet.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
    book.save(tmp_path / "case.xlsx")
    reading = read_case(tmp_path / "case.xlsx")
    assert reading.errors == ()
    assert [lot.id for lot in reading.case.stock] == ["B-77", "B-78"]


@pytest.mark.parametrize("file", ["RESTRICTED-aid-waybills.csv", "consignments.csv"])
def test_our_waybills_read_back_as_consignments(tmp_path, file):
    case, network = random_aid_case(5)
    whole = provided(case, network)
    documents = (whole.inputs, whole.plan, whole.certificate, whole.verdict().record())
    team = with_aid(release(*documents, Audience.PLANNING_TEAM), whole.aid)
    header, lines = aid_tables.tables(team)["aid-waybills"]
    folder = tmp_path / "case"
    write_case_folder(replace(case, trucks=()), folder)  # some carry less than a case may state
    counted = [(*row[: header.index("received")], row[header.index("quantity")], *row[-3:]) for row in lines]
    (folder / file).write_bytes(table_files.write_csv((header, counted)))
    reading = read_case(folder, network_given=True)
    assert reading.errors == ()
    assert [p.code for p in said(reading)] == ["COLUMNS_READ_AS"]
    assert "left out" not in said(reading)[0].message
    found = {(c.waybill, c.depot, c.place, c.commodity, c.lot): c for c in reading.case.consignments}
    assert len(found) == len(lines) > 0
    for row in lines:
        one = dict(zip(header, row, strict=True))
        line = found[one["waybill"], one["depot"], one["place"], one["commodity"], one["lot"]]
        assert line.dispatched_milli == line.received_milli == round(one["quantity"] * 1_000)
        assert line.dispatched_s is not None
        assert line.unit == one["unit"]
    assert replace(reading.case, consignments=()).stock == tuple(sorted(case.stock, key=lambda lot: lot.id))


def test_waybills_of_a_night_in_which_clocks_are_changed_say_which_time_it_is(tmp_path):
    drawn, network = random_aid_case(5)
    start = datetime(2024, 10, 27, tzinfo=UTC)
    both = zones("one=Europe/Kyiv", start, start + timedelta(seconds=drawn.settings.horizon_s))
    assert [offset for _, offset in both] == [10_800, 7_200]
    case = replace(drawn, epoch=f"{start:%FT%TZ}", as_of=f"{start:%FT%TZ}", time_zones=both)
    whole = provided(case, network)
    documents = (whole.inputs, whole.plan, whole.certificate, whole.verdict().record())
    tables = aid_tables.tables(with_aid(release(*documents, Audience.PLANNING_TEAM), whole.aid))
    for row in dicts(tables["aid-arrivals"]):
        assert datetime.fromisoformat(row["arrival"]) == datetime.fromisoformat(row["arrival_utc"] + "Z")
    folder = tmp_path / "case"
    write_case_folder(replace(case, trucks=(), time_zones=(("one", 10_800),)), folder)
    settings = (folder / "case.toml").read_text("utf-8")
    (folder / "case.toml").write_text(settings.replace("one=+03:00", "one=Europe/Kyiv"), "utf-8")
    (folder / "consignments.csv").write_bytes(table_files.write_csv(tables["aid-waybills"]))
    reading = read_case(folder, network_given=True)
    assert "TIME_CHANGES" in {problem.code for problem in reading.problems}
    read = {row.waybill: row.dispatched_s for row in reading.case.consignments}
    loaded = {row["waybill"]: row["truck"] for row in dicts(tables["aid-waybills"])}
    assert loaded.keys() == read.keys()
    firsts = {loaded[code]: second for code, second in sorted(read.items(), reverse=True)}
    begun = loading_begins(whole.aid)
    assert firsts == {truck: begun[truck] // 60 * 60 for truck in firsts}
    assert min(firsts.values()) > 3_600  # after the change


def dicts(table):
    header, lines = table
    return [dict(zip(header, row, strict=True)) for row in lines]
