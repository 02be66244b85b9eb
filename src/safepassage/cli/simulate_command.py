"""`safepassage simulate`: a verified plan in SUMO, what is planned against what the simulator makes of it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from safepassage.casework import simulator
from safepassage.casework.reading import read_case_input
from safepassage.casework.verified_plan import NotVerifiedError, PlanFolder, verified_plan
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage.cli.written import RESTRICTED, write_beside
from safepassage.domain.errors import FormatError
from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.simulation import Compared, Driven, SimulationSheet
from safepassage.domain.situation import Situation
from safepassage.engines.simulate import Setting, records, sheet, traffic
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.pages import worlds_html
from safepassage.formats.plan import inputs_json, plan_json, simulation_json
from safepassage.planning import StoppingRule, make_plan

GOAL_PERMILLE = 1_100
"""A plan holds in the simulator where last arrivals are at most a tenth later than planned."""
STEP_PERMILLE, LEAST_PERMILLE = 50, 200
DERATED_PERMILLE = (1_000, 900, 800, 700, 600, 500)
MOST_PLACES = 8
MINUTE_S, HOUR_S = 60, 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A plan that is asked how it does in the simulator."""

    problem: PlanningProblem
    schedule: Schedule
    name: str
    seed: int
    limits: simulator.Limits

    def run(self, capacity: int, spread: int) -> tuple[SimulationSheet, tuple[Driven, ...]]:
        """Return what comes of the plan at a share of its capacities and a spread of speeds (permille)."""
        told = traffic(self.problem, self.schedule, capacity_permille=capacity, spread_permille=spread)
        rows = records(told, simulator.simulated(told, seed=self.seed, limits=self.limits))
        return self.compared(rows, self.name, capacity, spread), rows

    def compared(self, rows: Sequence[Driven], by: str, capacity: int, spread: int) -> SimulationSheet:
        """Return the plan beside what happened."""
        told = traffic(self.problem, self.schedule)
        setting = Setting(simulator=by, capacity_permille=capacity, spread_permille=spread, seed=self.seed)
        return sheet(self.problem, self.schedule, told, rows, setting=setting)


def run(options: argparse.Namespace) -> Outcome:
    """Simulate, compare, print and write."""
    try:
        given = verified_plan(options.plan)
    except NotVerifiedError as fault:
        return Outcome(code=NOT_VERIFIED, text=str(fault), data={"error": str(fault)}, to_stderr=True)
    if options.driven is not None:
        return _recorded(given, options.driven, options.output or given.folder)
    asked = simulated_plan(given.inputs, given.plan, options.seed, options.time_limit)
    capacity = options.capacity * 10
    first, driven = asked.run(capacity, 0)
    sheets = [first]
    if options.spread:
        sheets.append(asked.run(capacity, options.spread * 10)[0])
    least = least_capacity(asked) if options.least else None
    derated = _derated(options) if options.derate is not None else []
    data = simulation_json.document(sheets, **given.hashes)
    if least is not None:
        data["least_capacity_permille"] = least
    if derated:
        data["derating"] = [{"road_capacity_permille": k, "runs": rows} for k, rows in derated]
    way = simulation_json.driven(driven, by=asked.name, plan_sha256=given.hashes["plan_sha256"])
    files = {"simulation": data, "driven": way}
    inputs = canonical_json.decode(given.inputs)
    page = worlds_html.write(inputs, {}, data)
    rows_of = {f"{RESTRICTED}-{name}.json": canonical_json.encode(rows) for name, rows in files.items()}
    write_beside(options.output or given.folder, {**rows_of, f"{RESTRICTED}-simulation.html": page})
    names = {place.id: place.name for place in asked.problem.places}
    text = simulation_text(sheets, LocalClock.of(inputs), names)
    return Outcome(code=OK, text="\n".join([text, *_least_lines(least), *_derated_lines(derated)]), data=data)


def simulated_plan(inputs: bytes, plan: bytes, seed: int, limit_s: int) -> Simulated:
    """Return a plan, by its documents, to be asked.

    Raises
    ------
    SimulatorError
        When the simulator is not there.
    """
    return _asked(inputs, plan, simulator.version(), seed, limit_s)


def _asked(inputs: bytes, plan: bytes, name: str, seed: int = 0, limit_s: int = 1) -> Simulated:
    return Simulated(
        problem=inputs_json.parse(canonical_json.decode(inputs)),
        schedule=plan_json.parsed_schedule(canonical_json.decode(plan)), name=name,
        seed=seed, limits=simulator.Limits(wall_s=limit_s),
    )  # fmt: skip


def _recorded(given: PlanFolder, file: Path, folder: Path) -> Outcome:
    """Compare the plan with a record of what happened, in words and on a page."""
    by, rows = simulation_json.read_driven(
        file.read_bytes(), file=file.name, plan_sha256=given.hashes["plan_sha256"]
    )
    asked = _asked(given.inputs, given.plan, by)
    found = asked.compared(rows, by, 1_000, 0)
    names = {place.id: place.name for place in asked.problem.places}
    inputs, data = canonical_json.decode(given.inputs), simulation_json.document([found], **given.hashes)
    page = worlds_html.write(inputs, {}, data, recorded=True)
    write_beside(folder, {f"{RESTRICTED}-happened.html": page})
    return Outcome(code=OK, text=recorded_text(found, LocalClock.of(inputs), names), data=data)


def holds(found: SimulationSheet) -> bool:
    """Return whether everybody arrives in the simulator, the last of each direction within a tenth."""
    return all(row.arrived == row.persons and row.ratio_permille <= GOAL_PERMILLE for row in found.directions)


