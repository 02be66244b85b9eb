"""`safepassage worlds`: what comes of a verified plan in many worlds, and what to confirm first."""

from __future__ import annotations

import argparse
from pathlib import Path

from safepassage.casework.many_workers import mapped
from safepassage.casework.verified_plan import CLAIMS, NotVerifiedError, PlanFolder, verified_plan
from safepassage.casework.worlds_asked import Order, evaluated_slice, question_of
from safepassage.cli.outcome import Outcome
from safepassage.cli.outputs import RESTRICTED, write_beside
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage.domain.worlds import Chances, DirectionInWorlds, WorldsSheet
from safepassage.engines.worlds import Outcomes, sheet, slices
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.plan import worlds_json

HOUR_S = 3600


def run(options: argparse.Namespace) -> Outcome:
    """Draw worlds, run the plan through each, print and write what comes of it."""
    try:
        given = verified_plan(options.plan)
    except NotVerifiedError as fault:
        return Outcome(code=NOT_VERIFIED, text=str(fault), data={"error": str(fault)}, to_stderr=True)
    order = Order(
        inputs=given.inputs, plan=given.plan, chances=_chances(options.chances), seed=options.seed,
        origins=tuple(sorted(_origins(given).items())),
    )  # fmt: skip
    parts = mapped(
        evaluated_slice, order, slices(options.worlds), workers=options.workers, cluster=options.cluster
    )
    question = question_of(order)
    found = sheet(question, Outcomes.joined(parts))
    data = worlds_json.document(found, **given.hashes)
    write_beside(options.output or given.folder, {f"{RESTRICTED}-worlds.json": canonical_json.encode(data)})
    text = worlds_text(
        found, LocalClock.of(canonical_json.decode(given.inputs)), dict(question.problem.directions)
    )
    return Outcome(code=OK, text=text, data=data)


def _chances(file: Path | None) -> Chances:
    return Chances() if file is None else worlds_json.read_chances(file.read_bytes(), file=file.name)


def _origins(given: PlanFolder) -> dict[str, str]:
    """Return who alone stands behind an event of the claims, by its id in the inputs."""
    claims = given.beside(CLAIMS)
    if claims is None:
        return {}
    found: dict[str, str] = {}
    for event in claims.get("events", []):
        origins = sorted(set(event["origins"]))
        for k in range(len(event["slices"])):
            found[f"claim:{event['id']}:{k}"] = origins[0] if len(origins) == 1 else str(event["id"])
    return found


def worlds_text(found: WorldsSheet, clock: LocalClock, names: dict[str, str]) -> str:
    """Return what a planner reads: shares of worlds first, then what to confirm."""
    lines = [f"{found.worlds:,} worlds that keep to the reports (seed {found.seed}):"]
    for row in found.directions:
        lines += _direction_lines(row, found.worlds, clock, names[row.direction])
    lines.append(
        f"Of {found.movements:,} movements {found.broken_mean:,} break off on average, "
        f"{found.rerouted_mean:,} take another way; {found.exposure_mean / HOUR_S:,.0f} person-hours "
        f"in harm, {found.exposure_tail / HOUR_S:,.0f} in the worst tenth."
    )
    if found.confirm:
        lines.append("Confirm first (persons fewer out where it is so, nine tenths of resamples between):")
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
