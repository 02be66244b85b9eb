"""`safepassage store`: make, back up, restore and purge the store."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from safepassage.cli.claims import ledger_file
from safepassage.cli.log import bundles, people, shared_map, store_file
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import MALFORMED, NOT_VERIFIED, OK
from safepassage.domain.errors import RefusedError, StoreError
from safepassage.domain.log.entry import Draft
from safepassage.domain.log.finding import Verdict
from safepassage.store import checking, claims_events, keys, restoring, transfer
from safepassage.store.backend import Backend
from safepassage.store.embedded import EmbeddedBackend, remove_files
from safepassage.store.event_store import EventStore
from safepassage.store.keys import Secret
from safepassage.store.server_schema import server_sql

DAY_MS = 86_400_000


def run(options: argparse.Namespace) -> Outcome:
    """Run one of the commands on a store."""
    actions: dict[str, Callable[[argparse.Namespace], Outcome]] = {
        "init": _init,
        "backup": _backup,
        "restore": _restore,
        "purge": _purge,
        "migrate": _migrate,
        "person": people.set_person,
        "people": people.everybody,
        "send": bundles.send,
        "receive": bundles.receive,
        "server-sql": _server_sql,
        "map-sql": shared_map.sql,
        "map-import": shared_map.import_extract,
        "map-near": shared_map.near,
        "map-tile": shared_map.tile,
    }
    return actions[options.action](options)


def _init(options: argparse.Namespace) -> Outcome:
    """Make a store with this office's own log."""
    if options.make_key_file:
        _write_key_file(options.key_file)
    secret = store_file.secret(options.key_file, again=True)
    on_server = store_file.is_server(options.store)
    backend: Backend
    if on_server:
        backend = store_file.open_backend(options.store, secret)
    else:
        backend = EmbeddedBackend.create(options.store, secret)
    try:
        store = EventStore(backend, store_file.now_ms)
        if store.log:
            raise StoreError(f"{options.store} leads to a store that is ready: log {store.log}.")
        log = store.begin(org=options.org, by=options.by, why=options.why)
    except (StoreError, ValueError) as fault:
        backend.close()
        if not on_server:
            remove_files(options.store)
        raise fault if isinstance(fault, StoreError) else StoreError(f"{fault}.") from None
    backend.close()
    text = (
        f"{options.store} is ready: log {log}.\n"
        "Whoever loses what opens it loses everything in it: keep a copy of it apart from the store."
    )
    return Outcome(code=OK, text=text, data={"store": str(options.store), "log": log})


