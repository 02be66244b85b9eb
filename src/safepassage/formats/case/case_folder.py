"""A case as a folder: case.toml, one CSV file per table, map files for places and areas."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from safepassage.domain.dictionary.dictionary import table
from safepassage.domain.problem import Problem, Where
from safepassage.domain.suggestions import plain_line
from safepassage.formats.case.case_tables import FEATURE_TABLES, CaseTables, table_name, unknown_table
from safepassage.formats.case.case_times import Clock, Fault, start_of_case
from safepassage.formats.case.case_values import read_cell
from safepassage.formats.containers.tabular import (
    RawRow,
    RawTable,
    decode,
    error,
    normal_name,
    read_csv,
    warning,
)
from safepassage.formats.geometry.geometry_in import GEOMETRY_SUFFIXES, read_features

SETTINGS_FILE = "case.toml"
MAX_TOML_BYTES = 1024 * 1024
BOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}
TABLES_ELSEWHERE = {*BOOKS, ".txt", ".shp", ".gpkg"}
"""What people keep tables and areas in; a table that is silently left out would be a road not closed."""


def read_folder(folder: Path) -> CaseTables:
    """Read all tables of a folder; problems with files are among what is returned."""
    found = CaseTables(file=folder.name or str(folder), folder=folder)
    files = _files(folder, found)
    settings = next((path for path in files if path.name.lower() == SETTINGS_FILE), None)
    encoding = ""
    if settings is not None:
        encoding = _settings(settings, found)
    for path in files:
        _take(path, found, encoding)
    found.problems.extend(_not_read(path) for path in files if _is_left_out(path, found))
    if settings is not None:
        found.problems.extend(map(_book_beside, filter(_is_book_beside, files)))
    elif "settings" not in found.tables:
        found.problems.append(_no_case(folder, files))
    return found


def _files(folder: Path, found: CaseTables) -> list[Path]:
    """Return the files of a folder; a link to a table that is not there must not pass for no table."""
    try:
        entries = [path for path in sorted(folder.iterdir()) if not path.name.startswith((".", "~$"))]
    except OSError as fault:
        found.problems.append(unreadable_file(Where(file=str(folder)), fault))
        return []
    for path in entries:
        named = table_name(path.stem) or path.name.lower() == SETTINGS_FILE
        if named and path.is_dir() and path.suffix:
            message = "it is a folder with the name of a file of the case"
            hint = "put the file itself there, or rename the folder"
            found.problems.append(error("FILE_UNREADABLE", Where(file=path.name), message, hint))
        if named and not path.exists():
            message = "it is a link to a file that is not there"
            hint = "put the file itself into the folder, or remove the link"
            found.problems.append(error("FILE_UNREADABLE", Where(file=path.name), message, hint))
    return [path for path in entries if path.exists() and not path.is_dir()]


def _is_left_out(path: Path, found: CaseTables) -> bool:
    """Whether a file is called like a table that is nowhere else, and is of a kind that is not read."""
    name = table_name(path.stem)
    there = name in found.tables or name in found.features
    return bool(name) and not there and path.suffix.lower() in TABLES_ELSEWHERE


def _is_book_beside(path: Path) -> bool:
    """Whether a file is a workbook that is not called like a table: its sheets may be."""
    return path.suffix.lower() in BOOKS and not table_name(path.stem)


def _book_beside(path: Path) -> Problem:
    message = "a workbook beside the tables is not read, none of its sheets either"
    hint = "save each sheet that belongs to the case as CSV UTF-8 under the name of its table: stock.csv"
    return warning("TABLE_UNKNOWN", Where(file=path.name), message, hint)


def _not_read(path: Path) -> Problem:
    message = f"the table {table_name(path.stem)} is in a kind of file that is not read from a folder"
    hint = "save it as CSV UTF-8 beside the others, or put all tables into one .xlsx workbook and name that"
    return error("FILE_KIND", Where(file=path.name), message, hint)


def unreadable_file(where: Where, fault: OSError) -> Problem:
    """Return the problem of a file that is not there or may not be read."""
    if isinstance(fault, FileNotFoundError):
        return error(
            "FILE_MISSING", where, "there is no such file or folder", "check the name and the folder"
        )
    what = fault.strerror or type(fault).__name__
    return error(
        "FILE_UNREADABLE", where, f"it cannot be opened ({what})", "check the permissions of the file"
    )


def _no_case(folder: Path, files: list[Path]) -> Problem:
    book = next((path.name for path in files if path.suffix.lower() == ".xlsx"), "")
    init = "start from a template: safepassage init CASE"
    hint = f"if the case is the workbook, name it: {folder / book}" if book else init
    return error("FILE_MISSING", Where(file=SETTINGS_FILE), "the folder has no case.toml", hint)


def _take(path: Path, found: CaseTables, encoding: str) -> None:
    """Read a file if it is one of the case's; anything else in the folder is left alone."""
    suffix, where = path.suffix.lower(), Where(file=path.name)
    name = table_name(path.stem)
    if suffix in {".csv", ".tsv"} and name:
        data = read_bytes(path, where)
        raw = data if isinstance(data, Problem) else read_csv(name, path.name, data, encoding=encoding)
        if isinstance(raw, Problem):
            found.problems.append(raw)
        else:
            found.add(raw)
    elif suffix in {".csv", ".tsv"}:
        problem = unknown_table(where, path.stem, remarks=True)
        if problem is not None:
            found.problems.append(problem)
    elif suffix in GEOMETRY_SUFFIXES and name in FEATURE_TABLES:
        data = read_bytes(path, where)
        features = data if isinstance(data, Problem) else read_features(data, path.name)
        if isinstance(features, Problem):
            found.problems.append(features)
        elif name in found.features:
            message = f"there are two map files for {name}; the other is {found.features[name][0]}"
            found.problems.append(error("TABLE_TWICE", where, message, "remove or rename one of them"))
        else:
            found.features[name] = (path.name, features)


