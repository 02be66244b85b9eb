"""A report as a file: plain text, HTML, PDF or rows of CSV; its words at their places in the file's text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from safepassage.domain.problem import Problem, Where, error
from safepassage.formats.claims.html_text import blanked
from safepassage.formats.claims.pdf_text import MOST_DRAWN, MOST_PAGES, TooMuchDrawnError, text_of_pdf
from safepassage.formats.containers.tabular import RawTable, read_csv, text_of

MAX_BYTES = 8 * 1024 * 1024
MAX_CHARACTERS = 400_000
"""About two hundred pages; longer files are collections, not reports."""
SAMPLE = 20_000
PRINTABLE_SHARE = 0.9
SCRIPTS, KNOWN_SHARE = ("LATIN", "CYRILLIC"), 0.5
LEAST_LETTERS = 20
TEXT_COLUMNS = ("text", "report", "message", "body", "content", "description", "post", "note")
OUTLET_COLUMNS = ("outlet", "source", "publisher", "author", "channel")
DATE_COLUMNS = ("published", "date", "time", "datetime", "received")
DATELINE = re.compile(
    r"^[A-Z][\w ,.'’/-]{1,60}\((?P<outlet>[A-Z][\w .&'’-]{1,40})\)\s*(?:[-–—]|:)", re.MULTILINE
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedText:
    """The words of one report; `offset` is where they begin in the file's text, `row` its row in a table.

    `outlet` and `published` are "" where the file does not say them.
    """

    text: str
    offset: int = 0
    row: int = 0
    outlet: str = ""
    published: str = ""


def read(data: bytes, *, file: str) -> tuple[tuple[ReceivedText, ...], tuple[Problem, ...]]:
    """Return the reports of a file, and one problem for each thing that cannot be read."""
    where = Where(file=file)
    if len(data) > MAX_BYTES:
        return (), (error("REPORT_TOO_LONG", where, f"is larger than {MAX_BYTES // 2**20} MB", "split it"),)
    if data.startswith(b"%PDF"):
        return _checked(_pdf(data, where), where)
    text = _decoded(data, where)
    if isinstance(text, Problem):
        return (), (text,)
    if len(text) > MAX_CHARACTERS:
        problem = error("REPORT_TOO_LONG", where, f"has more than {MAX_CHARACTERS:,} characters", "split it")
        return (), (problem,)
    if file.lower().endswith((".csv", ".tsv")):
        return _rows(data, text, where)
    if _is_html(text, file):
        text = blanked(text)
    return _checked(text, where)


def _decoded(data: bytes, where: Where) -> str | Problem:
    """Return the text of a file; a line that is not UTF-8 is read as the older encoding it looks like."""
    mark = next((name for sign, name in _MARKS if data.startswith(sign)), "")
    if mark:
        return data.decode(mark, "replace")
    sample = data[:SAMPLE]
    control = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in sample)  # noqa: PLR2004 - ASCII control
    if sample and (b"\0" in sample or control > (1 - PRINTABLE_SHARE) * len(sample)):
        return error("REPORT_NOT_TEXT", where, "is no text, HTML, PDF or CSV", "save it as one of these")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(_line(line) for line in data.splitlines(keepends=True))


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        high = [byte for byte in line if byte >= 0xC0]  # noqa: PLR2004 - letters of the older encodings
        others = sum(byte >= 0x80 for byte in line)  # noqa: PLR2004 - beyond ASCII
        cyrillic = len(high) > 3 and len(high) >= 0.8 * others and others > 0.3 * len(line)  # noqa: PLR2004
        return line.decode("cp1251" if cyrillic else "cp1252", "replace")


def _is_html(text: str, file: str) -> bool:
    start = text[:2_000].lower()
    named = file.lower().endswith((".html", ".htm", ".xhtml"))
    return named or "<html" in start or "<!doctype html" in start or "<body" in start


def _pdf(data: bytes, where: Where) -> str | Problem:
    """Return the text of a PDF file, pages apart."""
    try:
        return text_of_pdf(data, MAX_CHARACTERS)
    except ImportError:
        hint = "pip install 'safepassage[nlp]', or save it as text"
        return error("REPORT_NOT_TEXT", where, "is a PDF file, and its reader is not installed", hint)
    except TooMuchDrawnError:
        what = f"has more than {MOST_PAGES} pages, or they draw more than {MOST_DRAWN // 1000:,} kB"
        return error("REPORT_TOO_LONG", where, what, "hand in the pages that matter, or save them as text")
    except Exception as fault:  # noqa: BLE001 - a hostile file may fail anywhere in a parser that is not ours
        return error(
            "REPORT_NOT_TEXT", where, f"is a damaged PDF file ({type(fault).__name__})", "save it anew"
        )


def _checked(text: str | Problem, where: Where) -> tuple[tuple[ReceivedText, ...], tuple[Problem, ...]]:
    """Return a text if it holds words that can be read."""
    if isinstance(text, Problem):
        return (), (text,)
    problem = unreadable(text, where)
    if problem is not None:
        return (), (problem,)
    dateline = DATELINE.search(text[:2_000])
    return (ReceivedText(text=text, outlet=dateline["outlet"].strip() if dateline else ""),), ()


def unreadable(text: str, where: Where) -> Problem | None:
    """Return why a text cannot be read: nothing in it, or another script than Latin and Cyrillic."""
    letters = [c for c in text[:SAMPLE] if c.isalpha()]
    if not text.strip() or not letters:
        return error(
            "REPORT_EMPTY", where, "holds no words", "check that the text was saved, not a picture of it"
        )
    known = sum(unicodedata.name(c, "").startswith(SCRIPTS) for c in letters)
    if len(letters) >= LEAST_LETTERS and known < KNOWN_SHARE * len(letters):
        other = next((c for c in letters if not unicodedata.name(c, "").startswith(SCRIPTS)), "")
        script = unicodedata.name(other, "another").split()[0].capitalize()
        return error(
            "REPORT_LANGUAGE", where, f"is written in {script} script", "hand in a translation, marked so"
        )
    return None


def _rows(data: bytes, text: str, where: Where) -> tuple[tuple[ReceivedText, ...], tuple[Problem, ...]]:
    """Return the reports of a table: one a row, from the column that holds the words."""
    table = read_csv("reports", where.file, data)
    if isinstance(table, Problem):
        return (), (table,)
    named = [name for name in TEXT_COLUMNS if name in table.header]
    if not named:
        hint = f"name the column of the words one of: {', '.join(TEXT_COLUMNS)}"
        return (), (error("COLUMN_MISSING", table.where(), "no column holds the words of a report", hint),)
    found: list[ReceivedText] = []
    problems: list[Problem] = []
    at = 0
    for row, cells in _cells(table):
        words = cells.get(named[0], "")
        problem = unreadable(words, table.where(row, named[0]))
        if problem is not None:
            problems.append(problem)
            continue
        place = text.find(words.splitlines()[0][:40], at)
        at = place if place >= 0 else at
        found.append(
            ReceivedText(
                text=words, offset=at, row=row, outlet=_first(cells, OUTLET_COLUMNS),
                published=_first(cells, DATE_COLUMNS),
            )
        )  # fmt: skip
        at += 1
    if not found and not problems:
        problems.append(error("REPORT_EMPTY", where, "has no rows", "fill it in"))
    return tuple(found), tuple(problems)


def _cells(table: RawTable) -> Iterator[tuple[int, dict[str, str]]]:
    for row in table.rows:
        yield row.number, dict(zip(table.header, (text_of(cell) for cell in row.cells), strict=False))


def _first(cells: dict[str, str], names: tuple[str, ...]) -> str:
    return next((cells[name].strip() for name in names if cells.get(name, "").strip()), "")
