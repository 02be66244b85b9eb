"""Numbers of persons in words of a line."""

from __future__ import annotations


def people(count: int) -> str:
    """Return a number of persons: 1 person, 1,200 persons."""
    return f"{count:,} person" if count == 1 else f"{count:,} persons"


def move(count: int) -> str:
    """Return a number of persons and that they move: 1 person moves, 2 persons move."""
    return f"{people(count)} {'moves' if count == 1 else 'move'}"
