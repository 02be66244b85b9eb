"""What a plan in many worlds says on a terminal."""

from __future__ import annotations

from safepassage.domain.worlds import DirectionInWorlds, WorldsSheet
from safepassage.formats.facts.local_clock import LocalClock

HOUR_S = 3600


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
