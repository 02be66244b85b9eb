"""The planner beside the pages: one process, the last order counts, every plan it hands over is verified."""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from safepassage.domain.situation import Event
from safepassage.formats.containers import canonical_json
from safepassage.formats.containers.record_json import to_plain
from safepassage.web.desk.planning_process import INTERRUPTS, serve

KEPT = 16
"""So many plans are kept, to compare and to go on from."""
ENDED_AFTER_S = 2.0
SILENT_S = 600.0
"""A planner that says nothing for so long is ended."""
Tell = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MadePlan:
    """A verified plan: its documents as bytes by name, and which state of the log it answers.

    `faults` say what a solver was asked for and did not answer: the plan was made and verified without it.
    """

    sha256: str
    revision: int
    stage: str
    documents: Mapping[str, bytes]
    seconds: float
    faults: tuple[str, ...] = ()
    parsed: dict[str, Any] = field(default_factory=dict)

    def document(self, name: str) -> Any:
        """Return a document as read from its bytes; {} where there is none."""
        if name not in self.parsed:
            data = self.documents.get(name)
            self.parsed[name] = canonical_json.decode(data) if data else {}
        return self.parsed[name]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beside:
    """Plans that none betters, for one state of the log: the frontier as a document, and their hashes."""

    revision: int
    document: Mapping[str, Any]
    plans: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Order:
    """What to plan: the ledger as packed parts of a file, what happened since, the plan to go on from."""

    revision: int
    ledger: tuple[bytes, ...]
    events: tuple[Event, ...]
    without: tuple[str, ...] = ()
    layer: str = ""
    announced: MadePlan | None = None
    now_s: int = 0
    beside: int = 0

    def plain(self) -> dict[str, Any]:
        """Return what is sent to the process."""
        kept = self.announced
        return {
            "revision": self.revision, "ledger": self.ledger, "without": list(self.without),
            "layer": self.layer, "events": [to_plain(event) for event in self.events],
            "now_s": self.now_s, "beside": self.beside,
            "announced": None if kept is None else dict(kept.documents),
        }  # fmt: skip