def _write_key_file(path: Path | None) -> None:
    if path is None:
        raise StoreError("A new key file needs a name: give --key-file FILE.")
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise StoreError(f"{path} is there already: leave out --make-key-file to use it.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(keys.new_key_file())
        file.flush()
        os.fsync(file.fileno())


def _backup(options: argparse.Namespace) -> Outcome:
    """Write a copy and check it before saying that it is there."""
    secret = store_file.secret(options.key_file)
    backend = store_file.open_backend(options.store, secret, writes=False)
    try:
        _copy(backend, options.output, secret)
    finally:
        backend.close()
    copy = EmbeddedBackend.open(options.output, secret, writes=False)
    try:
        lengths, findings = copy.lengths(), checking.check_all(copy)
    finally:
        copy.close()
    good = all(finding.verdict is Verdict.CONSISTENT for finding in findings)
    said = f"{options.output} holds {sum(lengths.values())} entries."
    text = "\n".join([said, *(finding.sentence for finding in findings)])
    return Outcome(code=OK if good else NOT_VERIFIED, text=text, data={"logs": lengths})


def _copy(backend: Backend, output: Path, secret: Secret) -> None:
    """Write a store to a file under the same keys."""
    if isinstance(backend, EmbeddedBackend):
        backend.backup(output)
        return
    copy = EmbeddedBackend.create(output, secret, salt=backend.salt)
    try:
        transfer.copy_store(backend, copy)
    finally:
        copy.close()


def _restore(options: argparse.Namespace) -> Outcome:
    """Copy a backup to a new store and open a new log in it."""
    secret = store_file.secret(options.key_file)
    source = EmbeddedBackend.open(options.backup, secret, writes=False)
    try:
        findings = checking.check_all(source)
        if any(finding.verdict is not Verdict.CONSISTENT for finding in findings):
            text = "\n".join(["Nothing was restored.", *(finding.sentence for finding in findings)])
            return Outcome(code=NOT_VERIFIED, text=text, data={"error": text}, to_stderr=True)
        source.backup(options.output)
    finally:
        source.close()
    backend = EmbeddedBackend.open(options.output, secret)
    try:
        store = EventStore(backend, store_file.now_ms)
        continues = restoring.go_on(store, store_file.now_ms(), by=options.by, why=options.why)
        log = store.log
    finally:
        backend.close()
    text = (
        f"{options.output} holds {sum(f.size for f in findings)} entries and goes on as log {log} "
        f"after {continues['size']} entries of {continues['log'][:8]}.\n"
        "What was recorded after the backup comes back from the bundles of partners."
    )
    return Outcome(code=OK, text=text, data={"log": log, "continues": continues})


def _purge(options: argparse.Namespace) -> Outcome:
    """Delete keys here and in the backups named."""
    if options.older_than is None and not options.key_id:
        raise StoreError("Say what to delete: --older-than DAYS or --key-id KEY.")
    if options.older_than is not None and options.older_than < 0:
        raise StoreError("Nothing was deleted: --older-than counts days back from now, from 0.")
    before_ms = None
    if options.older_than is not None:
        before_ms = store_file.now_ms() - options.older_than * DAY_MS
    secret = store_file.secret(options.key_file)
    counts = {str(options.store): _purge_one(options.store, secret, before_ms, options)}
    for path in options.also:
        counts[str(path)] = _purge_one(path, secret, before_ms, options, backup=True)
    lines = [f"{path}: {count} keys deleted" for path, count in counts.items()]
    text = "\n".join([*lines, "Backups that were not named still hold their keys: purge or destroy them."])
    return Outcome(code=OK, text=text, data={"deleted": counts})


def _purge_one(
    path: Path, secret: Secret, before_ms: int | None, options: argparse.Namespace, *, backup: bool = False
) -> int:
    """Delete the chosen keys in one file; return how many there were."""
    backend = store_file.open_backend(path, secret)
    try:
        store = EventStore(backend, store_file.now_ms)
        org = store_file.own_org(store)
        chosen = [(org, key_id) for key_id in options.key_id]
        if before_ms is not None:
            chosen += store.keys_before(before_ms)
        chosen = list(dict.fromkeys(chosen))
        if backup:
            count = store.forget_keys(chosen)
        else:
            count = store.delete_keys(chosen, by=options.by, why=options.why)
        backend.compact()
    finally:
        backend.close()
    return count


def _migrate(options: argparse.Namespace) -> Outcome:
    """Take a claims ledger into the store, or the whole store to a server."""
    if (options.ledger is None) == (options.to is None):
        raise StoreError("Say what to take over: --ledger FILE into the store, or the store --to SERVER.")
    return _to_server(options) if options.ledger is None else _ledger(options)


def _to_server(options: argparse.Namespace) -> Outcome:
    """Copy a store file to an empty tenant of a server; the file must not be written to any more."""
    secret = store_file.secret(options.key_file)
    source = EmbeddedBackend.open(options.store, secret, writes=False)
    try:
        to = store_file.open_backend(options.to, secret, new_salt=source.salt)
        try:
            count = transfer.copy_store(source, to)
            findings = checking.check_all(to)
        finally:
            to.close()
    finally:
        source.close()
    good = all(finding.verdict is Verdict.CONSISTENT for finding in findings)
    said = (
        f"{count} entries stand on the server. Put {options.store} away: two that write one log make a fork."
    )
    text = "\n".join([said, *(finding.sentence for finding in findings)])
    return Outcome(code=OK if good else NOT_VERIFIED, text=text, data={"entries": count})


def _server_sql(options: argparse.Namespace) -> Outcome:
    """Print what the administrator of a server runs once for each organisation."""
    sql = server_sql(options.tenant, options.login)
    return Outcome(code=OK, text=sql, data={"sql": sql})


def _ledger(options: argparse.Namespace) -> Outcome:
    """Record the entries of a ledger file that the store does not hold yet."""
    ledger, faults = ledger_file.load(options.ledger)
    with store_file.opened(options) as store:
        drafts = claims_events.drafts(ledger.entries, org=store_file.own_org(store), why=options.why)
        receipts = [outcome for part in _groups(drafts) for outcome in store.append_each(part)]
    refused = [str(outcome) for outcome in receipts if isinstance(outcome, RefusedError)]
    repeated = sum(getattr(receipt, "repeated", False) for receipt in receipts)
    added = len(receipts) - repeated - len(refused)
    said = f"{added} entries taken over from {options.ledger}, {repeated} were there already."
    text = "\n".join(part for part in (problems_text(faults), *refused, said) if part)
    data = {"added": added, "repeated": repeated, "problems": problems_json(faults)}
    return Outcome(code=MALFORMED if faults or refused else OK, text=text, data=data)


def _groups(drafts: list[Draft], size: int = 256) -> Iterable[list[Draft]]:
    return (drafts[start : start + size] for start in range(0, len(drafts), size))


def day_of(at_ms: int) -> str:
    """Return the day of a time, by which keys of personal data are named unless said otherwise."""
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC).strftime("%Y-%m-%d")
