"""Rows of a table as checked values by field, with every problem of header and cells on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from safepassage.domain.dictionary.dictionary import Column, Table, ValueType
from safepassage.domain.problem import Problem, Severity, Where
from safepassage.domain.suggestions import nearest
from safepassage.formats.case.case_geometry import GeometryFiles
from safepassage.formats.case.case_times import Clock, Fault
from safepassage.formats.case.case_values import read_cell
from safepassage.formats.containers.tabular import (
    RawRow,
    RawTable,
    error,
    is_blank,
    normal_name,
    shown,
    text_of,
    warning,
)

_NUMBERS = {ValueType.WHOLE, ValueType.NUMBER}

_PERSONAL = frozenset(
    (
        *("first_name", "last_name", "surname", "family_name", "given_name", "full_name", "patronymic"),
        *("passport", "passport_no", "passport_number", "id_card", "id_number", "tax_number"),
        *("phone", "phone_number", "telephone", "tel", "mobile", "cell", "email", "e_mail", "mail"),
        *("birth_date", "date_of_birth", "birthday", "driver_name", "driver_phone", "home_address"),
        *("ethnicity", "nationality", "religion", "political_views"),
        *("фио", "имя", "фамилия", "отчество", "паспорт", "телефон", "адрес", "имя_и_фамилия"),
        *("піб", "ім'я", "ім’я", "прізвище", "по_батькові", "адреса", "національність"),
    )
)
_PERSONAL_IN_COUNTS = frozenset(("name", "names", "address", "age", "sex", "gender", "diagnosis"))
"""Tables of counts have no use for these; elsewhere `name` is that of a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """One row: where it stands, the values of its fields (blank ones have none), whether it can be used."""

    where: Where
    values: dict[str, Any]
    faulty: bool = False


@dataclass(slots=True, kw_only=True)
class TableReader:
    """Reads tables of one case with one clock; `problems` grows as tables are read."""

    clock: Clock
    geometry: GeometryFiles
    problems: list[Problem] = field(default_factory=list)

    def rows(self, raw: RawTable, table: Table) -> list[ReadRow]:
        """Return the rows of a table; faulty ones are among them, marked, so that their ids are known."""
        columns, complete = self._header(raw, table)
        defaults = {
            column.field: read_cell(column.default, column, self.clock)
            for column in table.columns
            if column.default
        }
        rows, as_text = [], _Tally()
        for row in _without_units(raw, columns):
            self._too_long(raw, row)
            rows.append(self._row(raw, row, columns, defaults, as_text, complete=complete))
        self.problems += as_text.problems(raw)
        return rows

    def _header(self, raw: RawTable, table: Table) -> tuple[list[Column | None], bool]:
        """Return the column at each position, and whether all required ones are there."""
        by_name = {column.name: column for column in table.columns}
        missing = [c for c in table.columns if c.required and c.name not in raw.header]
        counts = Counter(raw.header)
        at = raw.header_row
        for position, name in enumerate(raw.header):
            where = raw.where(at, raw.titles[position])
            if not name:
                continue
            if is_personal(name, table.name):
                self.problems.append(_personal(where, table.name))
            elif name not in by_name:
                # A column that is probably a required one misspelt is named where that one is missing.
                near = nearest(name, by_name)
                if not any(column.name == near for column in missing):
                    self.problems.append(_unknown_column(where, name, near))
            elif counts[name] > 1 and raw.header.index(name) == position:
                message = f"the column {name} stands in the table {counts[name]} times"
                self.problems.append(error("COLUMN_TWICE", where, message, "keep one of them"))
        if not any(row == at for row, _ in raw.covered):  # merged cells hide names; that is said of them
            for column in missing:
                self.problems.append(_missing_column(raw.where(at, column.name), column, raw, by_name))
        return [by_name.get(name) for name in raw.header], not missing

    def _row(
        self,
        raw: RawTable,
        row: RawRow,
        columns: list[Column | None],
        defaults: Mapping[str, Any],
        as_text: _Tally,
        *,
        complete: bool,
    ) -> ReadRow:
        values: dict[str, Any] = dict(defaults)
        faulty = not complete
        for position, column in enumerate(columns):
            if column is None:
                continue
            cell = row.cells[position] if position < len(row.cells) else None
            if is_blank(cell):
                if (row.number, position) in raw.covered:
                    # That cells are merged has been said; that all but the first are empty is the same fault.
                    faulty = True
                elif column.required:
                    faulty = True
                    self.problems.append(_empty(raw.where(row.number, column.name), column))
                continue
            value = self._value(cell, column, raw.where(row.number, column.name))
            if isinstance(value, Problem):
                faulty = True
                values.pop(column.field, None)
                self.problems.append(value)
                continue
            if raw.typed and column.type in _NUMBERS and isinstance(cell, str):
                as_text.add(column.name, row.number)
            values[column.field] = value
        return ReadRow(where=raw.where(row.number), values=values, faulty=faulty)

    def _value(self, cell: Any, column: Column, where: Where) -> Any:
        if column.type is ValueType.GEOMETRY:
            return self.geometry.polygons(cell, where)
        value = read_cell(cell, column, self.clock)
        return problem_of(value, where) if isinstance(value, Fault) else value

    def _too_long(self, raw: RawTable, row: RawRow) -> None:
        extra = [cell for cell in row.cells[len(raw.header) :] if not is_blank(cell)]
        if extra:
            self.problems.append(
                error(
                    "ROW_TOO_LONG",
                    raw.where(row.number),
                    f"the row has cells beyond the last column of the header, the first is {shown(extra[0])}",
                    "put texts with a separator in them in quotation marks, and write decimals with a point",
                )
            )


