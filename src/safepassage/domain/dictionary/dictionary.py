"""The data dictionary: every table and column a planner may hand in, once, as data.

These rows drive parsing, validation, defaults, the template and the reference page. A column says what stands
in the file (unit, allowed words, limits) and which field of a noun it fills: a number in the file times
`scale` is the whole number in the field. Every column carries a sensitivity class: that of the noun's field.
"""

from __future__ import annotations

from safepassage.domain.dictionary.dictionary_aid import AID_TABLES
from safepassage.domain.dictionary.dictionary_events import (
    AREAS,
    ARRANGEMENTS,
    REPORTS,
    ROAD_STATUS,
    TRANSIT_LINKS,
)
from safepassage.domain.dictionary.dictionary_network import LINKS, NODES
from safepassage.domain.dictionary.dictionary_people import DEMAND, DIRECTIONS, FLEET, PLACES
from safepassage.domain.dictionary.dictionary_rows import Column, Table, ValueType
from safepassage.domain.dictionary.dictionary_safeguards import SAFEGUARDS
from safepassage.domain.dictionary.dictionary_settings import SETTINGS
from safepassage.domain.release import SensitivityClass

__all__ = ["TABLES", "Column", "Table", "ValueType", "explained", "sensitivity_of", "table"]

TABLES: tuple[Table, ...] = (
    SETTINGS,
    DIRECTIONS,
    PLACES,
    DEMAND,
    FLEET,
    ARRANGEMENTS,
    ROAD_STATUS,
    AREAS,
    REPORTS,
    TRANSIT_LINKS,
    *AID_TABLES,
    SAFEGUARDS,
    NODES,
    LINKS,
)
"""All tables, in the order in which they are read, reported and printed."""

_BY_NAME = {row.name: row for row in TABLES}


def table(name: str) -> Table:
    """Return the table of that name.

    Raises
    ------
    KeyError
        When there is no such table.
    """
    return _BY_NAME[name]


def sensitivity_of(table_name: str, field: str) -> SensitivityClass:
    """Return the class of a noun's field: the highest among the columns that fill it.

    Raises
    ------
    KeyError
        When no column of the table fills the field: an unclassified field is nobody's to show.
    """
    classes = [column.sensitivity for column in table(table_name).columns if column.field == field]
    if not classes:
        raise KeyError(f"no column of {table_name} fills {field!r}")
    return max(classes)


def explained(column: Column) -> str:
    """Return in one line what a column takes: meaning, unit, words, default, source."""
    parts = [column.meaning]
    if column.unit:
        parts.append(f"Unit: {column.unit}.")
    if column.allowed and column.type is ValueType.WORD:
        parts.append(f"Words: {', '.join(column.allowed)}.")
    if column.default:
        parts.append(f"Default: {column.default}.")
    if column.source:
        parts.append(f"Source: {column.source}.")
    return " ".join(parts)
