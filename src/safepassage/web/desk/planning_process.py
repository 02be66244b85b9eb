"""The process in which plans are made: reads the case once, then answers orders, better and better.

First a short look for something to show, then a whole plan without prices, then the plan that the command
line makes. The last two are verified before they are handed over; a new word on the pipe ends the order.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from safepassage.casework.aided import begin_aid
from safepassage.casework.audited import audited
from safepassage.casework.claims_seen import in_layer, on_roads
from safepassage.casework.reading import read_case_input
from safepassage.casework.solver_room import SolverRoom, nothing
from safepassage.casework.verified import documents_of
from safepassage.domain.aid.distribution import AidPlan
from safepassage.domain.case import Case
from safepassage.domain.claims.ledger import Entry, Ledger
from safepassage.domain.network import RoadNetwork
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.release import Audience
from safepassage.domain.situation import Event, Situation
from safepassage.engines.hazard_picture import Roads
from safepassage.engines.release import release
from safepassage.formats.containers import canonical_json
from safepassage.formats.containers.record_json import from_plain
from safepassage.formats.plan import aid_json, changes_json, frontier_json, inputs_json, plan_json
from safepassage.formats.sheets import public_notice
from safepassage.frontier import Pick, make_frontier
from safepassage.planning import (
    Announced,
    Making,
    Planned,
    StoppingRule,
    concluded,
    make_plan,
    prepare,
    scheduled,
    with_prices,
)
from safepassage.provisioning import with_past
from safepassage.web.desk.folding import fitting
from safepassage.web.desk.packed_lines import unpacked

STAGES = ("first", "whole", "going on", "beside")
"""How far a plan was looked for: without prices, with them, on from an accepted one, to choose from."""
SKETCH_WORK = 10_000
GIVES_WAY = 10
"""The planner leaves the processors to those who wait for an answer, where the system can do that."""
INTERRUPTS = getattr(signal, "SIGUSR1", None)
"""The signal that ends an answer, where the system has it."""
LOOKED_EVERY_S, TOLD_EVERY_S = 0.02, 0.1


class SupersededError(BaseException):
    """A newer word has come; nothing on the way may take it for a fault of its own."""


class Line:
    """The pipe to the pages; a signal ends what is being answered, but never cuts a message in two."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe, self._sending, self.answering = pipe, False, False

    def send(self, message: tuple[str, dict[str, Any]]) -> None:
        """Send a message whole."""
        self._sending = True
        try:
            self._pipe.send(message)
        finally:
            self._sending = False

    def poll(self) -> bool:
        """Tell whether a newer word has come."""
        return self._pipe.poll()

    def interrupted(self, _number: int, _frame: object) -> None:
        """Give up what is being answered: prices, for one, look at no pipe.

        Raises
        ------
        SupersededError
            When something is being answered.
        """
        if self.answering and not self._sending:
            self.answering = False
            raise SupersededError


def serve(pipe: Connection, case: str, network: str) -> None:
    """Answer orders until the other end is gone."""
    # Ctrl-C is for the server, which ends this process in its turn.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(GIVES_WAY)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    found = read_case_input(Path(case), Path(network) if network else None)
    if found.case is None or found.network is None:
        pipe.send(("failed", {"text": "The case cannot be read any more."}))
        return
    line = Line(pipe)
    if INTERRUPTS is not None:
        signal.signal(INTERRUPTS, line.interrupted)
    bench = Bench(line, found.case, found.network.network, room=SolverRoom(fresh=True))
    while True:
        try:
            word, order = pipe.recv()
        except (EOFError, OSError):
            return
        if word != "plan":
            continue
        try:
            line.send(_outcome(line, bench, order))
        except OSError:
            return


def _end_with_parent() -> None:
    """End with the server, however that ends: nobody would hear of the plan."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _outcome(line: Line, bench: Bench, order: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Answer an order; return how it ended."""
    try:
        line.answering = True
        bench.answer(order)
        line.answering = False
    except SupersededError:
        bench.room.give_up()
        return "stopped", {}
    except OSError:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it was, the pages are told
        line.answering = False
        return "failed", {"text": f"{type(fault).__name__}: {fault}"}
    return "done", {}


