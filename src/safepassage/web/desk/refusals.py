"""What was refused, counted and kept short: who, which address; never what was asked for in it."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

from safepassage.domain.access import Person

KEPT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One refusal: when (milliseconds since 1970), who ("" nobody signed in), what."""

    at_ms: int
    person: str
    what: str


class Refusals:
    """The last refusals of this run, for those who manage people."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self.counts: Counter[str] = Counter()
        self.last: deque[Refusal] = deque(maxlen=KEPT)

    def note(self, person: Person | None, method: str, path: str) -> None:
        """Keep one refusal."""
        with self._lock:
            what = f"{method} {path}"
            self.counts[what] += 1
            self.last.append(Refusal(at_ms=self._clock(), person=person.id if person else "", what=what))
