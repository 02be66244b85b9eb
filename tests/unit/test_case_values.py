"""A cell means one thing, or it is a fault whose remedy holds every reading."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from safepassage.domain.case import PlaceKind, RoadSelector, SelectorKind
from safepassage.domain.dictionary.dictionary import table
from safepassage.formats.case.case_times import Clock, Fault
from safepassage.formats.case.case_values import read_cell
from safepassage.formats.containers.tabular import EmptyFormula, ErrorCell

CLOCK = Clock(epoch=datetime(2024, 8, 16, tzinfo=UTC), offset_s=0, horizon_s=86_400)
PERSONS = table("demand").column("persons")
LAT = table("places").column("lat")
UNITS = table("fleet").column("units")
KIND = table("places").column("kind")
ROADS = table("road_status").column("roads")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("120", 120),
        (" 120 ", 120),
        (120, 120),
        (120.0, 120),
        ("120.0", 120),
        ("1.2e2", 120),
        ("+120", 120),
        (0, 0),
    ],
)
def test_plain_whole_numbers(cell, value):
    assert read_cell(cell, PERSONS, CLOCK) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("51.2345678", 512_345_678),
        (51.2345678, 512_345_678),
        ("-0.5", -5_000_000),
        (51, 510_000_000),
        (".5", 5_000_000),
    ],
)
def test_degrees_become_whole_numbers_exactly(cell, value):
    assert read_cell(cell, LAT, CLOCK) == value


def test_a_number_a_spreadsheet_stored_inexactly_is_read_as_it_was_typed():
    assert read_cell(0.1 + 0.2, table("areas").column("hazard_p"), CLOCK) == 300_000


@pytest.mark.parametrize(
    ("cell", "code", "remedy"),
    [
        ("1,200", "NUMBER_AS_TEXT", "write 1200 if the comma separates thousands, or 1.200"),
        ("1,200,000", "NUMBER_AS_TEXT", "write 1200000"),
        ("1.200,5", "NUMBER_AS_TEXT", "write 1200.5"),
        ("1 200", "NUMBER_AS_TEXT", "write 1200"),
        ("1\u00a0200", "NUMBER_AS_TEXT", "write 1200"),
        ("1'200", "NUMBER_AS_TEXT", "write 1200"),
        ("about 500", "NUMBER_AS_TEXT", "write 500"),
        ("≈500", "NUMBER_AS_TEXT", "write 500"),
        ("500+", "NUMBER_AS_TEXT", "write 500"),
        ("(500)", "NUMBER_AS_TEXT", "write -500 if the brackets stand for a minus, or 500"),
        ("=SUM(B2:B9)", "NUMBER_FORMAT", "type the value that the formula gives"),
        ("12,5", "NUMBER_DECIMAL_COMMA", "write 12.5"),
        ("24_000", "NUMBER_AS_TEXT", "write 24000"),
        ("5 m3", "NUMBER_AS_TEXT", "write 5 without"),
        ("3-5", "NUMBER_FORMAT", "digits only"),
        ("0x10", "NUMBER_FORMAT", "digits only"),
        ("2 x 40", "NUMBER_FORMAT", "digits only"),
        ("12 (3 children)", "NUMBER_FORMAT", "digits only"),
        ("1200–1300", "NUMBER_FORMAT", "digits only"),
        ("2²", "NUMBER_FORMAT", "digits only"),
        ("two", "NUMBER_FORMAT", "digits only"),
        ("inf", "NUMBER_FORMAT", "digits only"),
        ("١٢", "NUMBER_FORMAT", "digits only"),
        ("1" * 60, "NUMBER_AS_TEXT", "write 1"),
        (True, "NUMBER_FORMAT", "digits only"),
        (time(12, 0), "NUMBER_FORMAT", "digits only"),
        (date(2024, 1, 2), "NUMBER_FORMAT", "digits only"),
        (1e9, "NUMBER_TOO_LARGE", "check the figure"),
        (1e300, "NUMBER_TOO_LARGE", "check the figure"),
        (-1, "NUMBER_NEGATIVE", "0 or more"),
        (0.5, "NUMBER_NOT_WHOLE", "write 0 or 1"),
        (ErrorCell("#N/A"), "CELL_ERROR", "mend the formula"),
        (EmptyFormula(), "CELL_FORMULA_EMPTY", "save it"),
    ],
)
def test_a_number_written_otherwise_is_a_fault_with_its_remedy(cell, code, remedy):
    found = read_cell(cell, PERSONS, CLOCK)
    assert isinstance(found, Fault)
    assert found.code == code
    assert remedy in found.hint


def test_limits_hold_at_the_limit_and_not_one_unit_beyond():
    assert read_cell("5000000", PERSONS, CLOCK) == 5_000_000
    assert isinstance(read_cell("5000001", PERSONS, CLOCK), Fault)
    assert read_cell("0.1", UNITS, CLOCK) == 100
    assert isinstance(read_cell("0.099", UNITS, CLOCK), Fault)
    assert read_cell("-90", LAT, CLOCK) == -900_000_000
    assert isinstance(read_cell("-90.0000001", LAT, CLOCK), Fault)


@pytest.mark.parametrize("cell", ["settlement", "Settlement", " SETTLEMENT "])
def test_words_in_any_letter_case(cell):
    assert read_cell(cell, KIND, CLOCK) is PlaceKind.SETTLEMENT


def test_words_of_several_parts_however_joined():
    assert read_cell("Border crossing", KIND, CLOCK) is PlaceKind.BORDER_CROSSING
    assert read_cell("not-passable", table("road_status").column("status"), CLOCK) == "NOT_PASSABLE"


@pytest.mark.parametrize("cell", ["yes", "Y", "true", True, 1, "да", "так", "x"])
def test_many_ways_to_say_yes(cell):
    assert read_cell(cell, table("settings").column("exercise"), CLOCK) is True


@pytest.mark.parametrize("cell", ["no", "FALSE", False, 0, "нет", "ні"])
def test_many_ways_to_say_no(cell):
    assert read_cell(cell, table("settings").column("exercise"), CLOCK) is False


def test_roads():
    found = read_cell("ref: R200 ; near:51.2, 34.3;Name:Rue de l'Église", ROADS, CLOCK)
    assert found == (
        RoadSelector(kind=SelectorKind.REF, value="R200"),
        RoadSelector(kind=SelectorKind.NEAR, value="51.2,34.3"),
        RoadSelector(kind=SelectorKind.NAME, value="Rue de l'Église"),
    )


@pytest.mark.parametrize("cell", ["R200", "ref:", ":R200", "way:H07", "near:51.2", "near:134,51", "near:1;2"])
def test_roads_that_say_nothing(cell):
    found = read_cell(cell, ROADS, CLOCK)
    assert isinstance(found, Fault)
    assert found.code == "ROAD_FORMAT"


@pytest.mark.parametrize("cell", ["alder", "Велика Писарівка", "x-1", "site (north)", "A/3", "7"])
def test_ids(cell):
    assert read_cell(cell, table("places").column("id"), CLOCK) == cell


@pytest.mark.parametrize("cell", ["a;b", "a,b", "=1+1", "#a", "a\nb", "x" * 65, "a:b", "<b>", "\u202ea"])
def test_what_cannot_be_an_id(cell):
    found = read_cell(cell, table("places").column("id"), CLOCK)
    assert isinstance(found, Fault)
    assert found.code == "ID_FORMAT"


def test_texts_come_in_one_unicode_form():
    assert read_cell("é", table("places").column("name"), CLOCK) == "é"


def test_control_characters_and_endless_texts_are_faults():
    name = table("places").column("name")
    assert read_cell("a\x07", name, CLOCK).code == "TEXT_CONTROL"
    assert read_cell("x" * 201, name, CLOCK).code == "TEXT_TOO_LONG"
    assert read_cell("x" * 200, name, CLOCK) == "x" * 200


@pytest.mark.parametrize(
    ("sheet", "column", "cell", "meant"),
    [
        ("road_status", "status", "closed", "NOT_PASSABLE"),
        ("places", "status", "blocked", "CLOSED"),
        ("demand", "direction_basis", "counted", "tally"),
        ("places", "kind", "Village", "settlement"),
    ],
)
def test_an_everyday_word_is_answered_with_the_word_that_says_it_here(sheet, column, cell, meant):
    found = read_cell(cell, table(sheet).column(column), CLOCK)
    assert isinstance(found, Fault)
    assert found.code == "WORD_UNKNOWN"
    assert found.hint.startswith(f"did you mean “{meant}”? allowed: ")


@pytest.mark.parametrize(("cell", "proposed"), [("CG-2", True), ("R200", True), ("Oak road", False)])
def test_a_bare_road_number_is_answered_with_ref(cell, proposed):
    found = read_cell(cell, ROADS, CLOCK)
    assert isinstance(found, Fault)
    assert found.hint.startswith(f"did you mean ref:{cell}? ") is proposed
