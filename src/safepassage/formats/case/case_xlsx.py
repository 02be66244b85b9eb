"""A case as one workbook: a sheet per table, read with all that a spreadsheet can hide."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import islice
from pathlib import Path

from safepassage.domain.problem import Problem, Where
from safepassage.formats.case.case_folder import read_bytes
from safepassage.formats.case.case_tables import CaseTables, table_name, unknown_table
from safepassage.formats.containers.tabular import RawTable, error, is_blank, is_comment, table_of, warning
from safepassage.formats.containers.xlsx_in import Sheet, read_workbook

MAX_WORKBOOK_BYTES = 64 * 1024 * 1024
MOST_COVERED = 100_000
"""Of so many merged cells it is known that another covers them; of more it is said that they are empty."""
_REMARKS = ("instructions", "readme", "read_me", "notes", "about", "lists")


def read_book(path: Path) -> CaseTables:
    """Read all tables of a workbook; problems with the file and its sheets are among what is returned."""
    found = CaseTables(file=path.name, folder=path.parent)
    where = Where(file=path.name)
    data = read_bytes(path, where)
    if not isinstance(data, Problem) and len(data) > MAX_WORKBOOK_BYTES:
        message = f"the workbook has {len(data):,} bytes, more than {MAX_WORKBOOK_BYTES:,}"
        data = error("FILE_TOO_LARGE", where, message, "remove pictures, and rows that are not planned with")
    sheets = data if isinstance(data, Problem) else read_workbook(data, path.name)
    if isinstance(sheets, Problem):
        found.problems.append(sheets)
        return found
    for sheet in sheets:
        _take(sheet, found)
    if not any(table_name(sheet.name) for sheet in sheets):
        message = "the workbook has no sheet with the name of a table"
        hint = "name the sheets settings, directions, places, demand … (safepassage init CASE --xlsx shows "
        "how)"
        found.problems.append(error("TABLE_MISSING", where, message, hint))
    return found


def _take(sheet: Sheet, found: CaseTables) -> None:
    name = table_name(sheet.name)
    where = Where(file=found.file, sheet=sheet.name)
    if not name:
        problem = unknown_table(where, sheet.name, remarks=not sheet.rows)
        if problem is not None and sheet.name.casefold() not in _REMARKS:
            found.problems.append(problem)
        return
    raw = table_of(name, found.file, sheet.name, sheet.rows, typed=True)
    raw = found.add(replace(raw, covered=_covered(sheet, raw)))
    if sheet.hidden:
        message, hint = (
            "the sheet is hidden; it was read all the same",
            "show it, or delete what is not meant",
        )
        found.problems.append(warning("SHEET_HIDDEN", where, message, hint))
    found.problems += [*_formulas(sheet, raw), *_merged(sheet, raw), *_hidden(sheet, raw)]


def _formulas(sheet: Sheet, raw: RawTable) -> list[Problem]:
    """Warn once per column that results of formulas were used as they were last stored."""
    rows = {row.number for row in raw.rows}
    first: dict[int, int] = {}
    count: dict[int, int] = {}
    for row, column in sheet.formulas:
        if row in rows and column < len(raw.header):
            first.setdefault(column, row)
            count[column] = count.get(column, 0) + 1
    found = []
    for column, row in first.items():
        many = "1 cell holds a formula" if count[column] == 1 else f"{count[column]:,} cells hold formulas"
        message = f"{many}; the result that was stored last was used"
        hint = "save the workbook after its last change, or paste values over the formulas"
        found.append(warning("CELL_FORMULA", raw.where(row, raw.titles[column]), message, hint))
    return found


def _covered(sheet: Sheet, raw: RawTable) -> frozenset[tuple[int, int]]:
    """Return the cells of a table, by row and position, over which another is merged, up to a limit."""
    numbers = [raw.header_row, *(row.number for row in raw.rows)]
    cells = (
        (number, position)
        for first_row, first, last_row, last in sheet.merged
        for number in numbers[bisect_left(numbers, first_row) : bisect_right(numbers, last_row)]
        for position in range(first, min(last + 1, len(raw.header)))
        if (number, position) != (first_row, first)
    )
    return frozenset(islice(cells, MOST_COVERED))


def _merged(sheet: Sheet, raw: RawTable) -> list[Problem]:
    """Refuse merged cells inside the table: only their first cell has a value."""
    comments = {row.number for row in sheet.rows if is_comment(row.cells)}
    end = max((row.number for row in raw.rows), default=raw.header_row)
    found = []
    for first_row, first, last_row, last in sheet.merged:
        inside = last_row >= raw.header_row > 0 and first < len(raw.header) and first_row <= end
        if inside and first_row not in comments:
            span = f"rows {first_row} to {last_row}" if last_row > first_row else f"row {first_row}"
            width = f"{last - first + 1} columns" if last > first else "one column"
            message = f"cells are merged over {span} and {width}; only the first of them has a value"
            header = first_row <= raw.header_row <= last_row
            missing = "the name of each column" if header else "the value into every row"
            hint = f"unmerge them and write {missing}"
            found.append(error("CELL_MERGED", raw.where(first_row, raw.titles[first]), message, hint))
    return found


def _hidden(sheet: Sheet, raw: RawTable) -> list[Problem]:
    found = []
    hidden = {row.number for row in raw.rows} & set(sheet.hidden_rows)
    if hidden:
        many = "1 hidden row was" if len(hidden) == 1 else f"{len(hidden):,} hidden rows were"
        message = f"{many} read like the others (a filter hides rows, too)"
        hint = "delete rows that are not meant, and clear the filter"
        found.append(warning("ROW_HIDDEN", raw.where(min(hidden)), message, hint))
    used = {
        column
        for column in sheet.hidden_columns
        if column < len(raw.header)
        and any(column < len(row.cells) and not is_blank(row.cells[column]) for row in raw.rows)
    }
    for column in sorted(used):
        message, hint = (
            "the column is hidden; it was read all the same",
            "show it, or delete what is not meant",
        )
        found.append(warning("COLUMN_HIDDEN", raw.where(raw.header_row, raw.titles[column]), message, hint))
    return found
