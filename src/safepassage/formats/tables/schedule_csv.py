"""The schedule as CSV: UTF-8 with a mark that spreadsheet programs understand, formulas made harmless."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from safepassage.domain.release import Release
from safepassage.formats.tables.schedule_rows import Cell, ScheduleRows


def write(release: Release) -> bytes:
    """Return the schedule of a released plan as CSV (RFC 4180), one row per departure wave or ride."""
    table = ScheduleRows(release)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.header)
    writer.writerows([_text(cell) for cell in table.cells(row)] for row in table.rows)
    # Without the byte order mark, Excel takes UTF-8 for the machine's old code page and garbles names.
    return text.getvalue().encode("utf-8-sig")


def _text(cell: Cell) -> str | int:
    return cell.strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, datetime) else cell
