"""Is it worth it? True exposure of routes chosen by what is believed, with simulated reporters.

    python benchmarks/decision_value.py [--worlds 200] [--seed 0] [--setting WORD] [--json]

In every world a grid of streets has events on it, true or not, and reporters as in `calibration.py`, in the
same settings, which were fixed before anything was tuned. Each rule turns reports into probabilities. For
pairs of places the route with the least believed exposure is taken that is at most a quarter longer than
the shortest: all rules have the same room. What counts is on how many true events the route leads. Rules
that learn do so in worlds of their own, in which events were verified. "knowing the rates" is the posterior
with the reporters' true rates, "knowing the truth" a bound on what any rule can do. Intervals are
bootstraps over worlds.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from calibration import RULES, ideal_posterior

from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.testing.grid_roads import grid_network
from safepassage.testing.reporters import SETTINGS, Setting, simulate

SIDE_ARCS, EVENTS, PAIRS = 840, 252, 3
"""A grid of 15 by 15, events on three streets in five, and so many pairs of places in every world."""
LONGER = 1.25
TAUGHT = 0.15
LADDER = (0.0, 0.3, 1.0, 3.0, 10.0, 100.0)
"""What one believed event is worth in streets of detour; the dearest that stays within the room is taken."""
BOOTSTRAPS = 1_000
OURS = "origins and sides, learned"
SHORTEST, RATES, TRUTH = "shortest route", "knowing the rates", "knowing the truth"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--setting", help="only settings whose name holds this word")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    chosen = [setting for setting in SETTINGS if not args.setting or args.setting in setting.name]
    rows = [row for setting in chosen for row in measure(setting, args.worlds, args.seed)]
    if args.json:
        print(json.dumps({"machine": platform.platform(), "worlds": args.worlds, "rows": rows}, indent=1))
        return 0
    print(f"{args.worlds} worlds a setting, {PAIRS} pairs of places each; {platform.platform()}\n")
    print("| setting | rule | true events met per route | ours is lower by (95 %) | streets | seconds |")
    print("|---|---|---|---|---|---|")
    for row in rows:
        low, high = row["lower_interval"]
        lower = "" if row["rule"] == OURS else f"{row['lower']:.0%} ({low:.0%} to {high:.0%})"
        print(
            f"| {row['setting']} | {row['rule']} | {row['met']:.3f} | {lower} | {row['streets']:.1f} | "
            f"{row['seconds']:.1f} |"
        )
    return 0


def measure(setting: Setting, worlds: int, seed: int) -> list[dict[str, Any]]:
    """Return a row for each rule on the same worlds."""
    taught = round(worlds * TAUGHT / (1 - TAUGHT))
    world = simulate(setting, (taught + worlds) * EVENTS, seed=seed)
    prior = np.full(len(world.truth), setting.base_rate)
    verified = np.where(np.arange(len(world.truth)) < taught * EVENTS, world.truth, -1)
    beliefs: dict[str, Any] = {SHORTEST: np.zeros(len(prior))}
    beliefs |= {name: rule(world, verified, prior)[1] for name, rule in RULES.items()}
    beliefs |= {RATES: ideal_posterior(world, prior), TRUTH: world.truth.astype(float)}
    streets = Streets(seed)
    met: dict[str, Any] = {}
    length, seconds = {}, {}
    for rule, p in beliefs.items():
        started = time.process_time()
        rows = [
            streets.travelled(p[first : first + EVENTS], world.truth[first : first + EVENTS], number)
            for number, first in enumerate(range(taught * EVENTS, len(prior), EVENTS))
        ]
        met[rule], length[rule] = np.array([m for m, _ in rows]), float(np.mean([n for _, n in rows]))
        seconds[rule] = time.process_time() - started
    return [
        {
            "setting": setting.name, "rule": rule, "met": float(met[rule].mean()), "streets": length[rule],
            "seconds": seconds[rule], **lower(met[OURS], met[rule], seed),
        }
        for rule in beliefs
    ]  # fmt: skip


def lower(ours: Any, theirs: Any, seed: int) -> dict[str, Any]:
    """Return by how much ours is lower, with its interval over worlds."""
    rng = np.random.default_rng(seed + 9)
    drawn = rng.integers(0, len(ours), (BOOTSTRAPS, len(ours)))
    shares = 1 - ours[drawn].sum(axis=1) / np.maximum(theirs[drawn].sum(axis=1), 1e-9)
    return {
        "lower": float(1 - ours.sum() / max(theirs.sum(), 1e-9)),
        "lower_interval": np.quantile(shares, [0.025, 0.975]).tolist(),
    }


class Streets:
    """A grid on which routes are chosen; events and pairs of places are the same for all rules."""

    def __init__(self, seed: int) -> None:
        arcs = grid_network(SIDE_ARCS).arcs
        self.half, self.n = len(arcs) // 2, int(arcs.tail.max()) + 1
        self.graph = ArcGraph(arcs.tail, arcs.head, self.n, np.ones(len(arcs), dtype=bool))
        self.seed = seed

    def travelled(self, p: Any, truth: Any, number: int) -> tuple[float, float]:
        """Return the true events met and the streets driven, both per route, in one world."""
        rng = np.random.default_rng((self.seed, number))
        at = rng.permutation(self.half)[:EVENTS]
        ends = rng.integers(0, self.n, (PAIRS, 2))
        believed, true = np.zeros(2 * self.half), np.zeros(2 * self.half)
        for column, values in ((believed, p), (true, truth)):
            column[at], column[at + self.half] = values, values
        routes = [self.route(believed, int(a), int(b)) for a, b in ends]
        return float(np.mean([true[r].sum() for r in routes])), float(np.mean([len(r) for r in routes]))

    def route(self, believed: Any, start: int, end: int) -> Any:
        """Return the arcs of the least exposed route found within the room."""
        if start == end:
            return np.zeros(0, dtype=np.int64)
        best, most = np.zeros(0, dtype=np.int64), 0.0
        for price in LADDER:
            path = np.asarray(self.graph.tree(1.0 + price * believed, [start]).path(end), dtype=np.int64)
            most = most or LONGER * len(path)
            if len(path) <= most and (len(best) == 0 or believed[path].sum() < believed[best].sum()):
                best = path
        return best


if __name__ == "__main__":
    raise SystemExit(main())
