"""The state of a movement as a fold of its events; what may not happen is refused with reason and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from safepassage.domain.errors import TransitionError
from safepassage.domain.movement import rules
from safepassage.domain.movement.events import (
    Aborted,
    Answered,
    Arrived,
    Cancelled,
    Checked,
    Closed,
    Consented,
    Decided,
    Departed,
    Drafted,
    Escalated,
    Event,
    IncidentHappened,
    Recorded,
    Relayed,
    Reported,
    Revised,
    Sent,
    Submitted,
)
from safepassage.domain.movement.state import MovementState, Revision
from safepassage.domain.movement.words import Answer, Course, Paper

RENEWING = (
    "kind", "shape", "origin", "destination", "route", "start_utc_s", "end_utc_s", "valid_until_utc_s",
    "standing", "overnight", "return_leg", "armed_escort", "terms",
)  # fmt: skip
"""Particulars whose change, after anybody was told, turns earlier acknowledgements stale."""


def begin(recorded: Recorded[Event]) -> MovementState:
    """Return the state after the first event of a movement.

    Raises
    ------
    TransitionError
        When it is not a draft.
    """
    event = recorded.event
    if not isinstance(event, Drafted):
        raise TransitionError(_word(event), f"there is no movement {event.movement}", "draft it first")
    first = Revision(number=1, particulars=event.particulars, renewed_in=1, drafted=_as(recorded, Drafted))
    return MovementState(id=event.movement, revisions=(first,))


def after(state: MovementState | None, recorded: Recorded[Event]) -> MovementState:
    """Return the state after one more event.

    Raises
    ------
    TransitionError
        When the event cannot happen as things stand; the state is what it was.
    """
    if state is None:
        return begin(recorded)
    event = recorded.event
    if event.movement != state.id:
        raise TransitionError(
            _word(event), f"it is about {event.movement}, not {state.id}", "name the right one"
        )
    if isinstance(event, Drafted):
        raise TransitionError("a draft", f"{state.id} is there already", "revise it, or take another name")
    if state.closed is not None:
        raise TransitionError(_word(event), f"{state.id} is closed", "draft a new movement")
    return _HANDLERS[type(event)](state, recorded)


def fold(events: Iterable[Recorded[Event]]) -> dict[str, MovementState]:
    """Return the state of every movement after events in their order; what does not fit changes nothing.

    An event that does not fit is kept in `out_of_place` of its movement with the reason; one about a movement
    that nobody drafted is dropped, and comes back when the draft does.
    """
    states: dict[str, MovementState] = {}
    for recorded in events:
        name = recorded.event.movement
        state = states.get(name)
        try:
            states[name] = after(state, recorded)
        except TransitionError as fault:
            if state is not None:
                left = (*state.out_of_place, (recorded, f"{fault.why}; {fault.remedy}"))
                states[name] = replace(state, out_of_place=left)
    return states


def _word(event: Event) -> str:
    return type(event).__name__.removesuffix("Happened").lower()


def _as(recorded: Recorded[Any], _kind: type[Any]) -> Recorded[Any]:
    return recorded


def _revised(state: MovementState, recorded: Recorded[Revised]) -> MovementState:
    """Put new particulars in the place of what nobody has seen, or behind what was sent."""
    new, current = recorded.event.particulars, state.current
    rules.require_revisable(state, new)
    renews = any(getattr(new, name) != getattr(current.particulars, name) for name in RENEWING)
    told = any(one.event.revision == current.number for one in state.sent)
    number = current.number + 1 if told else current.number
    renewed_in = number if renews or current.renewed_in == number else current.renewed_in
    revision = Revision(number=number, particulars=new, renewed_in=renewed_in, drafted=recorded)
    kept = state.revisions if told else state.revisions[:-1]
    under_way = state.course is Course.DEPARTED
    void = renews and not under_way
    return replace(
        state,
        revisions=(*kept, revision),
        paper=Paper.DRAFT,
        course=Course.NOT_DECIDED if void else state.course,
        decided=None if void else state.decided,
        consents=_consents_of(state, new.recipients),
    )


def _consents_of(state: MovementState, recipients: Iterable[Any]) -> Mapping[str, frozenset[str]]:
    named = {one.id for one in recipients}
    return MappingProxyType({name: given for name, given in state.consents.items() if name in named})


def _checked(state: MovementState, recorded: Recorded[Checked]) -> MovementState:
    rules.require_checkable(state, recorded)
    return replace(state, paper=Paper.CHECKED, revisions=_marked(state, checked=recorded))


def _submitted(state: MovementState, recorded: Recorded[Submitted]) -> MovementState:
    rules.require_paper(state, Paper.CHECKED, "submitting")
    return replace(state, paper=Paper.SUBMITTED, revisions=_marked(state, submitted=recorded))


def _marked(state: MovementState, **marks: Any) -> tuple[Revision, ...]:
    return (*state.revisions[:-1], replace(state.current, **marks))


def _consented(state: MovementState, recorded: Recorded[Consented]) -> MovementState:
    rules.require_consent_fits(state, recorded.event)
    consents = {**state.consents, recorded.event.recipient: frozenset(recorded.event.fields)}
    return replace(state, consents=MappingProxyType(consents))


def _sent(state: MovementState, recorded: Recorded[Sent]) -> MovementState:
    rules.require_sendable(state, recorded)
    paper = state.paper if recorded.event.cancellation else Paper.SENT
    return replace(state, sent=(*state.sent, recorded), paper=paper)


def _answered(state: MovementState, recorded: Recorded[Answered]) -> MovementState:
    """Take an answer; an objection ends an earlier decision to go, and the lead decides again."""
    rules.require_answerable(state, recorded.event)
    state = replace(state, answered=(*state.answered, recorded))
    if state.course is Course.GO and recorded.event.answer is Answer.OBJECTION:
        return replace(state, course=Course.NOT_DECIDED, decided=None)
    return state


def _relayed(state: MovementState, recorded: Recorded[Relayed]) -> MovementState:
    rules.require_was_sent(state, recorded.event.recipient, recorded.event.revision, recorded.event.at_utc_s)
    return replace(state, relayed=(*state.relayed, recorded))


def _decided(state: MovementState, recorded: Recorded[Decided]) -> MovementState:
    rules.require_decidable(state, recorded.event)
    course = Course.GO if recorded.event.go else Course.NO_GO
    return replace(state, decided=recorded, course=course)


def _departed(state: MovementState, recorded: Recorded[Departed]) -> MovementState:
    rules.require_go(state, recorded.event)
    return replace(state, departed=recorded, course=Course.DEPARTED)


def _reported(state: MovementState, recorded: Recorded[Reported]) -> MovementState:
    rules.require_under_way(state, recorded.event, "a report")
    rules.require_point(state, recorded.event.point)
    return replace(state, reported=(*state.reported, recorded))


def _arrived(state: MovementState, recorded: Recorded[Arrived]) -> MovementState:
    rules.require_under_way(state, recorded.event, "an arrival")
    return replace(state, ended=recorded, course=Course.ARRIVED)


def _aborted(state: MovementState, recorded: Recorded[Aborted]) -> MovementState:
    rules.require_under_way(state, recorded.event, "breaking off")
    rules.require_text(recorded.event.reason, "breaking off", "it does not say why", "give the reason")
    return replace(state, ended=recorded, course=Course.ABORTED)


def _incident(state: MovementState, recorded: Recorded[IncidentHappened]) -> MovementState:
    event = recorded.event
    rules.require_text(event.text, "an incident", "it does not say what happened", "say it in a sentence")
    state = replace(state, incidents=(*state.incidents, recorded))
    if not event.ends:
        return state
    rules.require_under_way(state, event, "an incident that ends the movement")
    return replace(state, ended=recorded, course=Course.ENDED_BY_INCIDENT)


def _escalated(state: MovementState, recorded: Recorded[Escalated]) -> MovementState:
    event = recorded.event
    rules.require_text(event.outcome, "a step of an alarm", "it does not say what came of it", "say it")
    return replace(state, escalated=(*state.escalated, recorded))


def _cancelled(state: MovementState, recorded: Recorded[Cancelled]) -> MovementState:
    rules.require_cancellable(state, recorded.event)
    return replace(state, cancelled=recorded, course=Course.CANCELLED, decided=None)


def _closed(state: MovementState, recorded: Recorded[Closed]) -> MovementState:
    rules.require_closable(state, recorded.event)
    return replace(state, closed=recorded, course=Course.CLOSED)


_HANDLERS: Mapping[type[Event], Callable[[MovementState, Recorded[Any]], MovementState]] = MappingProxyType(
    {
        Revised: _revised,
        Checked: _checked,
        Submitted: _submitted,
        Consented: _consented,
        Sent: _sent,
        Answered: _answered,
        Relayed: _relayed,
        Decided: _decided,
        Departed: _departed,
        Reported: _reported,
        Arrived: _arrived,
        Aborted: _aborted,
        IncidentHappened: _incident,
        Escalated: _escalated,
        Cancelled: _cancelled,
        Closed: _closed,
    }
)
