"""Requests of impartial organisations for access, the answers to them, and how long they have waited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from safepassage.domain.errors import TransitionError
from safepassage.domain.movement.particulars import check_id
from safepassage.domain.movement.words import VOICE, Channel, Reply

LATE_AFTER_S = 72 * 3600
"""A request that waits longer is late (rule SP-11 of the plan audit)."""


class RequesterKind(StrEnum):
    """Who asks."""

    ICRC = "icrc"
    UN = "un"
    NATIONAL_SOCIETY = "national_society"
    OTHER_IMPARTIAL = "other_impartial"


class AccessReply(StrEnum):
    """What was answered."""

    YES = "yes"
    PARTLY = "partly"
    LATER = "later"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequested:
    """An organisation asks for access to a place; windows are (from, until) in seconds since 1970, UTC.

    A standing request holds until it is closed; a one-off one ends with its last window.
    """

    request: str
    at_utc_s: int
    organisation: str
    kind: RequesterKind
    addressed_to: str
    purpose: str
    place: str
    windows: tuple[tuple[int, int], ...] = ()
    standing: bool = False

    def __post_init__(self) -> None:
        check_id(self.request, "a request")
        for name in ("organisation", "addressed_to", "purpose", "place"):
            if not getattr(self, name).strip():
                raise ValueError(f"a request says its {name.replace('_', ' ')}")
        if any(start >= end for start, end in self.windows):
            raise ValueError("a window ends after it begins")
        if not self.standing and not self.windows:
            raise ValueError("a one-off request has at least one window")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAnswered:
    """Whoever was asked answered, by some channel, in some words."""

    request: str
    at_utc_s: int
    answer: AccessReply
    channel: Channel
    person: str
    text: str = ""
    read_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessClosed:
    """A request is over: the visit took place, or it was withdrawn."""

    request: str
    at_utc_s: int
    outcome: str


AccessEvent = AccessRequested | AccessAnswered | AccessClosed


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestState:
    """A request with its answers, in order, and how it ended."""

    asked: AccessRequested
    answers: tuple[AccessAnswered, ...] = ()
    closed: AccessClosed | None = None

    @property
    def answer(self) -> AccessAnswered | None:
        """The last answer that counts: what was heard does once it was read back, a refusal at once."""
        certain = (
            one
            for one in reversed(self.answers)
            if one.read_back or one.channel not in VOICE or one.answer is AccessReply.NO
        )
        return next(certain, None)

    def waiting_s(self, now_utc_s: int) -> int | None:
        """Return for how long no answer has counted; None when one does, or it is over."""
        if self.answer is not None or self.closed is not None or self.has_passed(now_utc_s):
            return None
        return max(0, now_utc_s - self.asked.at_utc_s)

    def has_passed(self, now_utc_s: int) -> bool:
        """Tell whether the last window of a one-off request is over."""
        return not self.asked.standing and max(end for _, end in self.asked.windows) <= now_utc_s

    def stage(self, now_utc_s: int) -> str:
        """Say in a word where it stands."""
        if self.closed is not None:
            return "closed"
        if self.answer is not None:
            return self.answer.answer.value
        if self.has_passed(now_utc_s):
            return "never answered"
        if self.answers:
            return Reply.UNCONFIRMED.value
        waiting = self.waiting_s(now_utc_s)
        return "late" if waiting is not None and waiting > LATE_AFTER_S else "waiting"


def after(state: RequestState | None, event: AccessEvent) -> RequestState:
    """Return a request after one more event.

    Raises
    ------
    TransitionError
        When the event cannot happen as things stand.
    """
    if isinstance(event, AccessRequested):
        if state is not None:
            raise TransitionError("a request", f"{event.request} is there already", "take another name")
        return RequestState(asked=event)
    if state is None:
        raise TransitionError("an answer", f"there is no request {event.request}", "record the request first")
    if state.closed is not None:
        raise TransitionError("more about it", f"{event.request} is closed", "record a new request")
    if event.at_utc_s < state.asked.at_utc_s:
        raise TransitionError("an answer", "it lies before the request", "give the time at which it was said")
    if isinstance(event, AccessClosed):
        return replace(state, closed=event)
    if not event.person.strip():
        raise TransitionError("an answer", "it does not say who answered", "name the function")
    return replace(state, answers=(*state.answers, event))


def fold(events: Iterable[AccessEvent]) -> dict[str, RequestState]:
    """Return every request after events in their order; what does not fit changes nothing."""
    states: dict[str, RequestState] = {}
    for event in events:
        try:
            states[event.request] = after(states.get(event.request), event)
        except TransitionError:
            continue
    return states
