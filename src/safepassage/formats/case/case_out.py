"""A case as tables of text: what `case_reading` reads back as the same case.

Times are written as ISO 8601 UTC and hours as the intervals they became, so that nothing depends on the
reader's time zone. Columns that are empty throughout are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

from safepassage.domain.case import Case, Interval
from safepassage.domain.dictionary.dictionary import TABLES, Column, Table, ValueType
from safepassage.formats.case.case_times import iso_utc
from safepassage.formats.containers.tabular import RawTable, text_of
from safepassage.formats.geometry import geometry_wkt

Cell = str | int | float | None
_MOST_DECIMALS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOut:
    """A table to be written: column names, and rows of cells as long as the header."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables_of(case: Case, *, nodes: RawTable | None = None, links: RawTable | None = None) -> list[TableOut]:
    """Return the tables of a case, settings first, and those of its own network where they are given."""
    writer = _Writer(case)
    found = [writer.settings()]
    for table in TABLES:
        rows = getattr(case, _FIELDS.get(table.name, table.name), None)
        if rows and not table.keyed:
            found.append(writer.table(table, rows))
    return found + [raw_table(raw) for raw in (nodes, links) if raw is not None]


_FIELDS = {"road_status": "road_statuses", "settings": ""}


def raw_table(raw: RawTable) -> TableOut:
    """Return a table that was read as one to be written, cell by cell."""
    width = len(raw.header)
    rows = tuple(
        tuple(text_of(cell) for cell in (*row.cells[:width], *[None] * (width - len(row.cells))))
        for row in raw.rows
    )
    return TableOut(name=raw.name, header=raw.header, rows=rows)


class _Writer:
    """Turns fields into cells with the case's own clock."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.epoch = datetime.fromisoformat(case.epoch)

    def iso(self, seconds: int) -> str:
        """Return seconds from the start as ISO 8601 UTC."""
        return iso_utc(self.epoch + timedelta(seconds=seconds))

    def settings(self) -> TableOut:
        """Return the settings that differ from nothing: key and value."""
        rows: list[tuple[Cell, ...]] = []
        for column in next(table for table in TABLES if table.keyed).columns:
            place, _, field = column.field.rpartition(".")
            if place == "file":
                continue
            value = getattr(self.case if place == "case" else self.case.settings, field)
            cell = self.cell(column, value)
            if cell is not None:
                rows.append((column.name, cell))
        rows += [(key, value) for key, value in sorted(self.case.settings.extra.items())]
        return TableOut(name="settings", header=("key", "value"), rows=tuple(rows))

    def table(self, table: Table, nouns: Sequence[Any]) -> TableOut:
        """Return the rows of one table, without columns in which nothing stands."""
        columns = {
            column.name: [self.cell(column, self.value(column, noun)) for noun in nouns]
            for column in table.columns
        }
        kept = [
            column.name
            for column in table.columns
            if column.required or any(cell is not None for cell in columns[column.name])
        ]
        rows = zip(*(columns[name] for name in kept), strict=True)
        return TableOut(name=table.name, header=tuple(kept), rows=tuple(rows))

    def value(self, column: Column, noun: Any) -> Any:
        """Return the field of a noun that a column fills."""
        field = column.field
        if field.startswith("window."):
            return None
        if field.startswith("interval."):
            interval: Interval | None = noun.interval
            if interval is None:
                return None
            return interval.from_s if field == "interval.from" else interval.until_s
        return attrgetter(field)(noun)

    def cell(self, column: Column, value: Any) -> Cell:
        """Return a field as a cell, None where it is empty."""
        if value is None or value in ("", ()):
            return None
        special: Mapping[ValueType, Callable[[Any], str]] = {
            ValueType.TIME: self.iso,
            ValueType.HOURS: lambda rows: "; ".join(
                f"{self.iso(r.from_s)}/{self.iso(r.until_s)}" for r in rows
            ),
            ValueType.TIMETABLE: lambda rows: "; ".join(f"{self.iso(at)} {persons}" for at, persons in rows),
            ValueType.TEXTS: "; ".join,
            ValueType.REFERENCES: "; ".join,
            ValueType.SELECTORS: lambda rows: "; ".join(str(road) for road in rows),
            ValueType.HOUSEHOLDS: lambda rows: "; ".join(f"{size}x{count}" for size, count in rows),
            ValueType.GEOMETRY: geometry_wkt.write,
            ValueType.ZONES: lambda rows: "; ".join(f"{label}={_offset(east)}" for label, east in rows),
            ValueType.YES_NO: lambda yes: "yes" if yes else "no",
        }
        if column.type in special:
            return special[column.type](value)
        if column.type in {ValueType.WHOLE, ValueType.NUMBER}:
            return number_cell(value, column.scale)
        return str(value)


def number_cell(value: int, scale: int) -> int | float:
    """Return the shortest number that, times `scale` and rounded, is the whole number `value`."""
    exact = Decimal(value) / scale
    for decimals in range(_MOST_DECIMALS + 1):
        rounded = round(exact, decimals)
        if round(rounded * scale) == value:
            return int(rounded) if decimals == 0 else float(rounded)
    return float(exact)


def _offset(east_s: int) -> str:
    sign = "-" if east_s < 0 else "+"
    return f"{sign}{abs(east_s) // 3600:02d}:{abs(east_s) % 3600 // 60:02d}"
