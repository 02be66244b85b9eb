"""Public instances of truck routing: the search of trips that keep to hours, beside VROOM and OR-Tools.

    python benchmarks/vrp.py instances FOLDER [--variant V ...] [--count N] [--limit S] [--seeds N]
                                              [--first-seed K] [--peers]
                                              [--clock wall|cpu] [--perturbed N]
    python benchmarks/vrp.py idai FILE [--limit S]

`instances` runs PyVRP, with penalties that unlike trucks need, on the instances that its authors collect
(unpacked; github.com/PyVRP/Instances): site-dependent, heterogeneous fleet, several trips with reloading,
and prizes for unmet need. It prints the gap to the best known value and a bound of ours: each load takes its
share of a round trip, or is left for its prize. With `--peers` VROOM and OR-Tools get the same seconds on one
thread, where they can express the variant; costs are summed from their routes by one yardstick. With
`--clock cpu` seconds are those of the processor, as where others work beside; VROOM knows no such clock and
runs until it ends of its own, at most four times as long on the wall. `--perturbed` is how many places of
the routes a step of PyVRP upsets at most (its own number is 25). `idai` serves
the health sites of an openrouteservice example with three trucks of 300, over great-circle distances.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyvrp
from pyvrp import PenaltyParams
from pyvrp.search import PerturbationParams
from pyvrp.stop import MaxRuntime
from vrp_peers import FAR, CannotExpressError, Limit, Routes, cost_of, ortools_routes, vroom_routes

ROUNDING = {"HFVRP": "exact", "MTVRPTWR": "dimacs", "SDVRPTW": "exact", "PCVRPTW": "dimacs"}
"""How distances are rounded where the best known values were found."""
PEERS: dict[str, Callable[[Any, Limit], Routes]] = {"vroom": vroom_routes, "ortools": ortools_routes}
PERTURBED = 12
"""A step upsets at most so many places: with half of PyVRP's own number it takes a third of the time."""
PATIENCE = 4
"""A peer that does not end within so many times its seconds has no answer."""
SMALL, SMALL_GOAL, LARGE_GOAL = 200, 2.0, 4.0
"""Up to so many clients the mean gap is to be 2 %, above 4 %."""
BEIRA = (34.838, -19.819)
SPEED_KMH, DETOUR, SERVICE_S, PRIZE = 50, 1.3, 1_200, 10**5


