"""`safepassage movement send | copy | desk`: the copy of one recipient, written, recorded and proved."""

from __future__ import annotations

import argparse
from pathlib import Path

from safepassage.cli.log import bundles, store_file
from safepassage.cli.movement.movement_events import base_of, said
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage.domain.errors import StoreError
from safepassage.domain.movement.copies import NotificationCopy, copy_for, own_form, without_files
from safepassage.domain.movement.events import Sent
from safepassage.domain.movement.state import MovementState
from safepassage.domain.movement.words import Channel
from safepassage.domain.release import STATEMENT
from safepassage.formats.containers import canonical_json
from safepassage.formats.log.log_record import decode
from safepassage.formats.movement import notification_files
from safepassage.formats.movement.movement_log import event_of
from safepassage.store import exports, movement_events
from safepassage.store.event_store import EventStore


def send(options: argparse.Namespace) -> Outcome:
    """Record that a recipient is told, then write its copy with a signed list beside it."""
    with store_file.opened(options) as store:
        state = _before(store, options)
        sent = Sent(
            recipient=options.to, revision=state.current.number, channel=Channel(options.channel),
            person=options.person, cancellation=options.cancellation, **base_of(options),
        )  # fmt: skip
        known = movement_events.recorded_under(store, options.id, store_file.own_org(store))
        recorded = event_of(known) if known is not None else None
        if recorded is not None and not options.at and isinstance(recorded.event, Sent):
            sent = without_files(recorded.event)
        files = _files(_copy(state, options.to, sent), options.output)
        hashes = tuple((name, canonical_json.sha256(data)) for name, data in sorted(files.items()))
        event = Sent(
            movement=sent.movement, at_utc_s=sent.at_utc_s, recipient=sent.recipient, revision=sent.revision,
            channel=sent.channel, person=sent.person, cancellation=sent.cancellation, files=hashes,
        )  # fmt: skip
        receipt = movement_events.record(store, event, by=options.by, why=options.why, key=options.id)
        after = movement_events.states(store)[options.movement]
        if options.output is not None:
            _released(store, options, files, _copy(state, options.to, sent))
    by_hand = f", once you pass on what is in {options.output}" if options.output is not None else ""
    return said(receipt, after, f"{options.to} is told by {options.channel}{by_hand}")


def _before(store: EventStore, options: argparse.Namespace) -> MovementState:
    """Return the movement as it stands, or as it stood before this sending if it was recorded already."""
    known = movement_events.recorded_under(store, options.id, store_file.own_org(store))
    states = movement_events.states(store) if known is None else movement_events.before(store, options.id)
    state = states.get(options.movement)
    if state is None:
        raise StoreError(f"There is no movement {options.movement}: draft it first.")
    return state


def _copy(state: MovementState, recipient: str, sent: Sent | None = None) -> NotificationCopy:
    try:
        return copy_for(state, recipient, sent)
    except ValueError as fault:
        raise StoreError(f"{fault}.".capitalize()) from None


def _files(given: NotificationCopy, output: Path | None) -> dict[str, bytes]:
    """Return the files of a copy; what is only read out is its JSON."""
    return notification_files.write(given, all_forms=output is not None)


def _released(
    store: EventStore, options: argparse.Namespace, files: dict[str, bytes], given: NotificationCopy
) -> None:
    """Record the export and write the files, each new, with their signed list."""
    stamp = {
        "class": given.sensitivity.name,
        "audience": f"recipient:{options.to}",
        "data_time": f"movement {given.movement} revision {given.revision}",
        "statement": STATEMENT,
    }
    _, manifest = exports.record_export(store, stamp, files, by=options.by, why=options.why)
    folder = options.output
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    listed = {**files, f"{notification_files.stem(given)}-export.json": manifest}
    for name, data in listed.items():
        bundles.write_new(folder / name, data)


def copy(options: argparse.Namespace) -> Outcome:
    """Show or write what a recipient sees now, or what it was sent, compared with the hashes in the log."""
    with store_file.opened(options, writes=False) as store:
        if options.sent:
            return _as_sent(store, options)
        state = movement_events.states(store).get(options.movement)
    if state is None:
        raise StoreError(f"There is no movement {options.movement}.")
    given = _copy(state, options.to) if options.to else own_form(state)
    text = notification_files.text(given)
    if options.output is not None:
        _write(options.output, notification_files.write(given, all_forms=True))
        text = f"Written to {options.output}."
    data = {"copy": notification_files.plain(given), "withheld": list(given.withheld)}
    return Outcome(code=OK, text=text, data=data)


def _as_sent(store: EventStore, options: argparse.Namespace) -> Outcome:
    """Make the files of a sending again and compare their hashes with those in the log."""
    rows = store.own_with_id(options.sent) or store.backend.with_id(options.sent)
    recorded = event_of(decode(rows[0].record)) if rows else None
    if (
        recorded is None
        or not isinstance(recorded.event, Sent)
        or recorded.event.movement != options.movement
    ):
        raise StoreError(f"Entry {options.sent} sends nothing of {options.movement}.")
    event = recorded.event
    if not event.files:
        raise StoreError(f"Of what {options.sent} sent no hashes were recorded: it cannot be compared.")
    state = movement_events.before(store, options.sent)[options.movement]
    given = _copy(state, event.recipient, without_files(event))
    files = notification_files.write(given, all_forms=len(event.files) > 1)
    logged = dict(event.files)
    found = {name: canonical_json.sha256(data) == logged.get(name) for name, data in sorted(files.items())}
    if options.output is not None:
        _write(options.output, files)
    lines = [f"{name}: {'as sent' if same else 'DIFFERS from what was sent'}" for name, same in found.items()]
    good = all(found.values())
    if not good:
        lines.append(
            "Another version of the program may have made it, or the log was altered, as `safepassage log "
            "verify` tells. Whether kept files are those that were sent tells `safepassage log check-export`."
        )
    data = {
        "files": found,
        "recipient": event.recipient,
        "at_utc_s": event.at_utc_s,
        "revision": event.revision,
    }
    return Outcome(code=OK if good else NOT_VERIFIED, text="\n".join(lines), data=data)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, data in files.items():
        bundles.write_new(folder / name, data)


def desk(options: argparse.Namespace) -> Outcome:
    """Write the sheets of a radio desk."""
    with store_file.opened(options, writes=False) as store:
        state = movement_events.states(store).get(options.movement)
    if state is None:
        raise StoreError(f"There is no movement {options.movement}.")
    files = notification_files.desk(state)
    _write(options.output, files)
    text = f"Wrote {', '.join(sorted(files))} to {options.output}."
    return Outcome(code=OK, text=text, data={"files": sorted(files)})
