"""Plans in the optimistic, central and precautionary layer of hazard, and whether the corridors hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from safepassage.casework.differences import difference_lines
from safepassage.domain.case import Case
from safepassage.domain.claims.withdrawal import Difference
from safepassage.domain.network import RoadNetwork
from safepassage.domain.situation import Situation
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.plan import inputs_json
from safepassage.planning import Planned, StoppingRule, answered
from safepassage.withdrawal import difference

LAYERS = {"low": "optimistic", "central": "central", "high": "precautionary"}
MOST_ELSEWHERE = 0.1
"""Corridors hold where no road gains or loses more than this share of all who travel (practice)."""


def layers_document(
    network: RoadNetwork, case: Case, planned: Planned, *, stop: StoppingRule, seed: int
) -> dict[str, Any]:
    """Return what the plan would be in each layer of hazard, and whether its corridors hold in all three."""
    base = planned.problem, planned.plan.schedule
    names, clock = dict(planned.problem.directions), LocalClock.of(inputs_json.document(planned.problem))
    rows = []
    for layer, name in LAYERS.items():
        lines, holds, share = ["the plan itself"], True, 0.0
        if layer != case.settings.hazard_layer:
            other = replace(case, settings=replace(case.settings, hazard_layer=layer))
            found = difference(base, answered(network, Situation(case=other), stop=stop, seed=seed))
            share = elsewhere(found)
            holds, lines = share <= MOST_ELSEWHERE, difference_lines(found, names, clock)
        rows.append({"layer": name, "holds": holds, "elsewhere_share": round(share, 4), "lines": lines})
    robust = all(row["holds"] for row in rows)
    return {"robust": robust, "statement": _statement(rows), "rows": rows}


def elsewhere(found: Difference) -> float:
    """Return the largest share of all who are served that one road gains or loses; 1 where nobody is."""
    served = max(sum(row.served[k] for row in found.directions) for k in (0, 1))
    moved = max((abs(road.persons[0] - road.persons[1]) for road in found.roads), default=0)
    return moved / served if served else float(bool(moved))


def _statement(rows: list[dict[str, Any]]) -> str:
    other = [row["layer"] for row in rows if not row["holds"]]
    most = f"{MOST_ELSEWHERE:.0%}".replace("%", " %")
    if other:
        return (
            f"Not robust: planned in the {' and the '.join(other)} layer, a road carries more than {most} "
            "of all who travel more or less than in this plan."
        )
    return (
        "Robust: the corridors hold in the optimistic, central and precautionary layer; planned in each, no "
        f"road carries more than {most} of all who travel more or less."
    )


def layers_lines(document: Mapping[str, Any]) -> list[str]:
    """Return what a terminal says of the layers, nothing where nobody asked."""
    if not document:
        return []
    rows = [f"  {row['layer']}: {'; '.join(row['lines'])}" for row in document["rows"]]
    return [document["statement"], *rows]
