"""The options of `safepassage worlds`, `simulate` and `regions`, and of judging and sharing out plans."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Whole = Callable[[int, int], Callable[[str], int]]
"""Makes a reader of whole numbers in a range."""
MOST_WORLDS, MOST_HEDGED, MOST_ROUNDS = 10**6, 10**5, 64
MOST_SECONDS, LEAST_PERCENT, MOST_PERCENT, MOST_SPREAD = 86_400, 5, 200, 50


def worlds_options(parser: argparse.ArgumentParser, whole: Whole) -> None:
    """Add the options of worlds."""
    add = parser.add_argument
    add("plan", type=Path, metavar="OUT", help="folder a plan was written to")
    add("--worlds", type=whole(1, MOST_WORLDS), default=1_000, metavar="N", help="default: 1000")
    add("--seed", type=whole(0, 10**9), default=0, metavar="N", help="default: 0")
    crew_options(parser, whole)
    add("--chances", type=Path, metavar="FILE", help="what no report says, as TOML (default: built in)")
    add("--simulate", action="store_true", help="also ask the simulator SUMO (extra `simulate`)")
    add("-o", "--output", type=Path, help="folder to write the sheet to (default: beside the plan)")


def judge_options(parser: argparse.ArgumentParser, whole: Whole) -> None:
    """Add what judges a plan that is being made."""
    add = parser.add_argument
    add(
        "--worlds", type=whole(1, MOST_WORLDS), metavar="N",
        help="run the plan through N worlds that keep to the reports; the report says what comes of it",
    )  # fmt: skip
    add(
        "--simulate", action="store_true",
        help="have the simulator SUMO drive the plan; the report compares (extra `simulate`)",
    )  # fmt: skip


def crew_options(parser: argparse.ArgumentParser, whole: Whole) -> None:
    """Add who works: processes here, or a cluster."""
    add = parser.add_argument
    add("--workers", type=whole(1, 64), default=1, metavar="N", help="processes here (default: this one)")
    add(
        "--cluster", default="", metavar="ADDRESS",
        help="scheduler of a Dask cluster, or local:N for one with N workers here (extra `cluster`)",
    )  # fmt: skip


def regions_options(parser: argparse.ArgumentParser, whole: Whole) -> None:
    """Add the options of regions planned apart."""
    add = parser.add_argument
    add("cases", type=Path, nargs="+", metavar="CASE", help="case folders or workbooks, one a region")
    add("--network", type=Path, help="road network that all of them lie on, if not their own")
    add("--seed", type=whole(0, 10**9), default=0, metavar="N", help="default: 0")
    add("--work-limit", type=whole(0, 10**12), metavar="N", help="search steps for each region")
    add(
        "--rounds", type=whole(0, MOST_ROUNDS), default=4, metavar="N",
        help="divide roads and sites that are too full among the regions, up to N times (default: 4)",
    )  # fmt: skip
    add("-o", "--output", type=Path, required=True, help="folder to write to, one folder a region in it")
    crew_options(parser, whole)


def hedge_options(parser: argparse.ArgumentParser, whole: Whole) -> None:
    """Add the options of planning under worlds."""
    add = parser.add_argument
    add(
        "--under-worlds", type=whole(1, MOST_HEDGED), metavar="N",
        help="make plans that hedge, weigh all in N worlds, judge them in 4 N fresh ones; write the best",
    )  # fmt: skip
    add(
        "--care",
        choices=("mean", "tail"),
        default="mean",
        help="what is best under worlds: persons out on average, or in the worst tenth (default: mean)",
    )
    add(
        "--chances",
        type=Path,
        metavar="FILE",
        help="what no report says, as TOML, with --under-worlds (default: built in)",
    )
    crew_options(parser, whole)


def simulate_options(parser: argparse.ArgumentParser, whole: Whole) -> None:
    """Add the options of the simulator."""
    add = parser.add_argument
    add("plan", type=Path, metavar="OUT", help="folder a plan was written to")
    add(
        "--capacity", type=whole(LEAST_PERCENT, MOST_PERCENT), default=100, metavar="PERCENT",
        help="let every road carry so much of what was planned with (default: 100)",
    )  # fmt: skip
    add(
        "--spread", type=whole(0, MOST_SPREAD), default=10, metavar="PERCENT",
        help="standard deviation of the speeds that drivers choose in the second run (default: 10)",
    )  # fmt: skip
    add(
        "--least", action="store_true",
        help="also search the least share of capacity at which the plan holds: last arrivals within a tenth",
    )  # fmt: skip
    add(
        "--derate", type=Path, metavar="CASE",
        help="plan CASE again with ever less of its capacities until the plan holds at the full ones "
        "(setting road_capacity_factor); claims of the case are left out",
    )  # fmt: skip
    add("--network", type=Path, help="road network of CASE, if not its own")
    add(
        "--driven", type=Path, metavar="FILE",
        help="compare the plan with a record of what happened (driven.json) instead of simulating",
    )  # fmt: skip
    add("--seed", type=whole(0, 10**9), default=0, metavar="N", help="default: 0")
    add(
        "--time-limit", type=whole(1, MOST_SECONDS), default=600, metavar="S", help="of one run, default: 600"
    )
    add("-o", "--output", type=Path, help="folder to write to (default: beside the plan)")
