"""Our reader of workbooks sees the same cells as openpyxl does."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime, time

import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from safepassage.formats.containers.tabular import ErrorCell
from safepassage.formats.containers.xlsx_in import read_workbook

# What XML can hold, without the carriage return that every XML reader turns into a line feed; openpyxl writes
# no escape for texts that look like one (_x0041_).
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="_\ufffe\uffff"),
    max_size=30,
)
MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2200, 1, 1)).map(lambda m: m.replace(microsecond=0))  # noqa: DTZ001
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e12, 1e12, allow_nan=False).map(lambda x: float(format(x, ".15g"))),
    TEXTS.filter(lambda text: not text.startswith("=") and text != ""),
    MOMENTS,
    st.times().map(lambda t: t.replace(microsecond=0)),
)


def written(rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain(value):
    """Return a cell as both readers may hand it out: midnight is a date, whole floats are integers."""
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.time(), tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(0), tzinfo=UTC)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=6))
def test_same_cells(rows):
    data = written(rows)
    (ours,) = read_workbook(data, "book.xlsx")
    found = {
        (row.number, position): plain(cell)
        for row in ours.rows
        for position, cell in enumerate(row.cells)
        if cell is not None
    }
    theirs = openpyxl.load_workbook(io.BytesIO(data)).active
    expected = {
        (cell.row, cell.column - 1): plain(cell.value)
        for row in theirs.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert found == expected


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def test_rich_text_and_shared_strings_of_other_programs():
    """A spreadsheet program keeps texts in a table of their own, in pieces, with reading aids."""
    pieces = "<r><t>Vel</t></r><r><rPr><b/></rPr><t>yka_x0041_</t></r><rPh><t>aid</t></rPh>"
    parts = {
        "xl/sharedStrings.xml": f"<sst {MAIN}><si>{pieces}</si><si><t>plain</t></si></sst>",
        "xl/worksheets/sheet1.xml": f'<worksheet {MAIN}><sheetData><row><c t="s"><v>0</v></c>'
        '<c t="s"><v>1</v></c><c t="s"><v>9</v></c></row></sheetData></worksheet>',
    }
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written([["x"]]))) as old, zipfile.ZipFile(changed, "w") as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            body = parts[name].encode() if name in parts else old.read(name)
            if name == "xl/_rels/workbook.xml.rels":
                more = (
                    '<Relationship Type="x/relationships/sharedStrings" Target="sharedStrings.xml" Id="s"/>'
                )
                body = body.replace(b"</Relationships>", more.encode() + b"</Relationships>")
            new.writestr(name, body)
    (sheet,) = read_workbook(changed.getvalue(), "book.xlsx")
    assert sheet.rows[0].cells == ("VelykaA", "plain", ErrorCell("#TEXT?"))
