"""How well and how fast sites are chosen, with proofs, beside spopt in the same run.

    python benchmarks/siting.py [--peer] [--large] [--tight] [--limit S] [--peer-limit S] [--sizes N ...]
        [--chosen P ...] [--seeds N] [--first-seed N]

Medians on generated graphs as OR-Library has them (Beasley, "A note on solving large p-median problems",
1985, doi:10.1016/0377-2217(85)90040-2): n nodes, n*n/50 random edges of length 1 to 100, every node client
and candidate, p from 5 to n/3. --large: 2,000 clients and 300 candidates in the plane, all aims, with and
without room. --tight: the same with room for 103 % only (--first-seed 21 is the draw of figures.md), covering
within 6 km. --peer solves the medians with spopt (extra `bench`) and HiGHS, for --peer-limit seconds.
"""

from __future__ import annotations

import argparse
import importlib.util
import time

import numpy as np

from safepassage.domain.siting import SitingAim, SitingPlan, SitingProblem
from safepassage.engines.siting import site
from safepassage.kernels.graphs.travel_matrix import TravelGraph

SIZES = (
    (100, 5), (100, 33), (200, 10), (200, 67), (300, 5), (300, 100), (600, 10), (600, 200), (900, 5),
    (900, 90), (900, 300),
)  # fmt: skip
FAR_M = 10**9


