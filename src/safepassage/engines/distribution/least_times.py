"""Least times between depots, bases and places, and which place lies best on the way, looked up once."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from heapq import heapify, heappop, heapreplace
from itertools import islice
from typing import NamedTuple

from safepassage.domain.aid.distribution import AidProblem, TruckDay
from safepassage.engines.distribution.roads import Roads

FAR_S = 10**9
NEAR = 12
"""How many of the nearest places are looked at as a further stop."""


class _Onward(NamedTuple):
    """A place as a further stop: seconds from where a truck is, by way of it, to its base."""

    round_s: int
    place: str


class LeastTimes:
    """Whole seconds from each node of a problem to the others by weight of truck, `FAR_S` without a way."""

    def __init__(self, problem: AidProblem, roads: Roads) -> None:
        self._roads = roads
        self._node = {need.place: need.node for need in problem.needs}
        nodes = {truck.base_node for truck in problem.trucks} | {lot.node for lot in problem.lots}
        self._nodes = sorted(node for node in nodes | set(self._node.values()) if node >= 0)
        self._places = sorted(place for place, node in self._node.items() if node >= 0)
        self._rows: dict[tuple[int, int], dict[int, int]] = {}
        self._onward: dict[tuple[int, int, int], list[_Onward]] = {}

    def node(self, place: str) -> int:
        """Return where a place is, -1 where it is not on the network."""
        return self._node[place]

    def least_s(self, truck: TruckDay, from_node: int, to_node: int) -> int:
        """Return the least seconds of a way."""
        row = self._rows.get((truck.weight_kg, from_node)) or self._row(truck.weight_kg, from_node)
        return row[to_node]

    def table(self, truck: TruckDay, nodes: Sequence[int]) -> list[list[int]]:
        """Return the least seconds from each of some nodes to each of them."""
        rows = (self._row(truck.weight_kg, node) for node in nodes)
        return [[row[to_node] for to_node in nodes] for row in rows]

    def least_round_s(self, truck: TruckDay, node: int) -> int:
        """Return the least seconds from a node by way of any place to the base of a truck."""
        return min((row.round_s for row in self._from(truck, node)), default=FAR_S)

    def onward(
        self, truck: TruckDay, node: int, asked: Container[str] | None, seen: Container[str]
    ) -> Iterator[str]:
        """Yield places one after the other, each on the smallest way round to the base.

        Each is chosen among the nearest that are asked for and neither `seen`, at the beginning, nor yielded.
        """
        rows = (
            row for row in self._from(truck, node)
            if row.place not in seen and (asked is None or row.place in asked)
        )  # fmt: skip
        near = list(islice(rows, NEAR))
        heapify(near)
        while near:
            further = next(rows, None)
            yield (heappop(near) if further is None else heapreplace(near, further)).place

    def _from(self, truck: TruckDay, node: int) -> Sequence[_Onward]:
        """Return the places with a way from a node, the nearest first."""
        key = (truck.weight_kg, node, truck.base_node)
        if key not in self._onward:
            out = self._row(truck.weight_kg, node)
            near = sorted((out[self._node[place]], place) for place in self._places)
            self._onward[key] = [
                _Onward(way_s + self.least_s(truck, self._node[place], truck.base_node), place)
                for way_s, place in near
                if way_s < FAR_S
            ]
        return self._onward[key]

    def _row(self, weight_kg: int, node: int) -> dict[int, int]:
        key = (weight_kg, node)
        if key not in self._rows:
            times = self._roads.least_s(weight_kg, node)[self._nodes].tolist()
            self._rows[key] = {
                to_node: int(min(way_s, FAR_S)) for to_node, way_s in zip(self._nodes, times, strict=True)
            }
        return self._rows[key]
