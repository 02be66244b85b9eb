"""A small district without an evacuation: its problem of aid, its roads, and the verifier."""

from __future__ import annotations

import json
from typing import Any

from safepassage.domain.aid.distribution import AidPlan, AidProblem
from safepassage.domain.plan import Schedule
from safepassage.domain.situation import Situation
from safepassage.engines.distribution import distribute
from safepassage.engines.evacuate.trucks import TruckRoads
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import aid_json, inputs_json
from safepassage.planning import problem_of
from safepassage.provisioning import aid_problem
from safepassage.testing.aid_district import aid_district
from safepassage_verify.aid import check_aid
from safepassage_verify.planfile import movements_of
from safepassage_verify.snapshot import read_snapshot
from safepassage_verify.verdict import Findings


class District:
    """A district of some days with one lorry and one van at its depots, and what a verifier says of plans."""

    def __init__(self, days: int, persons: int = 4_000) -> None:
        case, network = aid_district(6, 2, days, persons=persons, arcs=400)
        self.problem = problem_of(network, Situation(case=case))
        nobody = Schedule(routes=(), cars=(), vehicles=(), link_rides=(), unserved=(), reserves=())
        self.roads = TruckRoads(self.problem, nobody, case.settings.exposure_weight)
        self.aid = aid_problem(case, self.problem, nobody)

    def planned(self, aid: AidProblem) -> tuple[AidPlan, Any]:
        """Return the plan of a problem on the roads of the district, as value and as document."""
        plan = distribute(aid, self.roads, windows=self.problem.rules.movement_windows)
        return plan, self.document(plan)

    def document(self, plan: AidPlan) -> Any:
        """Return a plan as parsed JSON."""
        tree = aid_json.document(plan, inputs_sha256="i", plan_sha256="p")
        return json.loads(canonical_json.encode(tree))

    def codes(self, document: Any) -> set[str]:
        """Return the codes of what a verifier finds wrong."""
        findings = Findings()
        inputs = canonical_json.decode(canonical_json.encode(inputs_json.document(self.problem)))
        snapshot = read_snapshot(inputs, findings)
        assert snapshot is not None
        empty = movements_of({"routes": [], "cars": [], "vehicles": [], "link_rides": []})
        check_aid(document, empty, snapshot, ("i", "p"), findings)
        return {row.code for row in findings.verdict(recomputed={}, hashes={}).violations}
