"""Reads a plain network: a folder with ``nodes.csv`` and ``links.csv``, or two tables of a workbook.

The columns are those of the data dictionary (`NODES`, `LINKS`) and a few more that a network of its own may
have (`EXTRA_LINK_COLUMNS`). All problems are found at once; each names file, row, column, what is wrong and
how to mend it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safepassage.domain.dictionary_network import LINKS, NODES
from safepassage.domain.dictionary_rows import Column, ValueType
from safepassage.domain.errors import TableError
from safepassage.domain.network import Mode, NetworkSource, RoadClass, RoadNetwork
from safepassage.domain.network_report import Reading
from safepassage.domain.problem import Problem, Severity, Where
from safepassage.domain.release import SensitivityClass
from safepassage.domain.road_defaults import RoadDefaults
from safepassage.formats.network_rows import LinkRow, NodeRow, build
from safepassage.formats.tabular import RawTable, error, read_csv, shown, text_of, warning

READER_VERSION = "csv-1"
"""Changes whenever the same tables would give another network."""

_PARTNERS = SensitivityClass.PARTNERS
_MODE_WORDS = tuple(mode.name.lower() for mode in Mode if mode.name)


def _extra(name: str, kind: ValueType, meaning: str, **more: Any) -> Column:
    return Column(name=name, field=name, type=kind, meaning=meaning, sensitivity=_PARTNERS, **more)


EXTRA_LINK_COLUMNS: tuple[Column, ...] = (
    _extra(
        "length_km", ValueType.NUMBER, "Length, in place of length_m.", unit="km", minimum=0, maximum=10_000
    ),
    _extra(
        "lanes",
        ValueType.WHOLE,
        "Lanes in each direction. Empty: by class.",
        minimum=1,
        maximum=8,
        unit="lanes",
    ),
    _extra(
        "modes",
        ValueType.TEXTS,
        "Who may use it: car, bus; or foot, train, boat. Empty: cars and buses.",
        allowed=_MODE_WORDS,
    ),
    _extra(
        "travel_min",
        ValueType.NUMBER,
        "Travel time, in place of speed_kmh.",
        unit="min",
        minimum=0,
        maximum=20_160,
    ),
    _extra("source", ValueType.TEXT, "Who says so.", maximum=1000),
    _extra("evidence", ValueType.TEXT, "What it rests on.", maximum=1000),
)
"""Columns of links.csv beside those of the data dictionary."""

NODE_COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (_extra("name", ValueType.TEXT, "What people call the place.", maximum=200), *NODES.columns)
}
LINK_COLUMNS: dict[str, Column] = {column.name: column for column in (*EXTRA_LINK_COLUMNS, *LINKS.columns)}
_ALIASES = {"road_class": "class"}

_NUMBER = re.compile(r"^[+-]?\d{1,15}(?:[.,]\d{1,12})?$")
_YES = frozenset(("yes", "y", "true", "1"))
_NO = frozenset(("no", "n", "false", "0"))
_BACKWARD = frozenset(("-1", "reverse", "backward"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What two tables hold: a reading, or None where an error stands in the way, and all problems."""

    reading: Reading | None
    problems: tuple[Problem, ...]


