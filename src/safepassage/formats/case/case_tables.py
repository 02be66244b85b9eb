"""The tables of a case as they were found, whatever they were found in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from safepassage.domain.dictionary.dictionary import TABLES, table
from safepassage.domain.problem import Problem, Where
from safepassage.domain.suggestions import nearest, plain_line
from safepassage.formats.case.column_aliases import NUMBERED, TABLES_CALLED
from safepassage.formats.case.totals import without_totals
from safepassage.formats.case.understood import canonical
from safepassage.formats.containers.tabular import (
    RawTable,
    error,
    normal_name,
    shown,
    text_of,
    warning,
)
from safepassage.formats.geometry.geometry import Feature

TABLE_NAMES = tuple(table.name for table in TABLES)
FEATURE_TABLES = ("places", "areas")
"""Tables that a map file may stand for, or complete."""
TITLE_ROWS = 10
"""So many rows may stand above the names of the columns: what it is, whose, as of when."""


@dataclass(slots=True, kw_only=True)
class CaseTables:
    """What lies in a case: tables by name, map files of places and areas, and the problems of reading them.

    `file` is the case as the planner calls it, `folder` where its other files lie.
    """

    file: str
    folder: Path
    tables: dict[str, RawTable] = field(default_factory=dict)
    features: dict[str, tuple[str, tuple[Feature, ...]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, given: RawTable) -> RawTable:
        """Keep a table and return it as it is read: the names of its columns may stand below a title.

        A second one of the same name is a problem, for nobody knows which is meant.
        """
        raw = below_titles(given)
        if raw is not given:
            message = f"what stands above the names of the columns was left out: {shown(given.titles[0])} …"
            hint = "look whether it says something that belongs into a column, such as a date or a depot"
            self.problems.append(warning("ROWS_ABOVE", raw.where(given.header_row), message, hint))
        raw, totals = without_totals(raw, table(raw.name), canonical(raw.name, raw.header))
        self.problems += [] if totals is None else [totals]
        other = self.tables.get(raw.name)
        if other is None:
            self.tables[raw.name] = raw
            return raw
        where = Where(file=raw.file, sheet=raw.sheet)
        message = f"the table {raw.name} is there twice; the other is {other.sheet or other.file}"
        self.problems.append(error("TABLE_TWICE", where, message, "remove or rename one of them"))
        return raw


def below_titles(raw: RawTable) -> RawTable:
    """Return a table from the row on that names all columns it needs, where its first row does not."""
    known = table(raw.name)
    required = {column.name for column in known.columns if column.required}
    if raw.name in NUMBERED:
        required -= {"id"}
    if known.keyed or not required or required & set(canonical(raw.name, raw.header)):
        return raw
    for position, row in enumerate(raw.rows[:TITLE_ROWS]):
        header = tuple(normal_name(cell) for cell in row.cells)
        if required <= set(canonical(raw.name, header)):
            titles = tuple(plain_line(text_of(cell)) for cell in row.cells)
            rest = raw.rows[position + 1 :]
            return replace(raw, header_row=row.number, header=header, titles=titles, rows=rest)
    return raw


def table_name(title: str) -> str:
    """Return the table that a sheet or file name stands for, or ""."""
    name = normal_name(title)
    return name if name in TABLE_NAMES else TABLES_CALLED.get(name, "")


def unknown_table(where: Where, title: str, *, remarks: bool) -> Problem | None:
    """Return a warning for a name that is no table: always, or (`remarks`) only if it nearly is one."""
    name = normal_name(title)
    near = nearest(name, TABLE_NAMES, cutoff=0.7)
    if not near and remarks:
        return None
    # Sheets are copied and dated: stock (2), stock 2024.
    near = near or next((known for known in TABLE_NAMES if name.startswith(known + "_")), "")
    hint = f"did you mean {near}?" if near else f"tables are called {', '.join(TABLE_NAMES)}"
    return warning("TABLE_UNKNOWN", where, f"{shown(title)} is no table of a case; it was left out", hint)
