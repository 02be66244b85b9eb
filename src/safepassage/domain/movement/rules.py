"""What may happen to a movement as it stands; each rule refuses with what, why and remedy."""

from __future__ import annotations

from safepassage.domain.errors import TransitionError
from safepassage.domain.movement.checks import check
from safepassage.domain.movement.events import (
    Answered,
    Cancelled,
    Checked,
    Closed,
    Consented,
    Decided,
    Departed,
    Event,
    Recorded,
    Sent,
)
from safepassage.domain.movement.form import CONSENTED
from safepassage.domain.movement.particulars import Particulars
from safepassage.domain.movement.state import MovementState, standings
from safepassage.domain.movement.words import (
    ENDED,
    Answer,
    Course,
    HazardStatus,
    MovementKind,
    Paper,
    RecipientRole,
    Reply,
    Shape,
)

_NEXT = {
    Paper.DRAFT: "check it",
    Paper.CHECKED: "submit it",
    Paper.SUBMITTED: "have somebody else send it",
    Paper.SENT: "revise it, if something changed",
}


def require_text(text: str, what: str, why: str, remedy: str) -> None:
    """Refuse an event without its words."""
    if not text.strip():
        raise TransitionError(what, why, remedy)


def require_paper(state: MovementState, paper: Paper, what: str) -> None:
    """Refuse a step of the papers out of its order."""
    require_going_on(state, what)
    if state.paper is not paper:
        raise TransitionError(
            what, f"revision {state.current.number} is {state.paper.value}", _NEXT[state.paper]
        )


def require_going_on(state: MovementState, what: str) -> None:
    """Refuse papers of a movement that is over."""
    if state.course in ENDED - {Course.NO_GO}:
        why = f"{state.id} is {state.course.value.replace('_', ' ')}"
        raise TransitionError(what, why, "close it with a review, and draft a new one if needed")


def require_revisable(state: MovementState, new: Particulars) -> None:
    """Refuse a revision that changes nothing, changes the rules, or drops somebody who was told."""
    require_going_on(state, "a revision")
    old = state.particulars
    if new == old:
        raise TransitionError(
            "a revision", "it changes nothing", "change a field, or send the last one again"
        )
    if state.sent and new.kind is not old.kind:
        why = f"it was notified as {old.kind.value}"
        raise TransitionError("another kind", why, "cancel it and draft a new movement")
    told = {one.event.recipient for one in state.sent}
    dropped = sorted(told - {one.id for one in new.recipients})
    if dropped:
        why = f"{', '.join(dropped)} was told of it and would not hear of the change"
        raise TransitionError("a revision", why, "keep every recipient that was told")


def require_checkable(state: MovementState, recorded: Recorded[Checked]) -> None:
    """Refuse a check while something is missing."""
    require_paper(state, Paper.DRAFT, "the check")
    held = [one for one in check(state.particulars, recorded.event.at_utc_s) if one.holds]
    if held and state.course is not Course.DEPARTED:
        raise TransitionError("the check", "; ".join(one.text for one in held), held[0].remedy)


def require_consent_fits(state: MovementState, event: Consented) -> None:
    """Refuse consent for nobody, or for fields that need none."""
    if state.particulars.recipient(event.recipient) is None:
        raise TransitionError(
            "consent", f"{event.recipient} is no recipient", "add it to the recipients first"
        )
    unknown = sorted(set(event.fields) - set(CONSENTED))
    if unknown:
        raise TransitionError("consent", f"fields {', '.join(unknown)} need none", "name fields of the form")
    require_text(event.given_by, "consent", "it does not say who gave it", "name the function")


