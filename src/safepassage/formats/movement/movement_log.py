"""Events of movements as entries of the log, and back: the body of an entry is the event as plain JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from safepassage.domain.log.entry import Draft, Entry
from safepassage.domain.movement.events import KINDS, MAKES_MOVEMENTS, Event, Recorded, about
from safepassage.domain.movement.lifecycle import fold
from safepassage.domain.movement.state import MovementState
from safepassage.formats.containers.record_json import from_plain, to_plain
from safepassage.formats.log.log_record import canonical, digest, thawed

_WORDS = {kind: word for word, kind in KINDS.items()}


def draft(event: Event, *, org: str, by: str, why: str, key: str = "", after: int = 0) -> Draft:
    """Return the draft of an event for the log.

    Without a `key` of its own the id is made from what is said and from `after`, the length of the log: two
    commands that say the same at different times record two events.
    """
    body = to_plain(event)
    said = canonical({"body": body, "by": by, "why": why, "after": after})
    return Draft(
        id=key or f"movement-{digest(said)[:40]}",
        org=org,
        by=by,
        why=why,
        kind=_WORDS[type(event)],
        body=body,
        about=about(event),
    )


def event_of(entry: Entry) -> Recorded[Event] | None:
    """Return the event of an entry; None when it holds none.

    Raises
    ------
    ValueError
        When it is of such a kind and its body is no such event.
    """
    kind = KINDS.get(entry.kind)
    if kind is None:
        return None
    event: Any = from_plain(kind, thawed(entry.body))
    return Recorded(
        id=entry.id, by=entry.by, why=entry.why, org=entry.org, received_ms=entry.at_ms, event=event
    )


def events(entries: Iterable[Entry]) -> tuple[tuple[Recorded[Event], ...], tuple[str, ...]]:
    """Return the events of entries, in their order, and the ids of entries that cannot be read as such."""
    found: list[Recorded[Event]] = []
    unreadable: list[str] = []
    for entry in entries:
        if not entry.kind.startswith(f"{MAKES_MOVEMENTS}."):
            continue
        try:
            recorded = event_of(entry)
        except ValueError:
            recorded = None
        if recorded is None:
            unreadable.append(entry.id)
        else:
            found.append(recorded)
    return tuple(found), tuple(unreadable)


def states(entries: Iterable[Entry]) -> dict[str, MovementState]:
    """Return the state of every movement after standing entries (`merge.standing`), by its name."""
    return fold(events(entries)[0])
