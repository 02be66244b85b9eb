"""Checks of a case as a whole: ids, references, and what the other check modules look at.

Each check is a generator of problems and looks at one thing. An ERROR is a case that contradicts itself; a
WARNING is a case that can be planned, but not for everybody or not with everything in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from safepassage.domain.case_checks import (
    case_aid_checks,
    case_event_checks,
    case_people_checks,
    case_place_checks,
)
from safepassage.domain.case_checks.case_draft import CaseDraft, Located
from safepassage.domain.dictionary.dictionary import TABLES, Column, table
from safepassage.domain.problem import Problem, Where, error
from safepassage.domain.suggestions import did_you_mean, quoted

SHOWN_ROWS = 5
"""Of many rows with the same fault this many are named."""

Check = Callable[[CaseDraft], Iterator[Problem]]


def check_case(draft: CaseDraft) -> tuple[Problem, ...]:
    """Return all problems of a draft, in no particular order."""
    return tuple(problem for check in CHECKS for problem in check(draft))


def ids_are_unique(draft: CaseDraft) -> Iterator[Problem]:
    """Every id stands once in its table; ids that differ in letter case only count as the same."""
    for rows in draft.ids.values():
        seen: dict[str, tuple[str, Where]] = {}
        for name, where in rows:
            first, first_where = seen.setdefault(name.casefold(), (name, where))
            if first_where is not where:
                alike = "" if first == name else f" as “{first}”"
                yield error(
                    "ID_TWICE",
                    Where(file=where.file, sheet=where.sheet, row=where.row, column="id"),
                    f"the id “{name}” stands in {_row(first_where, where)} already{alike}",
                    "give every row an id of its own, and check which row is right",
                )


def _row(there: Where, here: Where) -> str:
    """Name a row, with its file or sheet only where that is another one."""
    same = (there.file, there.sheet) == (here.file, here.sheet)
    return f"row {there.row}" if same else str(there)


def references_exist(draft: CaseDraft) -> Iterator[Problem]:
    """Every id named in another table stands there."""
    known = {name: draft.known(name) for name in draft.ids if name in draft.readable}
    for dictionary in TABLES:
        for column in dictionary.columns:
            if column.refers_to in known and not dictionary.keyed:
                words = (*known[column.refers_to], *column.allowed)
                yield from _unknown(getattr(draft, dictionary.name, ()), column, words)


def _unknown(rows: tuple[Located[Any], ...], column: Column, words: tuple[str, ...]) -> Iterator[Problem]:
    """Yield one problem per unknown id: its first row, and how many more."""
    known, found = set(words), dict[str, list[Located[Any]]]()
    value_of = attrgetter(column.field)
    for located in rows:
        named = value_of(located.value)
        for name in (named,) if isinstance(named, str) else named:
            if name and name not in known:
                found.setdefault(name, []).append(located)
    for name, places in found.items():
        more = ", ".join(str(place.where.row) for place in places[1 : 1 + SHOWN_ROWS])
        more += ", …" if len(places) > SHOWN_ROWS + 1 else ""
        rest = f" (and in {len(places) - 1:,} more: row {more})"
        yield error(
            "REFERENCE_UNKNOWN",
            places[0].at(column.name),
            f"{column.name} {quoted(name)} does not stand in the table {column.refers_to}"
            + (rest if len(places) > 1 else ""),
            did_you_mean(name, words) or f"add it to {column.refers_to}, or name a row that is there",
        )


def reserved_words_are_no_ids(draft: CaseDraft) -> Iterator[Problem]:
    """No direction is called as the answers `stays` and `undecided`."""
    reserved = table("demand").column("direction").allowed
    for located in draft.directions:
        if located.value.id.casefold() in reserved:
            yield error(
                "ID_RESERVED",
                located.at("id"),
                f"“{located.value.id}” is an answer, not a direction",
                f"call the direction something else; {' and '.join(reserved)} can be used in demand as they "
                "are",
            )


CHECKS: tuple[Check, ...] = (
    ids_are_unique,
    references_exist,
    reserved_words_are_no_ids,
    *case_place_checks.CHECKS,
    *case_people_checks.CHECKS,
    *case_event_checks.CHECKS,
    *case_aid_checks.CHECKS,
)