def require_sendable(state: MovementState, recorded: Recorded[Sent]) -> None:
    """Refuse to send what was not submitted, by whoever submitted it, to whom nothing may be told."""
    event = recorded.event
    what = f"sending to {event.recipient}"
    if event.cancellation:
        _require_cancellation(state, event, what)
        return
    require_going_on(state, what)
    if state.particulars.recipient(event.recipient) is None:
        raise TransitionError(what, "it is no recipient", "revise the movement and add it")
    if state.paper not in {Paper.SUBMITTED, Paper.SENT}:
        raise TransitionError(
            what, f"revision {state.current.number} is {state.paper.value}", _NEXT[state.paper]
        )
    if event.revision != state.current.number:
        why = f"revision {state.current.number} is the one that counts, not {event.revision}"
        raise TransitionError(what, why, "send the current one")
    submitted = state.current.submitted
    if submitted is None or _same(submitted.by, recorded.by):
        raise TransitionError(what, f"{recorded.by} submitted it", "have a second person release it")
    if not state.consents.get(event.recipient):
        why = "the organisation that moves has not agreed to what it may be told"
        raise TransitionError(what, why, f"record its consent for {event.recipient}")


def _require_cancellation(state: MovementState, event: Sent, what: str) -> None:
    if state.cancelled is None:
        raise TransitionError(what, "the movement is not cancelled", "cancel it first")
    if not state.sends(event.recipient):
        raise TransitionError(what, "it was never told of the movement", "tell those who were")


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def require_was_sent(state: MovementState, recipient: str, revision: int, at_utc_s: int) -> None:
    """Refuse word of a recipient about what it was never sent."""
    what = f"an answer of {recipient}"
    names = [one.id for one in state.particulars.recipients]
    if recipient not in names:
        raise TransitionError(what, "it is no recipient", f"name one of {', '.join(names)}")
    sends = [one for one in state.sends(recipient) if one.event.revision == revision]
    if not sends:
        raise TransitionError(
            what, f"revision {revision} was never sent to it", "name the revision it answers"
        )
    if at_utc_s < sends[0].event.at_utc_s:
        raise TransitionError(what, "it lies before the sending", "give the time at which it was said")


def require_answerable(state: MovementState, event: Answered) -> None:
    """Refuse an answer that nobody gave, to what was never sent, or that grants what nobody can grant."""
    require_was_sent(state, event.recipient, event.revision, event.at_utc_s)
    what = f"an answer of {event.recipient}"
    require_text(event.person, what, "it does not say who answered", "name the function and callsign")
    if event.answer is Answer.OBJECTION:
        require_text(event.text, what, "an objection without its words", "record what was said")
    if event.answer is not Answer.AGREED:
        return
    if state.particulars.kind is MovementKind.NOTIFIED:
        why = "a notified movement is information, and nobody agrees to it or allows it"
        raise TransitionError(what, why, "record it as noted, with its words")
    one = state.particulars.recipient(event.recipient)
    if one is None or one.role is not RecipientRole.PARTY:
        raise TransitionError(what, "only a party can agree to a passage", "record it as noted")


def open_questions(state: MovementState) -> tuple[str, ...]:
    """Return what a lead who decides to go has to give a reason for."""
    found = []
    for one in standings(state):
        if one.objects:
            found.append(f"{one.recipient.id} objects")
        elif one.recipient.role is RecipientRole.PARTY and one.reply not in {
            Reply.ACKNOWLEDGED,
            Reply.AGREED,
        }:
            found.append(f"{one.recipient.id}: {one.reply.value}")
    particulars = state.particulars
    moves = particulars.shape is not Shape.STATIC_SITE
    if moves and particulars.explosive_hazards is not HazardStatus.SURVEYED_NONE_FOUND:
        found.append(f"explosive hazards: {particulars.explosive_hazards.value.replace('_', ' ')}")
    return tuple(found)


