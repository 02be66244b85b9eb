"""Reads a case, a folder or one workbook, and says everything that is wrong with it at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from safepassage.domain.case import Case, Settings
from safepassage.domain.case_checks.case_checks import check_case
from safepassage.domain.case_checks.case_draft import CaseDraft, Located
from safepassage.domain.dictionary.dictionary import TABLES, Table, table
from safepassage.domain.network import NetworkSource
from safepassage.domain.network_report import Reading
from safepassage.domain.problem import Problem, Severity, Where
from safepassage.formats.case import network_csv
from safepassage.formats.case.case_folder import SETTINGS_FILE, read_folder, unreadable_file
from safepassage.formats.case.case_geometry import GeometryFiles, matching_cells, table_of_features
from safepassage.formats.case.case_nouns import NOUN_TABLES, nouns
from safepassage.formats.case.case_rows import ReadRow, TableReader, with_columns
from safepassage.formats.case.case_settings import SettingsReading, read_settings
from safepassage.formats.case.case_tables import CaseTables
from safepassage.formats.case.case_xlsx import read_book
from safepassage.formats.case.understood import Names, understood
from safepassage.formats.containers.tabular import RawTable, error, shown, warning

_ORDER = {"": -1, **{row.name: position for position, row in enumerate(TABLES)}}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReading:
    """What was read: the case, or None where an error stands in the way, and all problems in order.

    `network` is the plain network of the case itself (tables nodes and links), None where the case names a
    map file, which is `network_path` then; both are None where the case has no usable network. `nodes` and
    `links` are these tables as they stand in the case, for writing it elsewhere. `rows` says, by table and
    id, where a row stands, for problems that show later.
    """

    case: Case | None
    problems: tuple[Problem, ...]
    network: Reading | None = None
    network_path: Path | None = None
    nodes: RawTable | None = None
    links: RawTable | None = None
    rows: Mapping[str, Mapping[str, Where]] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop the job."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


def read_case(path: Path | str, *, network_given: bool = False) -> CaseReading:
    """Read a case from a folder or an .xlsx workbook; nothing that is wrong with it raises.

    Parameters
    ----------
    path : the folder, its case.toml, or the workbook.
    network_given : whether the road network comes from elsewhere, so that the case need not have one.
    """
    tables = case_tables(Path(path))
    return _Assembly(tables, network_given=network_given).reading()


def case_tables(path: Path) -> CaseTables:
    """Return what lies in a folder or workbook, before anything in it is understood."""
    if path.is_dir():
        return read_folder(path)
    if path.name.lower() == SETTINGS_FILE and path.is_file():
        return read_folder(path.parent)
    found = CaseTables(file=path.name, folder=path.parent)
    where = Where(file=str(path))
    if not path.exists():
        found.problems.append(unreadable_file(where, FileNotFoundError()))
    elif not path.is_file():
        message = "this is neither a folder nor an ordinary file"
        found.problems.append(error("FILE_KIND", where, message, "name a case folder or an .xlsx workbook"))
    elif path.suffix.lower() in {".pbf", ".osm", ".gz"}:
        message = "this is a road network, not a case"
        hint = "name the folder or workbook of the case; its setting network names the road network"
        found.problems.append(error("FILE_KIND", where, message, hint))
    elif path.suffix.lower() in {".csv", ".tsv", ".toml", ".geojson", ".kml", ".kmz", ".gpx"}:
        message = "this is one file of a case, not a case"
        found.problems.append(error("FILE_KIND", where, message, "name the folder it lies in"))
    else:
        return read_book(path)
    return found


class _Assembly:
    """Puts a case together from its tables, table after table."""

    def __init__(self, tables: CaseTables, *, network_given: bool) -> None:
        self.tables = tables
        self.network_given = network_given
        self.problems = list(tables.problems)
        self.unread = any(problem.severity is Severity.ERROR for problem in tables.problems)
        self.names = Names.of(tables.tables)
        self.rows: dict[str, list[ReadRow]] = {}
        self.found: dict[str, tuple[Located[Any], ...]] = {}

    def reading(self) -> CaseReading:
        """Return what was read."""
        if not self.tables.tables and self.unread:
            return CaseReading(case=None, problems=tuple(self.problems))
        raw = self.tables.tables.get("settings")
        unread = raw is None and any(p.where.file == SETTINGS_FILE for p in self.tables.problems)
        settings = read_settings(raw, self.tables.file, unread=unread)
        reader = TableReader(clock=settings.clock, geometry=GeometryFiles(folder=self.tables.folder))
        for name in NOUN_TABLES:
            self._read(name, reader)
            self.found[name] = nouns(name, self.rows[name], settings.clock, self.problems)
        self.problems += reader.problems
        network, network_path = self._network(settings)
        policy = _policy(settings, self.found)
        self.problems += settings.problems
        draft = self._draft(settings, policy, network)
        self.problems += check_case(draft)
        problems = tuple(sorted(dict.fromkeys(self.problems), key=_place_in_case))
        case = None
        if not any(problem.severity is Severity.ERROR for problem in problems):
            case = _case(draft, settings)
        return CaseReading(
            case=case,
            problems=problems,
            network=network,
            network_path=network_path,
            nodes=self.tables.tables.get("nodes"),
            links=self.tables.tables.get("links"),
            rows={name: draft.known(name) for name in draft.ids},
        )

    def _read(self, name: str, reader: TableReader) -> None:
        entry = table(name)
        raws = [self._understood(raw, entry) for raw in self._raw(name)]
        rows = [row for raw in raws if raw.header for row in reader.rows(raw, entry)]
        self.rows[name] = rows
        faulty_file = any(_of_table(problem, name) for problem in self.tables.problems)
        if not rows and entry.required and not faulty_file:
            where = raws[0].where() if raws else Where(file=self.tables.file, sheet=name)
            there = "is empty" if raws else "is missing"
            hint = f"add at least one row. {entry.meaning}"
            self.problems.append(
                error("TABLE_EMPTY" if raws else "TABLE_MISSING", where, f"the table {name} {there}", hint)
            )
        elif not entry.required:
            self.problems += [_blank(raw) for raw in raws if not any(raw.header)]

    def _understood(self, raw: RawTable, entry: Table) -> RawTable:
        """Return a table as its columns are meant, and keep what is to be said of that."""
        found, said = understood(raw, entry, self.names)
        self.problems += [said] if said else []
        return found

    def _raw(self, name: str) -> list[RawTable]:
        """Return the tables of that name: a table completed from a map file, or the map file itself."""
        raw = self.tables.tables.get(name)
        if name not in self.tables.features:
            return [] if raw is None else [raw]
        file, features = self.tables.features[name]
        if raw is None:
            return [table_of_features(name, file, features)]
        columns = ("lat", "lon") if name == "places" else ("geometry",)
        cells, used = matching_cells(raw, features)
        rest = tuple(feature for feature in features if feature.number not in used)
        unnamed = [feature for feature in rest if not feature.properties.get("kind")]
        for feature in unnamed:
            where = Where(file=file, sheet="features", row=feature.number)
            message = f"no row of {name} has the id or name of this feature; it was left out"
            hint = f"add a row to {name}, or give the feature a property kind"
            self.problems.append(warning("FEATURE_UNUSED", where, message, hint))
        own = tuple(feature for feature in rest if feature.properties.get("kind"))
        found = [with_columns(raw, columns, cells)]
        return [*found, table_of_features(name, file, own)] if own else found

    def _network(self, settings: SettingsReading) -> tuple[Reading | None, Path | None]:
        if self.network_given:
            return None, None
        name = settings.case.get("network_file", "")
        nodes, links = self.tables.tables.get("nodes"), self.tables.tables.get("links")
        where = settings.where.get(
            "network", Where(file=self.tables.file, sheet="settings", column="network")
        )
        if name:
            path = self.tables.folder / name
            if _is_there(path):
                return None, path
            message = f"the road network {shown(name)} is not there"
            hint = "put the map file beside the case, or write its full path"
            self.problems.append(error("FILE_MISSING", where, message, hint))
            return None, None
        if nodes is None or links is None:
            missing = " and ".join(n for n, raw in (("nodes", nodes), ("links", links)) if raw is None)
            message = f"the case has no road network: no setting network, and no table {missing}"
            hint = "set network to a map file (.osm.pbf), or add the tables nodes and links"
            if not self.unread:
                self.problems.append(error("NETWORK_MISSING", where, message, hint))
            return None, None
        source = _source(nodes, links, settings.case.get("attribution", ""), self.tables.file)
        examined = network_csv.examine(nodes, links, source=source)
        self.problems += examined.problems
        return examined.reading, None

    def _draft(self, settings: SettingsReading, policy: Settings, network: Reading | None) -> CaseDraft:
        own = None if network is None else network.network
        points = None
        if own is not None:
            lon, lat = own.nodes.lon_e7.tolist(), own.nodes.lat_e7.tolist()
            points = dict(zip(own.nodes.id.tolist(), zip(lon, lat, strict=True), strict=True))
        return CaseDraft(
            file=self.tables.file,
            exercise=settings.case.get("exercise", True),
            settings=policy,
            **self.found,
            tables={name: raw.where() for name, raw in self.tables.tables.items()},
            ids={name: _ids(self.rows[name]) for name in NOUN_TABLES if name != "demand"},
            complete=frozenset(
                name
                for name in NOUN_TABLES
                if not any(row.faulty for row in self.rows[name])
                and not any(_of_table(problem, name) for problem in self.tables.problems)
            ),
            readable=frozenset(
                name for name in NOUN_TABLES if self.rows[name] or name not in self.unreadable()
            ),
            clock_known=settings.clock.known,
            nodes=points,
            links=None if own is None else frozenset(own.arcs.link.tolist()),
        )

    def unreadable(self) -> set[str]:
        """Return the tables that could not be read, or that have to be there and are not."""
        named = {n for n in NOUN_TABLES if any(_of_table(problem, n) for problem in self.tables.problems)}
        return named | {name for name in NOUN_TABLES if table(name).required}


def _blank(raw: RawTable) -> Problem:
    message = f"the table {raw.name} is there without even the names of its columns; it was taken for none"
    hint = "save it anew if rows were in it; if there are none, remove it or leave the names of its columns"
    return warning("TABLE_BLANK", raw.where(), message, hint)


def _of_table(problem: Problem, name: str) -> bool:
    """Whether an error is about the file or sheet of a table as a whole."""
    where = problem.where
    stem = where.file.rpartition(".")[0].lower()
    return problem.severity is Severity.ERROR and name in {where.sheet.casefold(), stem}


def _ids(rows: list[ReadRow]) -> tuple[tuple[str, Where], ...]:
    return tuple((row.values["id"], row.where) for row in rows if "id" in row.values)


def _source(nodes: RawTable, links: RawTable, attribution: str, file: str) -> NetworkSource:
    """Return where the network of a case comes from; its hash is that of what the tables say."""
    digest = hashlib.sha256()
    for raw in (nodes, links):
        for record in raw.records():
            cells = (f"{key}={_plain(value)}" for key, value in sorted(record.items()) if value)
            digest.update("\t".join(cells).encode() + b"\n")
        digest.update(b"\0")
    return NetworkSource(
        kind="csv",
        file_name=file,
        sha256=digest.hexdigest(),
        reader_version=network_csv.READER_VERSION,
        attribution=attribution,
        # Straight lines between nodes: good for a plan on paper, not for navigation.
        schematic=True,
    )


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than any file's
        return False


def _plain(text: str) -> str:
    """Return a number as its shortest text, so that 51.1910 is 51.191; other texts as they are."""
    if not re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        return text
    return f"{Decimal(text).normalize():f}"


def _policy(settings: SettingsReading, found: Mapping[str, tuple[Located[Any], ...]]) -> Settings:
    places = [located.value for located in found["places"] if located.value.lon_e7 is not None]
    points = [(place.lon_e7 / 1e7, (place.lat_e7 or 0) / 1e7) for place in places]
    return Settings(
        **settings.settings, movement_windows=settings.windows(points, placed=bool(found["places"]))
    )


def _place_in_case(problem: Problem) -> tuple[int, str, str, int, str, str]:
    """Sort problems as a person goes through a case: settings first, then table after table."""
    where = problem.where
    name = where.sheet.casefold() or where.file.rpartition(".")[0].casefold()
    order = 0 if where.file == SETTINGS_FILE else _ORDER.get(name, -1)
    return order, where.file, where.sheet, where.row, where.column, problem.code


def _case(draft: CaseDraft, settings: SettingsReading) -> Case:
    rows: dict[str, Any] = {
        name: tuple(located.value for located in getattr(draft, name)) for name in NOUN_TABLES
    }
    return Case(
        **settings.case,
        settings=draft.settings,
        road_statuses=rows.pop("road_status"),
        **rows,
    )
