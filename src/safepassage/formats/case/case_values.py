"""What a cell means: one function per kind of value in the data dictionary.

Each takes a cell as it stands in the file and gives a value, or a `Fault` that says what is wrong and how to
mend it. Nothing is guessed: a number that could be read in two ways is a fault whose hint holds both
readings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from safepassage.domain.case import RoadSelector, SelectorKind
from safepassage.domain.dictionary.dictionary import Column, ValueType
from safepassage.domain.suggestions import did_you_mean, nearest
from safepassage.formats.case.case_times import Clock, Fault
from safepassage.formats.containers.tabular import EmptyFormula, ErrorCell, shown, text_of

MAX_DIGITS = 40
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,4})?|[+-]?\.[0-9]+")
_YES = {"yes", "y", "true", "1", "x", "да", "так"}
_NO = {"no", "n", "false", "0", "нет", "ні"}
_STEERING = frozenset("\u202d\u202e\ufffe\uffff")
"""Characters that turn the rest of a line around, and those that no XML can hold."""
_ID_CHARS = 64
_ID_SIGNS = frozenset(" _.-/'’()+")
_SPACES = "\u00a0\u202f\u2009 '’_"
_SHARES = ("share", "probability")
_SMALLER = {
    **dict.fromkeys(_SHARES, ("percent", 100)), "t": ("kg", 1_000), "m3": ("L", 1_000), "kg": ("g", 1_000),
    "h": ("minutes", 60),
}  # fmt: skip
"""The smaller unit that a figure was probably meant in, and how many of it are one."""


def read_cell(cell: Any, column: Column, clock: Clock) -> Any:
    """Return what a cell that is not blank means in its column, or a `Fault`."""
    if isinstance(cell, ErrorCell):
        return Fault(
            code="CELL_ERROR",
            message=f"the cell holds the error {shown(cell)}",
            hint="mend the formula, or type the value",
        )
    if isinstance(cell, EmptyFormula):
        return Fault(
            code="CELL_FORMULA_EMPTY",
            message="the cell holds a formula whose result was never stored",
            hint="open the workbook in your spreadsheet program and save it, or type the value",
        )
    if column.type in _TIMED:
        return _TIMED[column.type](cell, column, clock)
    return _READERS[column.type](cell, column)


def clean_text(cell: Any) -> str:
    """Return a text cell in Unicode form C, without spaces at its ends."""
    return unicodedata.normalize("NFC", text_of(cell)).strip()


def number(cell: Any, column: Column) -> Decimal | Fault:
    """Return the number in a cell, or a fault with the remedy: comma, spaces, sign, word, limit."""
    if isinstance(cell, bool | datetime | date | time):
        return _no_number(cell)
    if isinstance(cell, int):
        found = Decimal(cell)
    elif isinstance(cell, float):
        found = Decimal(format(cell, ".15g"))
    else:
        text = clean_text(cell)
        if not _PLAIN.fullmatch(text) or len(text) > MAX_DIGITS:
            return _percent(text, column) or _looks_like_number(text)
        found = Decimal(text)
    return _within(found, column)


def _within(found: Decimal, column: Column) -> Decimal | Fault:
    unit = f" {column.unit}" if column.unit and column.unit not in _SHARES else ""
    if column.minimum is not None and found < column.minimum:
        if column.minimum == 0:
            return Fault(
                code="NUMBER_NEGATIVE",
                message=f"{column.name} must not be negative, got {found}",
                hint=f"write 0 or more{unit}; leave out the row if it does not apply",
            )
        return Fault(
            code="NUMBER_TOO_SMALL",
            message=f"{column.name} must be at least {column.minimum:,}{unit}, got {found}",
            hint="check the figure and its unit",
        )
    if column.maximum is not None and found > column.maximum:
        return Fault(
            code="NUMBER_TOO_LARGE",
            message=f"{column.name} must be at most {column.maximum:,}{unit}, got {found}",
            hint=_too_large(found, column),
        )
    return found


def _too_large(found: Decimal, column: Column) -> str:
    """Say what to write if the number is in a smaller unit, where it is none too large in that."""
    if column.name in {"lat", "lon"}:
        return "check whether latitude and longitude are swapped"
    smaller, factor = _SMALLER.get(column.unit, ("", 1))
    meant = found / factor
    if smaller and (column.minimum or 0) <= meant <= (column.maximum or meant):
        return f"if it is meant in {smaller}, write {meant:f}; check the figure if it is not"
    return "check the figure and its unit; split the row if it is right"


def _percent(text: str, column: Column) -> Fault | None:
    """Return the fault of a share that is written in percent, with the share to write."""
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*%", text)
    if found is None or column.unit not in _SHARES:
        return None
    return _as_text(text, f"write {(Decimal(found[1]) / 100).normalize():f}: a share, 1 is all")


def _no_number(cell: Any) -> Fault:
    return Fault(
        code="NUMBER_FORMAT",
        message=f"{shown(cell)} is not a number",
        hint="write digits only, with a point for decimals: 1200 or 51.25",
    )


def _looks_like_number(text: str) -> Fault:
    """Say how a number written for people has to be written instead."""
    if text.startswith("="):
        return replace(_no_number(text), hint="type the value that the formula gives")
    signs = text.lstrip("~≈<>≥≤±").strip()
    bare = re.sub(r"m[23²³]$", "", signs.translate({ord(c): None for c in _SPACES}))
    # Of 10-12, 2x40 and 2² the digits, put together, would be another number.
    raised = any(unicodedata.category(c) == "No" for c in bare)
    plain = re.sub(r"[^\d.,+\-−]", "", bare).replace("−", "-").strip("+")
    if raised or len(re.findall(r"[0-9][0-9.,]*", bare)) != 1 or not plain.isascii():
        return _no_number(text)
    if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", plain):
        whole = plain.replace(",", "")
        other = (
            ""
            if plain.count(",") > 1 or "." in plain
            else f", or {plain.replace(',', '.')} if it is a decimal comma"
        )
        return _as_text(text, f"write {whole} if the comma separates thousands{other}")
    if re.fullmatch(r"-?[0-9]+,[0-9]+", plain):
        return Fault(
            code="NUMBER_DECIMAL_COMMA",
            message=f"{shown(text)} has a decimal comma",
            hint=f"write {plain.replace(',', '.')} with a point",
        )
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+", plain):
        return _as_text(text, f"write {plain.replace('.', '').replace(',', '.')}")
    if re.fullmatch(r"\([0-9]+(\.[0-9]*)?\)", bare):
        return _as_text(text, f"write -{plain} if the brackets stand for a minus, or {plain}")
    if re.fullmatch(r"-?[0-9]+(\.[0-9]*)?", plain):
        return _as_text(
            text, f"write {plain} without signs, spaces or words, and say what is uncertain in the note"
        )
    return _no_number(text)


def _as_text(text: str, hint: str) -> Fault:
    return Fault(code="NUMBER_AS_TEXT", message=f"{shown(text)} is text, not a plain number", hint=hint)


def _scaled(cell: Any, column: Column) -> int | Fault:
    found = number(cell, column)
    return found if isinstance(found, Fault) else round(found * column.scale)


def _whole(cell: Any, column: Column) -> int | Fault:
    found = number(cell, column)
    if isinstance(found, Fault):
        return found
    if found != found.to_integral_value():
        return Fault(
            code="NUMBER_NOT_WHOLE",
            message=f"{column.name} must be a whole number, got {found}",
            hint=f"write {round(found)} or {round(found) + 1}; there are no parts of one",
        )
    return int(found) * column.scale


def _text(cell: Any, column: Column) -> str | Fault:
    text = clean_text(cell)
    if any(c in _STEERING or (unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t") for c in text):
        return Fault(
            code="TEXT_CONTROL", message="the text holds control characters", hint="type the text anew"
        )
    if column.maximum is not None and len(text) > column.maximum:
        return Fault(
            code="TEXT_TOO_LONG",
            message=f"the text has {len(text):,} characters, more than {column.maximum:,}",
            hint="shorten it; long documents belong beside the case",
        )
    return text


def _id(cell: Any, column: Column) -> str | Fault:
    text = clean_text(cell)
    # Letters, marks and digits of any script, and few signs: ids become labels and parts of file names.
    signs_only = all(c in _ID_SIGNS or unicodedata.category(c)[0] in "LMN" for c in text)
    if len(text) > _ID_CHARS or not signs_only or unicodedata.category(text[:1] or " ")[0] not in "LN":
        return Fault(
            code="ID_FORMAT",
            message=f"{shown(text)} cannot be an {column.name}",
            hint="use letters, digits, spaces and - _ . / up to 64 characters, beginning with a letter or "
            "digit",
        )
    return text


def _word(cell: Any, column: Column) -> str | Fault:
    text = clean_text(cell)
    wanted = re.sub(r"[\s\-]+", "_", text.casefold())
    for word in column.allowed:
        if word.casefold() == wanted or word.casefold() == text.casefold():
            return word
    return Fault(
        code="WORD_UNKNOWN",
        message=f"{column.name} has no word {shown(text)}",
        hint=_meant(wanted, column) or did_you_mean(wanted, column.allowed),
    )


_EVERYDAY = {
    "closed": ("CLOSED", "NOT_PASSABLE"),
    "blocked": ("CLOSED", "NOT_PASSABLE"),
    "impassable": ("CLOSED", "NOT_PASSABLE"),
    "destroyed": ("NOT_PASSABLE",),
    "open": ("PASSABLE",),
    "limited": ("RESTRICTED",),
    "counted": ("tally",),
    "estimate": ("assumption",),
    "estimated": ("assumption",),
    "village": ("settlement",),
    "town": ("settlement",),
    "shelter": ("reception_site",),
    "car": ("own_vehicle",),
}
"""Words that people write in a hurry, and those that say it here."""


def _meant(wanted: str, column: Column) -> str:
    """Return the word of the column for one of everyday speech; it is proposed, never put in its place."""
    word = next((word for word in _EVERYDAY.get(wanted, ()) if word in column.allowed), "")
    return f"did you mean “{word}”? allowed: {', '.join(column.allowed)}" if word else ""


def _yes_no(cell: Any, column: Column) -> bool | Fault:
    text = clean_text(cell).casefold()
    if text in _YES or text in _NO:
        return text in _YES
    return Fault(
        code="WORD_UNKNOWN", message=f"{column.name} has no word {shown(text)}", hint="write yes or no"
    )


def _reference(cell: Any, column: Column) -> str:
    text = clean_text(cell)
    return next((word for word in column.allowed if word.casefold() == text.casefold()), text)


def pieces(cell: Any, separators: str = ";") -> tuple[str, ...]:
    """Return the parts of a cell that holds several, without empty ones."""
    return tuple(part.strip() for part in re.split(f"[{separators}\n]", clean_text(cell)) if part.strip())


def _references(cell: Any, _column: Column) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pieces(cell, ";,|")))


def _texts(cell: Any, column: Column) -> tuple[str, ...] | Fault:
    for part in pieces(cell):
        found = _text(part, column)
        if isinstance(found, Fault):
            return found
    return pieces(cell)


def _selectors(cell: Any, _column: Column) -> tuple[RoadSelector, ...] | Fault:
    found = []
    for part in pieces(cell):
        selector = _selector(part)
        if isinstance(selector, Fault):
            return selector
        found.append(selector)
    return tuple(found)


def _as_number(part: str) -> str:
    """Propose ref: where somebody wrote a bare road number, such as R200 or CG-2."""
    return f"did you mean ref:{part}? " if re.fullmatch(r"[^\W\d_]{1,3}[\s-]?\d{1,4}[a-z]?", part) else ""


def _selector(part: str) -> RoadSelector | Fault:
    kind, separator, value = (piece.strip() for piece in part.partition(":"))
    kinds = tuple(str(one) for one in SelectorKind)
    if not separator or kind.casefold() not in kinds or not value:
        near = nearest(kind, kinds) if separator else ""
        return Fault(
            code="ROAD_FORMAT",
            message=f"{shown(part)} does not say which road",
            hint=(f"did you mean {near}:{value}? " if near else _as_number(part) if not separator else "")
            + "write link:ID, way:NUMBER, ref:R200, name:ROAD NAME, near:LAT,LON, area:ID or place:ID",
        )
    kind = kind.casefold()
    if kind == SelectorKind.NEAR:
        return _near(value)
    if kind == SelectorKind.WAY and not re.fullmatch(r"[0-9]{1,18}", value):
        return Fault(
            code="ROAD_FORMAT",
            message=f"{shown(part)} is not the number of a way in OpenStreetMap",
            hint="write way: and digits, or ref: and the road number",
        )
    return RoadSelector(kind=SelectorKind(kind), value=value)


def _near(value: str) -> RoadSelector | Fault:
    numbers = [piece.strip() for piece in re.split(r"[,\s]+", value)]
    good = len(numbers) == 2 and all(re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{0,12})?", n) for n in numbers)  # noqa: PLR2004
    if not good or abs(Decimal(numbers[0])) > 90 or abs(Decimal(numbers[1])) > 180:  # noqa: PLR2004
        return Fault(
            code="ROAD_FORMAT",
            message=f"near:{shown(value)} is not a latitude and a longitude",
            hint="write near:51.242,34.298 with latitude first and points for decimals",
        )
    return RoadSelector(kind=SelectorKind.NEAR, value=",".join(numbers))


def _households(cell: Any, _column: Column) -> tuple[tuple[int, int], ...] | Fault:
    found = []
    for part in pieces(cell, ";,"):
        pair = re.fullmatch(r"([0-9]{1,2})\s*[xX×*]\s*([0-9]{1,6})", part)
        if pair is None or int(pair[1]) == 0:
            return Fault(
                code="HOUSEHOLDS_FORMAT",
                message=f"{shown(part)} is not a household size and a number of households",
                hint="write 4x10; 2x5 for ten households of four and five of two",
            )
        found.append((int(pair[1]), int(pair[2])))
    return tuple(found)


def _time(cell: Any, column: Column, clock: Clock) -> int | Fault:
    return clock.seconds(cell, years=int(column.maximum or 1), ends_day=column.ends_day)


def _moment(cell: Any, _column: Column, clock: Clock) -> str | Fault:
    return clock.text(cell)


def _hours(cell: Any, _column: Column, clock: Clock) -> Any:
    return clock.windows(text_of(cell))


def _timetable(cell: Any, _column: Column, clock: Clock) -> tuple[tuple[int, int], ...] | Fault:
    found = []
    for part in pieces(cell):
        departure, _, persons = part.rpartition(" ")
        if not departure or not re.fullmatch(r"[0-9]{1,7}", persons):
            return Fault(
                code="TIMETABLE_FORMAT",
                message=f"{shown(part)} is not a departure and a number of persons",
                hint="write 06:30 500; 12:30 500 for two departures with 500 places each",
            )
        seconds = clock.seconds(departure.strip())
        if isinstance(seconds, Fault):
            return seconds
        found.append((seconds, int(persons)))
    return tuple(sorted(found))


_TIMED: Mapping[ValueType, Callable[[Any, Column, Clock], Any]] = {
    ValueType.TIME: _time,
    ValueType.MOMENT: _moment,
    ValueType.HOURS: _hours,
    ValueType.TIMETABLE: _timetable,
}
_READERS: Mapping[ValueType, Callable[[Any, Column], Any]] = {
    ValueType.ID: _id,
    ValueType.TEXT: _text,
    ValueType.TEXTS: _texts,
    ValueType.WHOLE: _whole,
    ValueType.NUMBER: _scaled,
    ValueType.WORD: _word,
    ValueType.YES_NO: _yes_no,
    ValueType.REFERENCE: _reference,
    ValueType.REFERENCES: _references,
    ValueType.SELECTORS: _selectors,
    ValueType.HOUSEHOLDS: _households,
    ValueType.GEOMETRY: _text,
    ValueType.ZONES: _text,
    ValueType.FILE: _text,
}