def require_decidable(state: MovementState, event: Decided) -> None:
    """Refuse a decision by anybody but the named lead, and to go before all parties were told, or agreed."""
    what = "go" if event.go else "no-go"
    if state.course not in {Course.NOT_DECIDED, Course.GO, Course.NO_GO}:
        why = f"{state.id} is {state.course.value.replace('_', ' ')}"
        raise TransitionError(what, why, "abort or close it instead")
    if not _same(event.lead, state.particulars.lead):
        named = state.particulars.lead or "nobody"
        raise TransitionError(what, f"{named} was named as the lead, not {event.lead}", "let the lead decide")
    if not event.go:
        return
    untold = [one.id for one in state.particulars.parties if not state.was_told_current(one.id)]
    if state.paper is not Paper.SENT or untold:
        why = f"revision {state.current.number} was not sent to {', '.join(untold) or 'anybody'}"
        raise TransitionError(what, why, "send it to every party")
    valid_until = state.particulars.valid_until_utc_s or state.particulars.end_utc_s
    if event.at_utc_s > valid_until:
        raise TransitionError(what, "the notification is no longer valid", "revise it with new times")
    if state.particulars.kind is MovementKind.AGREED:
        _require_agreement(state, what)
    questions = open_questions(state)
    if questions:
        require_text(event.despite, what, "; ".join(questions), "give the lead's reason to go all the same")


def _require_agreement(state: MovementState, what: str) -> None:
    parties = {one.id for one in state.particulars.parties}
    missing = [f"{one.recipient.id}: {one.reply.value}" for one in standings(state)
               if one.recipient.id in parties and one.reply is not Reply.AGREED]  # fmt: skip
    if missing:
        why = f"not every party has agreed to revision {state.current.number} ({'; '.join(missing)})"
        raise TransitionError(
            what, why, "a safe passage needs the agreement of each to the same times and terms"
        )


def require_go(state: MovementState, event: Departed) -> None:
    """Refuse a departure without a decision to go."""
    if state.course is not Course.GO or state.decided is None:
        why = f"nobody decided to go; it is {state.stage.replace('_', ' ')}"
        raise TransitionError(
            "a departure", why, "have the lead decide; if it left all the same, record an incident"
        )
    if event.at_utc_s < state.decided.event.at_utc_s:
        raise TransitionError(
            "a departure", "it lies before the decision to go", "give the time at which it left"
        )


def require_under_way(state: MovementState, event: Event, what: str) -> None:
    """Refuse news of a movement that is not under way."""
    if state.course is not Course.DEPARTED or state.departed is None:
        why = f"{state.id} is not under way; it is {state.stage.replace('_', ' ')}"
        raise TransitionError(what, why, "record the departure first, or an incident")
    if event.at_utc_s < state.departed.event.at_utc_s:
        raise TransitionError(what, "it lies before the departure", "give the time at which it happened")


def require_point(state: MovementState, point: str) -> None:
    """Refuse a report from a point that no revision has."""
    known = {one.id for revision in state.revisions for one in revision.particulars.route}
    if point and point not in known:
        listed = ", ".join(one.id for one in state.particulars.route) or "none"
        raise TransitionError("a report", f"{point} is no point of the route", f"the points are: {listed}")


def require_cancellable(state: MovementState, event: Cancelled) -> None:
    """Refuse to cancel what has left or is over."""
    if state.course not in {Course.NOT_DECIDED, Course.GO, Course.NO_GO}:
        why = f"{state.id} is {state.course.value.replace('_', ' ')}"
        raise TransitionError("cancelling", why, "abort it if it is under way, else close it")
    require_text(event.reason, "cancelling", "it does not say why", "give the reason")


def require_closable(state: MovementState, event: Closed) -> None:
    """Refuse to close what is not over, without a review, or with people unaccounted for in silence."""
    if state.course not in ENDED:
        why = f"{state.id} is {state.course.value.replace('_', ' ')}"
        raise TransitionError("closing", why, "record how it ended first")
    untold = state.not_told_of_cancellation()
    if untold:
        why = f"{', '.join(untold)} was not told that it is cancelled"
        raise TransitionError("closing", why, "tell everybody who was told of it")
    require_text(event.review, "closing", "there is no review", "say how it went")
    left, arrived = event.persons_left, event.persons_arrived
    if state.departed is not None and (left is None or arrived is None):
        raise TransitionError("closing", "nobody counted who left and who arrived", "give both numbers")
    if left is not None and arrived is not None and left != arrived:
        why = f"{left} left and {arrived} arrived"
        require_text(event.unaccounted, "closing", why, "say where each of the others is")
