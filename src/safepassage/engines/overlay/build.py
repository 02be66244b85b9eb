"""Baseline + case → the timed network and the planning problem on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import Case, Place
from safepassage.domain.network import NO_LIMIT, Mode, RoadNetwork
from safepassage.domain.plan import Modification
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.problem import Problem
from safepassage.domain.timed_network import HazardPiece, Piece, TimedArcs, TimedNetwork
from safepassage.engines.overlay.changes import Changes, collect
from safepassage.engines.overlay.effects import hazard_pieces, pieces
from safepassage.engines.overlay.people import planning_problem
from safepassage.engines.overlay.placing import GATE_KINDS, Placing, place_on_network

ALL_DIRECTIONS = (1 << 62) - 1
GATE_TRAVEL_S = 60
"""Time to roll through a crossing or checkpoint at its stated throughput (practice; queues form before)."""
GATE_CAPACITY_MVEH_H = 3_600_000
"""One vehicle a second: a gate without a stated figure does not bind, and is reported as not assessed."""
WALK_M_PER_S = 1.1
"""4 km/h on foot with luggage and children (practice)."""
OPEN_LINK_MVEH_H = 1_000
"""Link arcs carry no vehicles; any capacity above 0 says "open"."""
Columns = dict[str, NDArray[Any]]
TRANSIT_MODES = {"train": Mode.TRAIN, "boat": Mode.BOAT, "foot": Mode.FOOT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid:
    """The planning problem, the modifications behind it in order, and what could not be placed or found."""

    problem: PlanningProblem
    modifications: tuple[Modification, ...]
    problems: tuple[Problem, ...]
    baseline_arcs: int


@dataclass(slots=True, kw_only=True)
class _Rows:
    """Arcs appended to the baseline: gates, then transit links."""

    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    length_m: list[int] = field(default_factory=list)
    travel_s: list[int] = field(default_factory=list)
    capacity: list[int] = field(default_factory=list)
    persons_h: list[int] = field(default_factory=list)
    modes: list[int] = field(default_factory=list)
    directions: list[int] = field(default_factory=list)
    empty_ok: list[bool] = field(default_factory=list)
    gate: list[bool] = field(default_factory=list)
    label: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Split:
    """Nodes split by gates: `out_node` is where one comes out behind all gates of a node.

    New nodes are numbered from `first`; `before` names the baseline node of each.
    """

    first: int
    out_node: dict[int, int] = field(default_factory=dict)
    before: list[int] = field(default_factory=list)

    def add(self, node: int) -> tuple[int, int]:
        """Return (tail, head) of one more gate at a node: behind the gates that stand there already."""
        ends = self.out_node.get(node, node), self.first + len(self.before)
        self.out_node[node] = ends[1]
        self.before.append(node)
        return ends


def overlay(network: RoadNetwork, case: Case) -> Overlaid:
    """Apply a case to a baseline network.

    Returns
    -------
    Overlaid
        The network with gates, transit links, statuses, closures, windows and hazards over time, places and
        people on it; the baseline itself is not touched.
    """
    placing = place_on_network(network, case)
    split = _Split(first=len(network.nodes) + len(placing.extra))
    rows = _Rows()
    bits = {direction.id: 1 << i for i, direction in enumerate(case.directions)}
    gate_at = _add_gates(rows, len(network.arcs), case, placing, split, bits)
    transit_at = _add_transit(rows, len(network.arcs), case, placing, split)
    changes = collect(network, case, gate_at, placing.node, transit_at)
    timed = _timed(network, case, placing, rows, split, changes)
    problem = planning_problem(case, timed, placing, split.out_node)
    return Overlaid(
        problem=problem,
        modifications=changes.modifications,
        problems=(*placing.problems, *changes.problems),
        baseline_arcs=len(network.arcs),
    )


def _add_gates(
    rows: _Rows, n_arcs: int, case: Case, placing: Placing, split: _Split, bits: dict[str, int]
) -> dict[str, int]:
    """Append a gate arc for every crossing and checkpoint on the network; return their positions.

    Several at one node stand one behind the other: whoever passes there passes all of them.
    """
    gate_at: dict[str, int] = {}
    for place in case.places:
        if place.kind in GATE_KINDS and placing.node[place.id] >= 0:
            gate_at[place.id] = n_arcs + len(rows.tail)
            _add_gate(rows, place, split.add(placing.node[place.id]), bits)
    return gate_at


def _add_transit(rows: _Rows, n_arcs: int, case: Case, placing: Placing, split: _Split) -> dict[str, int]:
    """Append an arc for every train, boat and path whose ends are on the network; return their positions.

    Who leaves from the node of a gate has passed it, as on the roads.
    """
    transit_at: dict[str, int] = {}
    for link in case.transit_links:
        tail, head = placing.node.get(link.from_place, -1), placing.node.get(link.to_place, -1)
        if min(tail, head) < 0:
            continue
        transit_at[link.id] = n_arcs + len(rows.tail)
        _add(
            rows, (split.out_node.get(tail, tail), head), link.length_m, link.travel_s, OPEN_LINK_MVEH_H,
            persons_h=NO_LIMIT if link.persons_h is None else link.persons_h,
            modes=TRANSIT_MODES[link.mode], label=f"{link.mode} {link.id}",
        )  # fmt: skip
    return transit_at


def _add_gate(rows: _Rows, place: Place, ends: tuple[int, int], bits: dict[str, int]) -> None:
    on_foot = place.foot_m > 0
    travel_s = round(place.foot_m / WALK_M_PER_S) if on_foot else GATE_TRAVEL_S
    capacity = GATE_CAPACITY_MVEH_H if place.vehicles_h is None else place.vehicles_h * 1_000
    mask = sum(bits[d] for d in place.directions if d in bits) if place.directions else ALL_DIRECTIONS
    _add(
        rows, ends, max(1, place.foot_m), travel_s, OPEN_LINK_MVEH_H if on_foot else capacity,
        persons_h=NO_LIMIT if place.persons_h is None else place.persons_h,
        modes=Mode.FOOT if on_foot else Mode.road(), label=place.name,
    )  # fmt: skip
    rows.directions[-1], rows.empty_ok[-1], rows.gate[-1] = mask, place.empty_return, True


def _add(
    rows: _Rows, ends: tuple[int, int], length_m: int, travel_s: int, capacity: int,
    *, persons_h: int, modes: int, label: str,
) -> None:  # fmt: skip
    rows.tail.append(ends[0])
    rows.head.append(ends[1])
    rows.length_m.append(length_m)
    rows.travel_s.append(max(1, travel_s))
    rows.capacity.append(capacity)
    rows.persons_h.append(persons_h)
    rows.modes.append(int(modes))
    rows.directions.append(ALL_DIRECTIONS)
    rows.empty_ok.append(True)
    rows.gate.append(False)
    rows.label.append(label)


def _timed(
    network: RoadNetwork, case: Case, placing: Placing, rows: _Rows, split: _Split, changes: Changes
) -> TimedNetwork:
    columns = _columns(network, rows, split)
    bits = {direction.id: 1 << i for i, direction in enumerate(case.directions)}
    columns["directions"] &= sum(bits.values())
    for arc, directions in changes.permitted.items():
        columns["directions"][arc] &= sum(bits[d] for d in directions)
    for arc, weight_kg in changes.max_weight_kg.items():
        stated = int(columns["max_weight_kg"][arc])
        columns["max_weight_kg"][arc] = weight_kg if stated == NO_LIMIT else min(stated, weight_kg)
    profiles = _profiles(columns, case.settings.horizon_s, changes)
    ids, lon, lat = _node_columns(network, placing, split)
    label = np.asarray([*_labels(network), *rows.label])
    return TimedNetwork(
        node_id=np.asarray(ids), lon_e7=np.asarray(lon), lat_e7=np.asarray(lat),
        arcs=TimedArcs(label=label, **columns), profiles=profiles, hazard=_hazard(case, changes),
        timetables=changes.timetables, waiting=_waiting(case, placing), horizon_s=case.settings.horizon_s,
        attribution="; ".join(dict.fromkeys(a for a in (network.source.attribution, case.attribution) if a)),
        source_sha256=network.source.sha256, schematic=network.source.schematic,
    )  # fmt: skip


def _columns(network: RoadNetwork, rows: _Rows, split: _Split) -> Columns:
    """Return the columns of all arcs; roads leave a split node behind its gates."""
    base = network.arcs
    tail = base.tail.astype(np.int64)
    for node, out in split.out_node.items():
        tail[base.tail == node] = out
    columns = {
        "tail": [tail, rows.tail],
        "head": [base.head, rows.head],
        "length_m": [base.length_m, rows.length_m],
        "travel_s": [base.travel_s, rows.travel_s],
        "capacity_mveh_h": [base.capacity_mveh_h, rows.capacity],
        "persons_h": [base.person_capacity_h, rows.persons_h],
        "modes": [base.modes, rows.modes],
        "directions": [np.full(len(base), ALL_DIRECTIONS), rows.directions],
        "empty_ok": [np.ones(len(base), bool), rows.empty_ok],
        "max_weight_kg": [base.max_weight_kg, [NO_LIMIT] * len(rows.tail)],
        "gate": [np.zeros(len(base), bool), rows.gate],
    }
    return {
        name: np.concatenate([np.asarray(a), np.asarray(b, dtype=np.int64)])
        for name, (a, b) in columns.items()
    }


def _profiles(columns: Columns, horizon_s: int, changes: Changes) -> dict[int, tuple[Piece, ...]]:
    """Fold effects; an arc that is the same throughout keeps plain columns, changed in place."""
    profiles = {}
    for arc, effects in changes.effects:
        base = Piece(
            from_s=0, until_s=horizon_s, capacity_mveh_h=int(columns["capacity_mveh_h"][arc]),
            persons_h=int(columns["persons_h"][arc]), travel_s=int(columns["travel_s"][arc]),
        )  # fmt: skip
        found = pieces(base, effects, horizon_s)
        if len(found) > 1:
            profiles[arc] = found
        else:
            columns["capacity_mveh_h"][arc] = found[0].capacity_mveh_h
            columns["persons_h"][arc] = found[0].persons_h
            columns["travel_s"][arc] = found[0].travel_s
    return profiles


def _hazard(case: Case, changes: Changes) -> dict[int, tuple[HazardPiece, ...]]:
    folded = {arc: hazard_pieces(claims, case.settings.horizon_s) for arc, claims in changes.hazard.items()}
    return {arc: found for arc, found in folded.items() if found}


def _node_columns(
    network: RoadNetwork, placing: Placing, split: _Split
) -> tuple[list[str], list[int], list[int]]:
    nodes = network.nodes
    ids, lon, lat = nodes.id.tolist(), nodes.lon_e7.tolist(), nodes.lat_e7.tolist()
    for place in placing.extra:
        ids.append(f"place/{place.id}")
        lon.append(place.lon_e7 or 0)
        lat.append(place.lat_e7 or 0)
    for k, node in enumerate(split.before):
        earlier = split.before[:k].count(node)
        ids.append(f"{ids[node]}/out{earlier + 1 if earlier else ''}")
        lon.append(lon[node])
        lat.append(lat[node])
    return ids, lon, lat


def _labels(network: RoadNetwork) -> list[str]:
    """Return what people call each baseline arc; many arcs share few names, so names are joined once."""
    arcs, names = network.arcs, network.names
    known: dict[tuple[int, int], str] = {}
    found = []
    for ref, name, link in zip(arcs.ref.tolist(), arcs.name.tolist(), arcs.link.tolist(), strict=True):
        key = (ref, name)
        if key not in known:
            known[key] = " ".join(part for part in (names[ref], names[name]) if part)
        found.append(known[key] or link)
    return found


def _waiting(case: Case, placing: Placing) -> dict[int, int]:
    return {
        placing.node[p.id]: p.storage_vehicles * 1_000
        for p in case.places
        if p.storage_vehicles is not None and placing.node[p.id] >= 0
    }
