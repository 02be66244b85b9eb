"""A process of its own for a solver: ended at the time limit, what it sent before is kept.

Solvers are libraries of others and may hang, swallow memory or crash. A task yields results as it goes, each
better than the one before; the parent keeps the last one that arrived whole. A time limit, a memory limit or
a crash ends the process, never the result.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Task = Callable[..., Iterator[T]]

ENDED_AFTER_S = 2.0
"""How long an ended process may take to be gone before it is ended by force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Generic[T]):
    """The last result (None if none came), whether the task had finished, its seconds, and a fault if any."""

    last: T | None
    finished: bool
    wall_s: float
    cpu_s: float
    fault: str = ""


class SolverProcess(Generic[T]):
    """Runs tasks one after the other in one process, which is begun anew after it had to be ended."""

    def __init__(self, *, memory_bytes: int = 0) -> None:
        self._memory_bytes = memory_bytes
        self._context = multiprocessing.get_context("spawn")
        self._process: Any = None
        self._pipe: Connection | None = None

    def run(self, task: Task[T], *arguments: Any, limit_s: float, keep: Callable[[T], bool]) -> Ended[T]:
        """Run ``task(*arguments)`` for at most so long; `keep` decides which results to hold on to.

        `keep` is where the caller verifies: a result it refuses never replaces one it took.
        """
        pipe = self._ready()
        began, last, cpu_s = time.monotonic(), None, 0.0
        pipe.send((task, arguments))
        while True:
            left_s = limit_s - (time.monotonic() - began)
            if left_s <= 0 or not pipe.poll(left_s):
                self.close()
                return Ended(last=last, finished=False, wall_s=time.monotonic() - began, cpu_s=cpu_s)
            try:
                word, result, cpu_s = pipe.recv()
            except (EOFError, OSError):
                self.close()
                wall_s = time.monotonic() - began
                return Ended(last=last, finished=False, wall_s=wall_s, cpu_s=cpu_s, fault="the solver ended")
            if word == "result":
                last = result if keep(result) else last
                continue
            wall_s, fault = time.monotonic() - began, result if word == "fault" else ""
            return Ended(last=last, finished=not fault, wall_s=wall_s, cpu_s=cpu_s, fault=fault)

    def _ready(self) -> Connection:
        if self._pipe is None or not self._process.is_alive():
            self.close()
            self._pipe, other = self._context.Pipe()
            arguments = (other, self._memory_bytes)
            self._process = self._context.Process(target=_serve, args=arguments, daemon=True)
            self._process.start()
            other.close()
        return self._pipe

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.terminate()
            self._process.join(ENDED_AFTER_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process, self._pipe = None, None

    def end_abruptly(self) -> None:
        """End the process at once, from another thread; the run in progress returns what it has."""
        if self._process is not None:
            self._process.kill()


def _serve(pipe: Connection, memory_bytes: int) -> None:
    """Answer tasks until the other end is gone."""
    _limit_memory(memory_bytes)
    while True:
        try:
            task, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        began = time.process_time()
        try:
            for result in task(*arguments):
                pipe.send(("result", result, time.process_time() - began))
            pipe.send(("end", None, time.process_time() - began))
        except Exception as fault:  # noqa: BLE001 - whatever it was, the parent is told
            pipe.send(("fault", f"{type(fault).__name__}: {fault}", time.process_time() - began))


def _limit_memory(memory_bytes: int) -> None:
    """Limit the address space where the system can; beyond it the solver fails, not the machine."""
    if not memory_bytes:
        return
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
