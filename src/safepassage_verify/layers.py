"""Hazard by layer: what the events of the inputs say, and the exposure that a plan states for each layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from safepassage_verify.network import hazard_steps
from safepassage_verify.people import follow_people
from safepassage_verify.planfile import Plan
from safepassage_verify.shape import COUNT, PPM, SECONDS, one_of, row, rows, shown, table, text, whole
from safepassage_verify.snapshot import Snapshot
from safepassage_verify.trips import Trips, travel
from safepassage_verify.verdict import Findings

LAYERS = ("low", "central", "high")
_PROBABILITY, _SECOND = whole(0, PPM), whole(0, SECONDS)
EVENTS = rows(
    row(text, *(_PROBABILITY,) * 3, _SECOND, _SECOND, table((0, COUNT), (1, PPM))),
)
_LAYER = one_of(*LAYERS)
ZONES = rows(row(text, rows(text)))

Pieces = dict[int, list[list[int]]]


def read_layers(
    inputs: Mapping[str, Any], snapshot: Snapshot, findings: Findings
) -> Mapping[str, Pieces] | None:
    """Return the hazard by layer and arc; None where no events are stated, or they are not understood."""
    network = inputs["network"]
    if "hazard_events" not in network:
        return None
    before, events = findings.total, network["hazard_events"]
    where = "inputs.network.hazard_events"
    if not EVENTS(events, where, findings) or not _LAYER(
        network.get("hazard_layer"), "inputs.network.hazard_layer", findings
    ):
        return None
    for i, (_, low, central, high, from_s, until_s, shares) in enumerate(events):
        arcs = [arc for arc, _ in shares]
        findings.require(
            "REFERENCE", f"{where}[{i}]", holds=max(arcs, default=-1) < len(snapshot.roads),
            message="an arc does not exist",
        )  # fmt: skip
        holds = low <= central <= high and from_s < until_s <= snapshot.horizon_s
        holds &= len(set(arcs)) == len(arcs)
        message = "figures must grow from low to high, time and arcs be stated once and within the grid"
        findings.require("INPUTS", f"{where}[{i}]", holds=holds, message=message)
    _zones_known(network, findings)
    if findings.total > before:
        return None
    layers = {name: _folded(events, 1 + k) for k, name in enumerate(LAYERS)}
    stated = {arc: _joined(pieces) for arc, pieces in network["hazard"] if pieces}
    message = "is not what the events amount to in the layer that is planned with"
    findings.require(
        "INPUTS", "inputs.network.hazard", holds=stated == layers[network["hazard_layer"]], message=message
    )
    return layers


def _zones_known(network: Mapping[str, Any], findings: Findings) -> None:
    """Report zones whose versions are no events of the inputs, or one event in two zones."""
    zones, where = network.get("zone_versions", []), "inputs.network.zone_versions"
    if not ZONES(zones, where, findings):
        return
    names = [name for _, versions in zones for name in versions]
    known = {event[0] for event in network["hazard_events"]}
    findings.require(
        "REFERENCE", where, holds=known.issuperset(names) and len(set(names)) == len(names),
        message="names an event that is not stated, or an event twice",
    )  # fmt: skip


def _folded(events: Sequence[Any], column: int) -> Pieces:
    """Return the pieces of every arc: where events overlap, the highest share of a probability counts."""
    claims: dict[int, list[tuple[int, int, int]]] = {}
    for event in events:
        for arc, share in event[6]:
            ppm = -(-event[column] * share // PPM)
            if ppm:
                claims.setdefault(arc, []).append((event[4], event[5], ppm))
    found: Pieces = {}
    for arc, rows_ in claims.items():
        cuts = sorted({t for claim in rows_ for t in claim[:2]})
        pieces = []
        for k in range(len(cuts) - 1):
            worst = max((c[2] for c in rows_ if c[0] <= cuts[k] and cuts[k + 1] <= c[1]), default=0)
            if worst:
                pieces.append([cuts[k], cuts[k + 1], worst])
        found[arc] = _joined(pieces)
    return found


def _joined(pieces: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return pieces with equal neighbours made one."""
    out: list[list[int]] = []
    for from_s, until_s, ppm in pieces:
        if out and out[-1][1] == from_s and out[-1][2] == ppm:
            out[-1][1] = until_s
        else:
            out.append([from_s, until_s, ppm])
    return out


def check_layers(
    plan: Plan, trips: Trips, snapshot: Snapshot, layers: Mapping[str, Pieces] | None, findings: Findings
) -> None:
    """Note directions whose stated exposure by layer is not the recomputed one."""
    stated = plan.raw["directions"]
    if layers is None:
        for i, line in enumerate(stated):
            message = "states exposure by layer, the inputs state no events"
            where = f"plan.directions[{i}].exposure_layers"
            findings.require("TOTALS", where, holds="exposure_layers" not in line, message=message)
        return
    own: list[list[int]] = [[] for _ in snapshot.directions]
    for name in LAYERS:
        hazard = hazard_steps(list(layers[name].items()), len(snapshot.roads), snapshot.horizon_s)
        under = replace(snapshot, roads=replace(snapshot.roads, hazard=hazard))
        # What is wrong with the movements was noted before; only sums are of interest here.
        happens = travel(plan, trips, under.roads, Findings())
        if happens is None:
            return
        exposure = follow_people(plan, happens, under, Findings()).exposure
        for i, (key, _) in enumerate(snapshot.directions):
            own[i].append(exposure.get(key, 0))
    for i, (line, sums) in enumerate(zip(stated, own, strict=False)):
        value = line.get("exposure_layers")
        message = f"states {shown(value)}, is {sums}"
        holds = type(value) in (list, tuple) and list(value) == sums
        findings.require("TOTALS", f"plan.directions[{i}].exposure_layers", holds=holds, message=message)
