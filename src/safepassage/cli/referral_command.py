"""`safepassage referral`: pass on to who is responsible, with consent; slips that people keep."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from safepassage.cli.log import bundles, store_file
from safepassage.cli.movement.movement_time import given_utc_s
from safepassage.cli.movement.movement_views import age
from safepassage.cli.outcome import Outcome, listed
from safepassage.cli.run import OK
from safepassage.domain.access_work.referral import (
    Referral,
    ReferralClosed,
    ReferralHanded,
    ReferralMade,
    ReferralState,
    after,
)
from safepassage.domain.errors import StoreError
from safepassage.domain.log import merge
from safepassage.domain.movement.words import Channel
from safepassage.domain.release import STATEMENT, SensitivityClass
from safepassage.formats.access import access_log, referral_record
from safepassage.formats.movement.movement_file import iso
from safepassage.formats.sheets import slip_pdf
from safepassage.store import exports
from safepassage.store.event_store import EventStore


def run(options: argparse.Namespace) -> Outcome:
    """Run one of the commands on referrals."""
    actions: dict[str, Callable[[argparse.Namespace], Outcome]] = {
        "make": _make,
        "hand": _hand,
        "close": _close,
        "list": _list,
        "slips": _slips,
    }
    return actions[options.action](options)


def _states(store: EventStore) -> dict[str, ReferralState]:
    return access_log.referrals(merge.standing(store.all_entries()), store.private)


def _make(options: argparse.Namespace) -> Outcome:
    """Write a referral down, sealed under a key of its own."""
    record = referral_record.read(options.file.read_bytes(), file=options.file.name)
    try:
        event = ReferralMade(referral=options.referral, at_utc_s=given_utc_s(options.at), record=record)
    except ValueError as fault:
        raise StoreError(f"Nothing was recorded: {fault}.") from None
    with store_file.opened(options) as store:
        known = bool(options.id) and bool(store.own_with_id(options.id))
        if options.referral in _states(store) and not known:
            raise StoreError(f"Nothing was recorded: {options.referral} is there already.")
        return _appended(store, options, event, "written down")


def _hand(options: argparse.Namespace) -> Outcome:
    """Record the hand-over, and write the record for its recipient."""
    with store_file.opened(options) as store:
        state = _states(store).get(options.referral)
        event = ReferralHanded(
            referral=options.referral, at_utc_s=given_utc_s(options.at), channel=Channel(options.channel),
            person=options.person, reference=options.reference,
        )  # fmt: skip
        after(state, event)
        record = state.record if state is not None else None
        if record is None:
            raise StoreError(f"The record of {options.referral} was erased, or is another office's.")
        outcome = _appended(store, options, event, f"handed to {record.recipient}")
        if options.output is not None:
            _write(store, options, record)
    return outcome


def _write(store: EventStore, options: argparse.Namespace, record: Referral) -> None:
    """Record the export and write the record with its signed list."""
    files = referral_record.write(options.referral, record)
    stamp: Mapping[str, str] = {
        "class": SensitivityClass.RESTRICTED.name,
        "audience": "referral",
        "data_time": iso(given_utc_s(options.at)),
        "statement": STATEMENT,
    }
    _, manifest = exports.record_export(store, stamp, files, by=options.by, why=options.why)
    options.output.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, data in {**files, f"RESTRICTED-{options.referral}-export.json": manifest}.items():
        bundles.write_new(options.output / name, data)


def _close(options: argparse.Namespace) -> Outcome:
    """Record what became of it."""
    event = ReferralClosed(
        referral=options.referral, at_utc_s=given_utc_s(options.at), outcome=options.outcome
    )
    with store_file.opened(options) as store:
        after(_states(store).get(options.referral), event)
        return _appended(store, options, event, "closed")


def _appended(store: EventStore, options: argparse.Namespace, event: Any, word: str) -> Outcome:
    org, length = store_file.own_org(store), store.backend.last(store.log)[0]
    draft = access_log.draft(event, org=org, by=options.by, why=options.why, key=options.id, after=length)
    receipt = store.append(draft)
    text = f"{options.referral}: {word}; entry {receipt.seq}, id {receipt.id}."
    return Outcome(code=OK, text=text, data={"seq": receipt.seq, "id": receipt.id})


def _list(options: argparse.Namespace) -> Outcome:
    """List referrals by kind and recipient, without what is in them."""
    now_utc_s = given_utc_s(options.at)
    with store_file.opened(options, writes=False) as store:
        states = _states(store)
    rows = [
        {
            "referral": one.id,
            "kind": one.kind,
            "recipient": one.recipient,
            "stage": "closed" if one.closed else "handed over" if one.handed else "waiting",
            "waiting_s": one.waiting_s(now_utc_s),
            "erased": one.record is None,
        }
        for one in sorted(states.values(), key=lambda s: s.id)
    ]
    lines = [
        f"{row['referral']} {row['kind']} to {row['recipient']}: {row['stage']}"
        + (f" for {age(int(row['waiting_s']))}" if row["waiting_s"] is not None else "")
        for row in rows
    ]
    return Outcome(code=OK, text=listed(lines, "No referrals."), data={"referrals": rows})


def _slips(options: argparse.Namespace) -> Outcome:
    """Write slips to cut apart; each has a token, and nobody keeps a list of who has which."""
    try:
        slips = slip_pdf.Slips(
            site=options.site, hotline=options.hotline, languages=tuple(options.languages.split(",")),
            series=options.series, first=options.first, count=options.count, exercise=options.exercise,
        )  # fmt: skip
    except ValueError as fault:
        raise StoreError(f"{fault}.".capitalize()) from None
    bundles.write_new(options.output, slip_pdf.write(slips))
    text = f"{options.count} slips from {slips.token(0)} on written to {options.output}."
    return Outcome(code=OK, text=text, data={"first": slips.token(0), "last": slips.token(options.count - 1)})
