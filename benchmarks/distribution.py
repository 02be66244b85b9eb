"""Distribution of aid in a district of any size, against its own bounds.

    python benchmarks/distribution.py [--settlements N] [--trucks N] [--days N] [--persons N] [--seed N]

Plans aid for settlements on a grid of roads and prints how far the plan is from the bounds on worth and on
the least served share, verified, and how much more is driven than bringing each stop its load takes at least.
Programs and searches go beside each other in two processes, as in `plan`; processor seconds are of both.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any

from safepassage.casework.solver_room import SolverRoom
from safepassage.domain.plan import Schedule
from safepassage.domain.situation import Situation
from safepassage.engines.distribution.driving import FINE, Driving, driving
from safepassage.engines.evacuate.trucks import TruckRoads
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import aid_json, inputs_json
from safepassage.planning import problem_of
from safepassage.provisioning import provide
from safepassage.testing.aid_district import aid_district
from safepassage_verify.aid import check_aid
from safepassage_verify.planfile import movements_of
from safepassage_verify.snapshot import read_snapshot
from safepassage_verify.verdict import Findings

SIZES = (15, 27, 40, 60)
"""Gaps of driving are printed for so many stops of a type of truck and day at most."""


def district(options: argparse.Namespace) -> dict[str, Any]:
    """Plan and verify a district without an evacuation."""
    case, network = aid_district(
        options.settlements, options.trucks, options.days, persons=options.persons, seed=options.seed
    )
    problem = problem_of(network, Situation(case=case))
    nobody = Schedule(routes=(), cars=(), vehicles=(), link_rides=(), unserved=(), reserves=())
    wall, cpu = time.monotonic(), _cpu_s()
    with SolverRoom() as room:
        aid = provide(case, problem, nobody, beside=room.beside)
    wall, cpu = time.monotonic() - wall, _cpu_s() - cpu
    assert aid is not None
    document = canonical_json.decode(canonical_json.encode(
        aid_json.document(aid, inputs_sha256="i", plan_sha256="p")
    ))  # fmt: skip
    findings = Findings()
    snapshot = read_snapshot(
        canonical_json.decode(canonical_json.encode(inputs_json.document(problem))), findings
    )
    assert snapshot is not None
    empty = movements_of({"routes": [], "cars": [], "vehicles": [], "link_rides": []})
    check_aid(document, empty, snapshot, ("i", "p"), findings)
    roads = TruckRoads(problem, nobody, case.settings.exposure_weight)
    by_crew = driving(aid, roads, FINE, problem.rules.movement_windows)
    totals, whole = aid.totals, max(1, aid.totals.needed_nano)
    unmet = 1 - totals.worth_nano / whole
    return {
        "settlements": options.settlements, "trucks": options.trucks, "days": options.days,
        "needs": len(aid.problem.needs), "deliveries": len(aid.deliveries),
        "met": round(totals.worth_nano / whole, 4), "met_at_most": round(totals.worth_bound_nano / whole, 4),
        "unmet": round(unmet, 4), "least_share": totals.least_share_ppm / 1e6,
        "least_share_at_most": totals.least_share_bound_ppm / 1e6, "km": totals.driven_m // 1_000,
        "driven_more_than_at_least_percent": round(
            100 * (sum(row.driven_s for row in by_crew) / sum(row.at_least_s for row in by_crew) - 1), 1
        ),
        "driven_more_as_printed_percent": round(100 * (totals.driven_s / totals.driven_at_least_s - 1), 1),
        "most_stops_of_a_type_and_day": max(row.stops for row in by_crew),
        "driven_more_percent_by_stops": _by_stops(by_crew),
        "verified": findings.total == 0, "cpu_s": round(cpu, 1), "wall_s": round(wall, 1),
    }  # fmt: skip


def _by_stops(by_crew: tuple[Driving, ...]) -> dict[str, float]:
    """Return the gap of driving by how many stops the trucks of a type have on a day."""
    found: dict[str, list[int]] = {}
    for row in by_crew:
        size = next((f"up to {most}" for most in SIZES if row.stops <= most), f"above {SIZES[-1]}")
        both = found.setdefault(size, [0, 0])
        both[0] += row.driven_s
        both[1] += row.at_least_s
    return {size: round(100 * (a / b - 1), 1) for size, (a, b) in sorted(found.items()) if b}


def _cpu_s() -> float:
    """Return the processor seconds of this process and of those that ended beside it."""
    return sum(os.times()[:4])


def main() -> int:
    """Run the benchmark and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name, default in (
        ("settlements", 200),
        ("trucks", 30),
        ("days", 7),
        ("persons", 60_000),
        ("seed", 0),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    print(json.dumps(district(parser.parse_args()), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
