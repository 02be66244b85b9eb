"""Tables that come in as claims: rows by column name, one message for each cell that cannot be used.

A row becomes a report (the row as received, `column: cell` a line) and a claim whose words stand in it. The
same row twice is the same report and the same claim. What kind of row it is, is known to the modules beside
this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from safepassage.domain.claims.reading import ProposedClaim, Reading
from safepassage.domain.claims.values import (
    Chain,
    Link,
    PlaceReference,
    Quantity,
    Report,
    Span,
    TimeSpan,
    fold,
)
from safepassage.domain.claims.words import Medium, OriginKind, PlacePrecision, TimePrecision
from safepassage.domain.problem import Problem, Where, error
from safepassage.domain.suggestions import quoted
from safepassage.formats.containers.tabular import RawTable, normal_name, read_csv, table_of, text_of
from safepassage.formats.containers.xlsx_in import read_workbook
from safepassage.formats.geometry.geometry import point_e7

LONGEST_CELL = 10_000
ARCHIVE = b"PK"
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_DAY_CHARS = len("2031-05-14")
DAY_S, HOUR_S = 86_400, 3_600
LAT, LON = ("lat", "latitude"), ("lon", "longitude")
MOST = 1e12


class CellError(ValueError):
    """A cell that cannot be used: its column, what is wrong, how to mend it. Never leaves `formats`."""

    def __init__(self, column: str, message: str, remedy: str) -> None:
        self.column, self.message, self.remedy = column, message, remedy
        super().__init__(message)


def _one_a_meaning(words: Mapping[str, str]) -> list[str]:
    """Return the first word, no number, of everything that the words of a closed list stand for."""
    first: dict[str, str] = {}
    for word, meaning in words.items():
        if not word.isdigit():
            first.setdefault(meaning, word)
    return list(first.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRow:
    """One row by normalised column name, where it stands, and the outlet that the file is taken for."""

    where: Where
    cells: Mapping[str, str]
    outlet: str
    received: str = ""

    def text(self, *names: str, needed: bool = False) -> str:
        """Return the first of some columns that holds anything, "" where none does.

        Raises
        ------
        CellError
            When it is needed and empty, or longer than any cell a person writes.
        """
        for name in names:
            cell = self.cells.get(name, "")
            if len(cell) > LONGEST_CELL:
                message = f"the cell has {len(cell):,} characters"
                raise CellError(
                    name, message, f"keep to {LONGEST_CELL:,}; hand longer texts to `claims extract`"
                )
            if cell:
                return cell
        if needed:
            raise CellError(names[0], f"the column {names[0]} is empty", "fill it in")
        return ""

    def number(self, *names: str) -> float | None:
        """Return the number in the first column that holds anything, None where none does.

        Raises
        ------
        CellError
            When it is no number that can be counted with.
        """
        cell = self.text(*names)
        if not cell:
            return None
        try:
            value = float(cell.replace("\u00a0", "").replace(" ", "").replace(",", ""))
            if not 0 <= value <= MOST:
                raise ValueError
        except ValueError:
            raise CellError(
                self._held(names), f"{quoted(cell)} is no number", "write digits, at least 0"
            ) from None
        return value

    def chosen(self, words: Mapping[str, str], *names: str, default: str = "") -> str:
        """Return what a word of a closed list stands for; spelling is folded.

        Raises
        ------
        CellError
            When the word is not on the list, or nothing is there and nothing is the default.
        """
        cell = self.text(*names, needed=not default)
        if not cell:
            return default
        found = words.get(normal_name(cell))
        if found is None:
            known = ", ".join(_one_a_meaning(words))
            raise CellError(self._held(names), f"{quoted(cell)} is not known here", f"write one of: {known}")
        return found

    def times(self, start: tuple[str, ...], end: tuple[str, ...] = ()) -> tuple[TimeSpan, ...]:
        """Return the span from a column of starts to one of ends; () where no start is given.

        Raises
        ------
        CellError
            When a cell is no ISO date or time, or the end comes before the start.
        """
        first = self.text(*start)
        if not first:
            return ()
        last = self.text(*end) if end else ""
        begins, rough = _moment(first, self._held(start))
        ends, _ = _moment(last, self._held(end)) if last else (begins, rough)
        whole = len(last or first) <= _DAY_CHARS
        try:
            span = TimeSpan(
                from_utc_s=begins,
                until_utc_s=ends + (DAY_S if whole else HOUR_S * (not last)),
                precision=TimePrecision.DAY if whole else TimePrecision.HOUR,
                text=first if not last or last == first else f"{first} – {last}",
            )
        except ValueError as fault:
            raise CellError(self._held(end), str(fault), "write the start first") from None
        return (span,)

    def position(self) -> tuple[int | None, int | None]:
        """Return latitude and longitude in 1e-7 degrees, (None, None) where both are empty.

        Raises
        ------
        CellError
            When only one is there, or they are no degrees.
        """
        y, x = self.text(*LAT), self.text(*LON)
        if not y and not x:
            return None, None
        if not y or not x:
            empty = LON[0] if y else LAT[0]
            raise CellError(empty, f"the column {empty} is empty beside the other", "give both, or neither")
        point = point_e7(x.replace(",", "."), y.replace(",", "."), self.where)
        if isinstance(point, Problem):
            raise CellError(self._held(LAT), point.message, point.hint)
        return point[1], point[0]

    def _held(self, names: Iterable[str]) -> str:
        listed = list(names)
        return next((name for name in listed if self.cells.get(name)), listed[0] if listed else "")

    def report(
        self, *, published: str = "", medium: Medium = Medium.TABLE, without: Iterable[str] = ()
    ) -> Report:
        """Return the row as a report: its filled cells, a line each, in the order of the columns."""
        left_out = set(without)
        lines = [f"{name}: {cell}" for name, cell in self.cells.items() if cell and name not in left_out]
        return Report(
            outlet=self.outlet,
            text="\n".join(lines),
            published=published,
            received=self.received,
            medium=medium,
        )

    def chain(self, origin: str, *, via: str = "", kind: str = "", side: str = "") -> Chain:
        """Return the chain from the outlet over whoever passed it on to the origin.

        Raises
        ------
        CellError
            When the kind of the origin is none of the known ones.
        """
        kinds = {str(k): str(k) for k in OriginKind}
        if kind and kind.lower() not in kinds:
            raise CellError(
                "kind", f"{quoted(kind)} is no kind of source", f"write one of: {', '.join(kinds)}"
            )
        names = [self.outlet, via, origin]
        unique = [n for i, n in enumerate(names) if n and fold(n) not in {fold(m) for m in names[:i]}]
        links = [Link(name=name, medium=Medium.TABLE) for name in unique[:-1]]
        last = Link(
            name=unique[-1], kind=OriginKind(kind.lower() or "unknown"), side=fold(side), medium=Medium.TABLE
        )
        return Chain(links=(*links, last))


def words_in(report: Report, words: str) -> Span:
    """Return where words stand in a report, the whole report where they are "" or not there."""
    start = report.text.rfind(words) if words else -1
    if start < 0:
        return Span(start=0, end=len(report.text), text=report.text)
    return Span(start=start, end=start + len(words), text=words)


def place_of(
    name: str, position: tuple[int | None, int | None], precision: PlacePrecision, selector: str = ""
) -> tuple[PlaceReference, ...]:
    """Return a place, () where there is neither name nor position."""
    if not name and position[0] is None and not selector:
        return ()
    shown = name or selector or f"{(position[0] or 0) / 1e7:.4f}, {(position[1] or 0) / 1e7:.4f}"
    return (
        PlaceReference(
            name=shown, precision=precision, lat_e7=position[0], lon_e7=position[1], selector=selector
        ),
    )


def quantity_of(low: float | None, high: float | None, unit: str, text: str) -> tuple[Quantity, ...]:
    """Return a quantity, () where no bound is known.

    Raises
    ------
    CellError
        When the lower bound exceeds the upper one.
    """
    if low is None and high is None:
        return ()
    if low is not None and high is not None and low > high:
        raise CellError("low", f"low {low:g} exceeds high {high:g}", "write the smaller number in low")
    return (Quantity(low=low, high=high, unit=unit, text=text),)


def _moment(cell: str, column: str) -> tuple[int, bool]:
    """Return a day or time as Unix seconds (UTC where no zone is named), and whether it is a whole day."""
    plain = cell.strip().removesuffix(" 00:00:00")
    dotted = _DOTTED.fullmatch(plain)
    try:
        if dotted:
            day = date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
            return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()), True
        at = datetime.fromisoformat(plain)
    except (ValueError, OverflowError):
        hint = "write it as 2031-05-14 or 2031-05-14T18:30+03:00"
        raise CellError(column, f"{quoted(cell)} is no date", hint) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (at - epoch) // timedelta(seconds=1), len(plain) <= _DAY_CHARS


def tables(data: bytes, file: str) -> tuple[list[RawTable], tuple[Problem, ...]]:
    """Return the table of a CSV file, or those of all visible sheets of a workbook."""
    if not data.startswith(ARCHIVE):
        table = read_csv("intake", file, data)
        return ([], (table,)) if isinstance(table, Problem) else ([table], ())
    sheets = read_workbook(data, file)
    if isinstance(sheets, Problem):
        return [], (sheets,)
    found = [table_of("intake", file, s.name, s.rows, typed=True) for s in sheets if not s.hidden]
    return [table for table in found if table.header], ()


def rows_of(
    data: bytes, *, file: str, outlet: str, received: str, need: Iterable[tuple[str, ...]]
) -> tuple[list[IntakeRow], tuple[Problem, ...]]:
    """Return the rows of a CSV file or workbook; each of `need` is a column by any of its names."""
    found, problems = tables(data, file)
    rows: list[IntakeRow] = []
    faults = list(problems)
    for table in found:
        missing = [names[0] for names in need if not set(names) & set(table.header)]
        if missing:
            hint = f"add it; found: {', '.join(n for n in table.header if n)[:200]}"
            faults.append(error("COLUMN_MISSING", table.where(), f"the column {missing[0]} is missing", hint))
            continue
        rows += _rows(table, outlet, received)
    if not rows and not faults:
        faults.append(
            error("TABLE_EMPTY", Where(file=file), "the file has no rows", "hand in a filled table")
        )
    return rows, tuple(faults)


def _rows(table: RawTable, outlet: str, received: str) -> Iterator[IntakeRow]:
    for row in table.rows:
        cells = {name: text_of(cell) for name, cell in zip(table.header, row.cells, strict=False) if name}
        yield IntakeRow(where=table.where(row.number), cells=cells, outlet=outlet, received=received)


def read_rows(
    rows: Iterable[IntakeRow], reader: Callable[[IntakeRow], Reading | None]
) -> tuple[tuple[Reading, ...], tuple[Problem, ...]]:
    """Return what each row proposes and one problem for each that cannot be used; None is nothing to say."""
    readings: list[Reading] = []
    problems: list[Problem] = []
    for row in rows:
        try:
            reading = reader(row)
        except CellError as fault:
            where = Where(file=row.where.file, sheet=row.where.sheet, row=row.where.row, column=fault.column)
            problems.append(error("INTAKE_ROW", where, fault.message, fault.remedy))
            continue
        if reading is not None:
            readings.append(reading)
    return tuple(readings), tuple(problems)


def reading_of(report: Report, *claims: ProposedClaim) -> Reading:
    """Return a report with its claims as a reading."""
    return Reading(report=report, claims=claims)
