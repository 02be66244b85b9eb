"""Reads a case with its network, from whatever the planner has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from safepassage.domain.case import Case
from safepassage.domain.errors import FormatError, TableError
from safepassage.domain.map_layers import MapLine
from safepassage.domain.network_report import Reading
from safepassage.domain.problem import Problem, Severity, Where

FURTHER = 5
"""Larger roads are kept so many times further out than small ones."""
OSM_ENDINGS = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInput:
    """A case and its network, if both could be read; otherwise the problems say why not."""

    case: Case | None
    network: Reading | None
    background: tuple[MapLine, ...]
    problems: tuple[Problem, ...]
    rows: Mapping[str, Mapping[str, Where]] = field(default_factory=dict)

    def located(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return problems found after reading with the file, sheet and row of the row they are about."""
        return tuple(replace(p, where=self._where(p)) for p in problems)

    def _where(self, problem: Problem) -> Where:
        row = self.rows.get(problem.where.sheet, {}).get(problem.about)
        return problem.where if row is None else replace(row, column=problem.where.column)

    @property
    def malformed(self) -> bool:
        """Whether any problem forbids to go on."""
        return any(p.severity is Severity.ERROR for p in self.problems)


def read_network(
    path: Path, *, country: str = "", cached: bool = True
) -> tuple[Reading, tuple[Problem, ...]]:
    """Return the road network of a map extract, or of a folder with nodes.csv and links.csv, and warnings.

    Raises
    ------
    FormatError
        When the file cannot be read whole; a TableError carries all faults of a folder.
    """
    from safepassage.formats.case import network_csv  # noqa: PLC0415 - readers load libraries
    from safepassage.formats.networks import network_cache, osm  # noqa: PLC0415 - readers load libraries

    name = path.name.casefold()
    if not path.exists():
        raise FormatError(file=str(path), what="there is no such file or folder", remedy="check its name")
    if path.is_dir() or name.endswith(".csv"):
        return network_csv.read_counted(path if path.is_dir() else path.parent)
    if not name.endswith(OSM_ENDINGS):
        raise FormatError(
            file=str(path), what="this is no road network that can be read",
            remedy="give an .osm.pbf, .osm or .osm.gz extract, or a folder with nodes.csv and links.csv",
        )  # fmt: skip
    reader = osm.Reader(country=country)
    cache = network_cache.default_cache_dir() if cached else None
    return network_cache.load_or_read(path, cache_dir=cache, reader=reader).reading, ()


def read_case_input(path: Path, network: Path | None, *, region_km: int | None = None) -> CaseInput:
    """Read case and network; problems of both are collected.

    With `region_km` only the roads within so many kilometres of the places are kept, and the larger ones
    within FURTHER times as many.

    Raises
    ------
    FormatError
        When the case has no network, or its map cannot be read whole.
    """
    from safepassage.formats.case import background, case_reading  # noqa: PLC0415

    found = case_reading.read_case(path, network_given=network is not None)
    case, problems = found.case, found.problems
    if case is None or any(p.severity is Severity.ERROR for p in problems):
        return CaseInput(case=None, network=None, background=(), problems=problems)
    file = network or found.network_path
    try:
        reading, more = _network_of(path, file, found.network, case.settings.country)
    except TableError as faults:
        return CaseInput(case=None, network=None, background=(), problems=(*problems, *faults.problems))
    if region_km is not None:
        reading = _regional(reading, case, region_km)
    lines = background.read(path) if path.is_dir() else ()
    return CaseInput(
        case=case, network=reading, background=lines, problems=(*problems, *more), rows=found.rows
    )


def _regional(reading: Reading, case: Case, region_km: int) -> Reading:
    from safepassage.engines.region import box_of, cut_region  # noqa: PLC0415 - needs the numeric libraries

    nodes = reading.network.nodes
    named = {place.node for place in case.places if place.node}
    rows = [row for row, name in enumerate(nodes.id.tolist()) if name in named] if named else []
    points = [(int(nodes.lon_e7[row]), int(nodes.lat_e7[row])) for row in rows]
    points += [(p.lon_e7, p.lat_e7) for p in case.places if p.lon_e7 is not None and p.lat_e7 is not None]
    near, far = box_of(points, region_km), box_of(points, FURTHER * region_km)
    cut = cut_region(reading.network, near, far)
    # Arcs have other numbers than in the whole network: nobody is to take one for the other.
    own = hashlib.sha256(f"{cut.source.sha256} {near} {far}".encode()).hexdigest()
    return replace(reading, network=replace(cut, source=replace(cut.source, sha256=own)))


def _network_of(
    case: Path, file: Path | None, own: Reading | None, country: str
) -> tuple[Reading, tuple[Problem, ...]]:
    if file is not None:
        return read_network(file, country=country)
    if own is not None:
        return own, ()
    raise FormatError(
        file=str(case), what="the case names no road network and has no nodes and links of its own",
        remedy="name one in the setting network, add nodes and links, or give --network FILE",
    )  # fmt: skip
