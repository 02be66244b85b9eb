"""Workbooks as bytes that depend on nothing but their contents; sheets are never put into a shared folder."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from safepassage.formats.containers.fixed_archive import archive

_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</)")


class _InMemory(ExcelWriter):
    """Writes sheets in memory: openpyxl itself would put restricted rows into the common temporary folder."""

    _archive: zipfile.ZipFile

    def write_worksheet(self, ws: Any) -> None:
        sheet = io.BytesIO()
        writer: Any = WorksheetWriter(ws, out=sheet)
        ws._drawing = SpreadsheetDrawing()  # noqa: SLF001 - as the method that this replaces
        writer.write()
        ws._rels = writer._rels  # noqa: SLF001
        self._archive.writestr(ws.path[1:], sheet.getvalue())
        self.manifest.append(ws)


def saved(book: Workbook, at: str) -> bytes:
    """Return the bytes of a workbook; `at` (ISO 8601, UTC) stands in it as the time of making."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        _InMemory(book, packed).save()
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    core = "docProps/core.xml"
    parts[core] = _STAMP.sub(rb"\g<1>" + at.encode() + rb"\g<3>", parts[core])
    return archive(parts, compressed=True)
