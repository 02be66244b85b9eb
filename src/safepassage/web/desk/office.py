"""Opens a desk: over a store that is kept, or over memory, with people who may sit at it."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable

from safepassage.domain.access import Person, Role
from safepassage.domain.errors import StoreError
from safepassage.store import people
from safepassage.store.backend import Backend
from safepassage.store.event_store import EventStore
from safepassage.store.keys import KEY_BYTES, SALT_BYTES
from safepassage.store.memory import MemoryBackend
from safepassage.web.desk.desk import Desk, DeskError, Given, now_ms

EXERCISE_ORG, PARTNER_ORG, THIS_ORG = "exercise-office", "partner-office", "this-office"
EXERCISE_PEOPLE = (
    ("planner", Role.PLANNER, EXERCISE_ORG),
    ("planner-2", Role.PLANNER, EXERCISE_ORG),
    ("approver", Role.APPROVER, EXERCISE_ORG),
    ("liaison", Role.LIAISON, EXERCISE_ORG),
    ("field", Role.FIELD, EXERCISE_ORG),
    ("viewer", Role.VIEWER, EXERCISE_ORG),
    ("partner", Role.PLANNER, PARTNER_ORG),
)
"""Who is at the desk of the example, by function; nobody of them has a password."""


def example_desk(
    given: Given, *, clock_ms: Callable[[], int] = now_ms, backend: Backend | None = None
) -> Desk:
    """Return a desk at which everybody on this computer may take any role; for the example only."""
    backend = backend or _memory()
    store = EventStore(backend, clock_ms)
    store.begin(org=EXERCISE_ORG, by="safepassage", why="the example was opened")
    for name, role, org in EXERCISE_PEOPLE:
        people.set_person(store, Person(id=name, org=org, role=role), by="safepassage", why="the example")
    return Desk.over(given, backend, org=EXERCISE_ORG, open_roles=True, kept=False, clock_ms=clock_ms)


def unkept_desk(given: Given) -> tuple[Desk, dict[str, str]]:
    """Return a desk over memory, and the passwords of its people, which are shown once."""
    backend, passwords = _memory(), {}
    store = EventStore(backend, now_ms)
    store.begin(org=THIS_ORG, by="safepassage", why="opened without a store")
    for name, role in (("planner", Role.PLANNER), ("approver", Role.APPROVER)):
        password = passwords[name] = base64.b32encode(os.urandom(10)).decode("ascii").lower()
        person = Person(id=name, org=THIS_ORG, role=role)
        people.set_person(store, person, by="safepassage", why="opened without a store", password=password)
    return Desk.over(given, backend, org=THIS_ORG, kept=False), passwords


def kept_desk(given: Given, backend: Backend) -> Desk:
    """Return a desk over a store.

    Raises
    ------
    DeskError
        When nobody in it could sign in.
    StoreError
        When it has no log of its own.
    """
    store = EventStore(backend, now_ms)
    first = next(iter(store.entries()), None)
    if first is None:
        raise StoreError("This store has no log of its own: make one with `safepassage store init`.")
    if not any(person.active for person in people.everybody(store).values()):
        raise DeskError("Nobody can sign in: give somebody a password with `safepassage store person`.")
    return Desk.over(given, backend, org=first.org)


def _memory() -> MemoryBackend:
    return MemoryBackend(os.urandom(KEY_BYTES), os.urandom(SALT_BYTES))
