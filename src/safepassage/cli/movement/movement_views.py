"""`safepassage movement status | no-reply | overdue`: where things stand, now or at a moment."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import Any

from safepassage.cli.log import bundles, store_file
from safepassage.cli.movement.movement_time import given_utc_s
from safepassage.cli.outcome import Outcome, listed
from safepassage.cli.run import OK, OVERDUE
from safepassage.domain.errors import StoreError
from safepassage.domain.log import merge
from safepassage.domain.log.entry import Entry
from safepassage.domain.movement.form import FormField, form_of
from safepassage.domain.movement.overdue import Alarm, alarms
from safepassage.domain.movement.particulars import Recipient
from safepassage.domain.movement.rules import open_questions
from safepassage.domain.movement.state import MovementState, Standing, standings
from safepassage.domain.movement.words import ENDED, Reply
from safepassage.formats.access import access_log
from safepassage.formats.movement import movement_safeguards
from safepassage.formats.movement.movement_file import iso
from safepassage.store import movement_events

_MINUTE_S, _HOUR_S = 60, 3600


def _states(options: argparse.Namespace) -> tuple[list[MovementState], int]:
    """Return all movements after what had happened, and was known, at the moments asked about."""
    known_utc_s = given_utc_s(options.known_at) if options.known_at else None
    at_utc_s = given_utc_s(options.at or options.known_at)
    until_ms = None if known_utc_s is None else known_utc_s * 1000 + 999
    with store_file.opened(options, writes=False) as store:
        happened = at_utc_s if options.at else None
        found = movement_events.states(store, until_ms=until_ms, happened_utc_s=happened)
    return [found[name] for name in sorted(found)], at_utc_s


def status(options: argparse.Namespace) -> Outcome:
    """Say where movements stand."""
    states, at_utc_s = _states(options)
    chosen = [one for one in states if options.movement in {"", one.id}]
    if options.movement and not chosen:
        raise StoreError(f"There was no movement {options.movement} at {iso(at_utc_s)}.")
    with store_file.opened(options, writes=False) as store:
        apart = _apart(movement_events.held(store), [one.id for one in chosen])
    lines: list[str] = []
    for one in chosen:
        lines += _lines(one, at_utc_s)
        lines += [
            f"  written apart, to be settled: {row['kind']} {row['recipient']} ({', '.join(row['entries'])})"
            for row in apart[one.id]
        ]
    rows = [{**_row(one, at_utc_s), "written_apart": apart[one.id]} for one in chosen]
    data = {"at": iso(at_utc_s), "movements": rows}
    return Outcome(code=OK, text=listed(lines, "No movements."), data=data)


def age(seconds: int) -> str:
    """Return a duration as hours and minutes."""
    hours, rest = divmod(seconds, _HOUR_S)
    return f"{hours} h {rest // _MINUTE_S:02d} min" if hours else f"{rest // _MINUTE_S} min"


def _lines(state: MovementState, at_utc_s: int) -> Iterator[str]:
    p = state.particulars
    stage = state.stage.replace("_", " ")
    yield (
        f"{state.id} [{p.kind.value}] {p.title}: revision {state.current.number}, {stage};"
        f" {iso(p.start_utc_s)} to {iso(p.end_utc_s)}"
    )
    for one in standings(state):
        yield f"  {_standing(one, at_utc_s)}"
    if state.paper.value == "sent" and state.course.value == "not_decided":
        questions = open_questions(state)
        if questions:
            yield f"  to go needs the lead's reason: {'; '.join(questions)}"
    for alarm in alarms(state, at_utc_s):
        yield f"  OVERDUE by {age(alarm.overdue_s(at_utc_s))}: {alarm.text}"
    for recorded, reason in state.out_of_place:
        yield f"  does not fit: entry {recorded.id} ({reason})"


def _apart(entries: Iterable[Entry], movements: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what offices wrote apart about each movement and nobody has settled."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in movements}
    for one in merge.conflicts(entries):
        kind, _, about = one.about.partition(":")
        name, _, recipient = about.partition(":")
        if kind == "movement" and name in found:
            row = {"kind": one.kind, "recipient": recipient, "entries": [entry.id for entry in one.entries]}
            found[name].append(row)
    return found


def _standing(one: Standing, at_utc_s: int) -> str:
    waiting = one.waiting_s(at_utc_s)
    said = one.reply.value
    if one.answer is not None:
        event = one.answer.event
        said += f" (revision {event.revision}, {event.answer.value}, {event.channel.value}, {event.person}"
        said += f", {iso(event.at_utc_s)})"
    if waiting is not None:
        said += f", waiting for {age(waiting)}"
    objects = "; OBJECTS" if one.objects else ""
    return f"{one.recipient.id} ({one.recipient.role.value}): {said}{_relayed(one)}{objects}"


def _relayed(one: Standing) -> str:
    if one.relayed is None:
        return ""
    event = one.relayed.event
    of = f" of revision {event.revision} only" if one.relay_is_stale else ""
    return f"; units told{of}: {event.units_told.value}"


def _row(state: MovementState, at_utc_s: int) -> dict[str, Any]:
    return {
        "id": state.id,
        "kind": state.particulars.kind.value,
        "title": state.particulars.title,
        "revision": state.current.number,
        "stage": state.stage,
        "paper": state.paper.value,
        "course": state.course.value,
        "start": iso(state.particulars.start_utc_s),
        "end": iso(state.particulars.end_utc_s),
        "recipients": [_recipient(one, at_utc_s) for one in standings(state)],
        "open_questions": list(open_questions(state)),
        "overdue": [_alarm(one, at_utc_s) for one in alarms(state, at_utc_s)],
        "out_of_place": [{"id": one.id, "reason": reason} for one, reason in state.out_of_place],
    }


def _recipient(one: Standing, at_utc_s: int) -> dict[str, Any]:
    sent = one.sent
    return {
        "id": one.recipient.id,
        "name": one.recipient.name,
        "role": one.recipient.role.value,
        "reply": one.reply.value,
        "revision": one.revision,
        "sent_at": iso(sent.event.at_utc_s) if sent is not None else None,
        "sent_entry": sent.id if sent is not None else None,
        "sent_files": dict(sent.event.files) if sent is not None else {},
        "answer": one.answer.event.answer.value if one.answer is not None else None,
        "answered_by": one.answer.event.person if one.answer is not None else None,
        "answered_at": iso(one.answer.event.at_utc_s) if one.answer is not None else None,
        "waiting_s": one.waiting_s(at_utc_s),
        "ask_again": one.is_due(at_utc_s),
        "units_told": one.relayed.event.units_told.value if one.relayed is not None else None,
        "units_told_revision": one.relayed.event.revision if one.relayed is not None else None,
        "objects": one.objects,
    }


def no_reply(options: argparse.Namespace) -> Outcome:
    """List silence with its age; silence is never an acknowledgement."""
    states, at_utc_s = _states(options)
    rows = [
        {"movement": state.id, **_recipient(one, at_utc_s)}
        for state in states
        for one in standings(state)
        if one.waiting_s(at_utc_s) is not None and state.closed is None
    ]
    rows.sort(key=lambda row: -int(row["waiting_s"]))
    lines = [
        f"{row['movement']}: {row['id']} ({row['role']}) {row['reply']} for {age(row['waiting_s'])}"
        f"{', ASK AGAIN' if row['ask_again'] else ''}"
        for row in rows
    ]
    untold = [
        {"movement": state.id, "id": one.recipient.id, "revision": state.current.number}
        for state in states
        for one in standings(state)
        if state.course not in ENDED
        and one.reply in {Reply.NOT_SENT, Reply.STALE}
        and one.since_utc_s is None
    ]
    lines += [f"{row['movement']}: {row['id']} was not told of revision {row['revision']}" for row in untold]
    nobody = "Everybody has answered." if states else "No movements."
    return Outcome(code=OK, text=listed(lines, nobody), data={"silent": rows, "not_told": untold})


def who_sees(options: argparse.Namespace) -> Outcome:
    """Say for each field which recipients see it, and why the others do not."""
    with store_file.opened(options, writes=False) as store:
        state = movement_events.states(store).get(options.movement)
    if state is None:
        raise StoreError(f"There is no movement {options.movement}.")
    recipients = state.particulars.recipients
    rows = [
        {"number": field.number, "label": field.label.en}
        | {one.id: _sight(state, one, field) for one in recipients}
        for field in form_of(state.particulars.kind)
    ]
    lines = [
        f"{row['number']:>3} {row['label']}: " + ", ".join(f"{one.id} {row[one.id]}" for one in recipients)
        for row in rows
    ]
    return Outcome(code=OK, text=listed(lines), data={"fields": rows})


def _sight(state: MovementState, recipient: Recipient, field: FormField) -> str:
    if not field.is_for(recipient.role):
        return "never"
    if not field.consent or field.number in state.consents.get(recipient.id, frozenset()):
        return "sees"
    return "no consent"


def safeguards(options: argparse.Namespace) -> Outcome:
    """Write what the log knows of parties, answers and requests for the plan audit."""
    states, _ = _states(options)
    with store_file.opened(options, writes=False) as store:
        requests = access_log.requests(movement_events.standing(store))
    data = movement_safeguards.write(states, [requests[name] for name in sorted(requests)])
    bundles.write_new(options.output, data)
    count = data.count(b"\n") - 1
    text = f"{count} rows written to {options.output}: put them into the table safeguards of the case."
    return Outcome(code=OK, text=text, data={"rows": count})


def overdue(options: argparse.Namespace) -> Outcome:
    """List alarms with the steps that are due; a program that asks can tell by the exit code."""
    states, at_utc_s = _states(options)
    found = [alarm for state in states for alarm in alarms(state, at_utc_s)]
    found.sort(key=lambda alarm: (alarm.due_utc_s, alarm.movement, alarm.code))
    text = listed(line for alarm in found for line in _alarm_lines(alarm, at_utc_s))
    code = OVERDUE if found else OK
    data = {"overdue": [_alarm(alarm, at_utc_s) for alarm in found]}
    return Outcome(code=code, text=text or "Nothing is overdue.", data=data)


def _alarm_lines(alarm: Alarm, at_utc_s: int) -> Iterable[str]:
    yield f"{alarm.movement}: {alarm.code}: {alarm.text}; overdue by {age(alarm.overdue_s(at_utc_s))}"
    for number, step in enumerate(alarm.steps, start=1):
        done = f"done: {step.taken.event.outcome}" if step.taken is not None else "DUE"
        yield f"  step {number} ({iso(step.due_utc_s)}) {step.step.who}: {step.step.what} [{done}]"


def _alarm(alarm: Alarm, at_utc_s: int) -> dict[str, Any]:
    return {
        "movement": alarm.movement,
        "code": alarm.code,
        "text": alarm.text,
        "due": iso(alarm.due_utc_s),
        "overdue_s": alarm.overdue_s(at_utc_s),
        "steps": [
            {
                "number": number,
                "due": iso(step.due_utc_s),
                "who": step.step.who,
                "what": step.step.what,
                "taken": step.taken is not None,
            }
            for number, step in enumerate(alarm.steps, start=1)
        ],
    }
