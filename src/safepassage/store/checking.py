"""Checks the logs of a store: each chain from its first entry, and against checkpoints that partners hold."""

from __future__ import annotations

from collections.abc import Callable

from safepassage.domain.errors import StoreError
from safepassage.domain.log.finding import Checkpoint, Finding, marked_positions
from safepassage.formats.log import checkpoint_json, log_record
from safepassage.formats.log.log_chain import ChainCheck, positions
from safepassage.store import signing
from safepassage.store.backend import Backend
from safepassage.store.event_store import EventStore


def check_log(backend: Backend, log: str, checkpoint: Checkpoint | None = None) -> Finding:
    """Return what can be said about one log, compared with a checkpoint if one is given."""
    check = ChainCheck(log)
    if checkpoint is not None:
        check.keep(positions(checkpoint))
    try:
        for row in backend.rows(log):
            if not check.take(row):
                break
    except StoreError as fault:
        return check.unreadable(f"it cannot be read ({fault})")
    if check.fault is None and checkpoint is not None:
        return check.against(checkpoint)
    return check.finding()


def check_all(backend: Backend, checkpoint: Checkpoint | None = None) -> tuple[Finding, ...]:
    """Return the findings about every log kept here; one that only the checkpoint knows is cut."""
    logs = set(backend.lengths())
    findings = []
    for log in sorted(logs | ({checkpoint.log} if checkpoint else set())):
        against = checkpoint if checkpoint and checkpoint.log == log else None
        findings.append(check_log(backend, log, against))
    return tuple(findings)


def make_checkpoint(store: EventStore, now_ms: int) -> Checkpoint:
    """Return a signed statement about this office's own log, having checked it.

    Raises
    ------
    StoreError
        When the log is not consistent: a false statement would be signed.
    """
    size, _ = store.backend.last(store.log)
    check = ChainCheck(store.log)
    wanted = frozenset(marked_positions(size))
    hashes: dict[int, str] = {}
    opened = ""
    for row in store.backend.rows(store.log):
        if row.seq > size or not check.take(row):
            break
        if row.seq in wanted:
            hashes[row.seq] = row.hash[:16]
        if row.seq == 1:
            opened = next(store.entries()).org
    if check.fault is not None or check.size != size:
        raise StoreError(f"No checkpoint was signed. {check.finding().sentence}")
    seed = store.seed()
    unsigned = Checkpoint(
        log=store.log,
        org=opened,
        size=size,
        head=check.head,
        at_ms=now_ms,
        marks=tuple(sorted(hashes.items())),
        public_key=signing.public_key(seed),
        signature="",
    )
    return checkpoint_json.signed(unsigned, signing.sign(seed, checkpoint_json.statement(unsigned)))


def require_signed(checkpoint: Checkpoint, key_of_log: Callable[[str], str | None]) -> None:
    """Refuse a checkpoint that the keeper of its log did not sign.

    Raises
    ------
    StoreError
        When the signature is wrong, or the log names another key.
    """
    if not signing.is_signed(
        checkpoint.public_key, checkpoint_json.statement(checkpoint), checkpoint.signature
    ):
        raise StoreError(
            "The signature of the checkpoint is wrong: it was altered, get it again from who made it."
        )
    known = key_of_log(checkpoint.log)
    if known is not None and known != checkpoint.public_key:
        raise StoreError(
            "The checkpoint was signed with another key than the log names: it is not of this log."
        )


def key_of_log(backend: Backend, log: str) -> str | None:
    """Return the public key that a log names in its first entry; None where it cannot be read."""
    try:
        for row in backend.rows(log):
            key = log_record.decode(row.record).body.get("public_key")
            return key if isinstance(key, str) else None
    except (StoreError, ValueError):
        return None
    return None
