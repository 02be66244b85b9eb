"""Tables as files: CSV that spreadsheet programs take as it is meant, and one workbook with a dictionary."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from safepassage.formats.containers.markup import printable
from safepassage.formats.containers.workbook_bytes import Below, saved
from safepassage.formats.tables import aid_dictionary
from safepassage.formats.tables.schedule_rows import harmless

Cell = str | int | float
Row = Sequence[Cell]
Table = tuple[tuple[str, ...], Sequence[Row]]
"""(names of the columns, rows)."""
WIDEST = 60
"""No column of the workbook is wider than so many letters."""
DICTIONARY = "Dictionary"


def write_csv(table: Table) -> bytes:
    """Return a table as CSV: UTF-8 with byte order mark, formulas made harmless."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table[0])
    writer.writerows(_cells(row) for row in table[1])
    return text.getvalue().encode("utf-8-sig")


def dictionary(tables: Mapping[str, Table]) -> Table:
    """Return the dictionary of tables as a table: column, meaning, unit, source."""
    return aid_dictionary.HEADER, aid_dictionary.rows({name: header for name, (header, _) in tables.items()})


def write_xlsx(title: str, as_of: str, tables: Mapping[str, Table]) -> bytes:
    """Return tables as one workbook with their dictionary first; the same tables give the same bytes."""
    book = Workbook()
    book.properties.title, book.properties.creator = printable(title), "safepassage"
    book.remove(book.worksheets[0])
    below = dict[str, Below]()
    for name, (header, rows) in {DICTIONARY: dictionary(tables), **tables}.items():
        sheet = book.create_sheet(name)
        sheet.append(header)
        cells = [_cells(row) for row in rows]
        below[name] = Below(cells, [0] * len(header))
        sheet.freeze_panes = "A2"
        for number, column in enumerate(zip(header, *cells, strict=True), start=1):
            sheet.cell(1, number).font = Font(bold=True)
            letters = max(len(str(value or "")) for value in column)
            sheet.column_dimensions[get_column_letter(number)].width = min(WIDEST, letters + 2)
    return saved(book, as_of, below)


def _cells(row: Iterable[Cell]) -> list[Cell]:
    return [harmless(cell) if isinstance(cell, str) else cell for cell in row]
