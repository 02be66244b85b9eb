"""What a country costs: up to ten million arcs, a region cut out of them, and what is asked of it.

    python benchmarks/country.py [--sizes N,N,…] [--region-km N] [--plan]

There is no extract of ten million arcs at hand: networks are generated grids of the size, one road in ten a
larger one, with 500 m between crossings, and say so. Printed for each size: arcs, processor seconds to cut
the region, to fill a table of 50 × 50 travel times on it and on the whole, and peak memory; each size in a
process of its own. With --plan two districts of 10,000 persons beside each other are planned too, each on its
region of a quarter of the kilometres, verified, and held together by the hour.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np

from safepassage.casework.many_workers import Crew
from safepassage.casework.regions import Region, Search, planned_together
from safepassage.domain.network import RoadClass, RoadNetwork
from safepassage.engines.region import box_of, cut_region
from safepassage.engines.region.cut import E7_PER_KM
from safepassage.kernels.graphs.travel_matrix import TravelGraph
from safepassage.testing.generated import generate_case
from safepassage.testing.grid_roads import grid_network

PLACES, TABLE = 50, "table of 50 x 50"
DISTRICTS, PERSONS, SETTLEMENTS, WORK, ROUNDS = 2, 10_000, 20, 200_000, 4


def country(arcs: int) -> RoadNetwork:
    """Return a grid with one larger road in ten."""
    base = grid_network(arcs)
    side = round(len(base.nodes) ** 0.5)
    row, column = np.divmod(np.arange(len(base.nodes)), side)
    along = (row[base.arcs.tail] == row[base.arcs.head]) & (row[base.arcs.tail] % 10 == 0)
    across = (column[base.arcs.tail] == column[base.arcs.head]) & (column[base.arcs.tail] % 10 == 0)
    classes = np.where(along | across, int(RoadClass.SECONDARY), int(RoadClass.RESIDENTIAL))
    return replace(base, arcs=replace(base.arcs, road_class=classes))


def measured(arcs: int, region_km: int, *, plan: bool) -> dict[str, float]:
    """Return what one size costs."""
    network = country(arcs)
    nodes = network.nodes
    side = round(len(nodes) ** 0.5)
    middle = (side // 2) * side + side // 2
    at = [(int(nodes.lon_e7[middle]), int(nodes.lat_e7[middle]))]
    near, far = box_of(at, region_km), box_of(at, 5 * region_km)
    began = time.process_time()
    region = cut_region(network, near, far)
    cut_s = time.process_time() - began
    warm = grid_network(40)
    table(warm, 2)
    plans = planned(network, at[0], region_km // 4) if plan else {}
    return {
        "arcs": len(network.arcs), "region": len(region.arcs), "cut_s": cut_s,
        "region_s": table(region, PLACES),
        "whole_s": table(network, PLACES),
        **plans,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def planned(network: RoadNetwork, middle: tuple[int, int], km: int) -> dict[str, float]:
    """Return what it costs to plan districts side by side, each on its region."""
    began, regions = time.process_time(), []
    for k in range(DISTRICTS):
        near = box_of([(middle[0] + 2 * k * km * E7_PER_KM, middle[1])], km)
        far = box_of([(middle[0] + 2 * k * km * E7_PER_KM, middle[1])], 5 * km)
        own = cut_region(network, near, near)
        case = generate_case(own, persons=PERSONS, settlements=SETTLEMENTS, seed=k + 1)
        case = replace(case, id=f"district-{k}")
        regions.append(Region(network=cut_region(network, near, far), case=case))
    found = planned_together(regions, Search(work=WORK, seed=0), Crew(), ROUNDS)
    plans, shared = found.plans, found.hours
    return {
        "plan_arcs": max(len(region.network.arcs) for region in regions),
        "verified": sum(not plan.fault for plan in plans), "shared": len(shared),
        "over": sum(row.over_mveh > 0 for row in shared), "plan_s": time.process_time() - began,
    }  # fmt: skip


def table(network: RoadNetwork, places: int) -> float:
    """Return the processor seconds of laying a network out and filling a table between some of its places."""
    began = time.process_time()
    arcs = network.arcs
    graph = TravelGraph(
        arcs.tail, arcs.head, len(network.nodes), arcs.travel_s, np.ones(len(arcs), bool),
        beside=(arcs.length_m,),
    )  # fmt: skip
    chosen = np.random.default_rng(0).choice(len(network.nodes), places, replace=False)
    graph.table(chosen, chosen)
    return time.process_time() - began


def main() -> None:
    """Print one line a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100000,1000000,10000000")
    parser.add_argument("--region-km", type=int, default=20)
    parser.add_argument("--plan", action="store_true", help="plan two districts, too")
    parser.add_argument("--one", type=int, help="measure one size and print it as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.one, options.region_km, plan=options.plan)))
        return
    print(f"generated grids, region {options.region_km} km around the middle; processor seconds")
    for size in options.sizes.split(","):
        command = [sys.executable, __file__, "--one", size, "--region-km", str(options.region_km)]
        command += ["--plan"] if options.plan else []
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found = json.loads(done.stdout)
        print(f"{found['arcs']:>12,} arcs: region of {found['region']:,}, cut in {found['cut_s']:.2f}")
        print(f"  {TABLE}: region {found['region_s']:.2f}, whole {found['whole_s']:.2f}")
        if options.plan:
            print(
                f"  {DISTRICTS} districts on up to {found['plan_arcs']:,} arcs: {found['plan_s']:.0f}, "
                f"{found['verified']} verified; they meet in {found['shared']:,} hours of roads, too many in "
                f"{found['over']:,}"
            )
        print(f"  peak memory {found['megabytes']:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
