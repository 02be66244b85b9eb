"""Journeys without an own vehicle: which legs by bus, which on a train, boat or footpath."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlacedPlace, PlanningProblem
from safepassage.engines.evacuate.ways import Carrier, Ways
from safepassage.kernels.graphs.shortest_paths import ArcGraph

LINK_MODES = int(Mode.FOOT | Mode.TRAIN | Mode.BOAT)
CHANGE_S = 1_800
"""A change between bus and train, boat or path weighs like half an hour in comparisons (practice)."""
LINKS_RATHER = 50
"""How much more a second by bus weighs where a journey that spares vehicles is looked for."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A ride by bus between two nodes, or (`link` >= 0) one link arc."""

    from_node: int
    to_node: int
    link: int = -1


@dataclass(frozen=True, slots=True)
class Journey:
    """Stages from a pick-up to a site, and their time without waiting."""

    site: str
    stages: tuple[Stage, ...]
    duration_s: int


@dataclass(slots=True)
class Journeys:
    """Finds journeys to the sites of a direction, with and without changes."""

    problem: PlanningProblem
    ways: Ways
    weight_kg: int
    _graphs: dict[str, list[tuple[ArcGraph, Any]]] = field(default_factory=dict)
    _trees: dict[tuple[str, int], list[Any]] = field(default_factory=dict)

    def of(self, place: PlacedPlace, direction: str) -> list[Journey]:
        """Return the journeys from a place's pick-up, shortest first."""
        if place.pickup_node < 0:
            return []
        found: dict[tuple[str, tuple[Stage, ...]], Journey] = {}
        for site in self.problem.sites(direction):
            for tree in self._trees_to(direction, site.node):
                path = tree.path(place.pickup_node)
                if path is None:
                    continue
                stages = self._stages(place.pickup_node, path)
                changes = CHANGE_S * sum(stage.link >= 0 for stage in stages)
                journey = Journey(site.id, stages, self.ways.duration_s(path) + changes)
                found.setdefault((site.id, stages), journey)
        return sorted(found.values(), key=lambda j: (j.duration_s, j.site, len(j.stages)))

    def _trees_to(self, direction: str, node: int) -> list[Any]:
        key = (direction, node)
        if key not in self._trees:
            self._trees[key] = [
                graph.tree(cost, [node], reverse=True) for graph, cost in self._layers(direction)
            ]
        return self._trees[key]

    def _layers(self, direction: str) -> list[tuple[ArcGraph, Any]]:
        """Return (graph, cost) of all arcs; with link arcs also of buses alone, and of links rather."""
        if direction not in self._graphs:
            network = self.problem.network
            arcs = network.arcs
            bus = self.ways.usable(Carrier(Mode.BUS, direction, self.weight_kg))
            links = np.zeros(len(arcs), dtype=bool)
            for mode in (Mode.FOOT, Mode.TRAIN, Mode.BOAT):
                links |= self.ways.usable(Carrier(mode, direction, 0))
            links &= ~bus
            cost = self.ways.travel_s() + np.where(links, CHANGE_S, 0)
            layers = [(bus, cost)]
            if links.any():
                # Vehicles may be what is scarce: people then take a train although a bus would be faster.
                rather = np.where(links, self.ways.travel_s(), self.ways.travel_s() * LINKS_RATHER)
                layers = [(bus | links, cost), (bus, cost), (bus | links, rather)]
            self._graphs[direction] = [
                (ArcGraph(arcs.tail, arcs.head, network.n_nodes, mask), weights) for mask, weights in layers
            ]
        return self._graphs[direction]

    def _stages(self, node: int, path: tuple[int, ...]) -> tuple[Stage, ...]:
        """Split a path into bus rides and link rides."""
        arcs = self.problem.network.arcs
        stages: list[Stage] = []
        start = node
        for arc in path:
            tail, head = int(arcs.tail[arc]), int(arcs.head[arc])
            if int(arcs.modes[arc]) & LINK_MODES and not int(arcs.modes[arc]) & int(Mode.BUS):
                if start != tail:
                    stages.append(Stage(start, tail))
                stages.append(Stage(tail, head, arc))
                start = head
        end = int(arcs.head[path[-1]]) if path else node
        if start != end or not stages:
            stages.append(Stage(start, end))
        return tuple(stages)