def read_bytes(path: Path, where: Where) -> bytes | Problem:
    """Return a file's bytes, or the problem that it cannot be opened."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device never ends
            return error("FILE_UNREADABLE", where, "it is no ordinary file", "put the file itself there")
        return path.read_bytes()
    except OSError as fault:
        return unreadable_file(where, fault)


def _settings(path: Path, found: CaseTables) -> str:
    """Read case.toml into a table of settings; return the encoding it declares for the CSV files."""
    where = Where(file=path.name)
    data = read_bytes(path, where)
    if isinstance(data, Problem):
        found.problems.append(data)
        return ""
    raw = read_toml(path.name, data)
    if isinstance(raw, Problem):
        found.problems.append(raw)
        return ""
    for each in raw:
        found.add(each)
    column = table("settings").column("encoding")
    clock = Clock(epoch=_any_start(), offset_s=0, horizon_s=1)
    for row in raw[0].rows:
        if row.cells[0] == column.name:
            value = read_cell(row.cells[1], column, clock)
            return "" if isinstance(value, Fault) else str(value)
    return ""


def _any_start() -> datetime:
    start = start_of_case("2000-01-01T00:00Z")
    if isinstance(start, Fault):
        raise TypeError(start.message)
    return start


def read_toml(file: str, data: bytes) -> list[RawTable] | Problem:
    """Return the tables of case.toml: the settings first (sections are headings), then each [[table]]."""
    where = Where(file=file)
    if len(data) > MAX_TOML_BYTES:
        message = f"the file has {len(data):,} bytes, more than {MAX_TOML_BYTES:,}"
        return error("FILE_TOO_LARGE", where, message, "keep settings only in case.toml")
    text = decode(data, where)
    if isinstance(text, Problem):
        return text
    try:
        document = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as fault:
        return _syntax(where, str(fault))
    lines = text.splitlines()
    rows: list[RawRow] = []
    tables: list[RawTable] = []
    for key, value in document.items():
        named = table_name(key)
        if named and isinstance(value, list) and all(isinstance(row, dict) for row in value):
            tables.append(_array(named, file, value, lines))
            continue
        section = value if isinstance(value, dict) else {key: value}
        for name, inner in section.items():
            cell = _cell(inner)
            line = _line_of(name, lines)
            if isinstance(cell, Fault):
                return error(cell.code, Where(file=file, row=line, column=name), cell.message, cell.hint)
            rows.append(RawRow(number=line, cells=(normal_name(name), cell)))
    names = ("key", "value")
    settings = RawTable(
        name="settings", file=file, header_row=1, header=names, titles=names, rows=tuple(rows)
    )
    return [settings, *tables]


def _array(name: str, file: str, members: list[dict[str, Any]], lines: list[str]) -> RawTable:
    """Return the members of [[name]] as rows of a table; the row is the line of the heading."""
    headings = [number for number, line in enumerate(lines, start=1) if re.match(rf"\s*\[\[\s*{name}", line)]
    keys = dict.fromkeys(key for member in members for key in member)
    rows = []
    for position, member in enumerate(members):
        cells = tuple(None if key not in member else _cell(member[key]) for key in keys)
        plain = tuple(str(cell) if isinstance(cell, Fault) else cell for cell in cells)
        rows.append(RawRow(number=headings[position] if position < len(headings) else 0, cells=plain))
    return RawTable(
        name=name,
        file=file,
        sheet=name,
        header=tuple(normal_name(key) for key in keys),
        titles=tuple(plain_line(key) for key in keys),
        rows=tuple(rows),
    )


def _syntax(where: Where, fault: str) -> Problem:
    line = re.search(r"at line (\d+)", fault)
    here = Where(file=where.file, row=int(line[1]) if line else 0)
    hint = 'write key = value on each line, texts and times in quotation marks: title = "Two valleys"'
    return error("TOML_SYNTAX", here, f"the file is not valid TOML ({fault})", hint)


def _cell(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return "; ".join(str(one) for one in value)
    if isinstance(value, dict | list):
        message = "the value is nested deeper than one section"
        return Fault(code="TOML_NESTED", message=message, hint="write key = value")
    return value if isinstance(value, str | bool | int | float | datetime | date | time) else str(value)


def _line_of(key: str, lines: list[str]) -> int:
    """Return the line on which a key is set, counted from 1."""
    pattern = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
    return next((number for number, line in enumerate(lines, start=1) if pattern.match(line)), 0)
