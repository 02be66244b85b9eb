"""Actors of a case: who speaks in reports, what they are and which side they speak for, as a CSV file."""

from __future__ import annotations

from safepassage.domain.claims.actors import Actor
from safepassage.domain.claims.values import fold
from safepassage.domain.claims.words import OriginKind
from safepassage.domain.problem import Problem
from safepassage.formats.containers.tabular import error, read_csv, text_of


def read(data: bytes, *, file: str) -> tuple[tuple[Actor, ...], tuple[Problem, ...]]:
    """Return the actors of a CSV file (`name`, `kind`, `side`, `alternates`) and every row not taken."""
    table = read_csv("actors", file, data)
    if isinstance(table, Problem):
        return (), (table,)
    if "name" not in table.header:
        message, hint = "the column name is missing", "a list of actors needs name, kind and side"
        return (), (error("COLUMN_MISSING", table.where(), message, hint),)
    actors: list[Actor] = []
    problems: list[Problem] = []
    for row in table.rows:
        cells = dict(zip(table.header, (text_of(c).strip() for c in row.cells), strict=False))
        try:
            kind = OriginKind(cells.get("kind", "").lower() or OriginKind.UNKNOWN)
            names = tuple(n.strip() for n in cells.get("alternates", "").split(";") if n.strip())
            actors.append(
                Actor(
                    name=cells.get("name", ""), kind=kind, side=fold(cells.get("side", "")), alternates=names
                )
            )
        except ValueError as fault:
            hint = f"give a name, and one of these kinds: {', '.join(OriginKind)}"
            problems.append(error("ACTOR_ROW", table.where(row.number), str(fault), hint))
    return tuple(actors), tuple(problems)