class _Tally:
    """Counts cells of one kind by column, for one problem instead of thousands."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        self._count: Counter[str] = Counter()

    def add(self, column: str, row: int) -> None:
        """Count a cell."""
        self._first.setdefault(column, row)
        self._count[column] += 1

    def problems(self, raw: RawTable) -> Iterator[Problem]:
        """Yield one warning per column."""
        for column, row in self._first.items():
            cells = self._count[column]
            what = "1 cell holds" if cells == 1 else f"{cells:,} cells hold"
            yield warning(
                "NUMBER_STORED_AS_TEXT",
                raw.where(row, column),
                f"{what} a number stored as text; it was read as a number",
                "mark the column in your spreadsheet program and turn it into numbers",
            )


def problem_of(fault: Fault, where: Where, *, severity: Severity = Severity.ERROR) -> Problem:
    """Return the problem of a cell that does not mean what its column needs."""
    return Problem(severity=severity, code=fault.code, where=where, message=fault.message, hint=fault.hint)


def is_personal(name: str, table: str) -> bool:
    """Whether a column of a table is for data of single persons, which are never read."""
    return name in _PERSONAL or (table in {"demand", "fleet"} and name in _PERSONAL_IN_COUNTS)


def _personal(where: Where, table: str) -> Problem:
    return error(
        "COLUMN_PERSONAL",
        where,
        f"the table {table} has a column for data of single persons; planning needs counts only, and a list "
        "of who wants to leave, or where to, puts people at risk on both sides",
        "delete the column; give persons as a number and households as anonymous sizes (4x10; 2x5)",
    )


def _unknown_column(where: Where, name: str, near: str) -> Problem:
    hint = f"did you mean {near}? " if near else ""
    return warning(
        "COLUMN_UNKNOWN",
        where,
        f"the column {shown(name)} is not known and was left out",
        hint + "remarks belong in the column note, or in rows that begin with #",
    )


def _missing_column(where: Where, column: Column, raw: RawTable, known: Mapping[str, Column]) -> Problem:
    others = tuple(name for name in raw.header if name and name not in known)
    near = nearest(column.name, others)
    hint = f"rename {shown(near)} to {column.name}" if near else f"add it: {column.meaning}"
    return error("COLUMN_MISSING", where, f"the required column {column.name} is missing", hint)


def _empty(where: Where, column: Column) -> Problem:
    unit = f", in {column.unit}" if column.unit else ""
    return error("CELL_EMPTY", where, f"{column.name} is empty", f"fill it in{unit}: {column.meaning}")


_UNIT_WORDS = {"persons", "people", "vehicles", "deg", "degrees", "°", "m", "km", "km/h", "kmh", "h", "hours"}
_UNIT_WORDS |= {
    "min",
    "minutes",
    "s",
    "t",
    "tonnes",
    "kg",
    "id",
    "text",
    "-",
    "–",
    "local time",
    "time",
    "veh/h",
}
_UNIT_WORDS |= {"persons/h", "vehicles/h", "yes/no", "word", "number"}


def _without_units(raw: RawTable, columns: list[Column | None]) -> tuple[RawRow, ...]:
    """Return the rows without a row of units that some people put under the header."""
    if not raw.rows:
        return raw.rows
    pairs = [
        (text_of(cell).strip("()[] ").casefold(), column)
        for cell, column in zip(raw.rows[0].cells, columns, strict=False)
        if not is_blank(cell)
    ]
    units = [text in _UNIT_WORDS or (column and text == column.unit.casefold()) for text, column in pairs]
    return raw.rows[1:] if units and all(units) else raw.rows


def keyed_row(raw: RawTable) -> dict[str, tuple[Any, RawRow]]:
    """Return cell and row by key of a table with one setting per row; of two alike, the last."""
    if "key" not in raw.header or "value" not in raw.header:
        return {}
    key, value = raw.header.index("key"), raw.header.index("value")
    found = {}
    for row in raw.rows:
        cells = (*row.cells, *[None] * len(raw.header))
        if not is_blank(cells[key]):
            found[normal_name(cells[key])] = (cells[value], row)
    return found


def with_columns(raw: RawTable, names: tuple[str, ...], cells: Mapping[int, tuple[Any, ...]]) -> RawTable:
    """Return a table with the columns `names` filled, by row number, where they were blank."""
    header = (*raw.header, *(name for name in names if name not in raw.header))
    titles = (*raw.titles, *(name for name in names if name not in raw.header))
    rows = []
    for row in raw.rows:
        full = [*row.cells, *[None] * (len(header) - len(row.cells))]
        for name, cell in zip(names, cells.get(row.number, ()), strict=False):
            position = header.index(name)
            if is_blank(full[position]):
                full[position] = cell
        rows.append(replace(row, cells=tuple(full)))
    return replace(raw, header=header, titles=titles, rows=tuple(rows))
