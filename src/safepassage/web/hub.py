"""Tells every open page what is new: entries by their place in the log, so that none is lost."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

from safepassage.domain.log.entry import Entry
from safepassage.domain.release import SensitivityClass
from safepassage.web.waiting import Bell, pause

ALIVE_S = 15.0
"""After so long without news a line without meaning keeps the connection open."""
GATHERED_S = 0.15
"""News that come within so long are told together."""
MOST_LISTENERS = 500


class TooManyError(Exception):
    """No more pages can listen."""


class Hub:
    """Pages that listen, what was recorded, and the last word of what is going on (never recorded)."""

    def __init__(self, entries: Callable[[], list[Entry]]) -> None:
        self._entries, self._lock = entries, threading.Lock()
        self._bells: set[Bell] = set()
        self._passing: dict[str, tuple[int, str]] = {}
        self._count = 0

    @property
    def listeners(self) -> int:
        """How many pages listen."""
        return len(self._bells)

    def ring(self) -> None:
        """Tell all that something was recorded; from any thread."""
        with self._lock:
            for bell in self._bells:
                bell.ring()

    def passing(self, name: str, data: dict[str, Any]) -> None:
        """Tell all the last word on what is going on; an earlier one that nobody heard is dropped."""
        with self._lock:
            self._count += 1
            self._passing[name] = (self._count, json.dumps(data, ensure_ascii=False))
        self.ring()

    async def listen(self, after: int, limit: SensitivityClass, *, plans: bool) -> AsyncIterator[str]:
        """Yield server-sent events from after an entry on; `limit` is what the reader may know.

        Raises
        ------
        TooManyError
            When too many listen already.
        """
        if len(self._bells) >= MOST_LISTENERS:
            raise TooManyError
        bell, heard = Bell(), 0
        with self._lock:
            self._bells.add(bell)
        try:
            yield f'retry: 1000\nevent: hello\ndata: {{"seq": {len(self._entries())}}}\n\n'
            while True:
                said, after, heard = self._news(after, heard, limit, plans=plans)
                yield said or ": still here\n\n"
                if said:
                    await pause(GATHERED_S)
                await bell.wait(ALIVE_S)
        finally:
            with self._lock:
                self._bells.discard(bell)

    def _news(self, after: int, heard: int, limit: SensitivityClass, *, plans: bool) -> tuple[str, int, int]:
        """Return what is new since, and up to where that is."""
        entries = self._entries()
        size, parts = len(entries), []
        if size > after:
            kinds = sorted({e.kind for e in entries[after:size] if e.sensitivity <= limit})
            data = json.dumps({"after": after, "seq": size, "kinds": kinds})
            parts.append(f"id: {size}\nevent: entries\ndata: {data}\n\n")
        with self._lock:
            passing = sorted((count, name, data) for name, (count, data) in self._passing.items())
        for count, name, data in passing:
            if plans and count > heard:
                parts.append(f"event: {name}\ndata: {data}\n\n")
                heard = count
        return "".join(parts), max(size, after), heard
