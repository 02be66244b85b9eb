"""Shapes of parsed JSON: each shape says whether a value fits and notes a SCHEMA violation where it does not.

Whole numbers are `int` exactly: a boolean, a float or a NaN is not one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from safepassage_verify.verdict import Findings

Shape = Callable[[Any, str, Findings], bool]

# Limits of docs/reference/inputs-format.md: with them every sum below stays within 64 bits.
SECONDS = 10**8
COUNT = 10**9
UNITS = 10**6
PLACES = 10**4
PPM = 10**6
TOTAL = 10**24
"""A limit for sums that are only ever compared, as Python integers."""

_MOST_SHOWN = 60
_MOST_BITS = 128
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


def shown(value: Any) -> str:
    """Return a short text for any value, however large or odd."""
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _MOST_BITS else f"a number of {value.bit_length()} bits"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return repr(value if len(value) <= _MOST_SHOWN else value[:_MOST_SHOWN] + "…")
    return f"a {type(value).__name__}"


def whole(low: int, high: int) -> Shape:
    """A whole number from `low` to `high`, both included."""

    def check(value: Any, where: str, findings: Findings) -> bool:
        if type(value) is int and low <= value <= high:
            return True
        findings.add("SCHEMA", where, f"must be a whole number from {low} to {high}, is {shown(value)}")
        return False

    return check


def text(value: Any, where: str, findings: Findings) -> bool:
    """Any text."""
    if type(value) is str:
        return True
    findings.add("SCHEMA", where, f"must be text, is {shown(value)}")
    return False


def instant(value: Any, where: str, findings: Findings) -> bool:
    """A second in UTC, such as 2024-08-16T03:00:00Z."""
    if type(value) is str and INSTANT.fullmatch(value):
        return True
    findings.add("SCHEMA", where, f"must be a time such as 2024-08-16T03:00:00Z, is {shown(value)}")
    return False


def flag(value: Any, where: str, findings: Findings) -> bool:
    """True or false."""
    if type(value) is bool:
        return True
    findings.add("SCHEMA", where, f"must be true or false, is {shown(value)}")
    return False


def exactly(word: str) -> Shape:
    """One fixed text."""

    def check(value: Any, where: str, findings: Findings) -> bool:
        if type(value) is str and value == word:
            return True
        findings.add("SCHEMA", where, f"must be {word!r}, is {shown(value)}")
        return False

    return check


def one_of(*words: str) -> Shape:
    """One of some fixed texts."""

    def check(value: Any, where: str, findings: Findings) -> bool:
        if type(value) is str and value in words:
            return True
        findings.add("SCHEMA", where, f"must be one of {', '.join(words)}, is {shown(value)}")
        return False

    return check


def nullable(shape: Shape) -> Shape:
    """Null, or what `shape` says."""

    def check(value: Any, where: str, findings: Findings) -> bool:
        return value is None or shape(value, where, findings)

    return check


def record(**fields: Shape) -> Shape:
    """An object with at least these fields (a trailing underscore in a name is dropped)."""
    named = {name.removesuffix("_"): shape for name, shape in fields.items()}

    def check(value: Any, where: str, findings: Findings) -> bool:
        if not isinstance(value, Mapping):
            findings.add("SCHEMA", where, f"must be an object, is {shown(value)}")
            return False
        fits = True
        for name, shape in named.items():
            if name not in value:
                findings.add("SCHEMA", f"{where}.{name}", "is missing")
                fits = False
            else:
                fits &= shape(value[name], f"{where}.{name}", findings)
        findings.checked("SCHEMA", len(named))
        return fits

    return check


def _every(fits: Iterable[bool]) -> bool:
    """Return whether all fit, having looked at each, so that every fault is noted."""
    return False not in list(fits)


def _is_list(value: Any, where: str, findings: Findings) -> bool:
    if type(value) in (list, tuple):
        return True
    findings.add("SCHEMA", where, f"must be a list, is {shown(value)}")
    return False


def rows(shape: Shape) -> Shape:
    """A list of things of one shape."""

    def check(value: Any, where: str, findings: Findings) -> bool:
        if not _is_list(value, where, findings):
            return False
        return _every(shape(item, f"{where}[{i}]", findings) for i, item in enumerate(value))

    return check


def row(*shapes: Shape) -> Shape:
    """A list of fixed length with a shape for each position."""

    def check(value: Any, where: str, findings: Findings) -> bool:
        if not _is_list(value, where, findings):
            return False
        if len(value) != len(shapes):
            findings.add("SCHEMA", where, f"must have {len(shapes)} entries, has {len(value)}")
            return False
        return _every(
            shape(item, f"{where}[{i}]", findings)
            for i, (shape, item) in enumerate(zip(shapes, value, strict=True))
        )

    return check


def departures(second: tuple[int, int], persons: tuple[int, int], position: tuple[int, int]) -> Shape:
    """Rows (second, persons, waits), a wait being (position, seconds); checked as a whole first."""
    waits = rows(row(whole(*position), whole(*second)))
    each = rows(row(whole(*second), whole(*persons), waits))

    def fits_at_once(value: Any) -> bool:
        if type(value) is not list or not _all_of(value, list, 3):
            return False
        when, who, held = zip(*value, strict=True) if value else ((), (), ())
        if not (_all_within(when, *second) and _all_within(who, *persons) and set(map(type, held)) <= {list}):
            return False
        pauses = [pause for pauses in held for pause in pauses]
        if not _all_of(pauses, list, 2):
            return False
        places, seconds = zip(*pauses, strict=True) if pauses else ((), ())
        return _all_within(places, *position) and _all_within(seconds, *second)

    def check(value: Any, where: str, findings: Findings) -> bool:
        return fits_at_once(value) or each(value, where, findings)

    return check


def _all_of(values: Sequence[Any], kind: type, length: int) -> bool:
    return set(map(type, values)) <= {kind} and set(map(len, values)) <= {length}


def _all_within(values: Sequence[Any], low: int, high: int) -> bool:
    return not values or (set(map(type, values)) == {int} and low <= min(values) and max(values) <= high)


def column(low: int, high: int) -> Shape:
    """A list of whole numbers, checked as a whole first."""
    return _list_of(whole(low, high), lambda value: _all_within(value, low, high))


def table(*ranges: tuple[int, int]) -> Shape:
    """A list of rows of whole numbers, one (low, high) range per position; checked as a whole first."""
    width = len(ranges)

    def fits_at_once(value: Sequence[Any]) -> bool:
        if not _all_of(value, list, width):
            return False
        entries = list(chain.from_iterable(value))
        return set(map(type, entries)) <= {int} and all(
            low <= min(entries[k::width], default=low) and max(entries[k::width], default=high) <= high
            for k, (low, high) in enumerate(ranges)
        )

    return _list_of(row(*(whole(*limits) for limits in ranges)), fits_at_once)


def _list_of(each: Shape, fits_at_once: Callable[[Sequence[Any]], bool]) -> Shape:
    """A list whose entries are looked at one by one only where they do not fit as a whole."""

    def check(value: Any, where: str, findings: Findings) -> bool:
        if not _is_list(value, where, findings):
            return False
        findings.checked("SCHEMA", len(value))
        return fits_at_once(value) or _every(
            each(item, f"{where}[{i}]", findings) for i, item in enumerate(value)
        )

    return check


texts = _list_of(text, lambda value: set(map(type, value)) <= {str})
"""A list of texts."""
