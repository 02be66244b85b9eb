"""Is belief calibrated, and what does naive counting cost? Simulated reporters with known truth.

    python benchmarks/calibration.py [--events 50000] [--seed 0] [--setting WORD] [--json]

Every setting is printed, the losing ones too. "ideal" is the posterior with the true rates. ECE is debiased:
the error that perfectly calibrated values of the same size would show by chance is taken off; its 95 %
interval is a bootstrap over events. "cover" is how often the 80 % interval holds the ideal value, over many
smaller worlds, each with its own reporters' luck.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from safepassage.kernels.belief.event_belief import event_belief, learned, log_odds
from safepassage.testing.reporters import SETTINGS, VOICES, Setting, World, simulate

BINS = 15
VERIFIED = 0.15
BOOTSTRAPS = 200
WORLDS, WORLD_EVENTS = 40, 2_000
PRIOR = np.array(
    [
        [[3, 2, 5], [6, 1, 3]],
        [[1, 4, 5], [2, 3, 5]],
        [[1, 4, 5], [4, 1, 5]],
        [[2, 3, 5], [4, 1, 5]],
    ]
)
"""Ten pseudo-reports for each kind of voice and truth, as grades would give them; fixed before any run."""


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--setting", help="only settings whose name holds this word")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    chosen = [setting for setting in SETTINGS if not args.setting or args.setting in setting.name]
    rows = [row for setting in chosen for row in measure(setting, args.events, args.seed)]
    if args.json:
        print(json.dumps({"machine": platform.platform(), "events": args.events, "rows": rows}, indent=1))
        return 0
    print(f"{args.events} events a setting, {VERIFIED:.0%} verified and left out; {platform.platform()}\n")
    print("| setting | rule | Brier | over ideal | ECE (95 %) | cover | seconds |")
    print("|---|---|---|---|---|---|---|")
    for row in rows:
        cover = "–" if row["cover"] is None else f"{row['cover']:.0%}"
        low, high = row["ece_interval"]
        print(
            f"| {row['setting']} | {row['rule']} | {row['brier']:.4f} | {row['over_ideal']:+.4f} | "
            f"{row['ece']:.4f} ({low:.4f}–{high:.4f}) | {cover} | {row['seconds']:.1f} |"
        )
    return 0


def measure(setting: Setting, events: int, seed: int) -> list[dict[str, Any]]:
    """Return a row for each rule: ours, and the peers on the same reports."""
    world = simulate(setting, events, seed=seed)
    verified, prior = verified_of(world, seed), np.full(events, setting.base_rate)
    ideal, unseen = ideal_posterior(world, prior), verified < 0
    rows = []
    for rule, compute in RULES.items():
        started = time.process_time()
        p = compute(world, verified, prior)[1]
        seconds = time.process_time() - started
        head = {
            "setting": setting.name,
            "rule": rule,
            "seconds": seconds,
            "cover": cover(setting, rule, seed),
        }
        rows.append(head | scores(p[unseen], ideal[unseen], world.truth[unseen], seed))
    return rows


def verified_of(world: World, seed: int) -> Any:
    """Return the outcome of the events that somebody verified, -1 for the others."""
    chance = np.random.default_rng(seed + 1).random(len(world.truth))
    return np.where(chance < VERIFIED, world.truth, -1)


def cover(setting: Setting, rule: str, seed: int) -> float | None:
    """Return how often the interval of a rule holds the ideal value, None for rules without one."""
    inside = []
    for number in range(WORLDS if rule.startswith("origins") else 0):
        world = simulate(setting, WORLD_EVENTS, seed=seed + 1_000 + number)
        verified, prior = verified_of(world, seed + number), np.full(WORLD_EVENTS, setting.base_rate)
        low, _, high = RULES[rule](world, verified, prior)
        ideal = ideal_posterior(world, prior)
        inside.append(float(((low <= ideal + 1e-9) & (ideal <= high + 1e-9))[verified < 0].mean()))
    return float(np.mean(inside)) if inside else None


def ideal_posterior(world: World, prior: Any) -> Any:
    """Return what a reader who knows the true rates of either half would believe."""
    odds = [log_odds(rates, world.voices, prior) for rates in world.true_rates]
    return sigmoid(np.where(world.half == 0, odds[0], odds[1]))


def ours(world: World, verified: Any, prior: Any) -> tuple[Any, Any, Any]:
    """Sides as one voice, rates learned from verified events on top of the prior pseudo-reports."""
    counts = learned(PRIOR, world.voices, verified)
    return tuple(event_belief(counts, world.voices, prior))  # type: ignore[return-value]


def ours_untaught(world: World, _verified: Any, prior: Any) -> tuple[Any, Any, Any]:
    """Sides as one voice, with the prior pseudo-reports only."""
    return tuple(event_belief(PRIOR, world.voices, prior))  # type: ignore[return-value]


def share(world: World, _verified: Any, prior: Any) -> tuple[None, Any, None]:
    """The share of affirming reports, every relay counted."""
    total = world.relayed.sum(axis=1)
    return None, np.where(total > 0, world.relayed[:, 0] / np.maximum(total, 1), prior), None


def naive_bayes(world: World, _verified: Any, prior: Any) -> tuple[None, Any, None]:
    """Every relay an independent witness with hit rate 0.7 and false alarms 0.2."""
    odds = np.log(prior / (1 - prior)) + world.relayed @ np.log([0.7 / 0.2, 0.3 / 0.8])
    return None, sigmoid(odds), None


def dawid_skene(world: World, _verified: Any, _prior: Any) -> tuple[None, Any, None]:
    """Dawid–Skene by expectation maximisation, every kind of voice an independent observer, unsupervised."""
    voices = world.voices
    said = np.stack([voices.affirms, voices.denies, voices.silent], axis=1).astype(float)
    n, kinds = len(world.truth), len(VOICES)
    p = share(world, None, np.full(n, 0.3))[1]
    for _ in range(50):
        table = np.ones((kinds, 2, 3))
        for truth, weight in ((0, 1 - p), (1, p)):
            np.add.at(table, (voices.kind, truth), said * weight[voices.event][:, None])
        rates = np.log(table / table.sum(axis=2, keepdims=True))
        odds = np.full(n, np.log(p.mean() / (1 - p.mean())))
        np.add.at(odds, voices.event, ((rates[voices.kind, 1] - rates[voices.kind, 0]) * said).sum(axis=1))
        p = np.clip(sigmoid(odds), 1e-6, 1 - 1e-6)
    return None, p, None


RULES = {
    "origins and sides, learned": ours,
    "origins and sides, prior only": ours_untaught,
    "share of reports": share,
    "naive Bayes on relays": naive_bayes,
    "Dawid–Skene on origins": dawid_skene,
}


def scores(p: Any, ideal: Any, truth: Any, seed: int) -> dict[str, Any]:
    """Return Brier score, its excess over the ideal, and the debiased ECE with its bootstrap interval."""
    brier = float(np.mean((p - truth) ** 2))
    rng = np.random.default_rng(seed + 2)
    chance = float(np.mean([ece(p, rng.random(len(p)) < p) for _ in range(20)]))
    drawn = [rng.integers(0, len(p), len(p)) for _ in range(BOOTSTRAPS)]
    spread = np.quantile([max(0.0, ece(p[i], truth[i]) - chance) for i in drawn], [0.025, 0.975])
    return {
        "brier": brier,
        "over_ideal": brier - float(np.mean((ideal - truth) ** 2)),
        "ece": max(0.0, ece(p, truth) - chance),
        "ece_interval": spread.tolist(),
    }


def ece(p: Any, truth: Any) -> float:
    """Return the expected calibration error over equally wide bins."""
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    count = np.bincount(place, minlength=BINS)
    gap = np.bincount(place, weights=p, minlength=BINS) - np.bincount(place, weights=truth, minlength=BINS)
    return float(np.abs(gap[count > 0]).sum() / len(p))


def sigmoid(odds: Any) -> Any:
    """Return probabilities of log odds."""
    return 1 / (1 + np.exp(-np.clip(odds, -40, 40)))


if __name__ == "__main__":
    raise SystemExit(main())
