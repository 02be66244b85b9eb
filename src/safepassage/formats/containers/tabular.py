"""Tables as they stand in a file: header, rows, cells, and where each of them is.

CSV files of any common kind are read here: UTF-8 with or without byte order mark, UTF-16, a declared older
encoding; separated by commas, semicolons or tabs. Rows that begin with ``#`` are comments. Cells stay as they
are: what they mean is decided by the data dictionary.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from safepassage.domain.problem import Problem, Where, error, warning
from safepassage.domain.suggestions import plain_line, quoted

__all__ = [
    "EmptyFormula",
    "ErrorCell",
    "RawRow",
    "RawTable",
    "decode",
    "error",
    "is_blank",
    "normal_name",
    "read_csv",
    "shown",
    "table_of",
    "text_of",
    "warning",
]

MAX_CSV_BYTES = 64 * 1024 * 1024
MAX_CELL_CHARS = 4 * 1024 * 1024
DELIMITERS = (",", ";", "\t")
LONGEST_NAME = 200
"""Signs of a title that are looked at: a name is shorter, and a line of brackets would take for ever."""
ASCII = 0x7F


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell that holds a spreadsheet error such as #REF!."""

    text: str


@dataclass(frozen=True, slots=True)
class EmptyFormula:
    """A cell with a formula whose result was never stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """One row as read; `number` counts as a spreadsheet does, from 1 with everything above included."""

    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A header and its rows; `header` holds normalised column names, `titles` what stands in the file.

    `typed` is true where cells carry types of their own (a workbook), so that a number as text is odd.
    `covered` are cells, by row and position, that are empty because another is merged over them.
    """

    name: str
    file: str
    sheet: str = ""
    header_row: int = 1
    header: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    rows: tuple[RawRow, ...] = ()
    typed: bool = False
    covered: frozenset[tuple[int, int]] = frozenset()

    def where(self, row: int = 0, column: str = "") -> Where:
        """Return the place of a problem in this table."""
        return Where(file=self.file, sheet=self.sheet, row=row, column=column)

    def records(self) -> list[dict[str, str]]:
        """Return the rows as text by normalised column name, as a CSV reader would."""
        return [
            {name: text_of(cell) for name, cell in zip(self.header, row.cells, strict=False) if name}
            for row in self.rows
        ]


def text_of(cell: Any) -> str:
    """Return a cell as the text a CSV file would hold."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return format(cell, ".15g")
    if isinstance(cell, ErrorCell):
        return cell.text
    return str(cell).strip()


def shown(value: Any) -> str:
    """Return a cell for a message: one short harmless line in quotation marks."""
    return quoted(text_of(value))


def normal_name(title: Any) -> str:
    """Return a column title as the dictionary spells names: `Capacity (night) *` and the like made plain."""
    text = unicodedata.normalize("NFKC", text_of(title)[:LONGEST_NAME]).casefold()
    text = re.sub(r"[\(\[].*?[\)\]]", " ", text).replace("*", " ")
    return re.sub(r"[\s\-./]+", "_", text.strip()).strip("_")


def is_blank(cell: Any) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_comment(cells: Sequence[Any]) -> bool:
    """Whether a row is a comment: its first cell that holds anything begins with #."""
    for cell in cells:
        if not is_blank(cell):
            return isinstance(cell, str) and cell.lstrip().startswith("#")
    return False


def table_of(name: str, file: str, sheet: str, rows: Iterable[RawRow], *, typed: bool) -> RawTable:
    """Return the table in rows of cells: the first row that is no comment and not empty is the header."""
    empty = RawTable(name=name, file=file, sheet=sheet, header_row=0, typed=typed)
    header: RawRow | None = None
    kept: list[RawRow] = []
    for row in rows:
        if all(is_blank(cell) for cell in row.cells) or is_comment(row.cells):
            continue
        if header is None:
            header = row
        else:
            kept.append(row)
    if header is None:
        return empty
    return replace(
        empty,
        header_row=header.number,
        header=tuple(normal_name(cell) for cell in header.cells),
        titles=tuple(plain_line(text_of(cell)) for cell in header.cells),
        rows=tuple(kept),
    )


