"""Regions of a country planned apart, each on the roads around its places, here or by many workers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safepassage.casework.many_workers import Crew
from safepassage.casework.verified import documents_of
from safepassage.domain.case import Case
from safepassage.domain.network import RoadNetwork
from safepassage.domain.regions import RoadHour
from safepassage.domain.situation import Situation
from safepassage.engines.together import road_hours
from safepassage.formats.containers import canonical_json
from safepassage.planning import StoppingRule, make_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPlan:
    """A plan of one region: documents as bytes, whether the verifier passes it, what it sends into roads.

    `fault` is the verifier's first violation in words, empty without one.
    """

    documents: Mapping[str, bytes]
    fault: str
    hours: tuple[RoadHour, ...]
    complete: bool

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


Region = tuple[RoadNetwork, Case]


def planned_region(search: Search, region: Region) -> RegionPlan:
    """Return the plan of a region made as if it were alone, with the verifier's word on it."""
    network, case = region
    stop = StoppingRule(work=case.settings.work_limit if search.work is None else search.work)
    planned = make_plan(network, Situation(case=case), stop=stop, seed=search.seed)
    documents, _, verdict = documents_of(planned)
    first = "" if verdict.verified else f"{verdict.violations[0].code} at {verdict.violations[0].where}"
    hours = road_hours(planned.problem, planned.plan.schedule)
    return RegionPlan(documents=documents, fault=first, hours=hours, complete=planned.plan.complete)


def planned_regions(regions: Sequence[Region], search: Search, crew: Crew) -> Iterator[RegionPlan]:
    """Yield the plans of regions in their order, whoever makes them."""
    return crew.each(planned_region, search, regions)
