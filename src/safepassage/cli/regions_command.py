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
from safepassage.casework.regions import Region, RegionPlan, Search, planned_regions
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.outputs import write_outputs
from safepassage.cli.run import MALFORMED, NOT_VERIFIED, OK, UNSERVED
from safepassage.cli.written import RESTRICTED, write_beside
from safepassage.domain.case import Case
from safepassage.domain.errors import FormatError
from safepassage.domain.regions import SharedHour
from safepassage.domain.release import Audience
from safepassage.engines.release import release, with_audit
from safepassage.engines.together import shared_hours
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.plan import regions_json
from safepassage.formats.sheets import public_notice

MOST_SHOWN = 8
MVEH = 1_000


def run(options: argparse.Namespace) -> Outcome:
    """Cut a region for each case, plan all of them, and say where they meet; nothing is written otherwise."""
    given = [read_case_input(case, options.network, region_km=options.region_km) for case in options.cases]
    problems = [problem for one in given for problem in one.problems]
    if any(one.malformed or one.case is None or one.network is None for one in given):
        rows = problems_json(problems)
        return Outcome(code=MALFORMED, text=problems_text(problems), data={"problems": rows}, to_stderr=True)
    regions = [region for one in given for region in _region(one)]
    _require_one_clock([case for _, case in regions])
    crew = Crew(workers=options.workers, cluster=options.cluster)
    plans = list(planned_regions(regions, Search(work=options.work_limit, seed=options.seed), crew))
    names = [case.id for _, case in regions]
    faults = [f"{name}: {plan.fault}" for name, plan in zip(names, plans, strict=True) if plan.fault]
    if faults:
        lines = ["A plan failed its verification; nothing was written. Please report this.", *faults]
        return Outcome(code=NOT_VERIFIED, text="\n".join(lines), data={"error": lines}, to_stderr=True)
    for one, region, plan in zip(given, regions, plans, strict=True):
        _write(options.output / region[1].id, one, region, plan)
    shared = shared_hours({name: plan.hours for name, plan in zip(names, plans, strict=True)})
    data = regions_json.document([(n, plan.parsed) for n, plan in zip(names, plans, strict=True)], shared)
    write_beside(options.output, {f"{RESTRICTED}-regions.json": canonical_json.encode(data)})
    clock = LocalClock.of(plans[0].parsed[0])
    complete = all(plan.complete for plan in plans)
    return Outcome(code=OK if complete else UNSERVED, text=regions_text(data, shared, clock), data=data)


def _region(given: CaseInput) -> list[Region]:
    return [] if given.case is None or given.network is None else [(given.network.network, given.case)]


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
    network, case = region
    documents = dict(plan.documents)
    public = release(*plan.parsed, Audience.PUBLIC)
    texts = {"PUBLIC-notice.txt": public_notice.write_text(public).decode()}
    documents["audit"] = audited(documents, case=case, public=texts)
    team = release(*plan.parsed, Audience.PLANNING_TEAM)
    team = with_audit(team, canonical_json.decode(documents["audit"]))
    layers = map_layers(network, case, given.background)
    write_outputs(folder, documents, (team, public), layers, field_devices=False)


def regions_text(data: dict[str, Any], shared: Sequence[SharedHour], clock: LocalClock) -> str:
    """Return what a planner reads: each region, then the roads on which plans meet."""
    lines = [
        f"{row['id']}: {row['served']:,} of {row['demand']:,} served, the last arrive "
        f"{clock.moment(row['last_s'])}; verified"
        for row in data["regions"]
    ]
    over = [row for row in shared if row.over_mveh]
    lines.append(
        f"Plans meet on {len({row.ends for row in shared}):,} roads, in {len(shared):,} hours of them."
    )
    if not over:
        lines.append("None of these is used beyond its capacity: the plans hold together by the hour.")
        return "\n".join(lines)
    lines.append(f"In {len(over):,} of these hours all together are more than the road carries:")
    for row in over[:MOST_SHOWN]:
        users = ", ".join(f"{name} {load / MVEH:,.0f}" for name, load in row.loads)
        lines.append(
            f"  {row.label or '–'.join(row.ends)}, from {clock.moment(row.hour * 3600)}: {users} of "
            f"{row.capacity_mveh / MVEH:,.0f} car units an hour"
        )
    lines.append("Plan these regions as one case, or give each a share of these roads (road_status).")
    return "\n".join(lines)
