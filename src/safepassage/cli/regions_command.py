"""`safepassage regions`: several cases on one network, each planned on its region, and where plans meet."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safepassage.casework.audited import audited
from safepassage.casework.layers import map_layers
from safepassage.casework.many_workers import Crew
from safepassage.casework.reading import CaseInput, read_case_input
from safepassage.casework.regions import Region, RegionPlan, RegionPlans, Search, planned_together
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.outputs import write_outputs
from safepassage.cli.run import MALFORMED, NOT_VERIFIED, OK, UNSERVED
from safepassage.cli.written import RESTRICTED, write_beside
from safepassage.domain.case import Case
from safepassage.domain.errors import FormatError
from safepassage.domain.regions import Together
from safepassage.domain.release import Audience
from safepassage.engines.release import release, with_audit
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.plan import regions_json
from safepassage.formats.sheets import public_notice

MOST_SHOWN = 8
MVEH, MINUTE_S, PERCENT_PPM = 1_000, 60, 10_000


def run(options: argparse.Namespace) -> Outcome:
    """Cut a region for each case, plan all of them, and say where they meet; nothing is written otherwise."""
    given = [read_case_input(case, options.network, region_km=options.region_km) for case in options.cases]
    problems = [problem for one in given for problem in one.problems]
    if any(one.malformed or one.case is None or one.network is None for one in given):
        rows = problems_json(problems)
        return Outcome(code=MALFORMED, text=problems_text(problems), data={"problems": rows}, to_stderr=True)
    regions = [region for one in given for region in _region(one)]
    _require_one_clock([region.case for region in regions])
    crew = Crew(workers=options.workers, cluster=options.cluster)
    search = Search(work=options.work_limit, seed=options.seed)
    found = planned_together(regions, search, crew, options.rounds)
    names, plans = [region.case.id for region in regions], found.plans
    faults = [f"{name}: {plan.fault}" for name, plan in zip(names, plans, strict=True) if plan.fault]
    if faults:
        lines = ["A plan failed its verification; nothing was written. Please report this.", *faults]
        return Outcome(code=NOT_VERIFIED, text="\n".join(lines), data={"error": lines}, to_stderr=True)
    for one, region, plan in zip(given, regions, plans, strict=True):
        _write(options.output / region.case.id, one, region, plan)
    read = [(name, plan.parsed) for name, plan in zip(names, plans, strict=True)]
    data = regions_json.document(read, found.hours, found.sites, found.together)
    write_beside(options.output, {f"{RESTRICTED}-regions.json": canonical_json.encode(data)})
    clock = LocalClock.of(plans[0].parsed[0])
    complete = all(plan.complete for plan in plans)
    lost = [f"{name}: {line}" for name, plan in zip(names, plans, strict=True) for line in plan.made_without]
    text = "\n".join([regions_text(data, found, clock), *lost])
    return Outcome(code=OK if complete else UNSERVED, text=text, data=data)


def _region(given: CaseInput) -> list[Region]:
    if given.case is None or given.network is None:
        return []
    return [Region(network=given.network.network, case=given.case)]


def _require_one_clock(cases: Sequence[Case]) -> None:
    """Refuse cases that cannot lie side by side."""
    if len({case.id for case in cases}) < len(cases):
        raise FormatError(file="the cases", what="two have the same id", remedy="give each region its own")
    if len({case.epoch for case in cases}) > 1:
        raise FormatError(
            file="the cases", what="do not start at the same time", remedy="give all of them one start"
        )


def _write(folder: Path, given: CaseInput, region: Region, plan: RegionPlan) -> None:
    """Write the files of one region's plan, as `plan` writes them."""
    network, case = region.network, region.case
    documents = dict(plan.documents)
    public = release(*plan.parsed, Audience.PUBLIC)
    texts = {"PUBLIC-notice.txt": public_notice.write_text(public).decode()}
    documents["audit"] = audited(documents, case=case, public=texts)
    team = release(*plan.parsed, Audience.PLANNING_TEAM)
    team = with_audit(team, canonical_json.decode(documents["audit"]))
    layers = map_layers(network, case, given.background)
    write_outputs(folder, documents, (team, public), layers, field_devices=False)


def regions_text(data: dict[str, Any], found: RegionPlans, clock: LocalClock) -> str:
    """Return what a planner reads: each region, all of them together, then where plans meet."""
    lines = [
        f"{row['id']}: {row['served']:,} of {row['demand']:,} served, the last arrive "
        f"{clock.moment(row['last_s'])}; verified"
        for row in data["regions"]
    ]
    return "\n".join([*lines, *_together_lines(found.together, clock), *_meeting_lines(found, clock)])


def _together_lines(found: Together, clock: LocalClock) -> list[str]:
    """Return what the regions are as one, and how what they share was divided."""
    best, alone = found.best, found.rounds[0]
    line = (
        f"Together: {best.served:,} of {found.demand:,} served, the last arrive {clock.moment(best.last_s)}; "
        f"{best.person_s // MINUTE_S:,} person-minutes"
    )
    if found.person_bound_s > 0:
        over = (best.person_s - found.person_bound_s) * 100 / found.person_bound_s
        line += f", {over:.1f} % over a bound that holds however things are shared"
    lines = [f"{line}."]
    if best.shares:
        more = (best.person_s - alone.person_s) // MINUTE_S
        fewer, of = alone.served - best.served, len(found.rounds) - 1
        lines.append(
            f"{len(best.shares):,} roads and sites were divided (round {found.chosen} of {of}): {fewer:,} "
            f"fewer served and {more:,} person-minutes more than if each region had all to itself."
        )
    for thing, parts in list(best.shares.items())[:MOST_SHOWN]:
        words = ", ".join(f"{name} {ppm / PERCENT_PPM:.0f} %" for name, ppm in parts.items())
        lines.append(f"  {'–'.join(thing)}: {words}")
    return lines


def _meeting_lines(found: RegionPlans, clock: LocalClock) -> list[str]:
    """Return on which roads and sites plans meet, and where together they are too many."""
    hours, sites = found.hours, found.sites
    over, full = [row for row in hours if row.over_mveh], [row for row in sites if row.over_persons]
    roads = len({row.ends for row in hours})
    lines = [f"Plans meet on {roads:,} roads, in {len(hours):,} hours of them, and at {len(sites):,} sites."]
    if not over and not full:
        together = found.together
        lines.append(
            "None of these is used beyond what it holds: the plans hold together by the hour. By the second, "
            f"at most {together.ahead_mveh / MVEH:g} car units are on a road ahead of what it lets in; one "
            f"plan alone may be {together.burst_mveh / MVEH:g}."
        )
        return lines
    lines.append(f"In {len(over):,} of these hours all together are more than the road carries:")
    for row in over[:MOST_SHOWN]:
        users = ", ".join(f"{name} {load / MVEH:,.0f}" for name, load in row.loads)
        lines.append(
            f"  {row.label or '–'.join(row.ends)}, from {clock.moment(row.hour * 3600)}: {users} of "
            f"{row.capacity_mveh / MVEH:,.0f} car units an hour"
        )
    for place in full[:MOST_SHOWN]:
        users = ", ".join(f"{name} {load:,}" for name, load in place.loads)
        lines.append(f"  {place.name}: {users} of {place.capacity_persons:,} places")
    lines.append("Plan these regions as one case, or try more --rounds.")
    return lines
