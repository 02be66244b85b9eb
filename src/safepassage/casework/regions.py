"""Regions of a country planned apart, each on the roads around its places, here or by many workers.

What is too much for a road or a site that several use is divided, round by round, until the plans hold
together; each region plans within its part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from safepassage.casework.many_workers import Crew
from safepassage.casework.solver_room import SolverRoom, nothing
from safepassage.casework.verified import documents_of
from safepassage.domain.case import Case
from safepassage.domain.network import RoadNetwork
from safepassage.domain.regions import RegionUse, Round, SharedHour, SharedSite, Shares, Thing, Together
from safepassage.domain.situation import Situation
from safepassage.engines.together import (
    limited,
    most_ahead,
    next_shares,
    region_use,
    shared_hours,
    shared_sites,
)
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.planning import StoppingRule, concluded, prepare, problem_of, scheduled


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPlan:
    """A plan of one region: documents as bytes, whether the verifier passes it, what it uses.

    `fault` is the verifier's first violation in words, empty without one; `made_without` says which answers
    of solvers were lost, and that the plan was verified without them.
    """

    documents: Mapping[str, bytes]
    fault: str
    use: RegionUse
    complete: bool
    made_without: tuple[str, ...] = ()

    @property
    def parsed(self) -> tuple[Any, Any, Any, Any]:
        """Inputs, plan, certificate and verification as plain values."""
        names = ("inputs", "plan", "certificate", "verification")
        inputs, plan, certificate, verification = (canonical_json.decode(self.documents[n]) for n in names)
        return inputs, plan, certificate, verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How much each region is searched (None: as its case says), and the seed."""

    work: int | None
    seed: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Region:
    """A case on the roads around its places, with its parts (ppm) of what it shares; all of it without."""

    network: RoadNetwork
    case: Case
    parts: Mapping[Thing, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RegionPlans:
    """Plans of all regions in their order, where they meet, and what they are as one."""

    plans: tuple[RegionPlan, ...]
    hours: tuple[SharedHour, ...]
    sites: tuple[SharedSite, ...]
    together: Together


def planned_region(search: Search, region: Region) -> RegionPlan:
    """Return the plan of a region within its parts, with the verifier's word on it."""
    case, situation = region.case, Situation(case=region.case)
    work = case.settings.work_limit if search.work is None else search.work
    alone = problem_of(region.network, situation)
    with SolverRoom() as room:
        ground = prepare(
            region.network, situation,
            stop=StoppingRule(work=work, prices=partial(room.prices, nothing), bounds=room.bounds),
            seed=search.seed, within=lambda p: limited(p, region.parts),
        )  # fmt: skip
        # What prices prove comes from the room while vehicles are planned.
        planned = concluded(ground, scheduled(ground))
    documents, _, verdict = documents_of(planned)
    first = "" if verdict.verified else f"{verdict.violations[0].code} at {verdict.violations[0].where}"
    use = region_use(alone, planned.plan.schedule)
    return RegionPlan(
        documents=documents, fault=first, use=use, complete=planned.plan.complete,
        made_without=tuple(room.lines()),
    )  # fmt: skip


def planned_regions(regions: Sequence[Region], search: Search, crew: Crew) -> Iterator[RegionPlan]:
    """Yield the plans of regions in their order, whoever makes them."""
    return crew.each(planned_region, search, regions)


def planned_together(regions: Sequence[Region], search: Search, crew: Crew, rounds: int) -> RegionPlans:
    """Return plans of regions that hold together, if `rounds` of dividing what they share find such plans.

    The first plans are made as if each region were alone; their bounds hold for all. Rounds end when they
    stop gaining. A plan that fails its verification ends them at once.
    """
    made = [list(planned_regions(regions, search, crew))]
    tried, shares = [_round({}, regions, made[0])], dict[Thing, Mapping[str, int]]()
    while len(tried) <= rounds and not _settled(tried) and not any(plan.fault for plan in made[-1]):
        uses = _uses(regions, made[-1])
        shares = dict(next_shares(shares, uses, *_meeting(uses)))
        made.append(_again(regions, shares, made[-1], tried[-1].shares, (search, crew)))
        tried.append(_round(shares, regions, made[-1]))
    chosen = max(range(len(tried)), key=lambda k: (tried[k].rank, -k))
    if any(plan.fault for plan in made[-1]):
        chosen = len(made) - 1
    plans = made[chosen]
    hours, sites = _meeting(_uses(regions, plans))
    return RegionPlans(
        plans=tuple(plans), hours=hours, sites=sites, together=_together(tried, chosen, made[0], plans)
    )


def _settled(tried: Sequence[Round]) -> bool:
    """Whether plans made alone fit, or another division of the same things was no better."""
    if len(tried) == 1:
        return tried[0].fits
    return tried[-2].fits and tried[-1].rank <= tried[-2].rank


def _again(
    regions: Sequence[Region],
    shares: Shares,
    before: Sequence[RegionPlan],
    earlier: Shares,
    who: tuple[Search, Crew],
) -> list[RegionPlan]:
    """Return plans within new parts; a region whose parts are as before keeps its plan."""
    found, search, crew = list(before), *who
    asked = {k: _parts(shares, one) for k, one in enumerate(regions)}
    todo = [k for k, one in enumerate(regions) if asked[k] != _parts(earlier, one)]
    changed = [Region(network=regions[k].network, case=regions[k].case, parts=asked[k]) for k in todo]
    for k, plan in zip(todo, planned_regions(changed, search, crew), strict=True):
        found[k] = plan
    return found


def _parts(shares: Shares, region: Region) -> dict[Thing, int]:
    return {thing: rows[region.case.id] for thing, rows in shares.items() if region.case.id in rows}


def _uses(regions: Sequence[Region], plans: Sequence[RegionPlan]) -> dict[str, RegionUse]:
    return {region.case.id: plan.use for region, plan in zip(regions, plans, strict=True)}


def _meeting(uses: Mapping[str, RegionUse]) -> tuple[tuple[SharedHour, ...], tuple[SharedSite, ...]]:
    hours = shared_hours({name: use.hours for name, use in uses.items()})
    return hours, shared_sites({name: use.sites for name, use in uses.items()})


def _round(shares: Shares, regions: Sequence[Region], plans: Sequence[RegionPlan]) -> Round:
    hours, sites = _meeting(_uses(regions, plans))
    rows = [canonical_json.decode(plan.documents["plan"]) for plan in plans]
    return Round(
        shares=shares, served=sum(d["persons_served"] for row in rows for d in row["directions"]),
        person_s=sum(row["joint"]["person_seconds"] for row in rows),
        last_s=max(row["joint"]["last_arrival_s"] or 0 for row in rows),
        over_hours=sum(row.over_mveh > 0 for row in hours),
        over_sites=sum(row.over_persons > 0 for row in sites),
    )  # fmt: skip


def _together(
    tried: Sequence[Round], chosen: int, alone: Sequence[RegionPlan], plans: Sequence[RegionPlan]
) -> Together:
    joint = [canonical_json.decode(plan.documents["plan"])["joint"] for plan in alone]
    parsed = [plan.parsed for plan in plans]
    made = [(inputs_json.parse(inputs), plan_json.parsed_schedule(plan)) for inputs, plan, _, _ in parsed]
    ahead, road = most_ahead(made, tried[chosen].shares)
    bounds = [row["person_seconds_bound"] for row in joint]
    return Together(
        rounds=tuple(tried), chosen=chosen,
        demand=sum(d["persons_demand"] for _, plan, _, _ in parsed for d in plan["directions"]),
        person_bound_s=-1 if None in bounds else sum(bounds),
        last_bound_s=max(row["last_arrival_bound_s"] or 0 for row in joint), ahead_mveh=ahead,
        ahead_at="–".join(road or ()), burst_mveh=max(problem.rules.burst_mveh for problem, _ in made),
    )  # fmt: skip
