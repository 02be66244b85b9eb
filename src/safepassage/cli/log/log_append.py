"""`safepassage log append`: record entries; what is printed is on disk."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

from safepassage.cli.log import store_file
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import MALFORMED, OK
from safepassage.cli.store_command import day_of
from safepassage.domain.errors import StorageError, StoreError
from safepassage.formats.log import draft_json
from safepassage.store.event_store import EventStore, Receipt
from safepassage.store.group_commit import GroupWriter

MOST_WAITING = 256
_EXAMPLE = """'{"text": "the ford is passable"}'"""


def run(options: argparse.Namespace) -> Outcome:
    """Record one entry from the options, or many from lines."""
    with store_file.opened(options) as store:
        org = store_file.own_org(store)
        return _many(options, store, org) if options.lines else _one(options, store, org)


def _one(options: argparse.Namespace, store: EventStore, org: str) -> Outcome:
    document = {
        "id": options.id or os.urandom(12).hex(),
        "org": org,
        "by": options.by,
        "why": options.why,
        "kind": options.kind,
        "about": options.about,
        "class": options.sensitivity,
    }
    if not options.kind:
        raise StoreError("Nothing was recorded: say what it is, for example --kind report.filed.")
    try:
        document |= {"body": _object(options.body, "--body")}
        if options.private:
            key_id = options.key_id or day_of(store_file.now_ms())
            document |= {
                "private": _object(Path(options.private).read_text("utf-8"), options.private),
                "key_id": key_id,
            }
        draft = draft_json.of_document(document)
    except ValueError as fault:
        raise StoreError(f"Nothing was recorded: {fault}.") from None
    try:
        receipt = store.append(draft)
    except StorageError as fault:
        raise StoreError(
            f"{fault} Try again with --id {draft.id}, so that it cannot stand there twice."
        ) from fault
    text = f"Entry {receipt.seq}, id {receipt.id}{' (stood there before)' if receipt.repeated else ''}."
    return Outcome(code=OK, text=text, data=_said(receipt))


def _object(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"{where} is no JSON; write for example {_EXAMPLE}") from None


def _many(options: argparse.Namespace, store: EventStore, org: str) -> Outcome:
    """Record lines as they come; print one line of JSON for each once it is on disk."""
    defaults = {"org": org}
    defaults |= {name: getattr(options, name) for name in ("kind", "by", "why") if getattr(options, name)}
    teller = _Teller()
    writer = GroupWriter(store)
    try:
        with _lines(options.lines) as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    _submit(writer, teller, number, line, defaults)
    finally:
        writer.close()
    text = f"{teller.recorded} entries are on disk, {teller.refused} lines were not taken."
    data = {"recorded": teller.recorded, "refused": teller.refused}
    return Outcome(code=MALFORMED if teller.refused else OK, text=text, data=data, to_stderr=True)


def _submit(writer: GroupWriter, teller: _Teller, number: int, line: bytes, defaults: dict[str, str]) -> None:
    try:
        draft = draft_json.read(line, defaults)
    except ValueError as fault:
        teller.say(number, fault)
        return
    teller.room.acquire()
    job = writer.submit(draft)
    job.add_done_callback(lambda done: teller.answer(number, done))


class _Teller:
    """Prints what became of each line, at most so many of them open at a time."""

    def __init__(self) -> None:
        self.room = threading.BoundedSemaphore(MOST_WAITING)
        self.recorded = self.refused = 0
        self._lock = threading.Lock()

    def answer(self, number: int, done: Future[Receipt]) -> None:
        """Say what became of a line that was submitted."""
        fault = done.exception()
        self.say(number, fault if fault is not None else done.result())
        self.room.release()

    def say(self, number: int, outcome: Receipt | BaseException) -> None:
        """Print one line of JSON."""
        with self._lock:
            if isinstance(outcome, Receipt):
                self.recorded += 1
                said: dict[str, object] = {"line": number, **_said(outcome)}
            else:
                self.refused += 1
                said = {"line": number, "error": str(outcome)}
            print(json.dumps(said), flush=True)


def _said(receipt: Receipt) -> dict[str, object]:
    return {
        "id": receipt.id,
        "log": receipt.log,
        "seq": receipt.seq,
        "hash": receipt.hash,
        "repeated": receipt.repeated,
    }


@contextmanager
def _lines(name: str) -> Iterator[Iterator[bytes]]:
    if name == "-":
        yield iter(sys.stdin.buffer.readline, b"")
    else:
        with Path(name).open("rb") as file:
            yield file