def least_capacity(asked: Simulated) -> int:
    """Return the least share of planned capacities (permille, in steps) at which a plan holds; 0 for none.

    By halving: where less capacity holds, more is taken to hold, too.
    """
    low, high = LEAST_PERMILLE // STEP_PERMILLE, 1_000 // STEP_PERMILLE
    if not holds(asked.run(high * STEP_PERMILLE, 0)[0]):
        return 0
    while low < high:
        middle = (low + high) // 2
        if holds(asked.run(middle * STEP_PERMILLE, 0)[0]):
            high = middle
        else:
            low = middle + 1
    return high * STEP_PERMILLE


def _derated(options: argparse.Namespace) -> list[tuple[int, list[dict[str, Any]]]]:
    """Return shares of capacity planned with, downwards to the first plan that holds at all of it."""
    given = read_case_input(options.derate, options.network)
    if given.case is None or given.network is None:
        remedy = "run `safepassage check`"
        raise FormatError(file=str(options.derate), what="cannot be planned", remedy=remedy)
    found = []
    for share in DERATED_PERMILLE:
        settings = replace(given.case.settings, road_capacity_permille=share)
        situation = Situation(case=replace(given.case, settings=settings))
        stop = StoppingRule(work=settings.work_limit)
        planned = make_plan(given.network.network, situation, stop=stop, seed=options.seed)
        asked = Simulated(
            problem=planned.problem, schedule=planned.plan.schedule, name=simulator.version(),
            seed=options.seed, limits=simulator.Limits(wall_s=options.time_limit),
        )  # fmt: skip
        sheet_, _ = asked.run(1_000_000 // share, 0)
        found.append((share, [asdict(row) for row in sheet_.directions]))
        if holds(sheet_):
            break
    return found


def _derated_lines(derated: list[tuple[int, list[dict[str, Any]]]]) -> list[str]:
    lines = []
    for share, rows in derated:
        ratios = [
            f"{row['simulated_last_s'] / max(1, row['planned_last_s']):.3f}" for row in rows if row["persons"]
        ]
        said = f"Planned with {share / 10:.0f} % of capacities, driven at all of them: simulated to planned"
        lines.append(f"{said} {', '.join(ratios)}")
    if derated:
        factor = f"road_capacity_factor = {derated[-1][0] / 1000:g}"
        lines.append(f"{factor} is the greatest at which the plan holds, or the least that was tried.")
    return lines


def _least_lines(least: int | None) -> list[str]:
    if least is None:
        return []
    if not least:
        return ["At the planned capacities the plan does not hold in the simulator: plan with less of them."]
    text = (
        f"The plan holds down to {least / 10:.0f} % of the planned capacities (tried in steps of "
        f"{STEP_PERMILLE / 10:.0f} %): everybody arrives, the last of each direction within a tenth."
    )
    return [text]


def simulation_text(sheets: list[SimulationSheet], clock: LocalClock, names: dict[str, str]) -> str:
    """Return what a planner reads: planned against simulated, for each run; then where delays are worst."""
    lines = []
    for found in sheets:
        drive = "drivers keep to the planned speeds"
        if found.spread_permille:
            drive = f"drivers' speeds differ by {found.spread_permille / 10:.0f} %, nobody overtakes"
        lines.append(
            f"{found.simulator}, mesoscopic, queues and jams on, {found.capacity_permille / 10:.0f} % of the "
            f"planned capacities; {drive}:"
        )
        lines += [f"  {_line(row, clock, row.name)}" for row in found.directions]
        lines += _faults(found)
    return "\n".join([*lines, *_latest(sheets[-1], clock, names)])


def recorded_text(found: SimulationSheet, clock: LocalClock, names: dict[str, str]) -> str:
    """Return the plan beside what happened, as somebody recorded it."""
    lines = [f"What happened, recorded by {found.simulator}, against the plan:"]
    lines += [f"  {_line(row, clock, row.name)}" for row in found.directions]
    return "\n".join([*lines, *_faults(found), *_latest(found, clock, names)])


def _latest(found: SimulationSheet, clock: LocalClock, names: dict[str, str]) -> list[str]:
    lines = ["Places where people come latest against the plan, in the last run:"]
    worst = sorted(found.places, key=lambda row: (-row.delay_most_s, row.name))[:MOST_PLACES]
    lines += [f"  {_line(row, clock, names.get(row.name, row.name))}" for row in worst]
    return lines


def _line(row: Compared, clock: LocalClock, name: str) -> str:
    if row.planned_last_s < 0:
        return f"{name}: nobody arrives"
    came = f"{row.arrived:,} of {row.persons:,} arrive"
    if row.simulated_last_s < 0:
        return f"{name}: {came}"
    return (
        f"{name}: {came}, the last {clock.moments(row.simulated_last_s)}, planned "
        f"{clock.moments(row.planned_last_s)} ({row.ratio_permille / 1000:.3f} of the planned time); later "
        f"by {row.delay_mean_s / MINUTE_S:.1f} min on average, {row.delay_most_s / MINUTE_S:.0f} at most"
    )


def _faults(found: SimulationSheet) -> list[str]:
    share = found.driving_simulated_s * 1000 // max(1, found.driving_planned_s)
    text = (
        f"  time on roads {share / 1000:.3f} of the planned; of {found.movements:,} movements "
        f"{found.never:,} do not arrive, {found.shut:,} find a road shut, {found.outside:,} are still on "
        f"the road when the hours of movement end; {found.missed:,} persons come too late for their next "
        "vehicle"
    )
    return [text]
