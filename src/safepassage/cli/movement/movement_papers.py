"""`safepassage movement draft | revise | check`: the papers of a movement."""

from __future__ import annotations

import argparse
from typing import Any

from safepassage.casework.verified_plan import read_documents
from safepassage.cli.log import store_file
from safepassage.cli.movement.movement_events import recorded
from safepassage.cli.movement.movement_time import given_utc_s
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import HELD, OK
from safepassage.domain.errors import FormatError, StoreError
from safepassage.domain.movement import checks
from safepassage.domain.movement import events as ev
from safepassage.domain.movement.particulars import Particulars
from safepassage.domain.release import NOUNS, Audience
from safepassage.engines.release import release, with_aid
from safepassage.formats.containers import canonical_json
from safepassage.formats.containers.record_json import to_plain
from safepassage.formats.movement import convoy_draft, movement_draft, movement_file
from safepassage.store import movement_events
from safepassage.store.event_store import EventStore
from safepassage_verify import verify


def draft(options: argparse.Namespace) -> Outcome:
    """Draft a movement from a corridor of a plan, a file, or both."""
    planned = _planned(options)

    def make(store: EventStore, base: dict[str, Any]) -> ev.Event:
        own = {"org": store_file.own_org(store), "kind": "notified", "shape": "overland"}
        return ev.Drafted(particulars=_particulars(options, own, planned), **base)

    return recorded(options, make, "drafted")


def revise(options: argparse.Namespace) -> Outcome:
    """Change a movement: fields of a file, or of a new plan, in the place of what it says."""
    planned = _planned(options)

    def make(store: EventStore, base: dict[str, Any]) -> ev.Event:
        state = movement_events.states(store).get(options.movement)
        if state is None:
            raise StoreError(f"There is no movement {options.movement}: draft it first.")
        now = to_plain(state.particulars)
        return ev.Revised(particulars=_particulars(options, now, planned), **base)

    return recorded(options, make, "revised")


def _particulars(options: argparse.Namespace, *parts: dict[str, Any]) -> Particulars:
    written: dict[str, Any] = {}
    if options.file is not None:
        written = movement_file.read(options.file.read_bytes(), file=options.file.name)
    elif options.plan is None:
        raise StoreError("Nothing was recorded: give --file, --plan, or both.")
    name = options.file.name if options.file is not None else "the plan"
    return movement_file.particulars(*parts, written, file=name)


def _planned(options: argparse.Namespace) -> dict[str, Any]:
    """Return what a plan knows of the movement, after the plan was verified again.

    Raises
    ------
    FormatError
        When it is not verified or has no such corridor.
    """
    if options.plan is None:
        return {}
    data = [*read_documents(options.plan, *NOUNS[:3]).values()]
    inputs, plan, certificate = (canonical_json.decode(one) for one in data)
    carried = read_documents(options.plan, "aid")["aid"] if options.convoy else None
    aid = None if carried is None else canonical_json.decode(carried)
    verdict = verify(
        inputs, plan, certificate, aid, inputs_bytes=data[0], plan_bytes=data[1], certificate_bytes=data[2],
        aid_bytes=carried,
    )  # fmt: skip
    if not verdict.verified:
        what, remedy = "is NOT VERIFIED, so nobody is told of it", "`safepassage verify` lists why"
        raise FormatError(file=str(options.plan), what=what, remedy=remedy)
    cut = release(inputs, plan, certificate, verdict.record(), Audience.PLANNING_TEAM)
    try:
        if aid is not None:
            return convoy_draft.facts_of_aid_convoy(with_aid(cut, aid), options.convoy, options.day)
        if options.leg:
            return movement_draft.facts_of_convoy(cut, options.leg)
        return movement_draft.facts_of(cut, options.corridor)
    except ValueError as fault:
        raise FormatError(file=str(options.plan), what=str(fault), remedy="name another one") from None


def check(options: argparse.Namespace) -> Outcome:
    """Print what is missing and what is remarkable; record the check if nothing holds."""
    with store_file.opened(options, writes=False) as store:
        state = movement_events.states(store).get(options.movement)
    found = () if state is None else checks.check(state.particulars, given_utc_s(options.at))
    lines = [f"{'HOLDS' if one.holds else 'remark'}: {one.text}; {one.remedy}." for one in found]
    rows = [{"code": one.code, "holds": one.holds, "text": one.text, "remedy": one.remedy} for one in found]
    if any(one.holds for one in found):
        return Outcome(code=HELD, text="\n".join(lines), data={"findings": rows}, to_stderr=True)
    outcome = recorded(options, lambda _, base: ev.Checked(**base), "checked")
    text = "\n".join([*lines, outcome.text])
    return Outcome(code=OK, text=text, data={**outcome.data, "findings": rows})
