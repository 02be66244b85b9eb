"""Sheets for a radio desk: who calls when, what to do about silence, a log to write on, and the report."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from safepassage.domain.movement.events import (
    Aborted,
    Answered,
    Arrived,
    Cancelled,
    Closed,
    Decided,
    Departed,
    Escalated,
    Event,
    IncidentHappened,
    Recorded,
    Relayed,
    Reported,
    Sent,
)  # fmt: skip
from safepassage.domain.movement.overdue import timetable
from safepassage.domain.movement.state import MovementState, standings
from safepassage.domain.movement.words import Course
from safepassage.formats.movement.notification_rows import Clock
from safepassage.formats.paper.typeset import typeset

_BLANK_LINES = 22
_WEIGHTS = {
    "what": 40, "step": 4, "after": 6, "done at": 14, "place": 18, "what was said": 40, "what happened": 50,
    "what was said, word for word": 45, "read back": 6, "at": 13, "channel": 7, "expected": 13,
    "overdue from": 13, "stood at": 20,
}  # fmt: skip
_OVER = frozenset({Course.ARRIVED, Course.ABORTED, Course.ENDED_BY_INCIDENT, Course.CANCELLED, Course.CLOSED})


def write(state: MovementState) -> dict[str, bytes]:
    """Return the sheets as PDF by file name; the report is among them once the movement is over."""
    stem = f"RESTRICTED-{state.id}"
    files = {
        f"{stem}-timetable.pdf": _sheet(state, "Check-in timetable", _timetable(state)),
        f"{stem}-log.pdf": _sheet(state, "Movement log", _log(state)),
    }
    if state.course in _OVER:
        files[f"{stem}-report.pdf"] = _sheet(state, "Report after the movement", _report(state))
    return files


def _sheet(state: MovementState, heading: str, parts: list[dict[str, Any]]) -> bytes:
    particulars = state.particulars
    stamp = ["RESTRICTED", *(["EXERCISE"] if particulars.exercise else [])]
    clock = Clock(particulars.zones)
    facts = {
        "heading": heading,
        "movement": f"{state.id}: {particulars.title}",
        "legend": clock.legend,
        "parts": parts,
    }
    running = f"{state.id} · revision {state.current.number}"
    foot = "For the radio desk only: lock it away, take no pictures of it."
    return typeset(
        "movement_desk", facts, title=f"{heading}, {state.id}", stamp=stamp, running=running, foot=foot
    )


def _part(heading: str, **more: Any) -> dict[str, Any]:
    part = {"heading": heading, "lines": [], "heads": [], "rows": [], "tall": False, **more}
    return {"weights": [_WEIGHTS.get(head, 10) for head in part["heads"]], **part}


def _timetable(state: MovementState) -> list[dict[str, Any]]:
    particulars = state.particulars
    clock = Clock(particulars.zones)
    focal = particulars.focal_point
    who = [("function", focal.function), ("telephone", focal.phone), ("satellite", focal.satellite_phone),
           ("radio", focal.radio), ("callsign", focal.callsign), ("lead", particulars.lead)]  # fmt: skip
    rows = [
        [clock.both(one.expected_utc_s), clock.both(one.latest_utc_s),
         f"{one.point.place.name} ({one.point.id})" if one.point else "wherever it is",
         one.point.kind.value if one.point else "check-in", "", "", ""]
        for one in timetable(state)
    ]  # fmt: skip
    steps = [
        [str(number), f"+{step.after_s // 60} min", step.who, step.what, ""]
        for number, step in enumerate(particulars.timetable.escalation, start=1)
    ]
    recipients = [[one.name, one.role.value, one.contact] for one in particulars.recipients]
    return [
        _part("Who", lines=[f"{name}: {text}" for name, text in who if text]),
        _part("When it calls",
              heads=["expected", "overdue from", "place", "", "heard at", "condition", "read back"],
              rows=rows, tall=True),
        _part("When it is silent", heads=["step", "after", "who", "what", "done at"], rows=steps, tall=True),
        _part("Who was told", heads=["recipient", "role", "contact"], rows=recipients),
    ]  # fmt: skip


def _log(state: MovementState) -> list[dict[str, Any]]:
    clock = Clock(state.particulars.zones)
    rows = [[clock.both(one.event.at_utc_s), *_said(one.event), one.by] for one in _events(state)]
    heads = ["at", "channel", "who", "what was said", "recorded by"]
    blank = [["", "", "", "", "", ""] for _ in range(_BLANK_LINES)]
    writing = ["at", "channel", "who", "what was said, word for word", "read back", "by"]
    return [
        _part("Recorded", heads=heads, rows=rows),
        _part("To write on", heads=writing, rows=blank, tall=True),
    ]


def _events(state: MovementState) -> list[Recorded[Event]]:
    """Return what happened, in order of time."""
    ones: list[Any] = [state.decided, state.departed, state.ended, state.cancelled, state.closed]
    found: list[Recorded[Event]] = [
        *state.sent, *state.answered, *state.relayed, *state.reported, *state.incidents, *state.escalated,
    ]  # fmt: skip
    found += [one for one in ones if one is not None and one not in found]
    return sorted(found, key=lambda one: (one.event.at_utc_s, one.received_ms))


def _said(event: Event) -> list[str]:
    """Return channel, person and words of an event."""
    channel = str(getattr(event, "channel", "")).replace("_", " ")
    person = str(getattr(event, "person", ""))
    return [channel, person, _words(event)]


def _words(event: Event) -> str:
    match event:
        case Sent():
            what = "cancellation" if event.cancellation else f"revision {event.revision}"
            return f"{what} to {event.recipient}"
        case Answered():
            back = ", read back" if event.read_back else ""
            return f"{event.recipient} on revision {event.revision}: {event.answer.value}{back}. {event.text}"
        case Relayed():
            return f"{event.recipient}: units told {event.units_told.value}. {event.text}"
        case Decided():
            return f"{'go' if event.go else 'no-go'} by {event.lead}. {event.despite}"
        case Reported():
            return f"{event.point or 'under way'}: {event.condition.value.replace('_', ' ')}. {event.text}"
        case IncidentHappened():
            return f"incident: {event.text}"
        case Escalated():
            return f"{event.alarm}, step {event.step}: {event.outcome}"
        case _:
            return _ending(event)


def _ending(event: Event) -> str:
    match event:
        case Departed() | Arrived():
            counted = "" if event.persons is None else f", {event.persons} persons"
            return f"{type(event).__name__.lower()}{counted}"
        case Aborted() | Cancelled():
            return f"{type(event).__name__.lower()}: {event.reason}"
        case Closed():
            return f"closed: {event.review}"
        case _:
            return type(event).__name__.lower()


def _report(state: MovementState) -> list[dict[str, Any]]:
    clock = Clock(state.particulars.zones)
    closed = state.closed.event if state.closed is not None else None
    counts = (None, None) if closed is None else (closed.persons_left, closed.persons_arrived)
    left, arrived = ("" if count is None else str(count) for count in counts)
    facts = [
        ("outcome", state.course.value.replace("_", " ")),
        ("left", clock.both(state.departed.event.at_utc_s) if state.departed else "never"),
        ("ended", clock.both(state.ended.event.at_utc_s) if state.ended else ""),
        ("persons who left", left),
        ("persons who arrived", arrived),
        ("unaccounted for", closed.unaccounted if closed else ""),
        ("review", closed.review if closed else "not written yet"),
        ("lessons", closed.lessons if closed else ""),
    ]  # fmt: skip
    told = [[one.recipient.name, one.reply.value, (one.sent and clock.both(one.sent.event.at_utc_s)) or ""]
            for one in standings(state)]  # fmt: skip
    incidents = [[clock.both(one.event.at_utc_s), one.event.text] for one in state.incidents]
    made = datetime.fromtimestamp(max(one.event.at_utc_s for one in _events(state)), tz=UTC)
    return [
        _part("How it went", lines=[f"{name}: {text}" for name, text in facts if text]),
        _part("Incidents", heads=["at", "what happened"], rows=incidents),
        _part("Who was told, and where each stood", heads=["recipient", "stood at", "last told"], rows=told),
        _part("Last event", lines=[made.strftime("%Y-%m-%d %H:%MZ")]),
    ]
