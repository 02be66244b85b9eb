"""The screen of movements: who was told what and when, who answered, what is overdue, what may go."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from safepassage.domain.access import Operation, Person, may
from safepassage.domain.errors import StoreError, TransitionError
from safepassage.domain.movement.checks import check
from safepassage.domain.movement.copies import copy_for, own_form
from safepassage.domain.movement.events import NEEDS, Answered, Drafted, Event, Reported, Sent
from safepassage.domain.movement.overdue import Alarm, alarms
from safepassage.domain.movement.rules import open_questions
from safepassage.domain.movement.state import MovementState, Standing, standings
from safepassage.domain.movement.words import Answer, Channel, Condition, Course, MovementKind, YesNo
from safepassage.domain.release import SensitivityClass
from safepassage.formats.movement import movement_log, notification_rows
from safepassage.store import movement_events
from safepassage.store.event_store import Receipt
from safepassage.web.desk.desk import DeniedError, Desk
from safepassage.web.doors import CLASS, Way
from safepassage.web.pages import asking, desk_of, page
from safepassage.web.rights import PLANS, READS_ALL, READS_PARTIES, READS_PARTNERS, SIGNED_IN, can
from safepassage.web.screens import sent_copies
from safepassage.web.screens.forms import Form, FormError, form_of
from safepassage.web.screens.movement_forms import MAKERS, drafted, event_of, now_utc_s
from safepassage.web.screens.plan_screen import shown_plan

HOUR_S, MINUTE_S = 3600, 60
_FIELDS = (
    "movement", "corridor", "kind", "moves", "lead", "mandate", "recipients", "contact", "phone", "radio",
)  # fmt: skip
_BLANK = dict.fromkeys(_FIELDS, "")
_ROAD = {Course.GO, Course.DEPARTED}


def states(desk: Desk) -> dict[str, MovementState]:
    """Return every movement as it stands."""
    return movement_log.states(desk.folding.few())


def age(seconds: int) -> str:
    """Return a duration as hours and minutes."""
    hours, rest = divmod(seconds, HOUR_S)
    return f"{hours} h {rest // MINUTE_S:02d} min" if hours else f"{rest // MINUTE_S} min"


def _recipient(one: Standing, now_s: int) -> dict[str, Any]:
    waiting = one.waiting_s(now_s)
    return {
        "id": one.recipient.id,
        "name": one.recipient.name,
        "role": one.recipient.role.value,
        "reply": one.reply.value,
        "revision": one.revision,
        "objects": one.objects,
        "waiting": "" if waiting is None else age(waiting),
        "ask_again": one.is_due(now_s),
        "sent": (one.sent.id, [name for name, _ in one.sent.event.files]) if one.sent else ("", []),
        "units_told": one.relayed.event.units_told.value if one.relayed else "",
        "units_told_of": one.relayed.event.revision if one.relayed and one.relay_is_stale else 0,
    }


def _alarm(alarm: Alarm, now_s: int) -> dict[str, Any]:
    return {"text": alarm.text, "late": age(alarm.overdue_s(now_s))}


def _points(desk: Desk, state: MovementState, zero_s: int) -> list[dict[str, Any]]:
    return [
        {
            "id": point.id,
            "name": point.place.name or point.id,
            "kind": point.kind.value,
            "window": "" if point.from_utc_s is None else desk.clock.moments(point.from_utc_s - zero_s),
            "reported": [r.event for r in state.reported if r.event.point == point.id],
        }
        for point in state.particulars.route
    ]


def view(desk: Desk, state: MovementState) -> dict[str, Any]:
    """Return a movement as the screen shows it."""
    now_s, p = now_utc_s(desk), state.particulars
    zero_s = now_s - desk.clock.seconds(desk.now_iso())
    paper = state.paper.value
    return {
        "id": state.id,
        "title": p.title,
        "kind": p.kind.value,
        "stage": state.stage.replace("_", " "),
        "revision": state.current.number,
        "persons": p.persons_total,
        "lead": p.lead,
        "start": desk.clock.moments(p.start_utc_s - zero_s),
        "end": desk.clock.moments(p.end_utc_s - zero_s),
        "paper": paper,
        "course": state.course.value,
        "recipients": [_recipient(one, now_s) for one in standings(state)],
        "alarms": [_alarm(one, now_s) for one in alarms(state, now_s)],
        "questions": list(open_questions(state)) if paper == "sent" else [],
        "checks": check(p, now_s) if paper in {"draft", "checked"} else (),
        "points": _points(desk, state, zero_s),
        "loose": [(one.id, reason) for one, reason in state.out_of_place],
        "corridor": p.corridor,
    }


async def show(request: Request) -> Response:
    """Show the movements that the reader may know of."""
    return await _page(request)


async def _page(
    request: Request, *, problem: str = "", status: int = 200, chosen: str = "", form: Form | None = None
) -> Response:
    desk, person = desk_of(request), asking(request)
    found = await run_in_threadpool(states, desk)
    parties, all_of_it = can(person, READS_PARTIES, desk.org), can(person, READS_ALL, desk.org)
    views = [view(desk, found[name]) for name in sorted(found)] if parties else []
    made = shown_plan(desk, "") if all_of_it else None
    return page(
        request, "movements", status=status, problem=problem, movements=views, chosen=chosen,
        on_road=[view(desk, s) for s in found.values() if s.course in _ROAD], parties=parties,
        corridors=desk.facts.of(made)["corridors"] if made else [], kinds=list(MovementKind),
        answers=list(Answer), channels=list(Channel), conditions=list(Condition), told=list(YesNo),
        typed={**_BLANK, **(form.fields if form else {})}, allowed=lambda word: _allowed(person, desk, word),
    )  # fmt: skip


def _allowed(person: Person, desk: Desk, word: str) -> bool:
    return _may(person, desk, MAKERS[word][0])


def _may(person: Person, desk: Desk, kind: type[Event]) -> bool:
    """Tell whether a person may record an event of this kind; telling recipients needs what they may know."""
    operation = NEEDS[kind]
    notifies = operation is Operation.NOTIFY
    limit = SensitivityClass.PARTIES if notifies else SensitivityClass.RESTRICTED
    return may(person, operation, org=desk.org, sensitivity=limit)


async def one(request: Request) -> Response:
    """Show one movement with what may be done about it."""
    desk, name = desk_of(request), request.path_params["movement"]
    found = await run_in_threadpool(states, desk)
    if name not in found:
        return await _page(request, problem="There is no such movement.", status=404)
    return await _page(request, chosen=name)


async def draft(request: Request) -> Response:
    """Write a movement down from a corridor of the plan."""
    desk, form = desk_of(request), await form_of(request)
    made = shown_plan(desk, "")
    if made is None:
        return await _page(request, problem="There is no plan yet.", status=422, form=form)
    try:
        event = await run_in_threadpool(drafted, desk, made, form)
        await run_in_threadpool(_record, request, event, form)
    except (FormError, StoreError, TransitionError) as fault:
        return await _page(request, problem=str(fault), status=422, form=form)
    return RedirectResponse(f"/movements/{form.text('movement')}#chosen", status_code=303)


async def act(request: Request) -> Response:
    """Record what happened to a movement."""
    desk, form = desk_of(request), await form_of(request)
    name, word = request.path_params["movement"], request.path_params["word"]
    if word not in MAKERS:
        return await _page(request, problem="There is no such step.", status=404)
    _require(request, MAKERS[word][0])
    try:
        found = await run_in_threadpool(states, desk)
        event = event_of(desk, word, name, form, found.get(name))
        if isinstance(event, Sent):
            state, key = found.get(name), form.text("id")
            event = await run_in_threadpool(sent_copies.with_files, desk, state, event, key=key)
        receipt = await run_in_threadpool(_record, request, event, form)
        if isinstance(event, Sent):
            await _exported(request, receipt.id)
    except (FormError, StoreError, TransitionError) as fault:
        return await _page(request, problem=str(fault), status=422, chosen=name)
    reads = can(asking(request), READS_PARTIES, desk.org)
    back = f"/movements/{name}#chosen" if reads and form.text("back") != "phone" else "/phone"
    return RedirectResponse(back, status_code=303)


def _require(request: Request, kind: type[Event]) -> None:
    desk, person = desk_of(request), asking(request)
    if not _may(person, desk, kind):
        desk.refusals.note(person, "POST", f"/movements: {kind.__name__}")
        raise DeniedError("Your role does not record this.")


async def _exported(request: Request, entry_id: str) -> None:
    """Record that the copy left, once."""
    desk, person = desk_of(request), asking(request)
    draft = sent_copies.exported(desk, person, entry_id, why="a recipient was told")
    if draft is not None and desk.folding.entry(draft.id) is None:
        await desk.record(person, draft)


def _record(request: Request, event: Event, form: Form) -> Receipt:
    desk, person = desk_of(request), asking(request)
    store, why = (
        desk.journal.store,
        form.text("why", form.text("text", "recorded on the screen of movements")),
    )
    with store.lock:
        return movement_events.record(
            store, event, by=person.id, why=why, key=form.text("id"),
            at_stated=isinstance(event, Drafted),
        )  # fmt: skip


async def copy(request: Request) -> Response:
    """Show what one recipient sees, field by field, and what is withheld from it."""
    desk, person = desk_of(request), asking(request)
    name, recipient = request.path_params["movement"], request.path_params["recipient"]
    found = await run_in_threadpool(states, desk)
    state = found.get(name)
    known = state is not None and (recipient == "own" or state.particulars.recipient(recipient))
    if state is None or not known:
        return await _page(request, problem="There is no such copy.", status=404)
    if recipient == "own" and not can(person, READS_ALL, desk.org):
        raise DeniedError("The whole form is shown to the planning team only.")
    given = own_form(state) if recipient == "own" else copy_for(state, recipient)
    return page(
        request, "movement_copy", copy=notification_rows.page(given),
        withheld=given.withheld if can(person, READS_ALL, desk.org) else (), movement=name,
    )  # fmt: skip


async def sent_file(request: Request) -> Response:
    """Answer a file of a copy as it was sent: made again, and compared with the hash in the log."""
    desk, given = desk_of(request), request.path_params
    found = await run_in_threadpool(sent_copies.made_again, desk, given["movement"], given["entry"])
    name = given["name"]
    if name not in found:
        return await _page(request, problem="There is no such file, or it differs now.", status=404)
    headers = {
        "content-disposition": f'attachment; filename="{name}"', CLASS: name.partition("-")[0],
    }  # fmt: skip
    return Response(found[name], media_type="application/octet-stream", headers=headers)


async def phone(request: Request) -> Response:
    """Show the page for a telephone: the way, reports from it, answers of recipients; plain and large."""
    desk, person = desk_of(request), asking(request)
    found = await run_in_threadpool(states, desk)
    views = [view(desk, found[name]) for name in sorted(found)]
    reports, answers = (_may(person, desk, kind) for kind in (Reported, Answered))
    return page(
        request, "phone", conditions=list(Condition), problem="",
        on_road=[m for m in views if reports and m["course"] in _ROAD],
        silent=[m for m in views if answers and m["paper"] == "sent"],
    )  # fmt: skip


WAYS = [
    Way("/movements", show, READS_PARTNERS),
    Way("/movements", draft, PLANS, methods=("POST",)),
    Way("/movements/{movement}", one, READS_PARTIES),
    Way("/movements/{movement}/copies/{recipient}", copy, READS_PARTIES),
    Way("/movements/{movement}/sent/{entry}/{name}", sent_file, READS_PARTIES),
    Way("/movements/{movement}/{word}", act, SIGNED_IN, methods=("POST",)),
    Way("/phone", phone, READS_PARTNERS),
]
