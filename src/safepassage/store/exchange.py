"""Exchange between offices without a network: bundles of entries, each log vouched for by its own writer.

A log is sent up to a checkpoint that its writer signed, so that an office can pass on what it got from
others and nobody in between can add a word. What is taken is checked like one's own; a log that does not
fit (a gap, a fork, a signature) is refused and named, and the others are taken.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from safepassage.domain.access import PERSON_SET
from safepassage.domain.errors import FormatError, StoreError
from safepassage.domain.log.entry import Draft
from safepassage.domain.log.finding import Checkpoint
from safepassage.formats.log import bundle as bundle_format
from safepassage.formats.log import checkpoint_json, log_record
from safepassage.formats.log.log_chain import ChainCheck, Row
from safepassage.store import checking, keys
from safepassage.store.event_store import KEY_DELETED, EventStore
from safepassage.store.keys import SALT_BYTES, Secret

MAGIC = b"safepassage bundle 1\n"
FORKED = "log.forked"
_CHECKPOINT = "checkpoint:"
_OF_OTHERS = frozenset({PERSON_SET, KEY_DELETED})
"""What an office writes under the name of another: which of its people may sit here, whose keys are gone."""
_OWNER = {"what": "bundle"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one log of a bundle: how many entries were new, or why it was refused."""

    log: str
    org: str
    added: int = 0
    refused: str = ""


def make_bundle(store: EventStore, now_ms: int, known: Mapping[str, int] | None = None) -> bytes:
    """Return a bundle of all logs that can be vouched for, without the entries that are known there.

    Raises
    ------
    StoreError
        When a log is not consistent.
    """
    checkpoints = {store.log: checking.make_checkpoint(store, now_ms)}
    for log in store.backend.lengths():
        held = held_checkpoint(store, log)
        if held is not None and log != store.log:
            checkpoints[log] = held
    rows: list[Row] = []
    for log, checkpoint in sorted(checkpoints.items()):
        after = min((known or {}).get(log, 0), checkpoint.size)
        rows += islice(store.backend.rows(log, after=after), checkpoint.size - after)
    return bundle_format.write(store.log, now_ms, [checkpoints[log] for log in sorted(checkpoints)], rows)


def held_checkpoint(store: EventStore, log: str) -> Checkpoint | None:
    """Return the last checkpoint of another office's log that came with a bundle."""
    data = store.backend.value(f"{_CHECKPOINT}{log}")
    return None if data is None else checkpoint_json.read(data, file="checkpoint")


def take_bundle(store: EventStore, data: bytes, *, file: str, by: str) -> tuple[Taken, ...]:
    """Take what is new in a bundle into the store; say for each log what became of it.

    Raises
    ------
    FormatError
        When the bundle is damaged; nothing was taken.
    StoreError
        When the storage failed; nothing of the log it happened at was taken.
    """
    bundle = bundle_format.read(data, file=file)
    by_log: dict[str, list[Row]] = defaultdict(list)
    for row in bundle.rows:
        by_log[row.log].append(row)
    strangers = sorted(set(by_log) - {checkpoint.log for checkpoint in bundle.checkpoints})
    if strangers:
        what = "has entries that nobody vouches for"
        raise FormatError(file=file, what=what, remedy="have it made again; nothing was taken")
    return tuple(
        _take_log(store, checkpoint, by_log[checkpoint.log], by=by) for checkpoint in bundle.checkpoints
    )


def _take_log(store: EventStore, checkpoint: Checkpoint, rows: list[Row], *, by: str) -> Taken:
    """Take the new entries of one log, or none of them."""
    backend, log = store.backend, checkpoint.log
    with backend.transaction():
        size, head = backend.last(log)
        try:
            parted = _first_difference(store, rows, size)
            if parted:
                raise _RefusedLogError(f"FORKED at entry {parted}: another entry stands there in this store")
            new = [row for row in rows if row.seq > size]
            key = _own_key(rows) or checking.key_of_log(backend, log)
            _require_vouched(store, checkpoint, new, (size, head), key)
        except _RefusedLogError as fault:
            refused, new = str(fault), []
        else:
            refused = ""
            backend.insert(new)
            if log != store.log and _is_newer(store, checkpoint):
                backend.set_value(f"{_CHECKPOINT}{log}", checkpoint_json.write(checkpoint))
    if refused.startswith("FORKED"):
        _note_fork(store, checkpoint, refused, by)
    return Taken(log=log, org=checkpoint.org, added=len(new), refused=refused)


