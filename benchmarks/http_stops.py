"""The server stopped with SIGKILL while many hand in reports over HTTP, again and again, on one store.

Each server is the command in a process of its own. To load its modules takes ten times as long as all else,
so that a process which has loaded them hands out copies of itself; the planner, which writes nothing to the
store, is left out of these. The first of every store is started as an office does it.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import reduction
from pathlib import Path
from typing import Any

import hard_stops

from safepassage import cli
from safepassage.domain.access import Person, Role
from safepassage.domain.log.finding import Verdict
from safepassage.store import checking, people
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.event_store import EventStore

SENDERS, AHEAD = 8, 300
LONGEST_S = 0.25
STOPS_PER_STORE = 25
PASSWORD = "correct horse battery staple"
LOADED = (
    "safepassage.cli.run", "safepassage.cli.serve_command", "safepassage.web.application",
    "safepassage.web.desk.office", "safepassage.formats.case.case_folder", "safepassage.formats.networks",
    "uvicorn", "uvicorn.loops.auto", "uvicorn.protocols.http.auto", "uvicorn.lifespan.on",
    "anyio._backends._asyncio",
)  # fmt: skip
"""What the server needs: loaded before copies are made."""
PARTS = 2
"""A report and its claim: entries that stand together or not at all."""


@dataclass
class Sent:
    """What was sent, and which of it was acknowledged."""

    acked: set[str] = field(default_factory=set)
    names: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def run(folder: Path, count: int, seed: int, *, durable: bool) -> dict[str, int]:
    """Stop the server `count` times; return what was acknowledged, lost, doubled, torn and broken.

    With `durable` off a report counts as acknowledged when it is sent, as a server would that answers early.
    """
    generator = random.Random(seed)
    totals = Counter({"stops": count, "acknowledged": 0, "sent again": 0})
    totals.update(dict.fromkeys(("lost", "doubled", "torn", "broken"), 0))
    path, key, sent = folder, folder, Sent()
    for number in range(count):
        if number % STOPS_PER_STORE == 0:
            totals["acknowledged"] += len(sent.acked)
            (part := folder / str(number)).mkdir()
            path, key = _new_store(part)
            sent = Sent()
        again = [name for name in sent.names if name not in sent.acked]
        again += generator.sample(sorted(sent.acked), min(20, len(sent.acked)))
        fresh = [f"r{len(sent.names) + n}" for n in range(max(0, AHEAD - len(again)))]
        totals["sent again"] += len(again)
        start = _command if number % STOPS_PER_STORE == 0 else _copy
        _send_and_stop(start(path, key), again + fresh, sent, generator, early=not durable)
        sent.names += fresh
        if sent.refused:
            raise SystemExit(f"refused: {sent.refused[0]}")
        _judge(path, sent, totals)
    totals["acknowledged"] += len(sent.acked)
    return dict(totals)


def _new_store(folder: Path) -> tuple[Path, Path]:
    path, key = hard_stops.new_store(folder)
    backend = EmbeddedBackend.open(path, hard_stops.SECRET)
    store = EventStore(backend, lambda: time.time_ns() // 1_000_000)
    planner = Person(id="planner", org="red", role=Role.PLANNER)
    people.set_person(store, planner, by="lead", why="start", password=PASSWORD)
    backend.close()
    return path, key


def _arguments(path: Path, key: Path) -> list[str]:
    return ["serve", "--port", "0", "--store", str(path), "--key-file", str(key)]


def _command(path: Path, key: Path) -> tuple[str, Callable[[], None]]:
    """Start the server as a command; return where it listens, and what stops it with SIGKILL."""
    call = [sys.executable, "-m", "safepassage", *_arguments(path, key)]
    process = subprocess.Popen(call, stdout=subprocess.PIPE, text=True)

    def stop() -> None:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()

    return process.stdout.readline(), stop


def _copy(path: Path, key: Path) -> tuple[str, Callable[[], None]]:
    """Do the same with a copy of a process that has loaded the modules."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "http_stops", *LOADED])
    reading, writing = os.pipe()
    process = context.Process(target=_serve, args=(reduction.DupFd(writing), _arguments(path, key)))
    process.start()
    os.close(writing)
    said = os.fdopen(reading)

    def stop() -> None:
        process.kill()
        process.join()
        process.close()
        said.close()

    return said.readline(), stop