class _TableRows:
    """The rows of one table as checked values by column name."""

    def __init__(self, table: RawTable, columns: dict[str, Column]) -> None:
        self._table, self._columns = table, columns
        self._header = tuple(_ALIASES.get(name, name) for name in table.header)
        self.problems: list[Problem] = []
        self._faults = 0

    def checked(self) -> Iterator[tuple[Where, dict[str, Any]]]:
        """Yield (place of the row, values) of every row without an error; empty cells are left out."""
        if not self._check_header():
            return
        for row in self._table.rows:
            self._faults = 0
            cells = dict(zip(self._header, row.cells, strict=False))
            values = {
                name: value
                for name, column in self._columns.items()
                if (value := self._value(column, text_of(cells.get(name)), row.number)) is not None
            }
            if not self._faults:
                yield self._table.where(row.number), values

    def _error(self, code: str, where: Where, message: str, hint: str) -> None:
        self._faults += 1
        self.problems.append(error(code, where, message, hint))

    def _check_header(self) -> bool:
        table, header = self._table, self._header
        if not header:
            where = table.where()
            hint = f"begin with a row of column names: {', '.join(self._columns)}"
            self._error("TABLE_EMPTY", where, f"the table {table.name} has no rows", hint)
            return False
        for name, title in zip(header, table.titles, strict=False):
            where = table.where(table.header_row, title)
            if name and name not in self._columns:
                hint = f"columns are: {', '.join(self._columns)}"
                self.problems.append(warning("COLUMN_UNKNOWN", where, "the column is not known", hint))
            if name and header.count(name) > 1:
                self._error("COLUMN_TWICE", where, "the column stands in the table twice", "keep one of them")
        for name, column in self._columns.items():
            if column.required and name not in header:
                where = table.where(table.header_row, name)
                self._error("COLUMN_MISSING", where, "the column is missing", f"add it: {column.meaning}")
        return not self._faults

    def _value(self, column: Column, text: str, row: int) -> Any:
        where = self._table.where(row, column.name)
        if not text:
            if column.required:
                self._error("CELL_EMPTY", where, "the cell is empty", f"fill it in: {column.meaning}")
            return None
        if column.type in (ValueType.NUMBER, ValueType.WHOLE):
            return self._number(column, text, where)
        if column.name == "oneway":
            return self._direction(text, where)
        if column.type is ValueType.YES_NO:
            return self._yes_no(text, where)
        if column.name == "modes":
            return self._modes(text, where)
        if column.type is ValueType.WORD and text.lower() not in column.allowed:
            hint = f"write one of: {', '.join(column.allowed)}"
            self._error("CELL_WORD", where, f"{shown(text)} is not a word used here", hint)
            return None
        return text

    def _number(self, column: Column, text: str, where: Where) -> float | None:
        if not _NUMBER.match(text):
            hint = "write digits and at most one decimal point, without units or spaces"
            self._error("CELL_NUMBER", where, f"{shown(text)} is not a number", hint)
            return None
        number = float(text.replace(",", "."))
        if column.type is ValueType.WHOLE and number != int(number):
            self._error("CELL_NUMBER", where, f"{shown(text)} is not a whole number", "round it")
            return None
        low, high = column.minimum, column.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            hint = f"write a number from {low:,} to {high:,}"
            if column.name == "lat":
                hint += "; latitude and longitude may have changed places"
            self._error("CELL_RANGE", where, f"{shown(text)} is out of range", hint)
            return None
        return number

    def _yes_no(self, text: str, where: Where) -> bool | None:
        if text.lower() in _YES | _NO:
            return text.lower() in _YES
        self._error("CELL_WORD", where, f"{shown(text)} is neither yes nor no", "write yes or no")
        return None

    def _direction(self, text: str, where: Where) -> int | None:
        word = text.lower()
        if word in _BACKWARD:
            return -1
        if word in _YES | _NO:
            return 1 if word in _YES else 0
        hint = "write no, yes (from the first node to the second only) or -1 (the other way only)"
        self._error("CELL_WORD", where, f"{shown(text)} says nothing about the direction", hint)
        return None

    def _modes(self, text: str, where: Where) -> Mode | None:
        words = [word for word in re.split(r"[\s,;|+/]+", text.lower()) if word]
        unknown = [word for word in words if word not in _MODE_WORDS]
        for word in unknown:
            self._error(
                "CELL_WORD", where, f"{shown(word)} is not a mode", f"write one of: {', '.join(_MODE_WORDS)}"
            )
        modes = Mode(0)
        for word in words:
            if word not in unknown:
                modes |= Mode[word.upper()]
        return None if unknown else modes


def _node(where: Where, values: dict[str, Any]) -> NodeRow:
    lon, lat = round(values["lon"] * 10**7), round(values["lat"] * 10**7)
    return NodeRow(id=values["id"], lon_e7=lon, lat_e7=lat, where=where)


def _link(where: Where, values: dict[str, Any]) -> LinkRow:
    length, minutes, tonnes = (values.get(key) for key in ("length_m", "travel_min", "max_weight_t"))
    if length is None and "length_km" in values:
        length = 1000 * values["length_km"]
    lanes, capacity, persons = (
        None if values.get(key) is None else int(values[key])
        for key in ("lanes", "capacity_veh_h", "persons_h")
    )
    return LinkRow(
        id=values["id"],
        tail=values["from"],
        head=values["to"],
        where=where,
        road_class=RoadClass[values["class"].upper()] if "class" in values else None,
        modes=values.get("modes"),
        direction=values.get("oneway", 0),
        length_m=None if length is None else round(length),
        speed_kmh=values.get("speed_kmh"),
        travel_s=None if minutes is None else round(60 * minutes),
        max_weight_kg=None if tonnes is None else round(1000 * tonnes),
        bridge=values.get("bridge", False),
        lanes=lanes,
        capacity_veh_h=capacity,
        persons_h=persons,
        name=values.get("name", ""),
        ref=values.get("ref", ""),
        source=values.get("source", ""),
        evidence=values.get("evidence", ""),
    )


