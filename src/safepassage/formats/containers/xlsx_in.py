"""Workbooks (.xlsx) read in one pass: values, stored results of formulas, merged cells, hidden rows.

Only what a table needs is read. One pass tells a value from a formula with and without its stored result,
which a general library does in two, and no part of the file is trusted: see `safe_zip` and `safe_xml`.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from safepassage.domain.problem import Problem, Where
from safepassage.domain.suggestions import plain_line
from safepassage.formats.containers.safe_xml import feed, guarded, local, parse
from safepassage.formats.containers.safe_zip import SafeZip, damaged, open_zip, password
from safepassage.formats.containers.tabular import EmptyFormula, ErrorCell, RawRow, error

MAX_CELLS = 2_000_000
MAX_COLUMNS = 16_384
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_DATE_IDS = {*range(14, 23), *range(27, 37), *range(50, 59)}
_CLOCK_IDS = {18, 19, 20, 21, 45, 46, 47}
_MOST_DIGITS = 9
_LONGEST_CLOCK_DAYS = 400
"""A cell that shows a time of day and holds a later number holds a date whose day is not shown."""
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True, kw_only=True)
class Sheet:
    """A sheet as read: rows of cells, and what a planner should know about them.

    `formulas` holds (row, column position) of cells with a formula and a stored result; `merged` holds
    ranges as (first row, first column, last row, last column), positions from 1 for rows and 0 for columns.
    """

    name: str
    hidden: bool = False
    rows: list[RawRow] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """What all sheets share: texts, which styles are dates or clock times, and the day dates count from."""

    texts: tuple[str, ...]
    styles: tuple[str, ...]
    since_1904: bool


def read_workbook(data: bytes, file: str) -> list[Sheet] | Problem:
    """Read all sheets of a workbook, or say in one problem why it cannot be read."""
    where = Where(file=file)
    if data.startswith(_OLE):
        return _old_container(data, where)
    archive = open_zip(data, where)
    if isinstance(archive, Problem):
        return archive
    other = _other_kind(archive)
    if other:
        return _wrong_kind(where, other)
    return _sheets(archive)


def _old_container(data: bytes, where: Where) -> Problem:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return password(where)
    return _wrong_kind(where, "an old workbook (.xls)")


def _wrong_kind(where: Where, kind: str) -> Problem:
    return error(
        "FILE_KIND",
        where,
        f"the file is {kind}, which cannot be read",
        "open it in your spreadsheet program and save it as “Excel Workbook (.xlsx)”",
    )


def _other_kind(archive: SafeZip) -> str:
    names = set(archive.names)
    if "mimetype" in names:
        kind = archive.read("mimetype")
        if isinstance(kind, bytes) and b"opendocument" in kind:
            return "an OpenDocument file (.ods)"
    if "xl/workbook.bin" in names:
        return "a binary workbook (.xlsb)"
    if "word/document.xml" in names:
        return "a text document (.docx)"
    return "" if "[Content_Types].xml" in names else "a zip archive, but no workbook"


def _sheets(archive: SafeZip) -> list[Sheet] | Problem:
    where = archive.where
    book_part = _target_of_type(archive, "_rels/.rels", "/officeDocument") or "xl/workbook.xml"
    root = _tree(archive, book_part)
    if isinstance(root, Problem):
        return root
    relations = _relations(archive, book_part)
    if isinstance(relations, Problem):
        return relations
    book = _shared(archive, relations, since_1904=_since_1904(root))
    if isinstance(book, Problem):
        return book
    sheets, cells = [], 0
    for element in root.iter():
        if local(element.tag) != "sheet":
            continue
        attributes = {local(key): value for key, value in element.attrib.items()}
        kind, part = relations.get(attributes.get("id", ""), ("", ""))
        if not kind.endswith("/worksheet"):
            continue
        name = plain_line(attributes.get("name", ""))
        sheet = Sheet(name=name, hidden=attributes.get("state", "visible") != "visible")
        found = _fill(sheet, archive, part, book, MAX_CELLS - cells)
        if found is not None:
            return found
        cells += sum(len(row.cells) for row in sheet.rows)
        sheets.append(sheet)
    return sheets or damaged(where, "it has no sheets")


def _since_1904(root: Any) -> bool:
    return any(
        local(element.tag) == "workbookPr" and element.get("date1904") in {"1", "true"}
        for element in root.iter()
    )


def _tree(archive: SafeZip, part: str) -> Any:
    data = archive.read(part)
    return data if isinstance(data, Problem) else parse(data, archive.where, part)


def _relations(archive: SafeZip, part: str) -> dict[str, tuple[str, str]] | Problem:
    """Return (type, part name) by id of what a part refers to."""
    folder, name = posixpath.split(part)
    root = _tree(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    if isinstance(root, Problem):
        return root
    found = {}
    for element in root:
        if element.get("TargetMode") == "External":
            continue
        target = element.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        found[element.get("Id", "")] = (element.get("Type", ""), posixpath.normpath(path))
    return found


def _target_of_type(archive: SafeZip, part: str, ending: str) -> str:
    root = _tree(archive, part)
    if isinstance(root, Problem):
        return ""
    for element in root:
        if element.get("Type", "").endswith(ending):
            return posixpath.normpath(str(element.get("Target", "")).lstrip("/"))
    return ""


def _shared(
    archive: SafeZip, relations: Mapping[str, tuple[str, str]], *, since_1904: bool
) -> _Book | Problem:
    parts = {kind.rpartition("/")[2]: part for kind, part in relations.values()}
    book = _Book(texts=(), styles=(), since_1904=since_1904)
    if "sharedStrings" in parts:
        root = _tree(archive, parts["sharedStrings"])
        if isinstance(root, Problem):
            return root
        book = replace(book, texts=tuple(_rich_text(item) for item in root if local(item.tag) == "si"))
    if "styles" in parts:
        root = _tree(archive, parts["styles"])
        if isinstance(root, Problem):
            return root
        book = replace(book, styles=_date_styles(root))
    return book


def _rich_text(item: Any) -> str:
    """Return the text of a shared or inline string; reading aids (rPh) are not part of it."""
    parts = []
    for child in item:
        name = local(child.tag)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [inner.text or "" for inner in child if local(inner.tag) == "t"]
    return _unescaped("".join(parts))


def _unescaped(text: str) -> str:
    if "_x" in text:
        text = _ESCAPE.sub(_character, text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _character(found: re.Match[str]) -> str:
    """Return the character an escape stands for, or the escape where text cannot hold the character."""
    character = chr(int(found[1], 16))
    return (
        character
        if character in "\t\n\r" or unicodedata.category(character) not in {"Cc", "Cs"}
        else found[0]
    )


def _date_styles(root: Any) -> tuple[str, ...]:
    """Return for each cell style "date", "clock" (hours without a day) or ""."""
    codes = {}
    styles: list[str] = []
    for element in root:
        if local(element.tag) == "numFmts":
            codes = {int(e.get("numFmtId", "0")): e.get("formatCode", "") for e in element}
    for element in root:
        if local(element.tag) == "cellXfs":
            styles = [_kind_of_number(int(e.get("numFmtId", "0") or 0), codes) for e in element]
    return tuple(styles)


def _kind_of_number(number: int, codes: Mapping[int, str]) -> str:
    if number not in codes:
        return "clock" if number in _CLOCK_IDS else "date" if number in _DATE_IDS else ""
    code = re.sub(r"\[(h+|m+|s+)\]", r"\1", codes[number].lower())
    code = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code).split(";")[0].replace("general", "")
    if re.search(r"[yd]", code):
        return "date"
    return "clock" if re.search(r"[hs]", code) else "date" if "m" in code else ""


def _fill(sheet: Sheet, archive: SafeZip, part: str, book: _Book, budget: int) -> Problem | None:
    data = archive.read(part)
    if isinstance(data, Problem):
        return data
    reader = _SheetReader(sheet, book, budget)
    parser = guarded(reader.start, reader.end, reader.data)
    found = feed(parser, data, replace(archive.where, sheet=sheet.name), part)
    if reader.overflow:
        return error(
            "FILE_TOO_LARGE",
            replace(archive.where, sheet=sheet.name),
            f"the workbook has more than {MAX_CELLS:,} cells",
            "hand in only the rows that are planned with",
        )
    return found


class _SheetReader:
    """Collects the rows of one sheet from the events of its XML."""

    def __init__(self, sheet: Sheet, book: _Book, budget: int) -> None:
        self.sheet, self.book, self.budget = sheet, book, budget
        self.overflow = False
        self.row = 0
        self.column = -1
        self.cells: list[Any] = []
        self.kind = self.style = ""
        self.text: list[str] = []
        self.value: str | None = None
        self.formula = self.listening = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of a row, a cell, a value, a formula or a remark about rows and columns."""
        name = local(tag)
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "t"}:
            self.listening, self.text = True, []
        elif name == "f":
            self.formula = True
        elif name == "row":
            self.row = _number(attributes.get("r"), self.row + 1)
            self.column, self.cells = -1, []
            if attributes.get("hidden") in {"1", "true"}:
                self.sheet.hidden_rows.append(self.row)
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            first = _number(attributes.get("min"), 1)
            last = min(_number(attributes.get("max"), first), first + 255)
            self.sheet.hidden_columns += range(first - 1, last)
        elif name == "rPh":
            self.listening = False

    def data(self, text: str) -> None:
        """Collect the text of a value."""
        if self.listening:
            self.text.append(text)

    def end(self, tag: str) -> None:
        """Finish a value, a cell or a row."""
        name = local(tag)
        if name in {"v", "t"} and self.listening:
            self.value = (self.value or "") + "".join(self.text)
            self.listening = False
        elif name == "c":
            self._end_cell()
        elif name == "row" and any(cell is not None for cell in self.cells):
            self.sheet.rows.append(RawRow(number=self.row, cells=tuple(self.cells)))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r", "")
        self.column = _column_of(reference) if reference else self.column + 1
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        self.value, self.formula = None, False

    def _end_cell(self) -> None:
        value = self._typed()
        if self.formula and value is None:
            value = EmptyFormula()
        elif self.formula:
            self.sheet.formulas.append((self.row, self.column))
        if value is None or self.column >= MAX_COLUMNS or self.overflow:
            return
        missing = self.column - len(self.cells)
        self.budget -= max(0, missing) + 1
        if self.budget < 0:
            self.overflow = True
            return
        if missing < 0:
            self.cells[self.column] = value
            return
        self.cells += [None] * missing
        self.cells.append(value)

    def _typed(self) -> Any:
        text, kind = self.value, self.kind
        if text is None or (text == "" and kind != "inlineStr"):
            return None
        if kind == "s":
            position = _number(text, -1)
            return self.book.texts[position] if 0 <= position < len(self.book.texts) else ErrorCell("#TEXT?")
        if kind in {"str", "inlineStr"}:
            return _unescaped(text)
        if kind == "b":
            return text.strip() in {"1", "true"}
        if kind == "e":
            return ErrorCell(text)
        if kind == "d":
            return _iso(text)
        return self._number(text)

    def _number(self, text: str) -> Any:
        try:
            value = float(text)
        except ValueError:
            return text
        position = _number(self.style, 0)
        style = self.book.styles[position] if position < len(self.book.styles) else ""
        if style:
            return _moment(value, style, since_1904=self.book.since_1904)
        return int(value) if value.is_integer() and abs(value) < 1e15 else value

    def _merge(self, reference: str) -> None:
        found = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", reference)
        if found:
            first, last = _column_of(found[1]), _column_of(found[3])
            self.sheet.merged.append((int(found[2]), first, int(found[4]), last))


