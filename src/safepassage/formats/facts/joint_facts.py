"""What a plan takes for all directions together beside what no plan of the model can better, for a reader."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.release import Release
from safepassage.formats.facts.local_clock import LocalClock

PERCENT_PPM = 10_000
BINDING = {"label_cut": "the roads and crossings", "fleet": "the vehicles"}
"""What proves a bound, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointFacts:
    """Person-minutes and last arrival of a plan, their bounds and gaps; "" where nothing is proved."""

    person_minutes: int
    person_minutes_bound: int | None
    person_minutes_gap: str
    last_arrival: str
    last_arrival_bound: str
    last_arrival_gap: str
    bound_by: str


def joint_facts(release: Release, clock: LocalClock) -> JointFacts | None:
    """Return the joint figures of a released plan; None where it has none."""
    joint = release.plan.get("joint")
    if joint is None:
        return None
    bound, last, last_bound = (
        joint["person_seconds_bound"], joint["last_arrival_s"], joint["last_arrival_bound_s"]
    )  # fmt: skip
    return JointFacts(
        person_minutes=joint["person_seconds"] // 60,
        person_minutes_bound=None if bound is None else bound // 60,
        person_minutes_gap=_percent(joint["person_seconds_gap_ppm"]),
        last_arrival="" if last is None else clock.moments(last, dated=True),
        last_arrival_bound="" if last_bound is None else clock.moments(last_bound, dated=True),
        last_arrival_gap=_percent(joint["last_arrival_gap_ppm"]),
        bound_by=_bound_by(release, last_bound),
    )


def _percent(gap_ppm: int | None) -> str:
    return "" if gap_ppm is None else f"{gap_ppm / PERCENT_PPM:.1f} %"


def _bound_by(release: Release, last_bound_s: int | None) -> str:
    """Say which direction's bound is the latest, and what proves it."""
    for row in release.plan["directions"]:
        if last_bound_s is not None and row["clearance_bound_s"] == last_bound_s:
            return f"{row['name']}: {BINDING.get(row['bound_kind'], 'its bound')}"
    return ""
