"""Movements kept in a store: what stands, what stood at a moment, and one more event if it may happen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from safepassage.domain.errors import RefusedError, StoreError
from safepassage.domain.log import merge
from safepassage.domain.log.entry import Entry
from safepassage.domain.log.known import known_at, seen_before
from safepassage.domain.movement.events import Event
from safepassage.domain.movement.lifecycle import after, fold
from safepassage.domain.movement.state import MovementState
from safepassage.formats.log.log_record import decode
from safepassage.formats.movement import movement_log
from safepassage.store.event_store import EventStore, Receipt


def states(
    store: EventStore, *, until_ms: int | None = None, happened_utc_s: int | None = None
) -> dict[str, MovementState]:
    """Return every movement as it stands.

    With `until_ms`, as this office provably knew it at that moment; with `happened_utc_s`, after what had
    happened by that second, whenever it was recorded.
    """
    found, _ = movement_log.events(merge.standing(held(store, until_ms)))
    return fold(one for one in found if happened_utc_s is None or one.event.at_utc_s <= happened_utc_s)


def standing(store: EventStore) -> tuple[Entry, ...]:
    """Return the entries of all offices that count, in the order all agree on."""
    return merge.standing(store.all_entries())


def held(store: EventStore, until_ms: int | None = None) -> tuple[Entry, ...]:
    """Return the entries of all logs, or those that this office provably held at a moment."""
    entries = tuple(store.all_entries())
    return entries if until_ms is None else known_at(entries, store.log, until_ms)


def before(store: EventStore, entry_id: str) -> dict[str, MovementState]:
    """Return every movement as its writer knew it just before recording one entry, whatever came in since.

    Raises
    ------
    StoreError
        When there is no such entry.
    """
    entries, own = tuple(store.all_entries()), store.own_logs()
    named = [one for one in entries if one.id == entry_id]
    entry = min(named, key=lambda one: one.log not in own, default=None)
    if entry is None:
        raise StoreError(f"There is no entry {entry_id}.")
    return movement_log.states(merge.standing(seen_before(entries, entry)))


def record(
    store: EventStore, event: Event, *, by: str, why: str, key: str = "", at_stated: bool = True
) -> Receipt:
    """Record an event if it may happen; with a `key` that stands there with the same words, nothing is added.

    `at_stated` is False when the time of the event is that of typing it in: a retry is then no other event.

    Raises
    ------
    TransitionError
        When it cannot happen as things stand.
    StoreError
        When it could not be recorded, or the key stands there with other words.
    """
    org = next(store.entries()).org
    earlier = recorded_under(store, key, org)
    if earlier is not None:
        known = movement_log.event_of(earlier)
        if known is not None and not at_stated and isinstance(event, type(known.event)):
            event = replace(event, at_utc_s=known.event.at_utc_s)
    else:
        recorded = movement_log.event_of(_as_entry(store, event, org, by, why))
        if recorded is not None:
            after(states(store).get(event.movement), recorded)
    length = store.backend.last(store.log)[0]
    return store.append(movement_log.draft(event, org=org, by=by, why=why, key=key, after=length))


def recorded_under(store: EventStore, key: str, org: str) -> Entry | None:
    """Return the entry of this organisation that stands under an idempotency key, if any."""
    if not key:
        return None
    rows = (decode(row.record) for row in store.own_with_id(key))
    return next((entry for entry in rows if entry.org == org), None)


def _as_entry(store: EventStore, event: Event, org: str, by: str, why: str) -> Entry:
    """Return an event as the entry it would be, to see whether it may stand there."""
    draft = movement_log.draft(event, org=org, by=by, why=why, key="probe")
    return Entry(
        log=store.log, seq=1, prev="0" * 64, at_ms=0, id=draft.id, org=org, by=by, why=why, kind=draft.kind,
        body=draft.body, about=draft.about,
    )  # fmt: skip


def take_back(store: EventStore, entry_id: str, *, by: str, why: str) -> Receipt:
    """Take an event back by a further entry, unless what was recorded after it would then not fit.

    Raises
    ------
    StoreError
        When there is no such event.
    RefusedError
        When later events rest on it; `str()` names the first.
    """
    standing = merge.standing(store.all_entries())
    if not any(entry.id == entry_id and entry.kind.startswith("movement.") for entry in standing):
        raise StoreError(f"There is no event {entry_id} of a movement that stands.")
    loose = _loose(standing)
    left = _loose(entry for entry in standing if entry.id != entry_id)
    new = [found for found in left if found[0] not in {name for name, _ in loose}]
    if new:
        raise RefusedError(f"{entry_id} stays: {new[0][0]} rests on it ({new[0][1]}). Take that back first.")
    return store.undo(entry_id, by=by, why=why, org=next(store.entries()).org)


def _loose(entries: Iterable[Entry]) -> list[tuple[str, str]]:
    """Return the events that do not fit, with the reason, those of movements never drafted among them."""
    found, _ = movement_log.events(entries)
    states_of = fold(found)
    loose = [(recorded.id, reason) for state in states_of.values() for recorded, reason in state.out_of_place]
    return loose + [
        (recorded.id, f"there is no movement {recorded.event.movement}")
        for recorded in found
        if recorded.event.movement not in states_of
    ]