def read_csv(name: str, file: str, data: bytes, *, encoding: str = "") -> RawTable | Problem:
    """Read one CSV file, or say in one problem why it cannot be read.

    Parameters
    ----------
    name, file : the table's name, and the file's as the planner knows it.
    data : the whole file.
    encoding : the encoding declared for the case; empty for UTF-8.
    """
    where = Where(file=file)
    if len(data) > MAX_CSV_BYTES:
        return error(
            "FILE_TOO_LARGE",
            where,
            f"the file has {len(data):,} bytes, more than {MAX_CSV_BYTES:,}",
            "hand in only the rows that are planned with",
        )
    text = decode(data, where, encoding)
    if isinstance(text, Problem):
        return text
    rows = _split(text, where)
    if isinstance(rows, Problem):
        return rows
    return table_of(name, file, "", rows, typed=False)


def _split(text: str, where: Where) -> list[RawRow] | Problem:
    skip, delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = csv.field_size_limit(MAX_CELL_CHARS)
    rows: list[RawRow] = []
    try:
        for number, cells in enumerate(reader, start=1):
            if number > skip:
                rows.append(RawRow(number=number, cells=tuple(cells)))
    except csv.Error as fault:
        return error(
            "CSV_QUOTES",
            replace(where, row=len(rows) + skip + 1),
            f"the row cannot be split into cells ({fault})",
            'close every quotation mark; write a quotation mark inside a cell twice: ""',
        )
    finally:
        csv.field_size_limit(before)
    return rows


def _delimiter(text: str) -> tuple[int, str]:
    """Return the rows to skip, and the separator: declared by `sep=`, or the commonest in the header."""
    for number, line in enumerate(io.StringIO(text)):
        declared = re.fullmatch(r"sep=(.)", line.strip("\r\n"))
        if number == 0 and declared:
            return 1, declared[1]
        if line.strip(' ,;\t\r\n"') and not line.lstrip(' "').startswith("#"):
            outside = re.sub(r'"[^"]*"', "", line)
            return 0, max(DELIMITERS, key=outside.count)
    return 0, DELIMITERS[0]


_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes, where: Where, encoding: str = "") -> str | Problem:
    """Return the text of a file, or a problem that names the encoding it seems to have."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    wanted = marked or encoding or "utf-8"
    if not marked and wanted == "utf-8" and b"\0" in data[:4096]:
        return _not_text(data, where)
    try:
        text = data.decode(wanted)
    except UnicodeDecodeError as fault:
        return _wrong_encoding(data, where, wanted, fault)
    if "\0" in text:
        return _not_text(data, where)
    return text


def _not_text(data: bytes, where: Where) -> Problem:
    what = "a workbook or an archive" if data.startswith(b"PK") else "no text"
    return error(
        "FILE_ENCODING",
        where,
        f"the file is {what}, not a CSV file in UTF-8",
        "save the table as “CSV UTF-8”, or hand in the whole workbook as .xlsx",
    )


def _wrong_encoding(data: bytes, where: Where, wanted: str, fault: UnicodeDecodeError) -> Problem:
    row = data.count(b"\n", 0, fault.start) + 1
    guess = _likely_encoding(data)
    hint = "save the table as “CSV UTF-8”"
    if guess and guess != wanted:
        hint += f', or declare its encoding in case.toml: encoding = "{guess}"'
    return error(
        "FILE_ENCODING",
        replace(where, row=row),
        f"the file is not in {wanted.upper()}" + (f"; it looks like {guess}" if guess else ""),
        hint,
    )


def _likely_encoding(data: bytes) -> str:
    """Guess between the two commonest older encodings: words of high bytes are Cyrillic, single ones not."""
    sample = data[:65536]
    high = [position for position, byte in enumerate(sample) if byte > ASCII]
    if not high:
        return ""
    known = set(high)
    beside = sum(position + 1 in known or position - 1 in known for position in high)
    guess, script = ("cp1251", "CYRILLIC") if beside * 2 > len(high) else ("cp1252", "LATIN")
    letters = sum(_is_letter(sample[at : at + 1].decode(guess, "replace"), script) for at in high)
    return guess if letters * 2 > len(high) else ""


def _is_letter(character: str, script: str) -> bool:
    return unicodedata.name(character, "").startswith(script)
