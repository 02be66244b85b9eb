"""Bus problems, plans and proofs as JSON documents, as the independent checker reads them."""

from __future__ import annotations

from typing import Any

from safepassage.domain.bus_plan import BusPlan, BusProof
from safepassage.domain.bus_problem import BusProblem

Document = dict[str, Any]


def problem_document(problem: BusProblem) -> Document:
    """Return a problem as a document of lists, whole numbers and true or false."""
    dwell = problem.dwell
    return {
        "fleets": [
            {"yard": f.yard, "buses": f.buses, "seats": f.seats, "available_from_s": f.available_from_s}
            for f in problem.fleets
        ],
        "persons": list(problem.persons),
        "capacity_persons": list(problem.capacity_persons),
        "yard_to_pickup_s": problem.yard_to_pickup_s.tolist(),
        "pickup_to_site_s": problem.pickup_to_site_s.tolist(),
        "site_to_pickup_s": problem.site_to_pickup_s.tolist(),
        "load_base_s": dwell.load_base_s,
        "load_per_person_s": dwell.load_per_person_s,
        "unload_base_s": dwell.unload_base_s,
        "unload_per_person_s": dwell.unload_per_person_s,
        "through": problem.through,
    }


def plan_document(plan: BusPlan) -> Document:
    """Return a plan: for each bus its fleet and its stops (kind, position, arrival, persons)."""
    return {
        "runs": [
            {
                "fleet": run.fleet,
                "stops": [[s.kind.value, s.position, s.arrival_s, s.persons] for s in run.stops],
            }
            for run in plan.runs
        ]
    }


def proof_document(proof: BusProof) -> Document:
    """Return a proof: a leaf lists prices (kind, a, b, left, units), others a case and two children."""
    nodes: list[Document] = []
    for node in proof.nodes:
        if node.counted is None:
            prices = [(p.counted, p.units) for p in node.prices]
            nodes.append({"prices": [[c.kind, c.a, c.b, c.left_s, units] for c, units in prices]})
        else:
            c = node.counted
            case = [c.kind, c.a, c.b, c.left_s]
            nodes.append({"case": case, "value": node.value, "at_most": node.at_most, "more": node.more})
    return {"horizon_s": proof.horizon_s, "nodes": nodes}
