"""What a recipient was sent from the pages: all forms of its copy, hashed in the log and made again."""

from __future__ import annotations

from dataclasses import replace

from safepassage.domain.access import Person
from safepassage.domain.log.entry import Draft
from safepassage.domain.movement.copies import copy_for, without_files
from safepassage.domain.movement.events import Sent
from safepassage.domain.movement.state import MovementState
from safepassage.domain.release import STATEMENT
from safepassage.formats.containers import canonical_json
from safepassage.formats.movement import movement_log, notification_files
from safepassage.store import movement_events
from safepassage.store.exports import EXPORT_MADE
from safepassage.web.desk.desk import Desk


def with_files(desk: Desk, state: MovementState | None, sent: Sent, *, key: str) -> Sent:
    """Return a sending with the hashes of the copy in all forms; what stands under `key` as it stands."""
    known = desk.folding.entry(key)
    recorded = movement_log.event_of(known) if known is not None else None
    if recorded is not None and isinstance(recorded.event, Sent):
        return recorded.event
    if state is None or state.particulars.recipient(sent.recipient) is None:
        return sent
    files = notification_files.write(copy_for(state, sent.recipient, sent), all_forms=True)
    hashes = tuple((name, canonical_json.sha256(data)) for name, data in sorted(files.items()))
    return replace(sent, files=hashes)


def exported(desk: Desk, person: Person, entry_id: str, *, why: str) -> Draft | None:
    """Return what records that the files of a sending left; None where there are none."""
    entry = desk.folding.entry(entry_id)
    recorded = movement_log.event_of(entry) if entry is not None else None
    if recorded is None or not isinstance(recorded.event, Sent) or not recorded.event.files:
        return None
    event = recorded.event
    body = {
        "class": event.files[0][0].partition("-")[0], "audience": f"recipient:{event.recipient}",
        "data_time": f"movement {event.movement} revision {event.revision}", "statement": STATEMENT,
        "files": dict(event.files),
    }  # fmt: skip
    return desk.draft(person, kind=EXPORT_MADE, body=body, why=why, id=f"export-{entry_id}")


def made_again(desk: Desk, movement: str, entry_id: str) -> dict[str, bytes]:
    """Return the files of a sending by name, as far as they are what was sent, byte for byte."""
    entry = desk.folding.entry(entry_id)
    recorded = movement_log.event_of(entry) if entry is not None else None
    if recorded is None or not isinstance(recorded.event, Sent) or recorded.event.movement != movement:
        return {}
    event, store = recorded.event, desk.journal.store
    with store.lock:
        state = movement_events.before(store, entry_id)[movement]
    copy = copy_for(state, event.recipient, without_files(event))
    files = notification_files.write(copy, all_forms=True)
    logged = dict(event.files)
    return {name: data for name, data in files.items() if canonical_json.sha256(data) == logged.get(name)}
