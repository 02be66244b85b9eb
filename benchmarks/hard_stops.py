"""The command stopped with SIGKILL while it records, again and again, on one store."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

from safepassage.domain.log.entry import Draft
from safepassage.domain.log.finding import Verdict
from safepassage.formats.log import draft_json
from safepassage.store import checking
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.event_store import EventStore
from safepassage.store.keys import Secret

SECRET = Secret(key=bytes(range(32)))
KEY_TEXT = f"safepassage-key-1:{bytes(range(32)).hex()}\n"
LINES_AHEAD = 400
STOPS_PER_STORE = 100
"""The whole log is judged after each stop: a new store now and then keeps that affordable."""
LONGEST_S = 0.06


def run(folder: Path, count: int, seed: int, *, durable: bool) -> dict[str, int]:
    """Stop the recording `count` times; return what was acknowledged, lost, doubled and broken."""
    generator = random.Random(seed)
    path, key = folder, folder
    acked: set[str] = set()
    sent: list[str] = []
    totals = {"stops": count, "acknowledged": 0, "sent again": 0, "lost": 0, "doubled": 0, "broken": 0}
    for number in range(count):
        if number % STOPS_PER_STORE == 0:
            part = folder / str(number)
            part.mkdir()
            path, key = new_store(part)
            totals["acknowledged"] += len(acked)
            acked.clear()
            sent.clear()
        again = [name for name in sent if name not in acked]
        again += generator.sample(sorted(acked), min(20, len(acked)))
        fresh = [f"r{len(sent) + n}" for n in range(max(0, LINES_AHEAD - len(again)))]
        totals["sent again"] += len(again)
        heard = _record_and_stop(command(path, key, durable=durable), again + fresh, generator)
        acked |= heard
        # Whatever could have reached the command counts as sent: it may stand there without our knowing.
        sent += fresh
        _judge(path, acked, totals)
    totals["acknowledged"] += len(acked)
    return totals


def new_store(folder: Path) -> tuple[Path, Path]:
    """Return a new store and its key file."""
    path, key = folder / "a.store", folder / "key"
    key.write_text(KEY_TEXT)
    backend = EmbeddedBackend.create(path, SECRET)
    store = EventStore(backend, lambda: time.time_ns() // 1_000_000)
    store.begin(org="red", by="lead", why="start")
    backend.close()
    return path, key


def command(path: Path, key: Path, *, durable: bool) -> list[str]:
    """Return the real command, or this file as a program that acknowledges before it commits."""
    if durable:
        call = ["-m", "safepassage", "log", "append", str(path), "--lines", "-", "--key-file", str(key)]
        return [sys.executable, *call]
    return [sys.executable, __file__, str(path), "early"]


def line(name: str) -> bytes:
    """Return one report as a line; its size depends on its number."""
    number = int(name[1:])
    body = {"n": number, "pad": "x" * ((number * 37) % 1500)}
    said = {"id": name, "org": "red", "by": "radio", "why": "called in", "kind": "report.filed", "body": body}
    return json.dumps(said).encode() + b"\n"


def _record_and_stop(call: list[str], names: list[str], generator: random.Random) -> set[str]:
    """Feed the command until it is stopped at a random moment; return the ids it acknowledged."""
    process = subprocess.Popen(
        call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
    )
    feeder = threading.Thread(target=_feed, args=(process.stdin, names), daemon=True)
    feeder.start()
    heard_first = process.stdout.readline()
    time.sleep(generator.random() * LONGEST_S)
    process.send_signal(signal.SIGKILL)
    said_all = heard_first + process.stdout.read()
    process.wait()
    feeder.join()
    process.stdin.close()
    process.stdout.close()
    heard = set()
    for said in said_all.split(b"\n")[:-1]:
        answer = json.loads(said)
        if "error" in answer:
            raise SystemExit(f"refused: {answer}")
        heard.add(answer["id"])
    return heard


def _feed(stream: IO[bytes], names: list[str]) -> None:
    try:
        for name in names:
            stream.write(line(name))
    except (BrokenPipeError, ValueError):
        pass


def _judge(path: Path, acked: set[str], totals: dict[str, int]) -> None:
    """Open the store as it is left, check it, and count what is missing, twice there, or not whole."""
    backend = EmbeddedBackend.open(path, SECRET)
    try:
        store = EventStore(backend, lambda: 0)
        found = [row.id for row in backend.rows(store.log)]
        totals["lost"] += len(acked - set(found))
        totals["doubled"] += len(found) - len(set(found))
        totals["broken"] += checking.check_log(backend, store.log).verdict is not Verdict.CONSISTENT
        acked &= set(found)
    finally:
        backend.close()


def early() -> None:
    """Record lines one by one, each acknowledged before it is committed: what must not be done."""
    path = Path(sys.argv[1])
    backend = EmbeddedBackend.open(path, SECRET)
    store = EventStore(backend, lambda: time.time_ns() // 1_000_000)
    group: list[Draft] = []
    for text in iter(sys.stdin.buffer.readline, b""):
        draft = draft_json.read(text, {})
        os.write(1, json.dumps({"id": draft.id}).encode() + b"\n")
        group.append(draft)
        if len(group) == 5:
            store.append_each(group)
            group = []


if __name__ == "__main__":
    early()
