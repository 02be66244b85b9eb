"""Which roads would have to open so that a truck gets from a depot to a place and home.

On the uncut network, with all closures and weight limits set aside, the way is sought that needs the fewest
roads opened and, among these, the least time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from safepassage.domain.network import Mode
from safepassage.domain.timed_network import TimedNetwork
from safepassage.kernels.graphs.shortest_paths import ArcGraph

BLOCKED_S = 10**7
"""A road that would have to open counts as so many seconds: more than any way takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What has to open on the best way out and back, in words by road; the arcs of both, the seconds out."""

    roads: tuple[str, ...]
    out: tuple[int, ...]
    home: tuple[int, ...]
    out_s: int


class Openings:
    """Looks for ways of trucks on the uncut network."""

    def __init__(self, network: TimedNetwork) -> None:
        arcs = network.arcs
        self._network = network
        self._road = (arcs.modes & int(Mode.BUS)) != 0
        self._graph = ArcGraph(arcs.tail, arcs.head, network.n_nodes, self._road)
        self._open = arcs.capacity_mveh_h > 0
        self._travel_s = arcs.travel_s.astype(np.float64)
        for arc, pieces in network.profiles.items():
            self._open[arc] = any(piece.capacity_mveh_h > 0 for piece in pieces)
            # A closed piece may say nothing of speed; the baseline does.
            self._travel_s[arc] = max(1, min((p.travel_s for p in pieces if p.travel_s > 0), default=1))
        self._trees: dict[tuple[int, int, frozenset[int]], Any] = {}

    def best(self, weight_kg: int, depot: int, place: int) -> Opening | None:
        """Return what would have to open between two nodes for a truck; None where no road joins them."""
        out = self._tree(weight_kg, depot).path(place)
        if out is None:
            return None
        blocked = frozenset(arc for arc in out if self._why(arc, weight_kg))
        home = self._tree(weight_kg, place, blocked).path(depot)
        if home is None:
            return None
        roads: dict[str, None] = {}
        for arc in (*out, *home):
            why = self._why(arc, weight_kg)
            if why:
                roads[f"“{self.name(arc)}” ({why})"] = None
        return Opening(roads=tuple(roads), out=out, home=home, out_s=self.seconds(out))

    def seconds(self, arcs: tuple[int, ...]) -> int:
        """Return how long arcs take on an empty road."""
        return int(self._travel_s[list(arcs)].sum()) if arcs else 0

    def _tree(self, weight_kg: int, node: int, opened: frozenset[int] = frozenset()) -> Any:
        """Return the best ways from a node; what is opened for the way out is open for the way home."""
        key = (weight_kg, node, opened)
        if key not in self._trees:
            arcs = self._network.arcs
            free = self._open & arcs.empty_ok & ((arcs.max_weight_kg < 0) | (arcs.max_weight_kg >= weight_kg))
            for arc in opened:
                free |= (arcs.tail == arcs.head[arc]) & (arcs.head == arcs.tail[arc])
                free |= (arcs.label == arcs.label[arc]) & (arcs.label[arc] != "")
            cost = self._travel_s + np.where(free, 0, BLOCKED_S)
            self._trees[key] = self._graph.tree(cost, [node])
        return self._trees[key]

    def _why(self, arc: int, weight_kg: int) -> str:
        """Return why a truck may not use an arc, "" where it may."""
        arcs = self._network.arcs
        if not self._open[arc]:
            return "closed in all hours planned"
        if not arcs.empty_ok[arc]:
            return "lets no empty vehicle back"
        limit = int(arcs.max_weight_kg[arc])
        if 0 <= limit < weight_kg:
            return f"bears {limit / 1_000:g} t, the loaded truck weighs {weight_kg / 1_000:g} t"
        return ""

    def name(self, arc: int) -> str:
        """Return what a road is called, or where it lies."""
        name = str(self._network.arcs.label[arc])
        if name:
            return name
        ends = self._network.arcs.tail[arc], self._network.arcs.head[arc]
        return "a road without a name near " + " and ".join(
            f"{self._network.lat_e7[end] / 1e7:.3f}, {self._network.lon_e7[end] / 1e7:.3f}" for end in ends
        )
