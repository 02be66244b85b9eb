"""Equal parts of many claims held once: sources, places and units are few, and reports are many."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

MOST = 1024
"""A pool with more is emptied: it may forget, it must not grow."""
LONGEST = 64
T = TypeVar("T")


class Pool:
    """Keeps one of each of equal short texts and frozen records; not for two threads at once."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def shared(self, record: T) -> T:
        """Return a record with those of its parts that were met before in the place of equal ones."""
        found: T = self._one(record)[0]
        return found

    def _one(self, value: Any) -> tuple[Any, bool]:
        """Return what to hold in the place of a value, and whether that may stand for its equals."""
        kind, fits = value.__class__, True
        if kind is str:
            fits = len(value) <= LONGEST
        elif kind is tuple:
            parts = [self._one(item) for item in value]
            value, fits = tuple([part for part, _ in parts]), all(fit for _, fit in parts)
        elif names := _names(kind):
            for name in names:
                part = getattr(value, name)
                same, fit = self._one(part)
                fits = fits and fit
                if same is not part:
                    # An equal part in its place: nobody can tell but by what it weighs.
                    object.__setattr__(value, name, same)
        else:
            # 0.0 and -0.0 are equal and written differently.
            return value, kind is not float or value != 0
        if not fits:
            return value, False
        if len(self._known) >= MOST:
            self._known.clear()
        return self._known.setdefault((kind, value), value), True


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