def _serve(out: Any, arguments: list[str]) -> None:
    from safepassage.web.desk.planner import Planner  # noqa: PLC0415 - loaded already where this runs

    os.dup2(out.detach(), sys.stdout.fileno())
    Planner.start = lambda *_: None
    cli.main(arguments)


def _send_and_stop(
    started: tuple[str, Callable[[], None]], names: list[str], sent: Sent, generator: random.Random,
    *, early: bool,
) -> None:  # fmt: skip
    """Hand in reports from several connections to a server, and stop it at a random moment."""
    line, stop = started
    try:
        place = re.search(r"http://([\d.:]+)", line)[1]
        token = _asked(place, "/api/session", {"name": "planner", "password": PASSWORD}, "")["token"]
        waiting, first = list(reversed(names)), threading.Event()
        senders = [
            threading.Thread(
                target=_hand_in,
                args=(place, token, waiting, sent, first),
                kwargs={"early": early},
                daemon=True,
            )
            for _ in range(SENDERS)
        ]
        for sender in senders:
            sender.start()
        first.wait(60)
        time.sleep(generator.random() * LONGEST_S)
    finally:
        stop()
    for sender in senders:
        sender.join()


def _hand_in(
    place: str, token: str, waiting: list[str], sent: Sent, first: threading.Event, *, early: bool
) -> None:
    line = http.client.HTTPConnection(place, timeout=60)
    while waiting:
        try:
            name = waiting.pop()
        except IndexError:
            return
        if early:
            sent.acked.add(name)
        try:
            _asked(place, "/api/reports", report(name), token, line)
        except (OSError, http.client.HTTPException):
            return
        except ValueError as fault:
            sent.refused.append(str(fault))
            return
        sent.acked.add(name)
        first.set()
    first.set()


def report(name: str) -> dict[str, str]:
    """Return one report; its words hold its name, so that one recorded twice under two ids shows."""
    words = f"heard {name} {'x' * (int(name[1:]) * 37 % 700)}"
    return {"id": name, "event": "shelling", "place": "Sudzha", "words": words, "source": "a resident"}


def _asked(
    place: str, path: str, body: dict[str, str], token: str, line: http.client.HTTPConnection | None = None
) -> dict[str, object]:
    line = line or http.client.HTTPConnection(place, timeout=60)
    headers = {"content-type": "application/json", "origin": f"http://{place}"}
    headers |= {"authorization": f"Bearer {token}"} if token else {}
    line.request("POST", path, json.dumps(body), headers)
    answer = line.getresponse()
    said = answer.read()
    if answer.status not in {200, 201}:
        raise ValueError(f"{answer.status} {said[:200]!r}")
    found: dict[str, object] = json.loads(said)
    return found


def _judge(path: Path, sent: Sent, totals: Counter[str]) -> None:
    """Open the store as it is left, check it, and count what is missing, twice or half there, not whole."""
    backend = EmbeddedBackend.open(path, hard_stops.SECRET)
    try:
        store = EventStore(backend, lambda: 0)
        entries = [entry for entry in store.entries() if entry.kind == "claims.entry"]
        ids = Counter(entry.id for entry in entries)
        filed = Counter(
            match[1]
            for entry in entries
            if '"ReportFiled"' in str(entry.body["line"])
            and (match := re.search(r"heard (r\d+) ", str(entry.body["line"])))
        )
        there = {name for name in sent.names if f"{name}-1" in ids}
        totals["lost"] += len(sent.acked - there)
        totals["torn"] += sum(f"{name}-{n}" not in ids for name in there for n in range(2, PARTS + 1))
        totals["doubled"] += sum(count > 1 for count in (*ids.values(), *filed.values()))
        totals["broken"] += checking.check_log(backend, store.log).verdict is not Verdict.CONSISTENT
        sent.acked &= there
    finally:
        backend.close()
