"""From forms to events of movements: a draft from a corridor, and what happens to it after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from safepassage.domain.errors import FormatError
from safepassage.domain.movement import events as ev
from safepassage.domain.movement.form import numbers_of
from safepassage.domain.movement.state import MovementState
from safepassage.domain.movement.words import Answer, Channel, Condition, MovementKind, RecipientRole, YesNo
from safepassage.formats.facts.local_clock import instant
from safepassage.formats.movement import movement_draft, movement_file
from safepassage.web.desk.desk import Desk
from safepassage.web.desk.plan_facts import team_release
from safepassage.web.desk.planner import MadePlan
from safepassage.web.screens.forms import Form, FormError

Base = dict[str, Any]
_Make = Callable[[Form, Base, MovementState | None], ev.Event]


def drafted(desk: Desk, made: MadePlan, form: Form) -> ev.Drafted:
    """Return the draft of a movement on a corridor of a plan.

    Raises
    ------
    FormError
        When a field cannot be used.
    """
    try:
        facts = movement_draft.facts_of(team_release(made), form.text("corridor"))
        own = {
            "org": form.text("moves", desk.org),
            "kind": form.text("kind", str(MovementKind.NOTIFIED)),
            "shape": "overland",
            "lead": form.text("lead"),
            "mandate": form.text("mandate"),
            "focal_point": {
                "function": form.text("contact"), "phone": form.text("phone"), "radio": form.text("radio"),
            },
            "emergency": form.text("emergency") == "yes",
            "recipients": _recipients(form.text("recipients")),
        }  # fmt: skip
        particulars = movement_file.particulars(facts, own, file="the form")
        return ev.Drafted(movement=form.text("movement"), at_utc_s=now_utc_s(desk), particulars=particulars)
    except (FormatError, ValueError) as fault:
        raise FormError("corridor", f"{str(fault).rstrip('.')}.") from None


def now_utc_s(desk: Desk) -> int:
    """Return the second of the case that it is, UTC."""
    return round(instant(desk.now_iso()).timestamp())


def _recipients(text: str) -> list[dict[str, Any]]:
    """Return recipients, one a line: id; name; role (party, impartial or coordination)."""
    found = []
    for line in filter(None, (part.strip() for part in text.splitlines())):
        parts = [part.strip() for part in line.split(";")]
        if len(parts) != 3 or parts[2] not in set(RecipientRole):  # noqa: PLR2004 - id, name, role
            roles = ", ".join(RecipientRole)
            raise FormError("recipients", f"Write one recipient a line: id; name; {roles}.")
        found.append({"id": parts[0], "name": parts[1], "role": parts[2]})
    return found


def _last_told(state: MovementState | None, recipient: str) -> int:
    sends = state.sends(recipient) if state is not None else ()
    return sends[-1].event.revision if sends else 1


def _persons(form: Form) -> int | None:
    text = form.text("persons")
    return int(text) if text else None


def _channel(form: Form, default: Channel = Channel.RADIO) -> Channel:
    return Channel(form.text("channel", str(default)))


def _sent(form: Form, base: Base, state: MovementState | None) -> ev.Event:
    return ev.Sent(
        recipient=form.text("recipient"), revision=state.current.number if state else 1,
        channel=_channel(form, Channel.MAIL), person=form.text("person"),
        cancellation=bool(state and state.cancelled), **base,
    )  # fmt: skip


def _answered(form: Form, base: Base, state: MovementState | None) -> ev.Event:
    recipient = form.text("recipient")
    return ev.Answered(
        recipient=recipient, revision=_last_told(state, recipient), answer=Answer(form.text("answer")),
        channel=_channel(form, Channel.PHONE), person=form.text("person"),
        read_back=form.text("read_back") == "yes", reference=form.text("reference"), text=form.text("text"),
        **base,
    )  # fmt: skip


def _relayed(form: Form, base: Base, state: MovementState | None) -> ev.Event:
    recipient = form.text("recipient")
    return ev.Relayed(
        recipient=recipient, revision=_last_told(state, recipient), units_told=YesNo(form.text("units_told")),
        channel=_channel(form, Channel.PHONE), person=form.text("person"), text=form.text("text"), **base,
    )  # fmt: skip


def _consented(form: Form, base: Base, _: MovementState | None) -> ev.Event:
    return ev.Consented(
        recipient=form.text("recipient"), fields=numbers_of(form.text("fields")),
        given_by=form.text("given_by"), document=form.text("document"), **base,
    )  # fmt: skip


def _reported(form: Form, base: Base, _: MovementState | None) -> ev.Event:
    return ev.Reported(
        channel=_channel(form), person=form.text("person"), point=form.text("point"),
        condition=Condition(form.text("condition", str(Condition.PASSED))), text=form.text("text"), **base,
    )  # fmt: skip


def _closed(form: Form, base: Base, _: MovementState | None) -> ev.Event:
    arrived = form.text("persons_arrived")
    return ev.Closed(
        review=form.text("review"), persons_left=_persons(form),
        persons_arrived=int(arrived) if arrived else None, unaccounted=form.text("unaccounted"),
        lessons=form.text("lessons"), **base,
    )  # fmt: skip


MAKERS: Mapping[str, tuple[type[ev.Event], _Make]] = {
    "checked": (ev.Checked, lambda _, base, __: ev.Checked(**base)),
    "submitted": (ev.Submitted, lambda _, base, __: ev.Submitted(**base)),
    "consented": (ev.Consented, _consented),
    "sent": (ev.Sent, _sent),
    "answered": (ev.Answered, _answered),
    "relayed": (ev.Relayed, _relayed),
    "go": (
        ev.Decided,
        lambda form, base, _: ev.Decided(
            go=True, lead=form.text("lead"), despite=form.text("despite"), **base
        ),
    ),
    "no-go": (ev.Decided, lambda form, base, _: ev.Decided(go=False, lead=form.text("lead"), **base)),
    "departed": (
        ev.Departed,
        lambda form, base, _: ev.Departed(
            channel=_channel(form), person=form.text("person"), persons=_persons(form), **base
        ),
    ),
    "reported": (ev.Reported, _reported),
    "arrived": (
        ev.Arrived,
        lambda form, base, _: ev.Arrived(
            channel=_channel(form), person=form.text("person"), persons=_persons(form), **base
        ),
    ),
    "aborted": (
        ev.Aborted,
        lambda form, base, _: ev.Aborted(
            reason=form.text("text"), channel=_channel(form), person=form.text("person"), **base
        ),
    ),
    "incident": (
        ev.IncidentHappened,
        lambda form, base, _: ev.IncidentHappened(
            text=form.text("text"),
            channel=_channel(form),
            person=form.text("person"),
            ends=form.text("ends") == "yes",
            **base,
        ),
    ),
    "cancelled": (ev.Cancelled, lambda form, base, _: ev.Cancelled(reason=form.text("text"), **base)),
    "closed": (ev.Closed, _closed),
}
"""Word in the address to the event it records and how the form makes it."""


def event_of(desk: Desk, word: str, movement: str, form: Form, state: MovementState | None) -> ev.Event:
    """Return the event that a form stands for.

    Raises
    ------
    FormError
        When a field cannot be used.
    """
    base: Base = {"movement": movement, "at_utc_s": now_utc_s(desk)}
    try:
        return MAKERS[word][1](form, base, state)
    except ValueError as fault:
        raise FormError(word, f"{str(fault).rstrip('.')}.") from None
