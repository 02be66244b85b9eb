"""First estimates of discs drawn at random on road networks: value, bound, gap, seconds; each verified."""

from __future__ import annotations

import argparse
import gc
import json
import math
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from safepassage.casework.reading import read_network
from safepassage.domain.network import RoadNetwork
from safepassage.domain.quick_look import QuickLook
from safepassage.estimating import Estimated, make_estimate
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json, plan_json
from safepassage_verify import verify

M_PER_DEGREE = 111_195
CORNERS = 40


def disc(network: RoadNetwork, draw: np.random.Generator, km: float) -> tuple[tuple[int, int], ...]:
    """Return a closed ring around a junction drawn at random."""
    node = int(draw.integers(len(network.nodes)))
    lon, lat = int(network.nodes.lon_e7[node]), int(network.nodes.lat_e7[node])
    reach = km * 1_000 / M_PER_DEGREE * 1e7
    shrink = math.cos(math.radians(lat / 1e7))
    turns = [2 * math.pi * k / CORNERS for k in range(CORNERS)]
    ring = [(round(lon + reach / shrink * math.cos(a)), round(lat + reach * math.sin(a))) for a in turns]
    return (*ring, ring[0])


def measure(network: RoadNetwork, look: QuickLook) -> dict[str, Any]:
    """Estimate and verify one area."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = make_estimate(network, look)
    if not isinstance(found, Estimated):
        return {"status": found[0].code}
    inputs = inputs_json.document(found.problem)
    data = canonical_json.encode(inputs)
    digest = canonical_json.sha256(data)
    plan = plan_json.plan_document(found.plan, inputs_sha256=digest)
    proof = plan_json.certificate_document(found.plan.certificate, inputs_sha256=digest)
    verdict = verify(inputs, plan, proof, inputs_bytes=data)
    row, page = found.plan.directions[0], found.sheet
    return {
        "status": "ok", "arcs": len(found.problem.network.arcs), "persons": page.persons,
        "served": page.served,
        "value_s": row.clearance_s, "lower_bound_s": row.clearance_bound_s,
        "gap": None if row.gap_ppm is None else row.gap_ppm / 1e6, "verified": verdict.verified,
        "bottleneck": page.bottleneck, "cpu_s": round(time.process_time() - cpu, 2),
        "wall_s": round(time.perf_counter() - wall, 2),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024,
    }  # fmt: skip


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="+", type=Path, help="map extracts or folders of tables")
    parser.add_argument("--areas", type=int, default=3, help="discs on each network")
    parser.add_argument("--radius-km", type=float, default=2.0)
    parser.add_argument("--persons", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    gc.disable()
    rows = []
    for path in options.networks:
        network = read_network(path)[0].network
        draw = np.random.default_rng(options.seed)
        for number in range(options.areas):
            ring = disc(network, draw, options.radius_km)
            look = QuickLook(area_name="the disc", area=((ring,),), persons=options.persons)
            rows.append({"network": path.name, "area": number, **measure(network, look)})
            if not options.json:
                print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    return 0 if all(row.get("verified", True) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
