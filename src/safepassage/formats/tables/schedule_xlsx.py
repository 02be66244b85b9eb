"""The schedule as a workbook: the same rows as the CSV, and a sheet that says what they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from safepassage.domain.release import Release
from safepassage.formats.containers.markup import printable
from safepassage.formats.containers.workbook_bytes import Below, saved
from safepassage.formats.tables.schedule_rows import ScheduleRows, harmless

_HEAD = PatternFill("solid", start_color="FFE8ECEF")
_WIDTHS = {"from": 22, "to": 22, "direction": 18, "attribution": 30, "id": 14, "movement": 14}
_TIME_WIDTH, _OTHER_WIDTH, _LONGEST_FOOTER, _PAPER_A4, _PAPER_A3 = 17, 11, 80, 9, 8


def write(release: Release) -> bytes:
    """Return the schedule of a released plan as .xlsx; the same release gives the same bytes."""
    table = ScheduleRows(release)
    book = Workbook()
    book.properties.title = printable(release.plan["title"])
    book.properties.creator = "safepassage"
    departures, about = book.worksheets[0], book.create_sheet("About")
    departures.title = "Departures"
    rows = _departures(departures, release, table)
    _about(about, release, table)
    return saved(book, str(release.plan["as_of"]), {departures.title: rows})


def _departures(sheet: Worksheet, release: Release, table: ScheduleRows) -> Below:
    """Make the sheet of departures; return the rows below its header."""
    _stamp_pages(sheet, release)
    sheet.append(table.header)
    time: Any = Cell(sheet, row=1, column=1)
    time.number_format = "yyyy-mm-dd hh:mm"
    styles = []
    for position, name in enumerate(table.header, start=1):
        is_time = name.startswith(("first", "last"))
        width = _TIME_WIDTH if is_time else _WIDTHS.get(name, _OTHER_WIDTH)
        sheet.column_dimensions[get_column_letter(position)].width = width
        _make_head(sheet.cell(1, position))
        styles.append(time.style_id if is_time else 0)
    sheet.freeze_panes = "F2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.header))}{len(table.rows) + 1}"
    sheet.print_title_rows = "1:1"
    # What every row repeats is not printed: class and exercise stand in the page header, the rest on "About".
    last = max(k for k, name in enumerate(table.header, start=1) if name.startswith("persons"))
    sheet.print_area = f"A1:{get_column_letter(last)}{max(2, len(table.rows) + 1)}"
    sheet.page_setup.paperSize = _PAPER_A3
    return Below([table.cells(row) for row in table.rows], styles)


def _stamp_pages(sheet: Worksheet, release: Release) -> None:
    """Put the class on every printed page; in a page header an ampersand begins a code."""
    words = [release.sensitivity.name]
    words += ["EXERCISE"] if release.plan["exercise"] else []
    words += [] if release.plan["complete"] else ["INCOMPLETE"]
    title = printable(release.plan["title"]).replace("&", "&&")[:_LONGEST_FOOTER]
    sheet.HeaderFooter.oddHeader = HeaderFooterItem(center=_HeaderFooterPart(" · ".join(words)))
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_HeaderFooterPart(title), right=_HeaderFooterPart(f"{words[0]} · page &P of &N")
    )
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _PAPER_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _make_head(cell: Any) -> None:
    cell.font, cell.fill = Font(bold=True), _HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _about(sheet: Worksheet, release: Release, table: ScheduleRows) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 22, 100
    _stamp_pages(sheet, release)
    for name, text in _facts(release, table):
        sheet.append((name, harmless(text)))
        _make_head(sheet.cell(sheet.max_row, 1))


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
