"""`safepassage worlds`: what comes of a verified plan in many worlds, and what to confirm first."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import numpy as np

from safepassage.casework.many_workers import Crew
from safepassage.casework.verified_plan import CLAIMS, NotVerifiedError, PlanFolder, verified_plan
from safepassage.casework.worlds_asked import Order, answered_slice, evaluated_slice, question_of, voices
from safepassage.cli.outcome import Outcome
from safepassage.cli.outputs import RESTRICTED, write_beside
from safepassage.cli.plan.hedging import chances_of
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage.cli.simulate_command import simulated_plan, simulation_text
from safepassage.domain.worlds import PERMILLE, DirectionInWorlds, WorldsSheet
from safepassage.engines.worlds import PAIRED, Outcomes, doubts, sheet, slices
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.pages import worlds_html
from safepassage.formats.plan import simulation_json, worlds_json

HOUR_S = 3600
TIME_LIMIT_S, SPREAD_PERMILLE = 600, 100
"""Of each run of the simulator, and the second run's spread of speeds (the simulator's own default)."""


def run(options: argparse.Namespace) -> Outcome:
    """Draw worlds, run the plan through each, print and write what comes of it."""
    try:
        given = verified_plan(options.plan)
    except NotVerifiedError as fault:
        return Outcome(code=NOT_VERIFIED, text=str(fault), data={"error": str(fault)}, to_stderr=True)
    claims = given.beside(CLAIMS)
    order = Order(
        inputs=given.inputs, plan=given.plan, chances=chances_of(options), seed=options.seed,
        worlds=options.worlds, voices=tuple(sorted(({} if claims is None else voices(claims)).items())),
    )  # fmt: skip
    found = weighed(order, Crew(workers=options.workers, cluster=options.cluster))
    data = worlds_json.document(found, **given.hashes)
    inputs = canonical_json.decode(given.inputs)
    clock = LocalClock.of(inputs)
    lines, told = [worlds_text(found, clock, dict(question_of(order).problem.directions))], None
    if options.simulate:
        told, said = _simulated(given, options.seed, clock)
        lines.append(said)
    files = {
        f"{RESTRICTED}-worlds.json": canonical_json.encode(data),
        f"{RESTRICTED}-worlds.html": worlds_html.write(inputs, data, told),
    }
    if told is not None:
        files[f"{RESTRICTED}-simulation.json"] = canonical_json.encode(told)
    write_beside(options.output or given.folder, files)
    both = data if told is None else {**data, "simulation": told["runs"]}
    return Outcome(code=OK, text="\n".join(lines), data=both)


def _simulated(given: PlanFolder, seed: int, clock: LocalClock) -> tuple[dict[str, Any], str]:
    """Return what the simulator says of the plan, as a document and in words."""
    asked = simulated_plan(given, seed, TIME_LIMIT_S)
    sheets = [asked.run(PERMILLE, spread)[0] for spread in (0, SPREAD_PERMILLE)]
    names = {place.id: place.name for place in asked.problem.places}
    return simulation_json.document(sheets, **given.hashes), simulation_text(sheets, clock, names)


def weighed(order: Order, crew: Crew) -> WorldsSheet:
    """Return a plan in its worlds: all of them, then both answers to the main doubts in some of them."""
    question = question_of(order)
    outcomes = Outcomes.joined(list(crew.each(evaluated_slice, order, slices(order.worlds))))
    doubted = doubts(question, outcomes)
    if not doubted:
        return sheet(question, outcomes)
    asked = replace(order, doubts=doubted)
    parts = crew.each(answered_slice, asked, slices(min(PAIRED, order.worlds)))
    return sheet(question, outcomes, doubted, np.concatenate(list(parts)))


def worlds_text(found: WorldsSheet, clock: LocalClock, names: dict[str, str]) -> str:
    """Return what a planner reads: shares of worlds first, then what to confirm."""
    lines = [f"{found.worlds:,} worlds that keep to the reports (seed {found.seed}):"]
    for row in found.directions:
        lines += _direction_lines(row, found.worlds, clock, names[row.direction])
    if found.held:
        lines.append(
            f"Room is held for {found.held:,} undecided: {found.undecided_came:,} come on average, "
            f"{found.undecided_out:,} are out."
        )
    lines.append(
        f"Of {found.movements:,} movements {found.broken_mean:,} break off on average, "
        f"{found.rerouted_mean:,} take another way; {found.exposure_mean / HOUR_S:,.0f} person-hours "
        f"in harm, {found.exposure_tail / HOUR_S:,.0f} in the worst tenth."
    )
    if found.confirm:
        lines.append(
            "Confirm first (persons fewer out where it is so, in the same worlds; 90 % of resamples between):"
        )
    lines += [
        f"  {row.fact.words}: {row.difference:,} ({row.low:,} to {row.high:,}), so in {row.worlds:,} worlds"
        for row in found.confirm
    ]
    lines.append("Roads have no queues in these worlds and nobody plans anew: people wait, take another way,")
    lines.append(
        "or break off. The shares rest mostly on chances that no report states, assumptions which --chances"
    )
    lines.append("changes; what one closure costs rests on the plan alone.")
    return "\n".join(lines)


def _direction_lines(row: DirectionInWorlds, worlds: int, clock: LocalClock, name: str) -> list[str]:
    share = row.all_out * 1000 // max(1, worlds)
    planned = f"; planned for {clock.moments(row.planned_last_s)}" if row.planned_last_s >= 0 else ""
    lines = [
        f"{name}: all who come are out in {row.all_out:,} of {worlds:,} worlds ({share / 10:.1f} %){planned}"
    ]
    if row.by:
        half, last = row.by[(len(row.by) - 1) // 2], row.by[-1]
        times = clock.moments(half[0]), clock.moments(last[0])
        lines.append(f"  where all are out: half the time by {times[0]}, always by {times[1]}")
    lines.append(
        f"  persons out: {row.out_mean:,} of {row.came_mean:,} who come on average "
        f"({row.planned:,} planned), {row.out_tail:,} in the worst tenth, {row.out_least:,} at least"
    )
    return lines
