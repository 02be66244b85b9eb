"""Arcs and nodes that a case adds to the baseline: gates of crossings, and trains, boats and paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from safepassage.domain.case import Case, Place
from safepassage.domain.network import NO_LIMIT, Mode, RoadNetwork
from safepassage.engines.overlay.placing import GATE_KINDS, Placing

ALL_DIRECTIONS = (1 << 62) - 1
GATE_TRAVEL_S = 60
"""Time to roll through a crossing or checkpoint at its stated throughput (practice; queues form before)."""
GATE_CAPACITY_MVEH_H = 3_600_000
"""One vehicle a second: a gate without a stated figure does not bind, and is reported as not assessed."""
WALK_M_PER_S = 1.1
"""4 km/h on foot with luggage and children (practice)."""
STEP_S = 1
"""Between the end of a road and the desk of a crossing on foot; the walk itself is the gate's."""
OPEN_LINK_MVEH_H = 1_000
"""Link arcs carry no vehicles; any capacity above 0 says "open"."""
TRANSIT_MODES = {"train": Mode.TRAIN, "boat": Mode.BOAT, "foot": Mode.FOOT}


@dataclass(slots=True, kw_only=True)
class Additions:
    """Arcs after those of the baseline, nodes after its nodes, and what was joined to what.

    `out_node` is where one comes out behind all gates of a node. `side_node` is where a road ends at a
    crossing on foot, by (node, neighbour). `gate_at` and `transit_at` are arcs by place and link. `node_id`
    and `node_at` name each new node and the baseline node it stands at. The other columns are of arcs.
    """

    first_arc: int
    first_node: int
    out_node: dict[int, int] = field(default_factory=dict)
    side_node: dict[tuple[int, int], int] = field(default_factory=dict)
    gate_at: dict[str, int] = field(default_factory=dict)
    transit_at: dict[str, int] = field(default_factory=dict)
    node_id: list[str] = field(default_factory=list)
    node_at: list[int] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    length_m: list[int] = field(default_factory=list)
    travel_s: list[int] = field(default_factory=list)
    capacity_mveh_h: list[int] = field(default_factory=list)
    persons_h: list[int] = field(default_factory=list)
    modes: list[int] = field(default_factory=list)
    directions: list[int] = field(default_factory=list)
    empty_ok: list[bool] = field(default_factory=list)
    gate: list[bool] = field(default_factory=list)
    label: list[str] = field(default_factory=list)

    def new_node(self, at: int, name: str) -> int:
        """Add a node that stands where a baseline node stands."""
        self.node_at.append(at)
        self.node_id.append(name)
        return self.first_node + len(self.node_at) - 1

    def new_arc(
        self, ends: tuple[int, int], modes: Mode, travel_s: int, *, label: str, length_m: int = 0,
        capacity_mveh_h: int = OPEN_LINK_MVEH_H, persons_h: int | None = None,
    ) -> int:  # fmt: skip
        """Add an arc that is open to all directions; return its position."""
        self.tail.append(ends[0])
        self.head.append(ends[1])
        self.length_m.append(length_m)
        self.travel_s.append(max(1, travel_s))
        self.capacity_mveh_h.append(capacity_mveh_h)
        self.persons_h.append(NO_LIMIT if persons_h is None else persons_h)
        self.modes.append(int(modes))
        self.directions.append(ALL_DIRECTIONS)
        self.empty_ok.append(True)
        self.gate.append(False)
        self.label.append(label)
        return self.first_arc + len(self.tail) - 1


def additions(network: RoadNetwork, case: Case, placing: Placing) -> Additions:
    """Return the gates, then the trains, boats and paths, of everything that lies on the network."""
    added = Additions(first_arc=len(network.arcs), first_node=len(network.nodes) + len(placing.extra))
    bits = {direction.id: 1 << i for i, direction in enumerate(case.directions)}
    on_foot: dict[int, str] = {}
    for place in case.places:
        node = placing.node[place.id]
        if place.kind in GATE_KINDS and node >= 0:
            _gate(added, network, place, node, bits)
            if place.foot_m > 0:
                on_foot.setdefault(node, place.name)
    for node, name in on_foot.items():
        _sides(added, network, node, name)
    _transit(added, case, placing)
    return added


