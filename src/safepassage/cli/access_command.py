"""`safepassage access`: requests of impartial organisations, answers, and incidents in nine categories."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from safepassage.cli.log import bundles, store_file
from safepassage.cli.movement.movement_time import given_utc_s
from safepassage.cli.movement.movement_views import age
from safepassage.cli.outcome import Outcome, listed
from safepassage.cli.run import OK
from safepassage.domain.access_work.incident import CATEGORIES, DAY_S, AccessIncident, by_category
from safepassage.domain.access_work.request import (
    AccessAnswered,
    AccessClosed,
    AccessEvent,
    AccessReply,
    AccessRequested,
    RequesterKind,
    RequestState,
    after,
)
from safepassage.domain.errors import StoreError
from safepassage.domain.log import merge
from safepassage.domain.movement.words import Channel
from safepassage.domain.release import STATEMENT, SensitivityClass
from safepassage.formats.access import access_log
from safepassage.formats.claims import access_incidents
from safepassage.formats.movement.movement_file import iso
from safepassage.store import exports
from safepassage.store.event_store import EventStore, Receipt


def run(options: argparse.Namespace) -> Outcome:
    """Run one of the commands on access."""
    actions: dict[str, Callable[[argparse.Namespace], Outcome]] = {
        "request": _request,
        "answer": _answer,
        "close": _close,
        "requests": _requests,
        "incident": _incident,
        "incidents": _incidents,
    }
    return actions[options.action](options)


def _request(options: argparse.Namespace) -> Outcome:
    """Record that an organisation asks."""
    return _recorded(
        options,
        lambda at_utc_s: AccessRequested(
            request=options.request, at_utc_s=at_utc_s, organisation=options.organisation,
            kind=RequesterKind(options.kind), addressed_to=options.to, purpose=options.purpose,
            place=options.place, windows=tuple(_window(text) for text in options.window),
            standing=options.standing,
        ),
    )  # fmt: skip


def _window(text: str) -> tuple[int, int]:
    start, slash, end = text.partition("/")
    if not slash:
        raise StoreError(f"{text!r} is no window: write FROM/UNTIL, each with its offset from UTC.")
    return given_utc_s(start), given_utc_s(end)


def _answer(options: argparse.Namespace) -> Outcome:
    """Record what was answered."""
    return _recorded(
        options,
        lambda at_utc_s: AccessAnswered(
            request=options.request, at_utc_s=at_utc_s, answer=AccessReply(options.answer),
            channel=Channel(options.channel), person=options.person, text=options.text,
            read_back=options.read_back,
        ),
    )  # fmt: skip


def _close(options: argparse.Namespace) -> Outcome:
    """Record how a request ended."""
    return _recorded(
        options,
        lambda at_utc_s: AccessClosed(request=options.request, at_utc_s=at_utc_s, outcome=options.outcome),
    )


def _recorded(options: argparse.Namespace, make: Callable[[int], AccessEvent]) -> Outcome:
    """Record an event about a request, if it may happen."""
    with store_file.opened(options) as store:
        try:
            event = make(given_utc_s(options.at))
        except ValueError as fault:
            raise StoreError(f"Nothing was recorded: {fault}.") from None
        if not (options.id and store.own_with_id(options.id)):
            standing = merge.standing(store.all_entries())
            after(access_log.requests(standing).get(event.request), event)
        receipt = _append(store, event, options)
        state = access_log.requests(merge.standing(store.all_entries()))[event.request]
    stage = state.stage(event.at_utc_s)
    text = f"{event.request}: {stage}; entry {receipt.seq}, id {receipt.id}."
    return Outcome(code=OK, text=text, data={"stage": stage, "seq": receipt.seq, "id": receipt.id})


def _append(store: EventStore, event: Any, options: argparse.Namespace) -> Receipt:
    org, length = store_file.own_org(store), store.backend.last(store.log)[0]
    draft = access_log.draft(event, org=org, by=options.by, why=options.why, key=options.id, after=length)
    return store.append(draft)


def _requests(options: argparse.Namespace) -> Outcome:
    """List requests with their answers and ages, the longest wait first."""
    now_utc_s = given_utc_s(options.at)
    with store_file.opened(options, writes=False) as store:
        states = access_log.requests(merge.standing(store.all_entries()))
    ordered = sorted(states.values(), key=lambda s: (-(s.waiting_s(now_utc_s) or 0), s.asked.request))
    rows = [_row(state, now_utc_s) for state in ordered]
    lines = [
        f"{row['request']} {row['organisation']} ({row['kind']}) to {row['addressed_to']}: {row['purpose']},"
        f" {row['place']}, {_when(row)}; {row['stage']}"
        + (f", waiting for {age(row['waiting_s'])}" if row["waiting_s"] is not None else "")
        for row in rows
    ]
    return Outcome(code=OK, text=listed(lines, "No requests."), data={"requests": rows})


def _when(row: dict[str, Any]) -> str:
    hours = [f"{start} to {end}" for start, end in row["windows"]]
    return ", ".join(["standing", *hours] if row["standing"] else hours)


def _row(state: RequestState, now_utc_s: int) -> dict[str, Any]:
    asked = state.asked
    return {
        "request": asked.request,
        "organisation": asked.organisation,
        "kind": asked.kind.value,
        "addressed_to": asked.addressed_to,
        "purpose": asked.purpose,
        "place": asked.place,
        "standing": asked.standing,
        "windows": [[iso(start), iso(end)] for start, end in asked.windows],
        "stage": state.stage(now_utc_s),
        "waiting_s": state.waiting_s(now_utc_s),
        "answers": [
            {"answer": one.answer.value, "at": iso(one.at_utc_s), "person": one.person, "text": one.text}
            for one in state.answers
        ],
    }


def _incident(options: argparse.Namespace) -> Outcome:
    """Record an access incident."""
    with store_file.opened(options) as store:
        try:
            event = AccessIncident(
                category=options.category, day_utc_s=given_utc_s(options.at) // DAY_S * DAY_S,
                place=options.place, description=options.description, reported_by=options.reported_by,
            )  # fmt: skip
        except ValueError as fault:
            raise StoreError(f"Nothing was recorded: {fault}.") from None
        receipt = _append(store, event, options)
    text = f"Incident of category {options.category} ({CATEGORIES[event.category - 1]}); entry {receipt.seq}."
    return Outcome(code=OK, text=text, data={"seq": receipt.seq, "id": receipt.id})


def _incidents(options: argparse.Namespace) -> Outcome:
    """Count incidents by category; write them as rows that can be imported as claims."""
    output: Path | None = options.output
    if output is not None and not (options.by and options.why):
        raise StoreError("What is written is recorded as an export: give --by and --why.")
    with store_file.opened(options, writes=output is not None) as store:
        found = access_log.incidents(merge.standing(store.all_entries()))
        if output is not None:
            _exported(store, output, access_incidents.write(found), options)
    counts = by_category(found)
    lines = [f"{number}. {name}: {count}" for number, (name, count) in enumerate(counts, start=1)]
    data = {"categories": [{"category": name, "incidents": count} for name, count in counts]}
    return Outcome(code=OK, text="\n".join(lines), data=data)


def _exported(store: EventStore, output: Path, data: bytes, options: argparse.Namespace) -> None:
    """Record the export of a file, then write it with its signed list beside it."""
    stamp = {
        "class": SensitivityClass.RESTRICTED.name, "audience": "access monitoring",
        "data_time": iso(store_file.now_ms() // 1000), "statement": STATEMENT,
    }  # fmt: skip
    _, listed = exports.record_export(store, stamp, {output.name: data}, by=options.by, why=options.why)
    bundles.write_new(output, data)
    bundles.write_new(output.with_name(f"{output.stem}-export.json"), listed)
