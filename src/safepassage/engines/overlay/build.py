"""Baseline + case → the timed network and the planning problem on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import Case, RoadSelector
from safepassage.domain.network import NO_LIMIT, Mode, RoadNetwork, unnamed
from safepassage.domain.plan import Modification
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.problem import Problem
from safepassage.domain.timed_network import Piece, TimedArcs, TimedNetwork, hazard_of
from safepassage.engines.overlay.additions import (
    ALL_DIRECTIONS,
    OPEN_LINK_MVEH_H,
    Additions,
    additions,
    moved_ends,
)
from safepassage.engines.overlay.changes import Changes, collect
from safepassage.engines.overlay.effects import pieces
from safepassage.engines.overlay.people import planning_problem
from safepassage.engines.overlay.placing import Placing, place_on_network
from safepassage.engines.overlay.selectors import RoadFinder
from safepassage.engines.overlay.trucks import heavy_trucks

PERMILLE = 1_000
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaid:
    """The planning problem, the modifications behind it in order, and what could not be placed or found."""

    problem: PlanningProblem
    modifications: tuple[Modification, ...]
    problems: tuple[Problem, ...]
    baseline_arcs: int


def overlay(network: RoadNetwork, case: Case) -> Overlaid:
    """Apply a case to a baseline network.

    Returns
    -------
    Overlaid
        The network with gates, transit links, statuses, closures, windows and hazards over time, places and
        people on it; the baseline itself is not touched.
    """
    placing = place_on_network(network, case)
    added = additions(network, case, placing)
    changes = collect(network, case, added.gate_at, placing.node, added.transit_at)
    timed = _timed(network, case, placing, added, changes)
    problem = planning_problem(case, timed, placing, added.out_node)
    return Overlaid(
        problem=problem,
        modifications=changes.modifications,
        problems=(*placing.problems, *changes.problems, *heavy_trucks(network, case, placing.node)),
        baseline_arcs=len(network.arcs),
    )


def roads_named(network: RoadNetwork, case: Case, selector: RoadSelector) -> tuple[int, ...]:
    """Return the arcs that a selector points at; of a crossing also the stretches of road that meet there."""
    placing = place_on_network(network, case)
    added = additions(network, case, placing)
    finder = RoadFinder(
        network=network, areas={a.id: a for a in case.areas}, gate_arcs=added.gate_at,
        place_nodes=placing.node,
    )  # fmt: skip
    found = set(finder.find(selector))
    if selector.value in added.gate_at:
        node = placing.node[selector.value]
        found |= set(np.flatnonzero((network.arcs.tail == node) | (network.arcs.head == node)).tolist())
    return tuple(sorted(found))


def _timed(
    network: RoadNetwork, case: Case, placing: Placing, added: Additions, changes: Changes
) -> TimedNetwork:
    columns = _columns(network, added, case.settings.road_capacity_permille)
    bits = {direction.id: 1 << i for i, direction in enumerate(case.directions)}
    columns["directions"] &= sum(bits.values())
    for arc, directions in changes.permitted.items():
        columns["directions"][arc] &= sum(bits[d] for d in directions)
    for arc, weight_kg in changes.max_weight_kg.items():
        stated = int(columns["max_weight_kg"][arc])
        columns["max_weight_kg"][arc] = weight_kg if stated == NO_LIMIT else min(stated, weight_kg)
    profiles = _profiles(columns, case.settings.horizon_s, changes)
    ids, lon, lat = _node_columns(network, placing, added)
    label = np.asarray([*_labels(network), *added.label])
    return TimedNetwork(
        node_id=np.asarray(ids), lon_e7=np.asarray(lon), lat_e7=np.asarray(lat),
        arcs=TimedArcs(label=label, **columns), profiles=profiles,
        hazard=hazard_of(changes.events, case.settings.hazard_layer, case.settings.horizon_s),
        timetables=changes.timetables, waiting=_waiting(case, placing), horizon_s=case.settings.horizon_s,
        attribution="; ".join(dict.fromkeys(a for a in (network.source.attribution, case.attribution) if a)),
        source_sha256=network.source.sha256, schematic=network.source.schematic,
        events=changes.events, layer=case.settings.hazard_layer,
    )  # fmt: skip


def _columns(network: RoadNetwork, added: Additions, capacity_permille: int) -> Columns:
    """Return the columns of all arcs, those of the baseline first and in place, at a share of capacity."""
    base = network.arcs
    kept = -(-base.capacity_mveh_h.astype(np.int64) * capacity_permille // PERMILLE)
    n_base, n_added = len(base), len(added.tail)
    tail, head = moved_ends(network, added)
    columns = {
        "tail": (tail, added.tail),
        "head": (head, added.head),
        "length_m": (base.length_m, added.length_m),
        "travel_s": (base.travel_s, added.travel_s),
        # A baseline states no vehicles for trains, boats and paths; in the timed network 0 would close them.
        "capacity_mveh_h": (
            np.where((base.modes & int(Mode.road())) == 0, OPEN_LINK_MVEH_H, kept),
            added.capacity_mveh_h,
        ),
        "persons_h": (base.person_capacity_h, added.persons_h),
        "modes": (base.modes, added.modes),
        "directions": (np.full(n_base, ALL_DIRECTIONS), added.directions),
        "empty_ok": (np.ones(n_base, bool), added.empty_ok),
        "max_weight_kg": (base.max_weight_kg, np.full(n_added, NO_LIMIT)),
        "gate": (np.zeros(n_base, bool), added.gate),
    }
    return {
        name: np.concatenate([np.asarray(a, dtype=np.int64), np.asarray(b, dtype=np.int64)])
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


def _node_columns(
    network: RoadNetwork, placing: Placing, added: Additions
) -> tuple[list[str], list[int], list[int]]:
    nodes = network.nodes
    ids, lon, lat = nodes.id.tolist(), nodes.lon_e7.tolist(), nodes.lat_e7.tolist()
    for place in placing.extra:
        ids.append(f"place/{place.id}")
        lon.append(place.lon_e7 or 0)
        lat.append(place.lat_e7 or 0)
    ids.extend(added.node_id)
    lon.extend([lon[node] for node in added.node_at])
    lat.extend([lat[node] for node in added.node_at])
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
        found.append(known[key] or unnamed(link))
    return found


def _waiting(case: Case, placing: Placing) -> dict[int, int]:
    return {
        placing.node[p.id]: p.storage_vehicles * 1_000
        for p in case.places
        if p.storage_vehicles is not None and placing.node[p.id] >= 0
    }
