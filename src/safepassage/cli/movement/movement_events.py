"""`safepassage movement` submit, consent, acknowledge, go, depart and what follows: one event, recorded."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from safepassage.cli.log import store_file
from safepassage.cli.movement.movement_time import given_utc_s
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK
from safepassage.domain.errors import SafePassageError, StoreError
from safepassage.domain.movement import events as ev
from safepassage.domain.movement.form import numbers_of
from safepassage.domain.movement.state import MovementState, standing
from safepassage.domain.movement.words import Answer, Channel, Condition, YesNo
from safepassage.store import movement_events
from safepassage.store.event_store import EventStore, Receipt

_Make = Callable[[EventStore, dict[str, Any]], ev.Event]


def submit(options: argparse.Namespace) -> Outcome:
    """Hand it to whoever releases it."""
    return recorded(options, lambda _, base: ev.Submitted(**base), "submitted")


def consent(options: argparse.Namespace) -> Outcome:
    """Record what a recipient may be told."""
    try:
        fields = () if options.fields.strip() == "none" else numbers_of(options.fields)
    except ValueError as fault:
        raise StoreError(f"Nothing was recorded: {fault}.") from None
    return recorded(
        options,
        lambda _, base: ev.Consented(
            recipient=options.to, fields=fields, given_by=options.given_by, document=options.document, **base
        ),
        f"may be told to {options.to}: {', '.join(fields) or 'nothing'}",
    )


def acknowledge(options: argparse.Namespace) -> Outcome:
    """Record an answer."""
    return _answered(options, Answer(options.answer))


def object_(options: argparse.Namespace) -> Outcome:
    """Record an objection."""
    return _answered(options, Answer.OBJECTION)


def _answered(options: argparse.Namespace, answer: Answer) -> Outcome:
    def make(store: EventStore, base: dict[str, Any]) -> ev.Event:
        return ev.Answered(
            recipient=options.to, revision=_revision(store, options), answer=answer,
            channel=Channel(options.channel), person=options.person, read_back=options.read_back,
            reference=options.reference, text=options.text, **base,
        )  # fmt: skip

    return recorded(options, make, f"answer of {options.to}")


def relay(options: argparse.Namespace) -> Outcome:
    """Record whether units were told."""

    def make(store: EventStore, base: dict[str, Any]) -> ev.Event:
        return ev.Relayed(
            recipient=options.to, revision=_revision(store, options), units_told=YesNo(options.units_told),
            channel=Channel(options.channel), person=options.person, text=options.text, **base,
        )  # fmt: skip

    return recorded(options, make, f"units of {options.to}: {options.units_told}")


def _revision(store: EventStore, options: argparse.Namespace) -> int:
    """Return the revision that is meant: the one given, else the last that this recipient was sent."""
    if options.revision is not None:
        return int(options.revision)
    state = movement_events.states(store).get(options.movement)
    sends = state.sends(options.to) if state is not None else ()
    return sends[-1].event.revision if sends else 1


def go(options: argparse.Namespace) -> Outcome:
    """Record the decision to go."""
    return _decided(options, go_on=True)


def no_go(options: argparse.Namespace) -> Outcome:
    """Record the decision not to go."""
    return _decided(options, go_on=False)


def _decided(options: argparse.Namespace, *, go_on: bool) -> Outcome:
    return recorded(
        options,
        lambda _, base: ev.Decided(go=go_on, lead=options.lead, despite=options.despite, **base),
        "go" if go_on else "no-go",
    )


def depart(options: argparse.Namespace) -> Outcome:
    """Record the departure."""
    return recorded(
        options,
        lambda _, base: ev.Departed(
            channel=Channel(options.channel), person=options.person, persons=options.persons, **base
        ),
        "departed",
    )


def arrive(options: argparse.Namespace) -> Outcome:
    """Record the arrival."""
    return recorded(
        options,
        lambda _, base: ev.Arrived(
            channel=Channel(options.channel), person=options.person, persons=options.persons, **base
        ),
        "arrived",
    )


def waypoint(options: argparse.Namespace) -> Outcome:
    """Record a report from under way."""
    return recorded(
        options,
        lambda _, base: ev.Reported(
            channel=Channel(options.channel), person=options.person, point=options.point,
            condition=Condition(options.condition), text=options.text, **base,
        ),
        f"report{' from ' + options.point if options.point else ''}",
    )  # fmt: skip


def abort(options: argparse.Namespace) -> Outcome:
    """Record that it was broken off."""
    return recorded(
        options,
        lambda _, base: ev.Aborted(
            reason=options.reason, channel=Channel(options.channel), person=options.person, **base
        ),
        "aborted",
    )


def incident(options: argparse.Namespace) -> Outcome:
    """Record an incident."""
    return recorded(
        options,
        lambda _, base: ev.IncidentHappened(
            text=options.text, channel=Channel(options.channel), person=options.person, ends=options.ends,
            **base,
        ),
        "incident",
    )  # fmt: skip


def escalate(options: argparse.Namespace) -> Outcome:
    """Record a step of an alarm."""
    return recorded(
        options,
        lambda _, base: ev.Escalated(alarm=options.alarm, step=options.step, outcome=options.outcome, **base),
        f"step {options.step} of {options.alarm}",
    )


def cancel(options: argparse.Namespace) -> Outcome:
    """Record that it will not take place."""
    return recorded(options, lambda _, base: ev.Cancelled(reason=options.reason, **base), "cancelled")


def close(options: argparse.Namespace) -> Outcome:
    """Close it with a review."""
    return recorded(
        options,
        lambda _, base: ev.Closed(
            review=options.review, persons_left=options.left, persons_arrived=options.arrived,
            unaccounted=options.unaccounted, lessons=options.lessons, **base,
        ),
        "closed",
    )  # fmt: skip


def undo(options: argparse.Namespace) -> Outcome:
    """Take an event back."""
    with store_file.opened(options) as store:
        receipt = movement_events.take_back(store, options.entry, by=options.by, why=options.why)
    text = f"Entry {receipt.seq} takes {options.entry} back."
    return Outcome(code=OK, text=text, data={"id": receipt.id, "seq": receipt.seq})


def base_of(options: argparse.Namespace) -> dict[str, Any]:
    """Return what every event has."""
    return {"movement": options.movement, "at_utc_s": given_utc_s(options.at)}


def recorded(options: argparse.Namespace, make: _Make, word: str) -> Outcome:
    """Record one event and say where the movement stands now.

    Raises
    ------
    StoreError
        When a field of it is nonsense; nothing was recorded.
    """
    with store_file.opened(options) as store:
        try:
            event = make(store, base_of(options))
        except SafePassageError:
            raise
        except ValueError as fault:
            raise StoreError(f"Nothing was recorded: {fault}.") from None
        receipt = movement_events.record(
            store, event, by=options.by, why=options.why, key=options.id, at_stated=bool(options.at)
        )
        state = movement_events.states(store)[options.movement]
    return said(receipt, state, word + _too_late(event, state))


def _too_late(event: ev.Event, state: MovementState) -> str:
    """Say of an answer to an earlier revision that it does not count for the one that does."""
    if not isinstance(event, (ev.Answered, ev.Relayed)) or event.revision >= state.current.renewed_in:
        return ""
    return f" to revision {event.revision}, which has changed since: it does not count"


def said(receipt: Receipt, state: MovementState, word: str) -> Outcome:
    """Return what a command that recorded an event prints."""
    again = " (stood there before)" if receipt.repeated else ""
    text = (
        f"{state.id}, revision {state.current.number}: {word}{again}; entry {receipt.seq}, id {receipt.id}."
    )
    data = {
        "movement": state.id,
        "revision": state.current.number,
        "stage": state.stage,
        "replies": {one.id: standing(state, one).reply.value for one in state.particulars.recipients},
        "seq": receipt.seq,
        "id": receipt.id,
        "repeated": receipt.repeated,
    }
    return Outcome(code=OK, text=text, data=data)
