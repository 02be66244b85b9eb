"""What `plan` and `demo` say on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from safepassage.domain.case import UNDECIDED, DirectionBasis
from safepassage.domain.counts import people
from safepassage.domain.plan import DirectionSummary, JointSummary
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.problem import Problem
from safepassage.formats.facts.change_facts import ChangeFacts
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.people_facts import in_words, spare_in_words
from safepassage.planning import Planned

BAR = 30
SHOWN_PROBLEMS = 8
SHOWN_MOVEMENTS = 12
INSUFFICIENT = 5
PERCENT_PPM = 10_000


def plan_text(
    planned: Planned, outputs: Mapping[str, str], problems: Iterable[Problem], seconds: float, code: int
) -> str:
    """Return headline, one paragraph per direction, warnings and where the report is."""
    plan = planned.plan
    clock = _clock(planned)
    lines = [
        "EXERCISE — directions, tallies and agreements are invented." if plan.exercise else "",
        plan.title,
    ]
    for row, summary in zip(planned.problem.directions, plan.directions, strict=True):
        binding = next((b.text for b in plan.binding if b.direction == row[0]), "")
        lines.extend(_direction(summary, clock, plan.as_of, binding))
    lines.extend([] if plan.joint is None else _joint(plan.joint, clock))
    lines.append(_spare(planned.problem))
    lines.extend(_unserved(planned))
    lines.append("Do not move now is always an option: what those who stay need is in the report.")
    lines.extend(_warnings(list(problems)))
    if code == INSUFFICIENT:
        lines.append(
            "STALE OR INSUFFICIENT DATA: reports are older than 72 hours, nobody has a direction, or a road "
            "status fits no road."
        )
    lines.append(f"Verified independently in this run. {seconds:.1f} s.")
    lines.append(f"Report (RESTRICTED): {outputs['report.html']}")
    return "\n".join(line for line in lines if line)


def change_text(facts: ChangeFacts) -> str:
    """Return what has changed since the announced plan: whom to tell, what got better or worse."""
    movements = facts.movements()
    lines = [f"As of {facts.now}: {facts.headline()}"]
    lines.extend(
        f"  {row.id} {row.change}: " + "; now ".join(filter(None, dict.fromkeys((row.before, row.after))))
        for row in movements[:SHOWN_MOVEMENTS]
    )
    if len(movements) > SHOWN_MOVEMENTS:
        lines.append(f"  … and {len(movements) - SHOWN_MOVEMENTS:,} more in the report")
    for gain in facts.gains():
        word = "better" if gain.better else "worse"
        lines.append(f"  {word}: {gain.what} {gain.after} instead of {gain.before}")
    lines.append(f"  {facts.price()}")
    return "\n".join(line for line in lines if line.strip())


def _clock(planned: Planned) -> LocalClock:
    zones = [{"label": label, "offset_s": offset} for label, offset in planned.problem.time_zones]
    return LocalClock.of({"epoch": planned.problem.epoch, "time_zones": zones})


def _named(clock: LocalClock, seconds: int) -> str:
    """Return a time with the zone's name where there are several: ``17:40 Sumy / 18:40 Kursk``."""
    if len(clock.zones) == 1:
        return clock.moment(seconds)
    return " / ".join(f"{clock.moment(seconds, zone)} {zone.label}" for zone in clock.zones)


def _direction(summary: DirectionSummary, clock: LocalClock, as_of: str, binding: str) -> list[str]:
    served, demand = summary.persons_served, summary.persons_demand
    filled = BAR * served // demand if demand else 0
    lines = ["", f"{summary.name}: {served:,} of {people(demand)}  [{'#' * filled}{'.' * (BAR - filled)}]"]
    if summary.clearance_s is not None:
        finish = clock.moments(summary.clearance_s)
        if summary.clearance_bound_s is None:
            lines.append(f"  finishes {finish}; no bound was proved")
        else:
            bound = clock.moments(summary.clearance_bound_s)
            at = clock.moments(clock.seconds(as_of))
            lines.append(
                f"  finishes {finish}; in this model, with roads as reported at {at}, "
                f"no plan that serves as many people can finish before {bound}"
            )
    if summary.persons_reserved:
        lines.append(
            f"  held in reserve for undecided persons: {summary.persons_reserved:,} (not counted above)"
        )
    if summary.unserved_bound:
        lines.append(f"  in this model at least {summary.unserved_bound:,} cannot be served by any plan")
    return [*lines, f"  what limits it: {binding}"] if binding else lines


def _joint(joint: JointSummary, clock: LocalClock) -> list[str]:
    """Return what all directions together take beside what no plan of the model can better."""
    minutes, bound, gap = joint.person_seconds // 60, joint.person_seconds_bound, joint.person_seconds_gap_ppm
    lines = ["", f"All directions together: {minutes:,} person-minutes (who is not served counts to the end)"]
    if bound is not None and gap is not None:
        lines.append(
            f"  in this model no plan takes less than {bound // 60:,}: gap {gap / PERCENT_PPM:.1f} %"
        )
    if joint.last_arrival_s is not None and joint.last_arrival_gap_ppm is not None:
        last, gap = clock.moments(joint.last_arrival_s), joint.last_arrival_gap_ppm
        bound_s = joint.last_arrival_bound_s or 0
        lines.append(
            f"  the last arrive {last}, in no plan that serves as many before {clock.moments(bound_s)}: "
            f"gap {gap / PERCENT_PPM:.1f} %"
        )
    return lines


def _spare(problem: PlanningProblem) -> str:
    return spare_in_words(
        undecided=sum(
            row.persons for row in problem.demand
            if row.direction == UNDECIDED or row.basis == DirectionBasis.ASSUMPTION.value
        ),
        planned=sum(v.seats for v in problem.fleet), spare=sum(v.spare_seats for v in problem.fleet),
    )  # fmt: skip


def _unserved(planned: Planned) -> list[str]:
    reasons: dict[str, int] = {}
    for row in planned.plan.schedule.unserved:
        reasons[row.reason] = reasons.get(row.reason, 0) + row.persons
    if not reasons:
        return [""]
    rows = [
        f"  {count:,} {'person' if count == 1 else 'persons'}: {in_words(code)} ({code})"
        for code, count in sorted(reasons.items(), key=lambda kv: (-kv[1], kv[0]))
    ]
    return ["", "INCOMPLETE — not served, with the reason:", *rows]


def _warnings(problems: list[Problem]) -> list[str]:
    shown = [str(p) for p in problems[:SHOWN_PROBLEMS]]
    more = len(problems) - len(shown)
    return [*shown, f"… and {more} more (use --json)"] if more > 0 else shown
