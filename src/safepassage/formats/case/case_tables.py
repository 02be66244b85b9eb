"""The tables of a case as they were found, whatever they were found in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from safepassage.domain.dictionary.dictionary import TABLES
from safepassage.domain.problem import Problem, Where
from safepassage.domain.suggestions import nearest
from safepassage.formats.containers.tabular import RawTable, error, normal_name, shown, warning
from safepassage.formats.geometry.geometry import Feature

TABLE_NAMES = tuple(table.name for table in TABLES)
FEATURE_TABLES = ("places", "areas")
"""Tables that a map file may stand for, or complete."""


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

    def add(self, raw: RawTable) -> None:
        """Keep a table; a second one of the same name is a problem, for nobody knows which is meant."""
        other = self.tables.get(raw.name)
        if other is None:
            self.tables[raw.name] = raw
            return
        where = Where(file=raw.file, sheet=raw.sheet)
        message = f"the table {raw.name} is there twice; the other is {other.sheet or other.file}"
        self.problems.append(error("TABLE_TWICE", where, message, "remove or rename one of them"))


def table_name(title: str) -> str:
    """Return the table that a sheet or file name stands for, or ""."""
    name = normal_name(title)
    return name if name in TABLE_NAMES else ""


def unknown_table(where: Where, title: str, *, remarks: bool) -> Problem | None:
    """Return a warning for a name that is no table: always, or (`remarks`) only if it nearly is one."""
    near = nearest(normal_name(title), TABLE_NAMES, cutoff=0.7)
    if not near and remarks:
        return None
    hint = f"did you mean {near}?" if near else f"tables are called {', '.join(TABLE_NAMES)}"
    return warning("TABLE_UNKNOWN", where, f"{shown(title)} is no table of a case; it was left out", hint)
