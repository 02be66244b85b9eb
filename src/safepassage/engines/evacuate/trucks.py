"""Roads for trucks: their ways, their least times, and passages in what a schedule leaves of the roads."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from functools import cached_property
from typing import Any

import numpy as np

from safepassage.domain.network import Mode
from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.evacuate.booked import roads_left
from safepassage.engines.evacuate.exposure import passage_exposure
from safepassage.engines.evacuate.roadway import Passage, Roadway
from safepassage.engines.evacuate.ways import Carrier, Ways
from safepassage.kernels.graphs.shortest_paths import ArcGraph


class TruckRoads:
    """What trucks can drive beside a schedule.

    A truck goes by the rules of an empty vehicle of the fleet: it needs the BUS bit, bears the weight limits
    and passes only where empty vehicles may. Trucks enter a road at least `headway_s` after each other.
    """

    def __init__(
        self, problem: PlanningProblem, schedule: Schedule, exposure_weight: int, headway_s: int = 0
    ) -> None:
        self._ways = Ways(problem, exposure_weight)
        self._beside = problem, schedule
        self._network = problem.network
        self._headway_s = headway_s
        self._entries: defaultdict[int, list[int]] = defaultdict(list)
        self._graphs: dict[bytes, ArcGraph] = {}
        self._trees: dict[tuple[bytes, int], Any] = {}
        self._times: dict[tuple[int, int], Any] = {}
        self._found: dict[tuple[int, int, int], tuple[tuple[int, ...], ...]] = {}

    @cached_property
    def _left(self) -> tuple[Roadway, frozenset[int]]:
        """The roads with all that the schedule drives on them, and the arcs that trucks are kept off."""
        return roads_left(*self._beside)

    def lay_out(self) -> None:
        """Book what the schedule drives, unless it is booked already."""
        _ = self._left

    def least_s(self, weight_kg: int, from_node: int) -> Any:
        """Return (n_nodes,) least travel times from a node over arcs that are ever open, infinite without."""
        key = (weight_kg, from_node)
        if key not in self._times:
            usable = self._ways.usable(_truck(weight_kg))
            name = usable.tobytes()
            if name not in self._graphs:
                arcs = self._network.arcs
                self._graphs[name] = ArcGraph(arcs.tail, arcs.head, self._network.n_nodes, usable)
            if (name, from_node) not in self._trees:
                tree = self._graphs[name].tree(self._ways.travel_s(), [from_node])
                self._trees[name, from_node] = np.round(tree.cost)
            self._times[key] = self._trees[name, from_node]
        return self._times[key]

    def ways(self, weight_kg: int, from_node: int, to_node: int) -> tuple[tuple[int, ...], ...]:
        """Return distinct ways between two nodes, none where there is no way that others leave free."""
        key = (weight_kg, from_node, to_node)
        if key not in self._found:
            every = self._ways.deadheads(_truck(weight_kg), from_node, to_node)
            self._found[key] = tuple(way for way in every if self._left[1].isdisjoint(way))
        return self._found[key]

    def earliest(self, arcs: tuple[int, ...], ready_s: int, units_mveh: int) -> Passage | None:
        """Return the earliest passage from a second on, apart from all other trucks; None without one."""
        passage = self._left[0].earliest(arcs, ready_s, units_mveh, 0)
        while passage is not None and (later_s := self._too_close_s(passage)):
            passage = self._left[0].earliest(arcs, passage.depart_s + later_s, units_mveh, 0)
        return passage

    def _too_close_s(self, passage: Passage) -> int:
        """Return by how much a passage has to be later to follow the trucks before it, 0 where it does."""
        later_s = 0
        if self._headway_s:
            for arc, second in zip(passage.arcs, passage.seconds, strict=True):
                others = self._entries[arc]
                near = bisect_right(others, second - self._headway_s)
                if near < len(others) and others[near] < second + self._headway_s:
                    later_s = max(later_s, others[near] + self._headway_s - second)
        return later_s

    def reserve(self, passage: Passage) -> None:
        """Take what a passage needs."""
        self._left[0].reserve(passage)
        if self._headway_s:
            for arc, second in zip(passage.arcs, passage.seconds, strict=True):
                insort(self._entries[arc], second)

    def release(self, passage: Passage) -> None:
        """Give back what a passage took."""
        self._left[0].release(passage)
        if self._headway_s:
            for arc, second in zip(passage.arcs, passage.seconds, strict=True):
                self._entries[arc].remove(second)

    def exposure_ppm_s(self, passage: Passage) -> int:
        """Return the exposure of one person aboard."""
        return passage_exposure(passage, self._network.hazard)

    def length_m(self, arcs: tuple[int, ...]) -> int:
        """Return the length of a way."""
        return int(self._network.arcs.length_m[list(arcs)].sum()) if arcs else 0


def _truck(weight_kg: int) -> Carrier:
    return Carrier(Mode.BUS, "", weight_kg)
