"""Roads for trucks: their ways, their least times, and passages in what a schedule leaves of the roads."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from safepassage.domain.aid.distribution import AidRules
from safepassage.domain.network import Mode
from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.evacuate.booked import roads_left
from safepassage.engines.evacuate.exposure import passage_exposure
from safepassage.engines.evacuate.roadway import Passage, Roadway
from safepassage.engines.evacuate.ways import Carrier, Ways
from safepassage.kernels.graphs.shortest_paths import ArcGraph

ANY = AidRules()
TRIES = 300
"""So often a convoy that is torn apart on the way sets out later before it is given up."""
FAR_S = 10**9
HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Line:
    """Passages of trucks one behind the other along one way, the lead first."""

    runs: tuple[Passage, ...]

    @property
    def depart_s(self) -> int:
        """When the lead starts."""
        return self.runs[0].depart_s

    @property
    def arrive_s(self) -> int:
        """When the last is there."""
        return max(run.arrive_s for run in self.runs)

    @property
    def arcs(self) -> tuple[int, ...]:
        """The way."""
        return self.runs[0].arcs


class TruckRoads:
    """What trucks can drive beside a schedule.

    A truck goes by the rules of an empty vehicle of the fleet: it needs the BUS bit, bears the weight limits
    and passes only where empty vehicles may. Trucks enter a road by the headway that the `rules` set.
    """

    def __init__(
        self, problem: PlanningProblem, schedule: Schedule, exposure_weight: int, rules: AidRules = ANY
    ) -> None:
        self._ways = Ways(problem, exposure_weight)
        self._beside = problem, schedule
        self._network = problem.network
        self._headway_s, self._slack_s = rules.headway_s, rules.convoy_slack_s
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

    def ways_at(
        self, weight_kg: int, from_node: int, to_node: int, second: int
    ) -> tuple[tuple[int, ...], ...]:
        """Return these ways, and the quickest of all by how roads are in a second: they may be slower now."""
        found = self.ways(weight_kg, from_node, to_node)
        if from_node == to_node:
            return found
        travel_s = self._ways.travel_s().copy()
        for arc, pieces in self._network.profiles.items():
            for piece in pieces:
                if piece.from_s <= second < piece.until_s:
                    travel_s[arc] = piece.travel_s if piece.capacity_mveh_h > 0 else np.inf
        usable, arcs = self._ways.usable(_truck(weight_kg)) & np.isfinite(travel_s), self._network.arcs
        graph = ArcGraph(arcs.tail, arcs.head, self._network.n_nodes, usable)
        quickest = graph.tree(travel_s, [from_node]).path(to_node)
        if quickest and quickest not in found and self._left[1].isdisjoint(quickest):
            found += (quickest,)
        return found

    def bears(self, weight_kg: int, arcs: tuple[int, ...]) -> bool:
        """Tell whether a truck may take a way: its roads bear it, and others leave them free."""
        usable = self._ways.usable(_truck(weight_kg))
        return bool(usable[list(arcs)].all()) and self._left[1].isdisjoint(arcs)

    def earliest(self, arcs: tuple[int, ...], ready_s: int, line_mveh: tuple[int, ...]) -> Line | None:
        """Return the earliest passages of trucks in line from a second on, apart from all other trucks.

        Whoever is not alone enters each road with the headway, and no more than the slack longer, after the
        one in front. None where there are none, or none is found in `TRIES`.
        """
        for _ in range(TRIES if self._passes_in_time(arcs, line_mveh) else 0):
            lead = self._apart(arcs, ready_s, line_mveh[0])
            if lead is None:
                return None
            if len(line_mveh) == 1:
                return Line((lead,))
            found = self._followed(lead, line_mveh[1:])
            if not isinstance(found, int):
                return found
            ready_s = lead.depart_s + found
        return None

    def _passes_in_time(self, arcs: tuple[int, ...], line_mveh: tuple[int, ...]) -> bool:
        """Tell whether no road is too narrow for a truck to enter soon enough after the one in front."""
        most_mveh = max(line_mveh[:-1], default=0)
        span_s = self._headway_s + self._slack_s
        return not most_mveh or all(
            most_mveh * HOUR_S <= span_s * self._most_mveh_h(arc) for arc in dict.fromkeys(arcs)
        )

    def _most_mveh_h(self, arc: int) -> int:
        """Return the most that an arc ever lets through in an hour."""
        pieces = self._network.profiles.get(arc, ())
        stated = int(self._network.arcs.capacity_mveh_h[arc])
        return max((piece.capacity_mveh_h for piece in pieces), default=stated)

    def _followed(self, lead: Passage, line_mveh: tuple[int, ...]) -> Line | int | None:
        """Return a lead with those behind it, or how much later it has to set out; None without a way."""
        left, runs = self._left[0], [lead]
        left.reserve(lead)
        try:
            for units_mveh in line_mveh:
                run = self._behind(runs[-1], units_mveh)
                if run is None:
                    return None
                late_s = max(_gaps_s(runs[-1], run), default=0) - self._headway_s - self._slack_s
                if late_s > 0:
                    return late_s
                left.reserve(run)
                runs.append(run)
        finally:
            for run in runs:
                left.release(run)
        return Line(tuple(runs))

    def _behind(self, front: Passage, units_mveh: int) -> Passage | None:
        """Return the earliest passage that enters no road sooner than the headway after the one in front."""
        run = self._apart(front.arcs, front.depart_s + self._headway_s, units_mveh)
        while run is not None and (close_s := self._headway_s - min(_gaps_s(front, run), default=FAR_S)) > 0:
            run = self._apart(front.arcs, run.depart_s + close_s, units_mveh)
        return run

    def _apart(self, arcs: tuple[int, ...], ready_s: int, units_mveh: int) -> Passage | None:
        """Return the earliest passage of one truck from a second on, apart from all that are booked."""
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

    def reserve(self, line: Line) -> None:
        """Take what passages need."""
        for passage in line.runs:
            self._left[0].reserve(passage)
            if self._headway_s:
                for arc, second in zip(passage.arcs, passage.seconds, strict=True):
                    insort(self._entries[arc], second)

    def release(self, line: Line) -> None:
        """Give back what passages took."""
        for passage in line.runs:
            self._left[0].release(passage)
            if self._headway_s:
                for arc, second in zip(passage.arcs, passage.seconds, strict=True):
                    self._entries[arc].remove(second)

    def exposure_ppm_s(self, line: Line) -> int:
        """Return the most exposure of one person aboard."""
        return max(passage_exposure(passage, self._network.hazard) for passage in line.runs)

    def length_m(self, arcs: tuple[int, ...]) -> int:
        """Return the length of a way."""
        return int(self._network.arcs.length_m[list(arcs)].sum()) if arcs else 0


def _gaps_s(front: Passage, behind: Passage) -> Iterator[int]:
    """Yield by how much later each road is entered."""
    return (b - a for a, b in zip(front.seconds, behind.seconds, strict=True))


def _truck(weight_kg: int) -> Carrier:
    return Carrier(Mode.BUS, "", weight_kg)
