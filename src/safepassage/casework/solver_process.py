"""A process of its own for a solver: ended at the time limit, what it sent before is kept.

Solvers are libraries of others and may hang, swallow memory or crash. A task yields results as it goes, each
better than the one before; the parent keeps the last one that arrived whole. A time limit, a memory limit or
a crash ends the process, never the result.
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Task = Callable[..., Iterator[T]]

WATCH = "end-with-parent"
"""The thread that waits for the end of the process that began this one, and does nothing else."""
ENDED_AFTER_S = 2.0
"""How long an ended process may take to be gone before it is ended by force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Generic[T]):
    """The last result (None if none came), whether the task had finished, its seconds, and a fault if any.

    `rss_mb` is the largest memory of the process when it was last heard of, 0 where the system does not tell.
    """

    last: T | None
    finished: bool
    wall_s: float
    cpu_s: float
    fault: str = ""
    rss_mb: float = 0.0


class SolverProcess(Generic[T]):
    """Runs tasks one after the other in one process, which is begun anew after it had to be ended.

    The process may take `memory_bytes` beside what it begins with (0: what there is). With `copied` it begins
    as a copy of this one, with all that is loaded here, which must be able to be copied; it is made at once.
    It ends with the process that began it, however that ends. `busy` tells whether a task was begun of which
    the end was not heard. Only one that `has_others` can begin processes itself, and has to be closed.
    """

    def __init__(self, *, memory_bytes: int = 0, copied: bool = False, has_others: bool = False) -> None:
        self._memory_bytes, self._has_others = memory_bytes, has_others
        self._process: Any = None
        self._pipe: Connection | None = None
        self.busy = False
        if copied:
            self._begin("fork")

    def run(self, task: Task[T], *arguments: Any, limit_s: float, keep: Callable[[T], bool]) -> Ended[T]:
        """Run ``task(*arguments)`` for at most so long; `keep` decides which results to hold on to.

        `keep` is where the caller verifies: a result it refuses never replaces one it took.
        """
        return self.begin(task, *arguments)(limit_s, keep)

    def begin(self, task: Task[T], *arguments: Any) -> Callable[[float, Callable[[T], bool]], Ended[T]]:
        """Begin a task; return what waits for its results as `run` does, given limit and `keep`.

        The limit counts from then: this process may be busy until after it. Results have to be waited for
        before another task is begun.
        """
        wait = self.begin_parts(task, *arguments)
        return lambda limit_s, keep: wait(limit_s, keep, False)

    def begin_parts(
        self, task: Task[T], *arguments: Any
    ) -> Callable[[float, Callable[[T], bool], bool], Ended[T]]:
        """Begin a task; return what waits as `begin` has it, or only for its next result, if asked for.

        A next result that came is the last one of what did not finish.
        """
        pipe = self._ready()
        self.busy = True
        # A process may end between being looked at and being asked: whoever waits hears of it.
        with suppress(OSError):
            pipe.send((task, arguments))
        return lambda limit_s, keep, next_one: self._ended(pipe, limit_s, keep, next_one=next_one)

    def begin_with(
        self, task: Task[T], *arguments: Any, copied: bool
    ) -> Callable[[float, Callable[[T], bool]], Ended[T]]:
        """Begin another process with a task, as `begin` does; to a copy of this one nothing need travel."""
        self.close()
        pipe = self._begin("fork" if copied else "spawn", (task, arguments))
        self.busy = True
        return lambda limit_s, keep: self._ended(pipe, limit_s, keep, next_one=False)

    def _ended(
        self, pipe: Connection, limit_s: float, keep: Callable[[T], bool], *, next_one: bool
    ) -> Ended[T]:
        began, first_s, now_s, rss_mb = time.monotonic(), 0.0, 0.0, 0.0
        last: T | None = None
        while True:
            left_s = limit_s - (time.monotonic() - began)
            message: tuple[str, Any, float, float] = ("late", None, now_s, rss_mb)
            try:
                if left_s > 0 and pipe.poll(left_s):
                    message = pipe.recv()
            except (EOFError, OSError):
                message = ("gone", "the solver ended", now_s, rss_mb)
            word, result, now_s, rss_mb = message
            if word == "begin":
                first_s = now_s
            elif word == "result":
                last = result if keep(result) else last
                if next_one:
                    break
            else:
                self.busy = False
                break
        if word in {"late", "gone"}:
            now_s = max(now_s, self.close())
        fault = str(result) if word in {"fault", "gone"} else ""
        wall_s = time.monotonic() - began
        return Ended(
            last=last,
            finished=word == "end",
            wall_s=wall_s,
            cpu_s=now_s - first_s,
            fault=fault,
            rss_mb=rss_mb,
        )

    def _ready(self) -> Connection:
        if self._pipe is None or not self._process.is_alive():
            self.close()
            return self._begin("spawn")
        return self._pipe

    def _begin(self, way: str, first: tuple[Task[T], tuple[Any, ...]] | None = None) -> Connection:
        context: Any = multiprocessing.get_context(way)
        mine, other = context.Pipe()
        self._pipe = mine
        self._process = context.Process(
            target=_serve, args=(other, self._memory_bytes, first), daemon=not self._has_others
        )
        self._process.start()
        other.close()
        return self._pipe

    def close(self) -> float:
        """End the process, if there is one; return the processor seconds it has used, where that is known."""
        before_s = _children_s()
        if self._process is not None:
            self._process.terminate()
            self._process.join(ENDED_AFTER_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process, self._pipe, self.busy = None, None, False
        return _children_s() - before_s

    def end_abruptly(self) -> None:
        """End the process at once, from another thread; the run in progress returns what it has."""
        if self._process is not None:
            self._process.kill()


def _serve(pipe: Connection, memory_bytes: int, first: tuple[Task[Any], tuple[Any, ...]] | None) -> None:
    """Answer tasks until the other end is gone, or whoever holds it has ended while a task hangs."""
    threading.Thread(target=_end_with_parent, name=WATCH, daemon=True).start()
    _limit_memory(memory_bytes)
    while True:
        try:
            (task, arguments), first = first or pipe.recv(), None
        except (EOFError, OSError):
            return
        try:
            pipe.send(("begin", None, *_used()))
            for result in task(*arguments):
                pipe.send(("result", result, *_used()))
            pipe.send(("end", None, *_used()))
        except Exception as fault:  # noqa: BLE001 - whatever it was, the parent is told
            pipe.send(("fault", f"{type(fault).__name__}: {fault}", *_used()))


def _end_with_parent() -> None:
    """End when the process that began this one does: nobody would hear of a result."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _used() -> tuple[float, float]:
    """Return the processor seconds and the largest memory in MB of this process so far."""
    return time.process_time(), _peak_mb()


def _peak_mb() -> float:
    """Return the largest memory of this process in MB, 0 where the system does not tell.

    What Linux counts for a process includes what its parent held when it began; what stands for its memory
    does not.
    """
    try:
        rows = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(row.split()[1]) / 2**10 for row in rows if row.startswith("VmHWM:"))
    except (OSError, StopIteration):
        pass
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _children_s() -> float:
    """Return the processor seconds of processes that have ended, 0 where the system does not tell."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return 0.0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _limit_memory(memory_bytes: int) -> None:
    """Limit what may come to the address space where the system can: the solver fails, not the machine."""
    if not memory_bytes:
        return
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    most, least = memory_bytes + _address_space_bytes(), resource.getrlimit(resource.RLIMIT_AS)[1]
    if least != resource.RLIM_INFINITY:
        most = min(most, least)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _address_space_bytes() -> int:
    """Return what this process has laid claim to already, 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * mmap.PAGESIZE