class Planner:
    """Plans what it was asked last; from any thread."""

    def __init__(self, case: Path, network: Path | None, tell: Tell) -> None:
        self._case, self._network, self._tell = str(case), str(network or ""), tell
        self._lock = threading.Condition()
        self._order: Order | None = None
        self._running = self._closed = self._handed_over = False
        self._process: Any = None
        self._pipe: Connection | None = None
        self._plans: OrderedDict[str, MadePlan] = OrderedDict()
        self.latest: MadePlan | None = None
        self.beside: Beside | None = None
        self.status: dict[str, Any] = {"phase": "idle"}
        self._thread: threading.Thread | None = None

    def start(self, order: Order) -> None:
        """Plan this next; what is being planned is given up for it as soon as it has brought one plan."""
        with self._lock:
            self._order = order
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="planner", daemon=True)
                self._thread.start()
            # Who reports all the time must not keep the others from ever seeing a plan.
            if self._handed_over:
                self._interrupt()
            self._lock.notify_all()

    def stop(self) -> None:
        """Give up what is being planned; the last plan handed over stays."""
        with self._lock:
            self._order = None
            self._interrupt()

    def plan(self, sha256: str) -> MadePlan | None:
        """Return a plan that is still kept."""
        with self._lock:
            return self._plans.get(sha256)

    def plans(self) -> tuple[MadePlan, ...]:
        """Return the plans that are kept, the newest first."""
        with self._lock:
            return tuple(reversed(self._plans.values()))

    @property
    def busy(self) -> bool:
        """Whether something is being planned or waits to be."""
        return self._running or self._order is not None

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed, self._order = True, None
            self._lock.notify_all()
        self._end()

    def _interrupt(self) -> None:
        if self._running and self._pipe is not None:
            with contextlib.suppress(OSError):
                self._pipe.send(("stop", None))
                if INTERRUPTS is not None:
                    os.kill(self._process.pid, INTERRUPTS)

    def _work(self) -> None:
        while True:
            with self._lock:
                while self._order is None and not self._closed:
                    self._lock.wait()
                if self._closed:
                    return
                order, self._order, self._running = self._order, None, True
                # Plans to choose from take a while and give way to whatever comes.
                self._handed_over = order is not None and bool(order.beside)
            try:
                self._run(order)
            except (EOFError, OSError) as fault:
                self._end()
                self._say({"phase": "failed", "text": f"The planner ended ({type(fault).__name__})."})
            finally:
                with self._lock:
                    self._running = False

    def _run(self, order: Order | None) -> None:
        if order is None:
            return
        pipe = self._ready()
        self._say({"phase": "begun", "revision": order.revision})
        pipe.send(("plan", order.plain()))
        while True:
            if not pipe.poll(SILENT_S):
                raise EOFError
            word, found = pipe.recv()
            if word == "progress":
                self._say({"phase": "planning", "revision": order.revision, **found})
            elif word == "plan":
                self._keep(order, found)
                with self._lock:
                    self._handed_over = True
                    if self._order is not None:
                        self._interrupt()
            elif word == "beside":
                self._keep_beside(order, found)
            else:
                self._say({"phase": word, "revision": order.revision, **found})
                return

    def _keep(self, order: Order, found: dict[str, Any]) -> None:
        documents = found.pop("documents")
        sha256 = canonical_json.sha256(documents["plan"])
        made = MadePlan(
            sha256=sha256, revision=order.revision, stage=found["stage"], documents=documents,
            seconds=found["seconds"], faults=tuple(found["solver_faults"]),
        )  # fmt: skip
        self.take(made)
        self._say({"phase": "planned", "revision": order.revision, "sha256": sha256, **found})

    def _keep_beside(self, order: Order, found: dict[str, Any]) -> None:
        made = [
            MadePlan(
                sha256=canonical_json.sha256(documents["plan"]), revision=order.revision, stage="beside",
                documents=documents, seconds=found["seconds"],
            )
            for documents in found["plans"]
        ]  # fmt: skip
        with self._lock:
            for one in made:
                self._plans.setdefault(one.sha256, one)
            self._forget()
            self.beside = Beside(
                revision=order.revision, document=found["document"], plans=tuple(p.sha256 for p in made)
            )
        self._say({"phase": "planned", "revision": order.revision, "seconds": found["seconds"]})

    def _forget(self) -> None:
        """Let the oldest plans go, but not the last one."""
        for sha256 in [*self._plans]:
            if len(self._plans) <= KEPT:
                return
            if self.latest is None or sha256 != self.latest.sha256:
                del self._plans[sha256]

    def take(self, made: MadePlan) -> None:
        """Keep a plan as the one that was made last; the oldest gives way."""
        with self._lock:
            self._plans.pop(made.sha256, None)
            self._plans[made.sha256] = made
            self.latest = made
            self._forget()

    def _say(self, status: dict[str, Any]) -> None:
        self.status = status
        # What comes next is told apart, or a page that listens now and then would never hear of a plan.
        named = "plan" if status["phase"] == "planned" else "planner"
        self._tell("sketch" if status.get("what") == "sketch" else named, status)

    def _ready(self) -> Connection:
        with self._lock:
            if self._pipe is None or not self._process.is_alive():
                context = multiprocessing.get_context("spawn")
                self._pipe, other = context.Pipe()
                # Not a daemon, which may begin no process: it has one for solvers. It ends with this one.
                self._process = context.Process(target=serve, args=(other, self._case, self._network))
                self._process.start()
                atexit.register(self._end)
                other.close()
            return self._pipe

    def _end(self) -> None:
        atexit.unregister(self._end)
        process, self._process, self._pipe = self._process, None, None
        if process is not None:
            process.terminate()
            process.join(ENDED_AFTER_S)
            if process.is_alive():
                process.kill()
