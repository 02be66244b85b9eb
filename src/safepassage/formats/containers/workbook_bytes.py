"""Workbooks as bytes that depend on nothing but their contents; sheets are never put into a shared folder."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.compat import safe_string
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.dimensions import SheetDimension
from openpyxl.writer.excel import ExcelWriter

from safepassage.formats.containers.fixed_archive import archive

_SERIAL: Any = to_excel
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</)")


Value = str | int | float | datetime | None


class Below(NamedTuple):
    """Rows below those that stand in a sheet, and the style of each column (0: none).

    As openpyxl writes them; whole files with cells of its own take three to four times as long.
    """

    rows: Sequence[Sequence[Value]]
    styles: Sequence[int]


class _Writer(WorksheetWriter):
    """Writes a sheet whose size counts the rows below."""

    last_row = 0

    def write_dimensions(self) -> None:
        sheet: Any = self.ws
        letter = get_column_letter(sheet.max_column)
        size: Any = SheetDimension(f"A1:{letter}{self.last_row}")
        self.xf.send(size.to_tree())


class _InMemory(ExcelWriter):
    """Writes sheets in memory: openpyxl itself would put restricted rows into the common temporary folder."""

    _archive: zipfile.ZipFile
    below: Mapping[str, Below]

    def write_worksheet(self, ws: Any) -> None:
        sheet, below = io.BytesIO(), self.below.get(ws.title)
        writer: Any = WorksheetWriter(ws, out=sheet) if below is None else _Writer(ws, out=sheet)
        writer.last_row = ws.max_row + (0 if below is None else len(below.rows))
        ws._drawing = SpreadsheetDrawing()  # noqa: SLF001 - as the method that this replaces
        writer.write()
        ws._rels = writer._rels  # noqa: SLF001
        written = sheet.getvalue()
        if below is not None:
            rows = "".join(_rows(below, ws.max_row + 1)).encode("ascii", "xmlcharrefreplace")
            written = written.replace(b"</sheetData>", rows + b"</sheetData>", 1)
        self._archive.writestr(ws.path[1:], written)
        self.manifest.append(ws)


def _rows(below: Below, first: int) -> Iterator[str]:
    """Yield the XML of rows, numbered from the `first` on."""
    columns = [
        (get_column_letter(n), f' s="{style}"' if style else "")
        for n, style in enumerate(below.styles, start=1)
    ]
    for number, row in enumerate(below.rows, start=first):
        cells = [
            _cell(f'{letter}{number}"{style}', value)
            for (letter, style), value in zip(columns, row, strict=True) if value is not None or style
        ]  # fmt: skip
        yield f'<row r="{number}">{"".join(cells)}</row>'


def _cell(begun: str, value: Value) -> str:
    if value is None:
        return f'<c r="{begun} t="n"></c>'
    if isinstance(value, str):
        if not value:
            return f'<c r="{begun} t="inlineStr"></c>'
        space = "" if value == value.strip() else ' xml:space="preserve"'
        return f'<c r="{begun} t="inlineStr"><is><t{space}>{escape(value)}</t></is></c>'
    number = _SERIAL(value) if isinstance(value, datetime) else value
    return f'<c r="{begun} t="n"><v>{safe_string(number)}</v></c>'


def saved(book: Workbook, at: str, below: Mapping[str, Below] | None = None) -> bytes:
    """Return the bytes of a workbook; `at` (ISO 8601, UTC) stands in it as the time of making.

    Sheets named in `below` go on with those rows.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        writer = _InMemory(book, packed)
        writer.below = below or {}
        writer.save()
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    core = "docProps/core.xml"
    parts[core] = _STAMP.sub(rb"\g<1>" + at.encode() + rb"\g<3>", parts[core])
    return archive(parts, compressed=True)