def _number(text: str | None, default: int) -> int:
    stripped = (text or "").strip()
    plain = stripped.isascii() and stripped.isdigit() and len(stripped) <= _MOST_DIGITS
    return int(stripped) if plain else default


def _column_of(reference: str) -> int:
    """Return the position, from 0, of the column in a cell reference such as `AB12`."""
    position = 0
    for character in reference[:8]:
        if not "A" <= character <= "Z":
            break
        position = position * 26 + ord(character) - 64
    return max(position, 1) - 1


def _iso(text: str) -> Any:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text


def _moment(value: float, style: str, *, since_1904: bool) -> Any:
    """Return a stored date as date, date and time, or time of day; hours beyond a day as text `26:30`."""
    seconds = round(value * 86_400)
    if not 0 <= seconds < 86_400 * 2_958_466:
        return ErrorCell("#DATE?")
    if style == "clock" and value < _LONGEST_CLOCK_DAYS:
        hours, rest = divmod(seconds, 3600)
        within_day = hours < 24  # noqa: PLR2004
        return time(hours, rest // 60, rest % 60) if within_day else f"{hours}:{rest // 60:02d}"
    # Workbooks count a 29 February 1900 that never was; their times are local.
    first = date(1904, 1, 1) if since_1904 else date(1899, 12, 31 if seconds < 60 * 86_400 else 30)
    start = datetime.combine(first, time(0))
    try:
        moment = start + timedelta(seconds=seconds)
    except OverflowError:
        return ErrorCell("#DATE?")
    if seconds < 86_400:  # noqa: PLR2004 - no day at all: only a time of day
        return moment.time()
    return date(moment.year, moment.month, moment.day) if moment.time() == time(0) else moment
