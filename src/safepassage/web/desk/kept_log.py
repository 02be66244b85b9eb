"""The log as pages hold it: what is few is kept, claims are read from the store when asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import overload

from safepassage.domain.log.entry import Entry
from safepassage.domain.release import SensitivityClass
from safepassage.store.claims_events import CLAIMS_ENTRY

PAGE, PAGES = 128, 16
"""So many entries are read from the store at once, and so many pages are remembered."""
TAIL = 160
"""So many of the newest entries are kept, whatever they are."""
Read = Callable[[int, int], list[Entry]]
"""Returns so many entries after a place, as the store has them."""


class KeptLog(Sequence[Entry]):
    """The entries of this office's own log by place; it only grows, and may be read from any thread.

    `reading` must be held while the store is read, and `read` is called with it; neither is needed for the
    newest entries, nor for those of kinds that people make one by one.
    """

    def __init__(self, read: Read, reading: AbstractContextManager[object]) -> None:
        self._read, self.reading = read, reading
        self._few: list[Entry] = []
        self._tail: deque[Entry] = deque(maxlen=TAIL)
        self._classes, self._ids = bytearray(), set[int]()
        self._pages: OrderedDict[int, list[Entry]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, entry: Entry) -> None:
        """Add the next entry."""
        with self._lock:
            self._tail.append(entry)
            if entry.kind != CLAIMS_ENTRY:
                self._few.append(entry)
            self._ids.add(hash(entry.id))
            # Last, because it is what tells the others that there is one more.
            self._classes.append(int(entry.sensitivity))

    def few(self) -> tuple[Entry, ...]:
        """Return the entries that hold no claims, in order."""
        with self._lock:
            return tuple(self._few)

    def kinds(self, after: int, until: int, limit: SensitivityClass) -> set[str]:
        """Return the kinds of the entries in (after, until] that a reader up to a class may know of."""
        with self._lock:
            first = len(self._classes) - len(self._tail)
            newest = [e for e in self._tail if after < e.seq <= until]
            older = self._classes[after : min(first, until)]
        found = {e.kind for e in newest if e.sensitivity <= limit}
        if any(one <= limit for one in older):
            # Whoever was away for long looks at everything again.
            found |= {CLAIMS_ENTRY, *(e.kind for e in self.few() if e.sensitivity <= limit)}
        return found

    def with_id(self, name: str) -> Entry | None:
        """Return the entry with an id, None where there is none."""
        if hash(name) not in self._ids:
            return None
        with self._lock:
            kept = (*self._tail, *self._few)
        found = next((e for e in kept if e.id == name), None)
        return found or next((e for e in self if e.id == name), None)

    def __len__(self) -> int:
        """How many entries the log has."""
        return len(self._classes)

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> list[Entry]: ...
    def __getitem__(self, at: int | slice) -> Entry | list[Entry]:
        """Return one entry, or those of a stretch, in order."""
        if isinstance(at, int):
            place = range(len(self))[at]
            return self._between(place, place + 1)[0]
        places = range(len(self))[at]
        if not places:
            return []
        low, high = min(places[0], places[-1]), max(places[0], places[-1]) + 1
        return self._between(low, high)[:: places.step]

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries in order, page by page."""
        for low in range(0, len(self), PAGE):
            yield from self._between(low, min(low + PAGE, len(self)))

    def __reversed__(self) -> Iterator[Entry]:
        """Yield the entries, the newest first, page by page."""
        return self.before(len(self))

    def before(self, place: int) -> Iterator[Entry]:
        """Yield the first so many entries, the newest of them first, page by page."""
        high = min(place, len(self))
        while high > 0:
            low = (high - 1) // PAGE * PAGE
            yield from reversed(self._between(low, high))
            high = low

    def _between(self, low: int, high: int) -> list[Entry]:
        with self._lock:
            first = len(self._classes) - len(self._tail)
            if low >= first:
                return [e for e in self._tail if low < e.seq <= high]
        found: list[Entry] = []
        for number in range(low // PAGE, (high - 1) // PAGE + 1):
            start = number * PAGE
            found += self._page(number)[max(0, low - start) : high - start]
        return found

    def _page(self, number: int) -> list[Entry]:
        """Return a page; a whole one is remembered, for it never changes."""
        with self._lock:
            if number in self._pages:
                self._pages.move_to_end(number)
                return self._pages[number]
        with self.reading:
            found = self._read(number * PAGE, PAGE)
        if len(found) == PAGE:
            with self._lock:
                self._pages[number] = found
                while len(self._pages) > PAGES:
                    self._pages.popitem(last=False)
        return found