def _gate(added: Additions, network: RoadNetwork, place: Place, node: int, bits: Mapping[str, int]) -> None:
    """Split a node: who passes there passes this gate. Gates at one node stand one behind the other."""
    earlier = added.node_at.count(node)
    out = added.new_node(node, f"{network.nodes.id[node]}/out{earlier + 1 if earlier else ''}")
    ends = added.out_node.get(node, node), out
    added.out_node[node] = out
    walks = place.foot_m > 0
    cars_h = GATE_CAPACITY_MVEH_H if place.vehicles_h is None else place.vehicles_h * 1_000
    added.gate_at[place.id] = added.new_arc(
        ends, Mode.FOOT if walks else Mode.road(),
        round(place.foot_m / WALK_M_PER_S) if walks else GATE_TRAVEL_S,
        length_m=max(1, place.foot_m), capacity_mveh_h=OPEN_LINK_MVEH_H if walks else cars_h,
        persons_h=place.persons_h, label=place.name,
    )  # fmt: skip
    if place.directions:
        added.directions[-1] = sum(bits[d] for d in place.directions if d in bits)
    added.empty_ok[-1], added.gate[-1] = place.empty_return, True


def _sides(added: Additions, network: RoadNetwork, node: int, name: str) -> None:
    """Give every road at a crossing on foot an end of its own, where vehicles turn round and do not cross.

    From there people walk to the gate, and from the gate to any of these ends. Cars of people who arrive or
    start at the crossing itself end there or drive off; buses that stand there drive off empty.
    """
    arcs, out = network.arcs, added.out_node[node]
    neighbours = {int(n) for n in (*arcs.head[arcs.tail == node], *arcs.tail[arcs.head == node])}
    for number, neighbour in enumerate(sorted(neighbours - {node}), start=1):
        side = added.new_node(node, f"{network.nodes.id[node]}/side{number}")
        added.side_node[node, neighbour] = side
        for ends in ((side, node), (out, side)):
            added.new_arc(ends, Mode.FOOT, STEP_S, label=name)
            added.new_arc(ends, Mode.CAR, STEP_S, label=name, capacity_mveh_h=GATE_CAPACITY_MVEH_H)
        added.new_arc((out, side), Mode.BUS, STEP_S, label=name, capacity_mveh_h=GATE_CAPACITY_MVEH_H)
        added.directions[-1] = 0


def _transit(added: Additions, case: Case, placing: Placing) -> None:
    """Join the ends of trains, boats and paths; who leaves from the node of a gate has passed it."""
    names = {place.id: place.name for place in case.places}
    for link in case.transit_links:
        tail, head = placing.node.get(link.from_place, -1), placing.node.get(link.to_place, -1)
        if min(tail, head) >= 0:
            added.transit_at[link.id] = added.new_arc(
                (added.out_node.get(tail, tail), head), TRANSIT_MODES[link.mode], link.travel_s,
                length_m=link.length_m, persons_h=link.persons_h,
                label=f"{link.mode} {names[link.from_place]} → {names[link.to_place]}",
            )  # fmt: skip


def moved_ends(network: RoadNetwork, added: Additions) -> tuple[list[int], list[int]]:
    """Return tails and heads of the baseline's arcs: they leave a split node behind its gates.

    At a crossing on foot they end and begin at the end of their own road.
    """
    tail, head = network.arcs.tail.astype(np.int64), network.arcs.head.astype(np.int64)
    base_tail, base_head = network.arcs.tail, network.arcs.head
    for node, out in added.out_node.items():
        tail[base_tail == node] = out
    for (node, neighbour), side in added.side_node.items():
        tail[(base_tail == node) & (base_head == neighbour)] = side
        head[(base_head == node) & (base_tail == neighbour)] = side
    return tail.tolist(), head.tolist()
