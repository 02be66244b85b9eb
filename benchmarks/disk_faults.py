"""The k-th write or synchronisation of the store fails, for k = 1, 2, …; and a disk that fills up."""

from __future__ import annotations

import json
import random
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import hard_stops

from safepassage.domain.errors import StorageError, StoreError
from safepassage.domain.log.finding import Verdict
from safepassage.formats.log import draft_json
from safepassage.store import checking
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.event_store import EventStore

VFS_NAME = "faulty"
REPORTS = 50
TRIES = 40
LIMITED = 20
LIMIT_STEP = 8192


@dataclass(slots=True)
class Disk:
    """What the disk does next: fail the call that brings the count to zero, and so many after it."""

    calls_left: int = -1
    fails: int = 0
    kind: str = "error"
    calls: int = 0
    failed: int = 0

    def next(self) -> bool:
        """Count one call; tell whether it fails."""
        self.calls += 1
        self.calls_left -= 1
        if self.calls_left < 0 and self.fails > 0:
            self.fails -= 1
            self.failed += 1
            return True
        return False


DISK = Disk()


class _File(apsw.VFSFile):
    """A file whose writes and synchronisations fail when the disk says so."""

    def __init__(self, name: Any, flags: Any) -> None:
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802 - SQLite's name
        if DISK.next():
            if DISK.kind == "full":
                super().xWrite(data[: len(data) // 2], offset)
                raise apsw.FullError("no space left")
            raise apsw.IOError("write failed")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        if DISK.next():
            raise apsw.IOError("sync failed")
        super().xSync(flags)


class _Vfs(apsw.VFS):
    """The system's files, with faults; the encryption sits on top."""

    def __init__(self) -> None:
        super().__init__(VFS_NAME, "")

    def xOpen(self, name: Any, flags: Any) -> _File:  # noqa: N802
        return _File(name, flags)


VFS = _Vfs()


def run(folder: Path, count: int, seed: int, *, durable: bool) -> dict[str, int]:
    """Let the k-th call fail for each k up to `count`; return what was lost, doubled and broken."""
    totals = {"faults": 0, "failed calls": 0, "told": 0, "lost": 0, "doubled": 0, "broken": 0}
    base, key = hard_stops.new_store(folder)
    generator = random.Random(seed)
    for k in range(1, count + 1):
        path = folder / "k" / "a.store"
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        shutil.copy(base, path)
        kind = ("error", "full")[k % 2]
        fails = 1 if k % 5 else generator.randrange(2, 30)
        _one(path, k, kind, fails, totals, durable=durable)
    if durable:
        _full(folder, base, key, totals)
    return totals


def _one(path: Path, k: int, kind: str, fails: int, totals: dict[str, int], *, durable: bool) -> None:
    """Record reports on a disk that fails at the k-th call; send again what was refused; judge it."""
    DISK.calls_left, DISK.fails, DISK.kind, DISK.failed = k - 1, fails, kind, 0
    acked: set[str] = set()
    for number in range(REPORTS):
        name = f"r{number}"
        for _ in range(TRIES):
            if not durable:
                acked.add(name)
            try:
                store = _opened(path)
                receipt = store.append(draft_json.read(hard_stops.line(name), {}))
                acked.add(receipt.id)
                break
            except StorageError:
                totals["told"] += 1
                if not durable:
                    break
    _forget()
    totals["faults"] += 1
    totals["failed calls"] += DISK.failed
    DISK.fails = 0
    _judge(path, acked, totals)


_HELD: list[EventStore] = []


def _opened(path: Path) -> EventStore:
    """Return the store on the faulty disk, kept open from report to report, as the product does."""
    if not _HELD:
        backend = EmbeddedBackend.open(path, hard_stops.SECRET, vfs=f"multipleciphers-{VFS_NAME}")
        _HELD.append(EventStore(backend, lambda: 0))
    return _HELD[0]


def _forget() -> None:
    """Drop the connection as a program that ends does, whether or not the disk lets it tidy up."""
    while _HELD:
        _HELD.pop().backend.close()


def _judge(path: Path, acked: set[str], totals: dict[str, int]) -> None:
    try:
        backend = EmbeddedBackend.open(path, hard_stops.SECRET)
    except StoreError:
        totals["broken"] += 1
        return
    try:
        store = EventStore(backend, lambda: 0)
        found = [row.id for row in backend.rows(store.log)]
        totals["lost"] += len(acked - set(found))
        totals["doubled"] += len(found) - len(set(found))
        totals["broken"] += checking.check_log(backend, store.log).verdict is not Verdict.CONSISTENT
    finally:
        backend.close()


def _full(folder: Path, base: Path, key: Path, totals: dict[str, int]) -> None:
    """Run the real command where no file may grow beyond a limit; then again without one."""
    lines = b"".join(hard_stops.line(f"r{number}") for number in range(200))
    for step in range(LIMITED):
        path = folder / "full" / "a.store"
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        shutil.copy(base, path)
        limit = base.stat().st_size + LIMIT_STEP * (step + 1)
        acked = _ids(hard_stops.command(path, key, durable=True), lines, limit)
        _judge(path, acked, totals)
        acked |= _ids(hard_stops.command(path, key, durable=True), lines, resource.RLIM_INFINITY)
        totals["lost"] += 200 - len(acked)
        totals["faults"] += 1
        _judge(path, acked, totals)


def _ids(command: list[str], lines: bytes, limit: int) -> set[str]:
    """Return the ids a command acknowledged under a limit of file size."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    done = subprocess.run(command, input=lines, capture_output=True, check=False, preexec_fn=limited)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {answer["id"] for answer in answers if "id" in answer}