def graph_problem(n: int, seed: int) -> SitingProblem:
    """Return a random graph with every node a client of one person and a candidate."""
    rng = np.random.default_rng(seed)
    # A tree first, so that all is connected; then edges at random.
    tail = np.concatenate([np.arange(1, n), rng.integers(0, n, n * n // 50)])
    head = np.concatenate([[int(rng.integers(0, k)) for k in range(1, n)], rng.integers(0, n, n * n // 50)])
    length = rng.integers(1, 101, len(tail))
    graph = TravelGraph(
        np.concatenate([tail, head]), np.concatenate([head, tail]), n, np.tile(length, 2),
        np.ones(2 * len(tail), bool),
    )  # fmt: skip
    names = tuple(str(k) for k in range(n))
    return SitingProblem(
        clients=names, sites=names, persons=np.ones(n, np.int64), metres=graph.table(range(n), range(n)).cost,
        walk_limit_m=FAR_M,
    )  # fmt: skip


def plane_problem(seed: int, *, walk_limit_m: int, room_percent: int, count: int) -> SitingProblem:
    """Return 2,000 clients and 300 candidates in a square of 50 km.

    `room_percent`: room of `count` sites of middle size for so many of a hundred persons; 0: no limit.
    """
    rng = np.random.default_rng(seed)
    client, spot = rng.integers(0, 50_000, (2_000, 2)), rng.integers(0, 50_000, (300, 2))
    away = np.hypot(client[:, None, 0] - spot[None, :, 0], client[:, None, 1] - spot[None, :, 1])
    persons = np.rint(rng.lognormal(4, 1.2, 2_000)).astype(np.int64) + 1
    middle = int(persons.sum()) * room_percent / 100 / count
    room = tuple(int(x) for x in np.rint(rng.uniform(0.7, 1.3, 300) * middle)) if room_percent else ()
    return SitingProblem(
        clients=tuple(f"c{k}" for k in range(2_000)), sites=tuple(f"s{k}" for k in range(300)),
        persons=persons, metres=np.rint(away).astype(np.int64), walk_limit_m=walk_limit_m, room_persons=room,
    )  # fmt: skip


def solved(problem: SitingProblem, count: int, aim: SitingAim, limit_s: float) -> tuple[SitingPlan, float]:
    """Return the plan and the processor seconds it took."""
    began = time.process_time()
    plan = site(problem, count, aim, stop=lambda: time.process_time() - began > limit_s)
    return plan, time.process_time() - began


def medians(options: argparse.Namespace) -> None:
    """Print medians on graphs, and what spopt says."""
    for n, p in SIZES:
        if (options.sizes and n not in options.sizes) or (options.chosen and p not in options.chosen):
            continue
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            problem = graph_problem(n, seed)
            plan, cpu_s = solved(problem, p, SitingAim.MEDIAN, options.limit)
            line = f"graph n={n} p={p} seed {seed}: {plan.value:,}, bound {plan.bound:,}, {cpu_s:.2f} s"
            if options.peer:
                value, peer_s = peer(problem, p, options.peer_limit)
                found = "nothing" if value is None else f"{value:,}"
                line += f"; spopt {found} in {peer_s:.2f} s, {peer_s / max(cpu_s, 0.001):.0f} times as long"
                line += "" if value is not None else " without a proof"
            print(line, flush=True)


def peer(problem: SitingProblem, count: int, limit_s: float) -> tuple[int | None, float]:
    """Return what spopt proves with HiGHS in so many seconds (None: nothing), and its processor seconds."""
    import pulp  # noqa: PLC0415 - only for the comparison
    from spopt.locate import PMedian  # noqa: PLC0415

    began = time.process_time()
    model = PMedian.from_cost_matrix(problem.metres.astype(float), problem.persons, p_facilities=count)
    try:
        model.solve(pulp.HiGHS(msg=False, threads=1, timeLimit=limit_s))
    except RuntimeError:
        return None, time.process_time() - began
    proved = model.problem.sol_status == pulp.LpSolutionOptimal
    return round(model.problem.objective.value()) if proved else None, time.process_time() - began


def large(options: argparse.Namespace) -> None:
    """Print all aims on 2,000 clients and 300 candidates."""
    asked = [
        (SitingAim.MEDIAN, 20, FAR_M, 0), (SitingAim.COVER, 20, 5_000, 0), (SitingAim.CENTRE, 20, FAR_M, 0),
        (SitingAim.MEDIAN, 20, FAR_M, 110), (SitingAim.MEDIAN, 20, 12_000, 130),
        (SitingAim.COVER, 20, 6_000, 130),
    ]  # fmt: skip
    for aim, count, walk_m, room in asked:
        for seed in range(options.seeds):
            problem = plane_problem(seed, walk_limit_m=min(walk_m, 10**6), room_percent=room, count=count)
            plan, cpu_s = solved(problem, count, aim, options.limit)
            with_room = f", room for {room} %" if room else ""
            print(f"2,000 x 300 {aim} p={count}{with_room} seed {seed}: ", end="")
            print(
                f"{plan.value:,}, bound {plan.bound:,}, gap {gap(problem, plan):.2f} %, {cpu_s:.1f} s",
                flush=True,
            )


def tight(options: argparse.Namespace) -> None:
    """Print covering where sites have hardly more room than there are persons."""
    for seed in range(options.first_seed, options.first_seed + options.seeds):
        problem = plane_problem(seed, walk_limit_m=6_000, room_percent=103, count=20)
        plan, cpu_s = solved(problem, 20, SitingAim.COVER, options.limit)
        print(f"2,000 x 300 cover p=20, room for 103 % seed {seed}: ", end="")
        print(
            f"{plan.value:,}, bound {plan.bound:,}, gap {gap(problem, plan):.2f} %, {cpu_s:.1f} s", flush=True
        )


def gap(problem: SitingProblem, plan: SitingPlan) -> float:
    """Return how far from its bound a plan is, in percent: of persons covered where coverage is the aim."""
    if plan.aim is SitingAim.COVER:
        everybody = int(problem.persons.sum())
        return 100 * (plan.value - plan.bound) / max(1, everybody - plan.bound)
    return plan.gap_ppm / 10_000


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--limit", type=float, default=30.0, help="processor seconds for each choice")
    parser.add_argument("--peer-limit", type=float, default=300.0, help="seconds of its solver for spopt")
    parser.add_argument("--sizes", type=int, nargs="*", help="only graphs of so many nodes")
    parser.add_argument("--chosen", type=int, nargs="*", help="only graphs of which so many are chosen")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--tight", action="store_true")
    options = parser.parse_args()
    if options.peer and importlib.util.find_spec("spopt") is None:
        raise SystemExit("spopt is not here: install the extra bench")
    tiny = plane_problem(0, walk_limit_m=100, room_percent=100, count=1)
    solved(graph_problem(20, 0), 2, SitingAim.MEDIAN, 1)
    solved(tiny, 1, SitingAim.COVER, 0)
    if options.tight:
        tight(options)
    elif options.large:
        large(options)
    else:
        medians(options)


if __name__ == "__main__":
    main()