def examine(
    nodes: RawTable, links: RawTable, *, source: NetworkSource, defaults: RoadDefaults | None = None
) -> Examined:
    """Return the network of two tables with all problems; no network where one of them is an error."""
    node_rows, link_rows = _TableRows(nodes, NODE_COLUMNS), _TableRows(links, LINK_COLUMNS)
    typed_nodes = [_node(where, values) for where, values in node_rows.checked()]
    typed_links = [_link(where, values) for where, values in link_rows.checked()]
    problems = [*node_rows.problems, *link_rows.problems]
    if any(problem.code.startswith(("COLUMN_MISSING", "TABLE_EMPTY")) for problem in problems):
        # Without these every row would be faulty for the same reason.
        return Examined(reading=None, problems=tuple(problems))
    # A link to a node whose own row is faulty is not a second fault.
    faulty = {found.where.row for found in node_rows.problems if found.severity is Severity.ERROR}
    built = build(
        typed_nodes,
        typed_links,
        defaults=defaults or RoadDefaults(),
        source=source,
        where=links.where(),
        excused=_ids_of(nodes, faulty),
    )
    problems += built.problems
    stopped = any(problem.severity is Severity.ERROR for problem in problems)
    return Examined(reading=None if stopped else built.reading, problems=tuple(problems))


def _ids_of(table: RawTable, rows: set[int]) -> frozenset[str]:
    if "id" not in table.header:
        return frozenset()
    at = table.header.index("id")
    chosen = [row.cells for row in table.rows if row.number in rows and at < len(row.cells)]
    return frozenset(text_of(cells[at]) for cells in chosen)


def read_counted(
    files: Path | Sequence[Path],
    *,
    defaults: RoadDefaults | None = None,
    attribution: str = "",
    schematic: bool = False,
    encoding: str = "",
) -> tuple[Reading, tuple[Problem, ...]]:
    """Return the network of a folder (or of a nodes file and a links file) and the warnings about it.

    Raises
    ------
    TableError
        With all problems, where one of them is an error.
    """
    defaults = defaults or RoadDefaults()
    named = [files / "nodes.csv", files / "links.csv"] if isinstance(files, Path) else list(files)
    digest, tables, problems = hashlib.sha256(), [], []
    for name, file in zip(("nodes", "links"), named, strict=True):
        table = _table(name, file, encoding, digest)
        if isinstance(table, Problem):
            problems.append(table)
        else:
            tables.append(table)
    if problems:
        raise TableError(tuple(problems))
    source = NetworkSource(
        kind="csv",
        file_name=files.name if isinstance(files, Path) else named[1].name,
        sha256=digest.hexdigest(),
        reader_version=f"{READER_VERSION}+{defaults.fingerprint[:12]}",
        attribution=attribution,
        schematic=schematic,
    )
    examined = examine(*tables, source=source, defaults=defaults)
    if examined.reading is None:
        raise TableError(examined.problems)
    return examined.reading, examined.problems


def read(files: Path | Sequence[Path], *, defaults: RoadDefaults | None = None, **more: Any) -> RoadNetwork:
    """Return the network of a folder, or of a nodes file and a links file; see `read_counted`."""
    return read_counted(files, defaults=defaults, **more)[0].network


def _table(name: str, file: Path, encoding: str, digest: Any) -> RawTable | Problem:
    where = Where(file=str(file))
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return error("FILE_MISSING", where, "there is no such file", f"add {name}.csv, or mend the name")
    except OSError as fault:
        what = f"the file cannot be opened ({fault.strerror or fault})"
        return error("FILE_UNREADABLE", where, what, "check its permissions")
    # Each part with its length, so that moving a row from one file to the other changes the hash.
    digest.update(f"{name} {len(data)}\n".encode() + data)
    return read_csv(name, str(file), data, encoding=encoding)
