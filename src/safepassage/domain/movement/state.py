"""What stands about one movement after its events, and where each recipient stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from safepassage.domain.movement.events import (
    Aborted,
    Answered,
    Arrived,
    Cancelled,
    Checked,
    Closed,
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
from safepassage.domain.movement.particulars import Particulars, Recipient
from safepassage.domain.movement.words import VOICE, Answer, Course, MovementKind, Paper, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One state of the particulars; `renewed_in` is the last revision that changed time, route or terms."""

    number: int
    particulars: Particulars
    renewed_in: int
    drafted: Recorded[Drafted] | Recorded[Revised]
    checked: Recorded[Checked] | None = None
    submitted: Recorded[Submitted] | None = None


def _nothing() -> Mapping[str, frozenset[str]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementState:
    """Everything that stands about a movement after its events, in their order.

    `consents` holds, for each recipient, the numbers of the fields that it may be told. `out_of_place` are
    events that the log holds and that do not fit here (written apart, or after one was taken back), each with
    the reason; they change nothing and are shown.
    """

    id: str
    revisions: tuple[Revision, ...]
    paper: Paper = Paper.DRAFT
    course: Course = Course.NOT_DECIDED
    consents: Mapping[str, frozenset[str]] = field(default_factory=_nothing)
    sent: tuple[Recorded[Sent], ...] = ()
    answered: tuple[Recorded[Answered], ...] = ()
    relayed: tuple[Recorded[Relayed], ...] = ()
    decided: Recorded[Decided] | None = None
    departed: Recorded[Departed] | None = None
    reported: tuple[Recorded[Reported], ...] = ()
    ended: Recorded[Arrived] | Recorded[Aborted] | Recorded[IncidentHappened] | None = None
    incidents: tuple[Recorded[IncidentHappened], ...] = ()
    escalated: tuple[Recorded[Escalated], ...] = ()
    cancelled: Recorded[Cancelled] | None = None
    closed: Recorded[Closed] | None = None
    out_of_place: tuple[tuple[Recorded[Event], str], ...] = ()

    @property
    def current(self) -> Revision:
        """The revision that counts."""
        return self.revisions[-1]

    @property
    def particulars(self) -> Particulars:
        """What the current revision says."""
        return self.current.particulars

    @property
    def stage(self) -> str:
        """Where it is, in one word: where its papers are until it has left or ended, then its course."""
        deciding = {Course.NOT_DECIDED, Course.GO, Course.NO_GO}
        if self.course in deciding and (self.paper is not Paper.SENT or self.course is Course.NOT_DECIDED):
            return self.paper.value
        return self.course.value

    def sends(self, recipient: str, *, since: int = 1) -> tuple[Recorded[Sent], ...]:
        """Return how a recipient was told of the revisions from `since` on, oldest first."""
        return tuple(
            one
            for one in self.sent
            if one.event.recipient == recipient and one.event.revision >= since and not one.event.cancellation
        )

    def was_told_current(self, recipient: str) -> bool:
        """Tell whether a recipient was sent the current revision."""
        return bool(self.sends(recipient, since=self.current.number))

    def not_told_of_cancellation(self) -> tuple[str, ...]:
        """Return who was told of a movement that was cancelled since, and not of that."""
        if self.cancelled is None:
            return ()
        told = {one.event.recipient for one in self.sent if one.event.cancellation}
        return tuple(sorted({one.event.recipient for one in self.sent} - told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one recipient stands: since when (told, or answered), and about which revision.

    `relayed` is what it last said of its units on the way; `relay_is_stale` when that is about an earlier
    revision: they know another time or route.
    `objects` says that its last answer is an objection, also one to an earlier revision: a change may be
    meant to meet it, but only its own answer ends it.
    """

    recipient: Recipient
    reply: Reply
    since_utc_s: int | None = None
    revision: int | None = None
    sent: Recorded[Sent] | None = None
    read_utc_s: int | None = None
    answer: Recorded[Answered] | None = None
    relayed: Recorded[Relayed] | None = None
    relay_is_stale: bool = False
    objects: bool = False

    def waiting_s(self, now_utc_s: int) -> int | None:
        """Return for how long it has been silent about what it was told; None when it is not waited for."""
        silent = self.reply in {Reply.NO_REPLY, Reply.UNCONFIRMED, Reply.STALE}
        return None if not silent or self.since_utc_s is None else max(0, now_utc_s - self.since_utc_s)

    def is_due(self, now_utc_s: int) -> bool:
        """Tell whether it should be asked again by now."""
        waiting_s = self.waiting_s(now_utc_s)
        return waiting_s is not None and waiting_s >= self.recipient.ask_again_after_s


def confirmed(answer: Answered) -> bool:
    """Tell whether an answer counts: what was said by voice has to have been read back."""
    return answer.channel not in VOICE or answer.read_back


def standing(state: MovementState, recipient: Recipient) -> Standing:
    """Return where a recipient stands now; silence is never an acknowledgement, whatever came before."""
    name, renewed = recipient.id, state.current.renewed_in
    told = state.sends(name)
    told_now = state.sends(name, since=renewed)
    given = [one for one in state.answered if one.event.recipient == name]
    answers = [one for one in given if one.event.answer is not Answer.READ]
    valid = [one for one in answers if one.event.revision >= renewed]
    relays = [one for one in state.relayed if one.event.recipient == name]
    relayed = next((one for one in reversed(relays) if one.event.revision >= renewed), None)
    known: dict[str, Any] = {
        "recipient": recipient,
        "sent": told[-1] if told else None,
        "read_utc_s": next(
            (one.event.at_utc_s for one in reversed(given) if one.event.revision >= renewed), None
        ),
        "relayed": relayed or (relays[-1] if relays else None),
        "relay_is_stale": relayed is None and bool(relays),
        "objects": bool(answers) and _decisive(state, answers).event.answer is Answer.OBJECTION,
    }
    if valid:
        last = _decisive(state, valid)
        since: dict[str, Any] = {"since_utc_s": last.event.at_utc_s, "revision": last.event.revision}
        return Standing(reply=_reply(last.event), answer=last, **since, **known)
    if answers:
        old = answers[-1]
        at = told_now[0].event.at_utc_s if told_now else None
        return Standing(reply=Reply.STALE, answer=old, since_utc_s=at, revision=old.event.revision, **known)
    if told_now:
        first = told_now[0].event
        return Standing(reply=Reply.NO_REPLY, since_utc_s=first.at_utc_s, revision=first.revision, **known)
    return Standing(reply=Reply.NOT_SENT, **known)


def _decisive(state: MovementState, answers: list[Recorded[Answered]]) -> Recorded[Answered]:
    """Return the answer that counts among those of one recipient: the last one that was confirmed, if any.

    An objection counts however it came. Where agreement is asked for, words that neither agree nor object
    change nothing about those that do.
    """
    certain = [one for one in answers if confirmed(one.event) or one.event.answer is Answer.OBJECTION]
    if state.particulars.kind is MovementKind.AGREED:
        plain = [one for one in certain if one.event.answer in {Answer.AGREED, Answer.OBJECTION}]
        certain = plain or certain
    return (certain or answers)[-1]


def _reply(answer: Answered) -> Reply:
    if answer.answer is Answer.OBJECTION:
        return Reply.OBJECTED
    if not confirmed(answer):
        return Reply.UNCONFIRMED
    return Reply.AGREED if answer.answer is Answer.AGREED else Reply.ACKNOWLEDGED


def standings(state: MovementState) -> tuple[Standing, ...]:
    """Return where every recipient of a movement stands, in order of the form."""
    return tuple(standing(state, one) for one in state.particulars.recipients)