class _RefusedLogError(Exception):
    """One log of a bundle cannot be taken."""


def _first_difference(store: EventStore, rows: list[Row], size: int) -> int:
    """Return the first position at which the bundle has another entry than the store; 0 where none."""
    here = [row for row in rows if row.seq <= size]
    if not here:
        return 0
    standing = islice(store.backend.rows(rows[0].log, after=here[0].seq - 1), len(here))
    held = {row.seq: row.hash for row in standing}
    return next((row.seq for row in here if held.get(row.seq) != row.hash), 0)


def _own_key(rows: list[Row]) -> str | None:
    """Return the key that a log names in its first entry, if the bundle holds it."""
    if rows and rows[0].seq == 1:
        key = log_record.decode(rows[0].record).body.get("public_key")
        return key if isinstance(key, str) else None
    return None


def _require_vouched(
    store: EventStore, checkpoint: Checkpoint, new: list[Row], held: tuple[int, str], key: str | None
) -> None:
    """Refuse rows that do not go on from what is held up to exactly what the checkpoint says."""
    size, head = held
    if new and new[0].seq != size + 1:
        raise _RefusedLogError(f"entries {size + 1} to {new[0].seq - 1} are missing: ask for a whole bundle")
    if new and new[-1].seq > checkpoint.size:
        raise _RefusedLogError(f"entries from {checkpoint.size + 1} on are not vouched for by their writer")
    try:
        checking.require_signed(checkpoint, lambda _log: key or "unknown")
    except StoreError as fault:
        raise _RefusedLogError(str(fault)) from None
    if new and checkpoint.log == store.log:
        raise _RefusedLogError("this store is an older copy of its own log: restore it as a new store")
    check = ChainCheck(checkpoint.log, size=size, head=head)
    for row in new:
        if not check.take(row):
            raise _RefusedLogError(check.finding().sentence)
    _require_own_name(store, checkpoint, new)
    if check.size < checkpoint.size:
        raise _RefusedLogError(f"entries from {check.size + 1} on are missing: ask for a whole bundle")
    if check.size == checkpoint.size and check.head != checkpoint.head:
        raise _RefusedLogError(f"FORKED at or before entry {check.size}: its writer signed another history")


def _require_own_name(store: EventStore, checkpoint: Checkpoint, new: list[Row]) -> None:
    """Refuse entries that an office wrote in the name of another."""
    opening = next(store.entries(checkpoint.log), None)
    org = checkpoint.org if opening is None else opening.org
    for row in new:
        entry = log_record.decode(row.record)
        if entry.org != org and entry.kind not in _OF_OTHERS:
            raise _RefusedLogError(f"entry {row.seq} speaks in the name of {entry.org}")


def _is_newer(store: EventStore, checkpoint: Checkpoint) -> bool:
    held = held_checkpoint(store, checkpoint.log)
    return held is None or held.size < checkpoint.size


def _note_fork(store: EventStore, checkpoint: Checkpoint, reason: str, by: str) -> None:
    """Record that somebody's history parted: the evidence must not depend on a stick."""
    body = {"log": checkpoint.log, "size": checkpoint.size, "head": checkpoint.head, "found": reason}
    draft = Draft(
        id=f"fork-{checkpoint.log}-{checkpoint.head[:16]}",
        org=next(store.entries()).org,
        by=by,
        why="a bundle holds another history of a log that is kept here",
        kind=FORKED,
        body=body,
        about=checkpoint.log,
    )
    store.append(draft)


def locked(data: bytes, secret: Secret) -> bytes:
    """Return a bundle encrypted for a stick (AES-256-GCM; the key as for a store).

    Raises
    ------
    StoreError
        When the passphrase is too short for something that may be lost on the way.
    """
    salt = os.urandom(SALT_BYTES)
    return MAGIC + salt + keys.wrap(keys.root_key(keys.require_long(secret), salt), data, _OWNER)


def unlocked(data: bytes, secret: Secret, *, file: str) -> bytes:
    """Return the bundle of an encrypted one.

    Raises
    ------
    FormatError
        When it is none.
    StoreError
        When the key is another or it was altered.
    """
    start = len(MAGIC) + SALT_BYTES
    if not data.startswith(MAGIC) or len(data) <= start:
        raise FormatError(file=file, what="is no bundle", remedy="have it made again")
    return keys.unwrap(keys.root_key(secret, data[len(MAGIC) : start]), data[start:], _OWNER)