class Watcher:
    """Tells the pages how far the planner has come, and gives up when a newer word has come."""

    def __init__(self, pipe: Line) -> None:
        self._pipe, self._looked, self._told = pipe, 0.0, 0.0
        self._found: dict[str, dict[str, int | None]] = {}

    def served(self, phase: str, persons: int, of_persons: int) -> None:
        """Pass on how many persons a phase has served so far."""
        self._say({"what": phase, "persons": persons, "of_persons": of_persons})

    def phase(self, what: str) -> None:
        """Pass on what is being done."""
        self._say({"what": what}, force=True)

    def best(self, direction: str, clearance_s: int | None) -> None:
        """Pass on when a direction finishes."""
        self._found.setdefault(direction, {})["clearance_s"] = clearance_s
        self._say({"what": "best", "directions": self._found}, force=True)

    def bound(self, direction: str, clearance_s: int | None) -> None:
        """Pass on what is proved for a direction."""
        self._found.setdefault(direction, {})["bound_s"] = clearance_s
        self._say({"what": "bound", "directions": self._found}, force=True)

    def expired(self) -> bool:
        """Tell whether a newer word has come."""
        now = time.monotonic()
        if now - self._looked < LOOKED_EVERY_S:
            return False
        self._looked = now
        return self._pipe.poll()

    def check(self) -> None:
        """Give up if a newer word has come.

        Raises
        ------
        SupersededError
            If so.
        """
        if self._pipe.poll():
            raise SupersededError

    def _say(self, data: dict[str, Any], *, force: bool = False) -> None:
        if self.expired():
            raise SupersededError
        now = time.monotonic()
        if force or now - self._told > TOLD_EVERY_S:
            self._told = now
            self._pipe.send(("progress", data))


@dataclass(slots=True)
class Bench:
    """A case and its roads, ready for orders; solvers answer in the room, and may be lost there."""

    pipe: Line
    entered: Case
    network: RoadNetwork
    room: SolverRoom = field(default_factory=SolverRoom)
    roads: Roads | None = None
    read: tuple[bytes, Ledger] = (b"", Ledger())

    def answer(self, order: Mapping[str, Any]) -> None:
        """Make plans for one order, each better than the one before.

        Raises
        ------
        SupersededError
            When a newer word has come.
        """
        began, watcher = time.monotonic(), Watcher(self.pipe)
        self.roads = self.roads or Roads(self.network)
        ledger = self._ledger(unpacked(order["ledger"]))
        entered = in_layer(self.entered, order["layer"])
        _, case = on_roads(ledger, entered, self.roads, without=order["without"])
        events = tuple(from_plain(Event, event) for event in order["events"])
        situation = Situation(case=case, events=events)
        self.room.faults.clear()
        plans = Plans(
            pipe=self.pipe, watcher=watcher, case=case, order=order, began=began, room=self.room
        )  # fmt: skip
        if order["beside"]:
            self._side_by_side(situation, plans)
            return
        if order["announced"]:
            planned = self._gone_on(situation, order, watcher)
            plans.hand_over(planned, "going on")
            watcher.check()
            watcher.phase("pricing")
            priced = self.room.prices(nothing, planned.problem)
            if priced is not None:
                planned = with_prices(planned, priced)
                plans.hand_over(planned, "going on")
            plans.with_aid(planned, situation, "going on")
            return
        self._sketch(situation, watcher, began)
        stop = replace(self._stop(watcher), improve=False)
        quick = prepare(self.network, situation, stop=stop, anew=False)
        planned = concluded(quick, scheduled(quick, observer=watcher), observer=watcher)
        plans.hand_over(planned, "first")
        watcher.check()
        planned = make_plan(self.network, situation, stop=self._stop(watcher), observer=watcher)
        watcher.check()
        plans.hand_over(planned, "whole")
        plans.with_aid(planned, situation, "whole")

    def _side_by_side(self, situation: Situation, plans: Plans) -> None:
        """Look for plans that none betters, all verified, to choose from."""
        watcher, found = plans.watcher, list[dict[str, Any]]()

        def held(planned: Planned) -> None:
            watcher.check()
            found.append(plans.documents(planned))

        frontier, _ = make_frontier(
            self.network, situation, points=plans.order["beside"], pick=Pick(), check=held,
            making=Making(stop=self._stop(watcher), observer=watcher),
        )  # fmt: skip
        picked = found[frontier.picked - 1]
        document = frontier_json.document(
            frontier, inputs_sha256=canonical_json.sha256(picked["inputs"]),
            plan_sha256=canonical_json.sha256(picked["plan"]),
        )  # fmt: skip
        self.pipe.send(("beside", {"document": document, "plans": found, "seconds": plans.seconds()}))

    def _ledger(self, data: bytes) -> Ledger:
        """Return a ledger; what was read for the order before is not read again."""
        known, ledger = self.read
        if not data.startswith(known):
            known, ledger = b"", Ledger()
        entries: list[Entry] = []
        for line in data[len(known) :].splitlines():
            with contextlib.suppress(ValueError, RecursionError):
                entries.append(from_plain(Entry, json.loads(line)))
        ledger = fitting(ledger, entries)
        self.read = (data, ledger)
        return ledger

    def _stop(self, watcher: Watcher) -> StoppingRule:
        return StoppingRule(
            work=self.entered.settings.work_limit, expired=watcher.expired,
            prices=partial(self.room.prices, nothing), bounds=self.room.bounds,
        )  # fmt: skip

    def _sketch(self, situation: Situation, watcher: Watcher, began: float) -> None:
        """Show within a moment how many can be served at all; not a plan, so nobody can take it for one."""
        ground = prepare(self.network, situation, anew=False)
        ground = replace(ground, stop=replace(self._stop(watcher), work=SKETCH_WORK, improve=False))
        schedule = scheduled(ground)
        watcher.check()
        persons = sum(row.persons for row in self.entered.demand) - sum(u.persons for u in schedule.unserved)
        seconds = round(time.monotonic() - began, 2)
        self.pipe.send(("progress", {"what": "sketch", "persons": persons, "seconds": seconds}))

    def _gone_on(self, situation: Situation, order: Mapping[str, Any], watcher: Watcher) -> Planned:
        kept = order["announced"]
        announced = Announced(
            problem=inputs_json.parse(canonical_json.decode(kept["inputs"])),
            schedule=plan_json.parsed_schedule(canonical_json.decode(kept["plan"])), now_s=order["now_s"],
        )  # fmt: skip
        # Who must be told otherwise is told at once: the bound of all directions together takes seconds.
        stop = replace(self._stop(watcher), prices=_unpriced)
        planned = make_plan(self.network, situation, stop=stop, announced=announced, observer=watcher)
        watcher.check()
        sha256 = canonical_json.sha256(kept["aid"]) if kept.get("aid") else ""
        problem = with_past(planned.problem, situation.current(), _earlier_aid(order), sha256)
        return replace(planned, problem=problem)


