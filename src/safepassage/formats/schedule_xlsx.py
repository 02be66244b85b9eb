"""The schedule as a workbook: the same rows as the CSV, and a sheet that says what they are."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from safepassage.domain.release import Release
from safepassage.formats.fixed_archive import archive
from safepassage.formats.markup import printable
from safepassage.formats.schedule_rows import Cell, ScheduleRows, harmless

_HEAD = PatternFill("solid", start_color="FFE8ECEF")
_WIDTHS = {"from": 22, "to": 22, "direction": 18, "attribution": 30, "id": 14, "movement": 14}
_PAPER_A4 = 9
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</)")


def write(release: Release) -> bytes:
    """Return the schedule of a released plan as .xlsx; the same release gives the same bytes."""
    table = ScheduleRows(release)
    book = Workbook(write_only=True)
    book.properties.title = printable(release.plan["title"])
    book.properties.creator = "safepassage"
    _departures(book.create_sheet("Departures"), release, table)
    _about(book.create_sheet("About"), release, table)
    stream = io.BytesIO()
    book.save(stream)
    return _without_clock(stream.getvalue(), str(release.plan["as_of"]))


def _departures(sheet: WriteOnlyWorksheet, release: Release, table: ScheduleRows) -> None:
    sheet.freeze_panes = "F2"
    for position, name in enumerate(table.header, start=1):
        width = 17 if " " in name and name.startswith(("first", "last")) else _WIDTHS.get(name, 11)
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.header))}{len(table.rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _PAPER_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    _stamp_pages(sheet, release)
    sheet.append([_head(sheet, name) for name in table.header])
    for row in table.rows:
        sheet.append([_cell(sheet, value) for value in table.cells(row)])


def _stamp_pages(sheet: WriteOnlyWorksheet, release: Release) -> None:
    """Put the class on every printed page; in a page header an ampersand begins a code."""
    words = [release.sensitivity.name]
    words += ["EXERCISE"] if release.plan["exercise"] else []
    words += [] if release.plan["complete"] else ["INCOMPLETE"]
    sheet.oddHeader.center.text = " · ".join(words)
    sheet.oddFooter.left.text = printable(release.plan["title"]).replace("&", "&&")[:80]
    sheet.oddFooter.right.text = f"{release.sensitivity.name} · page &P of &N"


def _head(sheet: WriteOnlyWorksheet, name: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=name)
    cell.font, cell.fill = Font(bold=True), _HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Cell) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    return cell


def _about(sheet: WriteOnlyWorksheet, release: Release, table: ScheduleRows) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 22, 100
    _stamp_pages(sheet, release)
    for name, text in _facts(release, table):
        sheet.append([_head(sheet, name), WriteOnlyCell(sheet, value=harmless(text))])


def _facts(release: Release, table: ScheduleRows) -> Sequence[tuple[str, str]]:
    plan = release.plan
    return (
        (
            "class",
            f"{release.sensitivity.name}: for the {release.audience.name.replace('_', ' ').lower()} only",
        ),
        ("plan", plan["title"]),
        ("exercise", "EXERCISE" if plan["exercise"] else "no"),
        ("complete", "yes" if plan["complete"] else "INCOMPLETE: some people are not served; see the report"),
        ("roads as reported at", plan["as_of"]),
        ("times", table.clock.legend),
        (
            "rows",
            "Cars of one place and route that leave within ten minutes are one row; every bus leg is a row.",
        ),
        ("attribution", release.inputs["network"]["attribution"]),
        *((f"SHA-256 of {name}", sha256) for name, sha256 in sorted(release.generated_from.items())),
    )


def _without_clock(workbook: bytes, as_of: str) -> bytes:
    """Pack the workbook again with the plan's own time in place of the time of writing."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    core = "docProps/core.xml"
    parts[core] = _STAMP.sub(rb"\g<1>" + as_of.encode() + rb"\g<3>", parts[core])
    return archive(parts, compressed=True)
