"""Tells every open page what is new: entries by their place in the log, so that none is lost."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator
from typing import Any

from safepassage.domain.release import SensitivityClass
from safepassage.web.desk.kept_log import KeptLog
from safepassage.web.desk.waiting import Bells, pause

ALIVE_S = 15.0
"""After so long without news a line without meaning keeps the connection open."""
GATHERED_S, GATHERED_EACH_S = 0.15, 0.002
"""News that come within so long are told together; the more listen, the longer, up to about a second."""
REMEMBERED = 64
MOST_LISTENERS = 500


class TooManyError(Exception):
    """No more pages can listen."""


class Hub:
    """Pages that listen, what was recorded, and the last word of what is going on (never recorded)."""

    def __init__(self, log: KeptLog) -> None:
        self._log, self._lock = log, threading.Lock()
        self._bells = Bells()
        self._told: dict[tuple[int, int, SensitivityClass], str] = {}
        self._passing: dict[str, tuple[int, str]] = {}
        self._count = 0

    @property
    def listeners(self) -> int:
        """How many pages listen."""
        return len(self._bells)

    def ring(self) -> None:
        """Tell all that something was recorded; from any thread."""
        self._bells.ring()

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
        bell, heard = self._bells.hung(), 0
        try:
            yield f'retry: 1000\nevent: hello\ndata: {{"seq": {len(self._log)}}}\n\n'
            while True:
                said, after, heard = self._news(after, heard, limit, plans=plans)
                yield said or ": still here\n\n"
                if said:
                    await pause(GATHERED_S + GATHERED_EACH_S * len(self._bells))
                await bell.wait(ALIVE_S)
        finally:
            self._bells.taken_down(bell)

    def _entries(self, after: int, size: int, limit: SensitivityClass) -> str:
        """Return that entries were recorded; many listen from the same place, and are told the same."""
        text = self._told.get((after, size, limit))
        if text is None:
            kinds = sorted(self._log.kinds(after, size, limit))
            data = json.dumps({"after": after, "seq": size, "kinds": kinds})
            text = f"id: {size}\nevent: entries\ndata: {data}\n\n"
            if len(self._told) >= REMEMBERED:
                self._told.clear()
            self._told[after, size, limit] = text
        return text

    def _news(self, after: int, heard: int, limit: SensitivityClass, *, plans: bool) -> tuple[str, int, int]:
        """Return what is new since, and up to where that is."""
        size, parts = len(self._log), []
        if size > after:
            parts.append(self._entries(after, size, limit))
        with self._lock:
            passing = sorted((count, name, data) for name, (count, data) in self._passing.items())
        for count, name, data in passing:
            if plans and count > heard:
                parts.append(f"event: {name}\ndata: {data}\n\n")
                heard = count
        return "".join(parts), max(size, after), heard