def _earlier_aid(order: Mapping[str, Any]) -> AidPlan | None:
    """Return the distribution of the plan that is gone on from, None where there is none."""
    kept = (order["announced"] or {}).get("aid")
    return aid_json.parsed(canonical_json.decode(kept)) if kept else None


def _unpriced(_problem: PlanningProblem) -> None:
    """Look for no prices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """What becomes of the plans of one order: verified, audited, handed over if they hold."""

    pipe: Line
    watcher: Watcher
    case: Case
    order: Mapping[str, Any]
    began: float
    room: SolverRoom

    def seconds(self) -> float:
        """Return how long the order has been answered."""
        return round(time.monotonic() - self.began, 2)

    def documents(self, planned: Planned, aid: AidPlan | None = None) -> dict[str, bytes]:
        """Return the documents of a plan.

        Raises
        ------
        ValueError
            When the plan does not hold.
        """
        documents, parsed, verdict = documents_of(planned, aid)
        if not verdict.verified:
            first = verdict.violations[0]
            raise ValueError(f"the plan does not hold ({first.code} at {first.where}: {first.message})")
        if planned.change is not None:
            found = changes_json.document(
                planned.change, earlier_sha256=canonical_json.sha256(self.order["announced"]["plan"]),
                plan_sha256=canonical_json.sha256(documents["plan"]),
            )  # fmt: skip
            documents["changes"] = canonical_json.encode(found)
        notice = public_notice.write_text(release(*parsed, Audience.PUBLIC)).decode()
        documents["audit"] = audited(documents, case=self.case, public={"PUBLIC-notice.txt": notice})
        return documents

    def hand_over(self, planned: Planned, stage: str, aid: AidPlan | None = None) -> None:
        """Send a plan with its documents."""
        row = {
            "stage": stage, "documents": self.documents(planned, aid), "seconds": self.seconds(),
            "solver_faults": [*self.room.faults],
            "directions": [
                {"name": d.name, "served": d.persons_served, "demand": d.persons_demand,
                 "clearance_s": d.clearance_s, "bound_s": d.clearance_bound_s, "gap_ppm": d.gap_ppm}
                for d in planned.plan.directions
            ],
        }  # fmt: skip
        self.pipe.send(("plan", row))

    def with_aid(self, planned: Planned, situation: Situation, stage: str) -> None:
        """Send the same plan once more, with what trucks bring in on the roads that are left."""
        self.watcher.check()
        self.watcher.phase("aid")
        case, schedule, earlier = situation.current(), planned.plan.schedule, _earlier_aid(self.order)
        aid = begin_aid(self.room, case, planned.problem, schedule, earlier)()
        self.watcher.check()
        if aid is not None or self.room.faults:
            self.hand_over(planned, stage, aid)
