"""Stores for tests: a clock that ticks, a key without stretching, drafts that differ by number."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from safepassage.domain.log.entry import Draft
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.event_store import EventStore
from safepassage.store.keys import Secret

SECRET = Secret(key=bytes(range(32)))
STARTED_MS = 1_790_000_000_000


def ticking(start_ms: int = STARTED_MS):
    """Return a clock that goes on by one millisecond each time it is read."""
    ticks = count(start_ms)
    return lambda: next(ticks)


def draft(number: int = 0, **fields) -> Draft:
    """Return a draft that says its number."""
    said = {
        "id": f"r{number}",
        "org": "red",
        "by": "radio operator",
        "why": "called in",
        "kind": "report.filed",
        "body": {"n": number},
    }
    return Draft(**(said | fields))


def new_store(path: Path, *, org: str = "red", secret: Secret = SECRET) -> EventStore:
    """Return a new store in a file, with a log of its own."""
    return begun(EmbeddedBackend.create(path, secret), org=org)


def begun(backend, *, org: str = "red") -> EventStore:
    """Return a store with a log of its own in an empty place."""
    store = EventStore(backend, ticking())
    store.begin(org=org, by="lead", why="start")
    return store


def reopened(path: Path, *, secret: Secret = SECRET, writes: bool = True) -> EventStore:
    """Return the store of a file."""
    backend = EmbeddedBackend.open(path, secret, writes=writes)
    return EventStore(backend, ticking(STARTED_MS + 10**6))
