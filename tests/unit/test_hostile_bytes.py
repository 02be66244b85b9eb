"""Bytes that once made a reader fail, found by `benchmarks/fuzz.py`: each is answered in words now."""

from __future__ import annotations

import pytest

from safepassage.domain.errors import FormatError, SafePassageError
from safepassage.domain.problem import Problem
from safepassage.domain.simulation import Traffic
from safepassage.formats.access import alert_file, referral_record
from safepassage.formats.case import population_grid
from safepassage.formats.case.case_sheets import workbook
from safepassage.formats.case.template_rows import template_tables
from safepassage.formats.claims import gazetteer_in
from safepassage.formats.containers import xlsx_in
from safepassage.formats.gis import sumo
from safepassage.formats.movement import movement_file


@pytest.mark.parametrize("at", [0, 30, 400])
def test_a_workbook_whose_directory_points_before_its_beginning(at):
    book = workbook(template_tables())
    assert isinstance(
        xlsx_in.read_workbook(book[: len(book) // 2] + book[len(book) // 2 + 999 + at :], "x.xlsx"), Problem
    )


@pytest.mark.parametrize(
    "data",
    [b"name,lat,lon\nAlder\n", b"name,lat,lon\nAlder,50\n", b"name,lat,lon\nAlder,1e999,25\n",
     b"name,lat,lon,persons\nAlder,50,25,1e999\n", b"name,lat,lon\nAlder,nan,25\n"],
)  # fmt: skip
def test_a_place_without_a_position_is_named(data):
    gazetteer, problems = gazetteer_in.read(data, file="x.csv")
    assert gazetteer.places == ()
    assert [problem.where.row for problem in problems] == [2]


@pytest.mark.parametrize("data", [b"name,lat,lon,population\nAlder,50,25\n", b"name,pop,lat,lon\nAlder\n"])
def test_a_short_row_of_a_grid(tmp_path, data):
    path = tmp_path / "grid.csv"
    path.write_bytes(data)
    with pytest.raises(SafePassageError, match=r"row 2|no cell|position"):
        population_grid.read_grid(path)


@pytest.mark.parametrize("reader", [movement_file, referral_record])
@pytest.mark.parametrize("number", ["inf", "nan", "1e999"])
def test_a_position_without_end(reader, number):
    with pytest.raises(FormatError):
        reader.read(f"lat = {number}\n".encode(), file="x.toml")


@pytest.mark.parametrize(
    "shape",
    ["circle = [inf, 35.0, 2]", "circle = [51.0, 35.0, inf]", "polygon = [[nan, inf], [1, 2], [3, 4]]"],
)
def test_an_area_without_end(shape):
    text = '[[text]]\nlanguage = "en"\nheadline = "h"\ndescription = "d"\n'
    with pytest.raises(FormatError):
        alert_file.read(
            f'kind = "delay"\n[[area]]\ndescription = "x"\n{shape}\n{text}'.encode(), file="x.toml"
        )


@pytest.mark.parametrize("number", [b"1e999", b"nan", b"x"])
def test_a_second_without_end_in_what_a_simulator_wrote(number):
    nothing = Traffic(nodes=(), roads=(), vehicles=(), stages=(), end_s=9)
    ways = b'<routes><vehicle id="v0" depart="1.00"><route exitTimes="%s"/></vehicle></routes>' % number
    with pytest.raises(FormatError, match="not"):
        sumo.read(nothing, ways, b"<stops/>")
