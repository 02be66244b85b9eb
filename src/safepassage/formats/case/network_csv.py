"""Reads a plain network: a folder with ``nodes.csv`` and ``links.csv``, or two tables of a workbook.

The columns are those of the data dictionary (`NODES`, `LINKS`). All problems are found at once; each names
file, row, column, what is wrong and how to mend it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from safepassage.domain.dictionary.dictionary_network import LINKS, NODES
from safepassage.domain.dictionary.dictionary_rows import Table
from safepassage.domain.errors import TableError
from safepassage.domain.network import Mode, NetworkSource, RoadClass, RoadNetwork
from safepassage.domain.network_report import Reading
from safepassage.domain.problem import Problem, Severity, Where
from safepassage.domain.road_defaults import RoadDefaults
from safepassage.domain.suggestions import did_you_mean
from safepassage.formats.case.case_geometry import GeometryFiles
from safepassage.formats.case.case_rows import ReadRow, TableReader
from safepassage.formats.case.case_times import Clock
from safepassage.formats.containers.tabular import RawTable, error, read_csv, shown
from safepassage.formats.networks.network_rows import LinkRow, NodeRow, build

READER_VERSION = "csv-1"
"""Changes whenever the same tables would give another network."""

_ALIASES = {"road_class": "class"}
_DIRECTIONS = {"no": 0, "yes": 1, "-1": -1}
_MODE_WORDS = tuple(mode.name.lower() for mode in Mode if mode.name)
# These tables hold no times, so the clock of the reader is never asked.
_NO_CLOCK = Clock(epoch=datetime(1970, 1, 1, tzinfo=UTC), offset_s=0, horizon_s=0, known=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What two tables hold: a reading, or None where an error stands in the way, and all problems."""

    reading: Reading | None
    problems: tuple[Problem, ...]


class _Tables:
    """Both tables as typed rows; `problems` grows as they are read."""

    def __init__(self, nodes: RawTable, links: RawTable) -> None:
        self.problems: list[Problem] = []
        read_nodes, read_links = self._rows(nodes, NODES), self._rows(links, LINKS)
        self.nodes = [_node(row) for row in read_nodes if not row.faulty]
        # A link to a node whose own row is faulty is not a second fault.
        self.excused = frozenset(str(row.values.get("id", "")) for row in read_nodes if row.faulty)
        modes = [None if row.faulty else self._modes(row, links) for row in read_links]
        self.links = [
            _link(row, mode)
            for row, mode in zip(read_links, modes, strict=True)
            if not row.faulty and mode is not None
        ]

    def _rows(self, raw: RawTable, table: Table) -> list[ReadRow]:
        if not raw.header:
            hint = f"begin with a row of column names: {', '.join(column.name for column in table.columns)}"
            self.problems.append(
                error("TABLE_EMPTY", raw.where(), f"the table {table.name} has no rows", hint)
            )
            return []
        header = tuple(_ALIASES.get(name, name) for name in raw.header)
        reader = TableReader(clock=_NO_CLOCK, geometry=GeometryFiles(folder=Path()))
        rows = reader.rows(replace(raw, header=header), _by_name(table))
        self.problems += reader.problems
        return rows

    def _modes(self, row: ReadRow, links: RawTable) -> Mode | None:
        """Return the modes a row names, Mode(0) where it names none, None where one is unknown."""
        modes, unknown = Mode(0), False
        for word in row.values.get("modes", ()):
            if word.lower() in _MODE_WORDS:
                modes |= Mode[word.upper()]
                continue
            unknown = True
            where = links.where(row.where.row, "modes")
            hint = did_you_mean(word.lower(), _MODE_WORDS)
            self.problems.append(error("WORD_UNKNOWN", where, f"modes has no word {shown(word)}", hint))
        return None if unknown else modes


def _by_name(table: Table) -> Table:
    """Return a table whose rows are read by column name, for several columns may fill one field."""
    columns = (replace(column, field=column.name, default="") for column in table.columns)
    return replace(table, columns=tuple(columns))


def _node(row: ReadRow) -> NodeRow:
    values = row.values
    return NodeRow(id=values["id"], lon_e7=values["lon"], lat_e7=values["lat"], where=row.where)


def _link(row: ReadRow, modes: Mode) -> LinkRow:
    values: dict[str, Any] = row.values
    return LinkRow(
        id=values["id"],
        tail=values["from"],
        head=values["to"],
        where=row.where,
        road_class=RoadClass[values["class"].upper()] if "class" in values else None,
        modes=modes or None,
        direction=_DIRECTIONS[values.get("oneway", "no")],
        length_m=values.get("length_m", values.get("length_km")),
        speed_kmh=values.get("speed_kmh"),
        travel_s=values.get("travel_min"),
        lanes=values.get("lanes"),
        capacity_mveh_h=values.get("capacity_veh_h"),
        persons_h=values.get("persons_h"),
        max_weight_kg=values.get("max_weight_t"),
        bridge=values.get("bridge", False),
        name=values.get("name", ""),
        ref=values.get("ref", ""),
        source=values.get("source", ""),
        evidence=values.get("evidence", ""),
    )


def examine(
    nodes: RawTable, links: RawTable, *, source: NetworkSource, defaults: RoadDefaults | None = None
) -> Examined:
    """Return the network of two tables with all problems; no network where one of them is an error."""
    tables = _Tables(nodes, links)
    built = build(
        tables.nodes,
        tables.links,
        defaults=defaults or RoadDefaults(),
        source=source,
        excused=tables.excused,
    )
    problems = [*tables.problems, *built.problems]
    if not links.rows and links.header:
        problems.append(error("TABLE_EMPTY", links.where(), "there are no links", "add at least one link"))
    stopped = any(problem.severity is Severity.ERROR for problem in problems)
    return Examined(reading=None if stopped else built.reading, problems=tuple(problems))


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
    """Return the road network of a folder, or of a nodes file and a links file; see `read_counted`."""
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
