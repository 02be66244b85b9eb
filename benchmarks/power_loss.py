"""The disk as it could be after power was lost at any system call of the recording command.

The calls of the unmodified program are recorded with strace and played back: a synchronisation makes the
pending writes of its file durable; at every call images are built of what is durable and a part of what is
pending. Not modelled: names that vanish from a folder, and disks that lie about synchronising.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hard_stops

from safepassage.domain.errors import StoreError
from safepassage.domain.log.finding import Verdict
from safepassage.store import checking
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.event_store import EventStore

SECTOR = 512
IMAGES_PER_REPORT = 40
TRACED = "openat,pwrite64,write,fdatasync,fsync,ftruncate,unlink,close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One recorded call: write, truncate, sync, unlink or acknowledgement of a position."""

    kind: str
    file: str = ""
    offset: int = 0
    data: bytes = b""


def run(folder: Path, count: int, seed: int, *, durable: bool) -> dict[str, int]:
    """Build about `count` images; return how many lost something acknowledged, doubled or broke something."""
    totals = {"images": 0, "reports": 0, "calls": 0, "lost": 0, "doubled": 0, "broken": 0}
    if shutil.which("strace") is None:
        raise SystemExit("strace is not installed: power loss cannot be played back")
    path, key = hard_stops.new_store(folder)
    start = {file.name: bytearray(file.read_bytes()) for file in folder.iterdir() if _kept(file.name)}
    reports = max(25, count // IMAGES_PER_REPORT + 1)
    calls = _recorded(folder, path, key, reports, durable=durable)
    generator = random.Random(seed)
    for image, acked in _images(calls, start, generator):
        if totals["images"] >= count and durable:
            break
        _judge(folder / "image", image, acked, totals)
    totals["reports"], totals["calls"] = reports, len(calls)
    return totals


def _kept(name: str) -> bool:
    return name.startswith("a.store") and not name.endswith("-shm")


def _recorded(folder: Path, path: Path, key: Path, reports: int, *, durable: bool) -> list[Call]:
    """Run the command under strace, one report after the other, and return what it did to the store."""
    trace = folder / "trace"
    own = [sys.executable, __file__, str(path)]
    call = hard_stops.command(path, key, durable=True) if durable else own
    strace = ["strace", "-f", "-qq", "-xx", "-s", "1000000", "-e", f"trace={TRACED}", "-o", str(trace)]
    with subprocess.Popen(
        [*strace, *call], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(reports):
            process.stdin.write(hard_stops.line(f"r{number}"))
            process.stdin.flush()
            if "seq" not in json.loads(process.stdout.readline()):
                raise SystemExit("the command refused a report")
        process.stdin.close()
        process.wait()
    return list(_calls(trace, folder))


OPENED = re.compile(r'openat\([^,]+, "([^"]*)", [A-Z_|]+.*= (\d+)$')
WRITTEN = re.compile(r'pwrite64\((\d+), "([^"]*)", \d+, (\d+)\)\s+= (\d+)$')
SAID = re.compile(r'write\(1, "([^"]*)"')
SYNCED = re.compile(r"(?:fdatasync|fsync)\((\d+)\)")
CUT = re.compile(r"ftruncate\((\d+), (\d+)\)")
REMOVED = re.compile(r'unlink\("([^"]*)"')
CLOSED = re.compile(r"close\((\d+)\)")
BEGUN = re.compile(r"(.*) <unfinished \.\.\.>$")
ENDED = re.compile(r"<\.\.\. \w+ resumed>(.*)$")


def _calls(trace: Path, folder: Path) -> Iterator[Call]:
    """Yield what was done to files of the store, in order; an interrupted call counts when it ended."""
    names: dict[str, str] = {}
    open_calls: dict[str, str] = {}
    with trace.open() as lines:
        for text in lines:
            thread, _, said = text.rstrip("\n").partition(" ")
            said = said.lstrip()
            if begun := BEGUN.match(said):
                open_calls[thread] = begun[1]
                continue
            if ended := ENDED.match(said):
                said = open_calls.pop(thread) + ended[1]
            call = _call(said, names, folder)
            if call is not None:
                yield call


def _call(said: str, names: dict[str, str], folder: Path) -> Call | None:
    if found := OPENED.match(said):
        path = Path(_text(found[1]))
        names.pop(found[2], None)
        if path.parent == folder and _kept(path.name):
            names[found[2]] = path.name
    elif (found := WRITTEN.match(said)) and found[1] in names:
        data = _bytes(found[2])[: int(found[4])]
        return Call(kind="write", file=names[found[1]], offset=int(found[3]), data=data)
    elif found := SAID.match(said):
        return _acknowledged(_bytes(found[1]))
    elif (found := SYNCED.match(said)) and found[1] in names:
        return Call(kind="sync", file=names[found[1]])
    elif (found := CUT.match(said)) and found[1] in names:
        return Call(kind="cut", file=names[found[1]], offset=int(found[2]))
    elif found := CLOSED.match(said):
        names.pop(found[1], None)
    elif (found := REMOVED.match(said)) and _kept(Path(_text(found[1])).name):
        return Call(kind="unlink", file=Path(_text(found[1])).name)
    return None


def _acknowledged(said: bytes) -> Call | None:
    try:
        return Call(kind="ack", offset=json.loads(said)["seq"])
    except (ValueError, KeyError, TypeError):
        return None


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _text(text: str) -> str:
    return _bytes(text).decode(errors="replace")


Image = dict[str, bytearray]


def _images(calls: list[Call], start: Image, generator: random.Random) -> Iterator[tuple[Image, int]]:
    """Yield images of the disk after each call, with the last position acknowledged by then."""
    durable: Image = {name: bytearray(data) for name, data in start.items()}
    pending: list[Call] = []
    acked = 1
    for call in calls:
        if call.kind == "ack":
            acked = max(acked, call.offset)
        elif call.kind == "sync":
            for done in (one for one in pending if one.file == call.file):
                _apply(durable, done)
            pending = [one for one in pending if one.file != call.file]
        elif call.kind == "unlink":
            durable.pop(call.file, None)
            pending = [one for one in pending if one.file != call.file]
        else:
            pending.append(call)
        for kept in _parts(pending, generator):
            image = {name: bytearray(data) for name, data in durable.items()}
            for one in kept:
                _apply(image, one)
            yield image, acked


def _parts(pending: list[Call], generator: random.Random) -> Iterator[list[Call]]:
    """Yield which pending writes reached the disk: none, all, random halves, random sectors of halves."""
    yield []
    if not pending:
        return
    yield pending
    for torn in (False, False, True, True):
        half = [one for one in pending if generator.random() < 0.5]
        yield [part for one in half for part in _sectors(one, generator)] if torn else half


def _sectors(call: Call, generator: random.Random) -> Iterator[Call]:
    if call.kind != "write":
        yield call
        return
    for begin in range(0, len(call.data), SECTOR):
        if generator.random() < 0.6:
            data = call.data[begin : begin + SECTOR]
            yield Call(kind="write", file=call.file, offset=call.offset + begin, data=data)


def _apply(image: Image, call: Call) -> None:
    data = image.setdefault(call.file, bytearray())
    if call.kind == "cut":
        del data[call.offset :]
        data.extend(bytes(call.offset - len(data)))
        return
    data.extend(bytes(max(0, call.offset + len(call.data) - len(data))))
    data[call.offset : call.offset + len(call.data)] = call.data


def _judge(folder: Path, image: Image, acked: int, totals: dict[str, int]) -> None:
    """Open an image with the store's own code and count what is missing, twice there, or not whole."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, data in image.items():
        (folder / name).write_bytes(data)
    totals["images"] += 1
    try:
        backend = EmbeddedBackend.open(folder / "a.store", hard_stops.SECRET)
    except StoreError:
        totals["broken"] += 1
        return
    try:
        store = EventStore(backend, lambda: 0)
        finding = checking.check_log(backend, store.log)
        totals["broken"] += finding.verdict is not Verdict.CONSISTENT
        totals["lost"] += finding.size < acked
    finally:
        backend.close()


def relaxed() -> None:
    """Record lines one by one with `synchronous=NORMAL`: what must not be done."""
    backend = EmbeddedBackend.open(Path(sys.argv[1]), hard_stops.SECRET)
    backend.connection.pragma("synchronous", "NORMAL")
    store = EventStore(backend, lambda: 0)
    for text in iter(sys.stdin.buffer.readline, b""):
        receipt = store.append(hard_stops.draft_json.read(text, {}))
        print(json.dumps({"id": receipt.id, "seq": receipt.seq}), flush=True)


if __name__ == "__main__":
    relaxed()