def instances(options: argparse.Namespace) -> dict[str, Any]:
    """Run the search, and peers where asked for, on instances spread over each variant by size."""
    rows = []
    for variant in options.variant or ROUNDING:
        files = sorted((options.folder / variant).glob("*.vrp"), key=lambda file: (file.stat().st_size, file))
        step = max(1, len(files) // options.count)
        for file in files[step // 2 :: step][: options.count]:
            rows.append(_instance(variant, file, options))
            print(json.dumps(rows[-1]), flush=True)
    names = ("pyvrp", *(PEERS if options.peers else ()))
    return {
        "mean_gap_percent": {
            variant: {name: _mean([row[name] for row in rows if row["variant"] == variant]) for name in names}
            for variant in sorted({row["variant"] for row in rows})
        },
        "mean_gap_percent_small": _mean([row["pyvrp"] for row in rows if row["clients"] <= SMALL]),
        "mean_gap_percent_large": _mean([row["pyvrp"] for row in rows if row["clients"] > SMALL]),
        "goals": [SMALL_GOAL, LARGE_GOAL],
        "seconds_each": options.limit, "clock": options.clock, "seeds": options.seeds,
        "first_seed": options.first_seed,
        "perturbed": options.perturbed,
    }  # fmt: skip


def _mean(gaps: list[Any]) -> float | str:
    numbers = [gap for gap in gaps if isinstance(gap, float)]
    return round(statistics.fmean(numbers), 2) if len(numbers) == len(gaps) and gaps else "not all"


def _instance(variant: str, file: Path, options: argparse.Namespace) -> dict[str, Any]:
    data = read(variant, file)
    best = _best_known(data, file.with_suffix(".sol"))
    limit = Limit(options.limit, options.clock)
    rules = pyvrp.SolveParams(
        perturbation=PerturbationParams(max_perturbations=options.perturbed),
        penalty=PenaltyParams(max_penalty=most_penalty(data)),
    )
    costs, steps = [], []
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        found = pyvrp.solve(data, stop=_stop(limit), seed=seed, collect_stats=False, params=rules)
        costs.append(found.cost() if found.is_feasible() else math.inf)
        steps.append(found.num_iterations)
    row = {
        "variant": variant, "instance": file.stem, "clients": data.num_clients, "best_known": best,
        "bound": round(round_trip_bound(data)), "pyvrp": _gap(statistics.fmean(costs), best),
        "pyvrp_steps": round(statistics.fmean(steps)),
    }  # fmt: skip
    for name, routes in PEERS.items() if options.peers else ():
        began = time.monotonic()
        said, cpu_s = _within(limit, routes, data)
        row[name] = _gap(said, best) if isinstance(said, float) else said
        row[f"{name}_s"] = round(time.monotonic() - began if options.clock == "wall" else cpu_s, 1)
    return row


def read(variant: str, file: Path) -> Any:
    """Return an instance; a way that is none for a kind of truck gets a number that penalties can multiply.

    As read it is 2**44 long, which overflows where a penalty of 100,000 meets it: the search never ends.
    """
    data = pyvrp.read(str(file), round_func=ROUNDING[variant])
    return data.replace(
        distance_matrices=[np.minimum(matrix, FAR) for matrix in data.distance_matrices()],
        duration_matrices=[np.minimum(matrix, FAR) for matrix in data.duration_matrices()],
    )


def most_penalty(data: Any) -> float:
    """Return what one unit of load or time too much may cost: as much as the costliest way and its truck.

    With PyVRP's own 100,000 an overload is cheaper than a truck where costs have many digits, as those of
    unlike trucks have, and hardly anything found is feasible. Sums must fit 64 bits, ways that are none too.
    """
    kinds = [
        (kind, data.distance_matrix(kind.profile), data.duration_matrix(kind.profile))
        for kind in data.vehicle_types()
    ]
    costliest = max(
        int(ways[ways < FAR].max()) * kind.unit_distance_cost + kind.fixed_cost for kind, ways, _ in kinds
    )
    longest = max(int(max(ways.max(), times.max())) for _, ways, times in kinds)
    fits = 2**62 / (2 * data.num_clients * max(1, longest))
    return max(PenaltyParams().max_penalty, min(costliest, fits))


def _stop(limit: Limit) -> Callable[[float], bool]:
    """Return a rule that ends PyVRP's search when its seconds by either clock are over."""
    if limit.clock == "wall":
        stop: Callable[[float], bool] = MaxRuntime(limit.seconds)
        return stop
    until = time.process_time() + limit.seconds
    return lambda _: time.process_time() > until


def _within(limit: Limit, routes: Callable[[Any, Limit], Routes], data: Any) -> tuple[float | str, float]:
    """Return the cost of a peer's routes, or why there is none (some end late), and its processor seconds."""
    ours, theirs = multiprocessing.Pipe()

    def ask() -> None:
        try:
            said: float | str = cost_of(data, routes(data, limit))
        except CannotExpressError as without:
            said = f"no words for {without}"
        except Exception as fault:  # noqa: BLE001 - a peer that fails is a row of the table, not its end
            said = f"failed: {type(fault).__name__}: {fault}"
        theirs.send((said, time.process_time()))

    process = multiprocessing.get_context("fork").Process(target=ask)
    process.start()
    none: tuple[float | str, float] = (f"no answer in {PATIENCE} times its seconds", math.nan)
    said: tuple[float | str, float] = ours.recv() if ours.poll(PATIENCE * limit.patience_s) else none
    process.kill()
    process.join()
    return said


def _gap(cost: float, best: float) -> float | str:
    return round(100 * (cost / best - 1), 2) if math.isfinite(cost) else "none found"


def _best_known(data: Any, file: Path) -> float:
    """Return what the best known routes cost by our yardstick: files state it in units of their own.

    Raises
    ------
    ValueError
        If the file's routes break a rule of the instance.
    """
    trucks = [k for k, kind in enumerate(data.vehicle_types()) for _ in range(kind.num_available)]
    routes = []
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("Route"):
            name, visits = line.split(":")
            rows = [int(place) - data.num_depots for place in visits.split()]
            routes.append((trucks[int(name.split("#")[1]) - 1], rows))
    cost = cost_of(data, routes)
    if not math.isfinite(cost):
        raise ValueError(f"the routes of {file} break a rule of the instance")
    return cost


def round_trip_bound(data: Any) -> float:
    """Return a cost that no solution undercuts: each load takes its share of a round trip, or its prize."""
    cheapest = [math.inf] * data.num_clients
    depots = [data.depot(d).location for d in range(data.num_depots)]
    for kind in data.vehicle_types():
        matrix = data.distance_matrix(kind.profile)
        out, back = matrix[depots].min(axis=0).tolist(), matrix[:, depots].min(axis=1).tolist()
        fixed = 0 if kind.reload_depots else kind.fixed_cost
        for c, client in enumerate(data.clients()):
            loads = zip(client.delivery, kind.capacity, strict=False)
            share = min(1.0, max((q / room for q, room in loads if room), default=0.0))
            way = kind.unit_distance_cost * (out[client.location] + back[client.location])
            cheapest[c] = min(cheapest[c], share * (fixed + way))
    return sum(
        least if client.required else min(least, client.prize)
        for least, client in zip(cheapest, data.clients(), strict=True)
    )


def idai(options: argparse.Namespace) -> dict[str, Any]:
    """Serve the health sites with three trucks."""
    with options.file.open(encoding="utf-8", newline="") as file:
        sites = list(csv.DictReader(file))
    points = [BEIRA, *((float(row["Lon"]), float(row["Lat"])) for row in sites)]
    metres = [[round(_metres(a, b) * DETOUR) for b in points] for a in points]
    seconds = [[round(m * 3.6 / SPEED_KMH) for m in row] for row in metres]
    opens = [(_second(row["Open_From"]), _second(row["Open_To"])) for row in sites]
    amounts = [int(row["Needed_Amount"]) for row in sites]
    fits = [
        n for k, (n, (first, last)) in enumerate(zip(amounts, opens, strict=True))
        if (there := max(first, 8 * 3_600 + seconds[0][k + 1])) <= last
        and there + SERVICE_S + seconds[k + 1][0] <= 20 * 3_600
    ]  # fmt: skip
    # Whoever cannot be served by a truck of its own within its hours cannot be served at all.
    found = {"sites": len(sites), "demand": sum(amounts), "room": 900,
             "no_plan_serves_more_than": min(sum(fits), 900),
             "pyvrp": _idai_pyvrp(metres, seconds, opens, amounts, options.limit)}  # fmt: skip
    try:
        found["vroom"] = _idai_vroom(metres, seconds, opens, amounts)
    except ImportError:
        found["vroom"] = "not installed"
    found["proved"] = found["pyvrp"]["served"] == found["no_plan_serves_more_than"]
    return found


def _idai_pyvrp(
    metres: list[list[int]],
    seconds: list[list[int]],
    opens: list[tuple[int, int]],
    amounts: list[int],
    limit: float,
) -> dict[str, Any]:

    model = pyvrp.Model()
    places = [model.add_location(i, 0) for i in range(len(metres))]
    depot = model.add_depot(places[0])
    model.add_vehicle_type(
        3, capacity=[300], start_depot=depot, end_depot=depot, tw_early=8 * 3_600, tw_late=20 * 3_600
    )
    for k, (first, last) in enumerate(opens):
        model.add_client(
            places[k + 1], delivery=[amounts[k]], tw_early=first, tw_late=last, service_duration=SERVICE_S,
            required=False, prize=PRIZE * amounts[k],
        )  # fmt: skip
    for i, row in enumerate(metres):
        for j, m in enumerate(row):
            if i != j:
                model.add_edge(places[i], places[j], distance=m, duration=seconds[i][j])
    result = model.solve(MaxRuntime(limit), seed=1, display=False)
    served = result.best.prizes() // PRIZE
    return {"served": served, "km": round(result.best.distance() / 1_000)}


def _idai_vroom(
    metres: list[list[int]], seconds: list[list[int]], opens: list[tuple[int, int]], amounts: list[int]
) -> dict[str, Any]:
    import vroom  # noqa: PLC0415 - a peer that need not be installed

    problem = vroom.Input()
    problem.set_durations_matrix("car", np.array(seconds, dtype=np.uint32))
    problem.set_distances_matrix("car", np.array(metres, dtype=np.uint32))
    for k in range(3):
        problem.add_vehicle(
            vroom.Vehicle(
                k + 1, start=0, end=0, capacity=[300], time_window=vroom.TimeWindow(8 * 3_600, 20 * 3_600)
            )
        )
    for k, (first, last) in enumerate(opens):
        problem.add_job(
            vroom.Job(k + 1, location=k + 1, delivery=[amounts[k]], default_service=SERVICE_S,
                      time_windows=[vroom.TimeWindow(first, last)])
        )  # fmt: skip
    solution = problem.solve(exploration_level=5, nb_threads=1)
    left = {row["id"] for row in solution.to_dict()["unassigned"]}
    served = sum(n for k, n in enumerate(amounts) if k + 1 not in left)
    return {"served": served, "km": round(solution.summary.distance / 1_000)}


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    lon_a, lat_a, lon_b, lat_b = map(math.radians, (*a, *b))
    h = math.sin((lat_b - lat_a) / 2) ** 2
    h += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(h))


def _second(text: str) -> int:
    hour, minute, second = map(int, text.split()[1].split(":"))
    return 3_600 * hour + 60 * minute + second


def main() -> int:
    """Run one benchmark and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    kinds = parser.add_subparsers(required=True)
    one = kinds.add_parser("instances")
    one.add_argument("folder", type=Path)
    one.add_argument("--variant", nargs="*", choices=sorted(ROUNDING))
    one.add_argument("--count", type=int, default=10)
    one.add_argument("--limit", type=float, default=60)
    one.add_argument("--seeds", type=int, default=3)
    one.add_argument("--first-seed", type=int, default=1)
    one.add_argument("--peers", action="store_true")
    one.add_argument("--perturbed", type=int, default=PERTURBED)
    one.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    one.set_defaults(run=instances)
    one = kinds.add_parser("idai")
    one.add_argument("file", type=Path)
    one.add_argument("--limit", type=float, default=10)
    one.set_defaults(run=idai)
    options = parser.parse_args()
    print(json.dumps(options.run(options), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
