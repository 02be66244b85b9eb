"""Rows below those of a sheet are the ones that openpyxl writes itself."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell

from safepassage.formats.containers.workbook_bytes import Below, saved

AT = "2026-11-28T00:00:00Z"
ROWS = [
    ["a & b <c> \"d\" 'e'", 1, 0.1, None, " a space before"],
    ["Суми\ntwo lines", -7, 1 / 3, "", "😀 ]]>"],
    ["", 2**40, 1e-9, "x", "=1+1 is taken off elsewhere"[1:]],
]


def _sheet(data):
    packed = zipfile.ZipFile(io.BytesIO(data))
    return packed.read("xl/worksheets/sheet1.xml")


def test_rows_below_are_the_bytes_that_cells_of_their_own_would_be():
    book, own = Workbook(), Workbook()
    for one in (book, own):
        one.worksheets[0].append(["text", "whole", "part", "may lack", "more"])
    for row in ROWS:
        own.worksheets[0].append(row)
    below = {book.worksheets[0].title: Below(ROWS, [0] * 5)}
    assert _sheet(saved(book, AT, below)) == _sheet(saved(own, AT))


def test_columns_below_have_their_style():
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["when", "who"])
    time = Cell(sheet, row=1, column=1)
    time.number_format = "yyyy-mm-dd hh:mm"
    moment = datetime(2026, 11, 28, 9, 30, tzinfo=UTC).replace(tzinfo=None)
    below = Below([[moment, "bus-1"], [None, "bus-2"]], [time.style_id, 0])
    read = load_workbook(io.BytesIO(saved(book, AT, {sheet.title: below}))).worksheets[0]
    assert [[cell.value for cell in row] for row in read.iter_rows(min_row=2)] == [*map(list, below.rows)]
    assert [read["A2"].number_format, read["A3"].number_format] == ["yyyy-mm-dd hh:mm"] * 2
    assert read.dimensions == "A1:B3"
