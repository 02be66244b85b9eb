"""`safepassage site`: where to stand, what the next site would buy, and what no other choice can better."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safepassage.casework.reading import CaseInput, read_case_input
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import MALFORMED, OK
from safepassage.domain.case import Case, PlaceKind
from safepassage.domain.counts import people
from safepassage.domain.errors import FormatError
from safepassage.domain.network import RoadNetwork
from safepassage.domain.safeguard import SafeguardKind
from safepassage.domain.siting import NO_LIMIT, SitingAim, SitingPlan, SitingProblem
from safepassage.domain.siting_sheet import PURPOSE_NORMS, Point, Purpose, SitingSheet
from safepassage.domain.suggestions import did_you_mean

if TYPE_CHECKING:
    from safepassage.domain.planning_problem import PlanningProblem

DEFAULT_WALK_M = 5_000
_UNIT = {
    SitingAim.MEDIAN: "person-metres, twice the limit for each person without a site in reach",
    SitingAim.COVER: "persons without a site in reach",
    SitingAim.CENTRE: "metres, the longest walk",
    SitingAim.FAIR: "person-metres, nobody walking further than the least longest walk",
}


def run(options: argparse.Namespace) -> Outcome:
    """Choose sites for each number asked for."""
    given = read_case_input(options.case, options.network, region_km=options.region_km)
    if given.malformed or given.case is None or given.network is None:
        data = {"problems": problems_json(given.problems)}
        return Outcome(code=MALFORMED, text=problems_text(given.problems), data=data, to_stderr=True)
    planning, problem = _problem(given, options)
    counts = range(options.count, max(options.count, options.to or 0) + 1)
    if not max(1, len(problem.existing)) <= counts[0] <= counts[-1] <= len(problem.sites):
        raise FormatError(
            file=str(options.case),
            what=f"{counts[-1]} sites cannot be chosen from {len(problem.sites)} places, "
            f"{len(problem.existing)} of them existing",
            remedy="give another --count, or more kinds with --at",
        )
    plans = tuple(_chosen(problem, count, options) for count in counts)
    sheet = _sheet(given.case, planning, problem, plans, options)
    written = _written(sheet, given.network.network, options.output) if options.output else {}
    asked = _asked(given.case, plans, problem)
    names = {place.id: place.name for place in given.case.places}
    lines = [
        *_text(sheet),
        *_asked_text(asked, names),
        *([f"Map: {written['sites.html']}"] if written else []),
    ]
    found: dict[str, Any] = {**_data(problem, plans), "military_use": asked, "outputs": written}
    return Outcome(code=OK, text="\n".join(lines), data=found)


def _problem(given: CaseInput, options: argparse.Namespace) -> tuple[PlanningProblem, SitingProblem]:
    from safepassage.engines.overlay import overlay  # noqa: PLC0415 - needs the numeric libraries
    from safepassage.engines.siting import Walkers, walking_problem  # noqa: PLC0415

    case, network = given.case, given.network
    assert case is not None  # noqa: S101 - refused above
    assert network is not None  # noqa: S101
    kinds = _kinds(options)
    known = {place.id for place in case.places}
    for name in options.existing:
        if name not in known:
            raise FormatError(
                file=str(options.case), what=f"there is no place {name}",
                remedy=did_you_mean(name, known) or "name a place of the case",
            )  # fmt: skip
    planning = overlay(network.network, case).problem
    candidates = tuple(dict.fromkeys((*options.existing, *_candidates(case, kinds))))
    walkers = Walkers(
        limit_m=_walk_limit_m(options), avoid=options.avoid,
        most_exposure_ppm_s=planning.rules.exposure_cap_ppm_s,
    )  # fmt: skip
    return planning, walking_problem(
        planning, candidates=candidates, existing=tuple(options.existing), walkers=walkers,
        room=_room(case, candidates, options),
    )  # fmt: skip


def _purpose(options: argparse.Namespace) -> Purpose | None:
    return Purpose(options.purpose) if options.purpose else None


def _walk_limit_m(options: argparse.Namespace) -> int:
    purpose = _purpose(options)
    stated = DEFAULT_WALK_M if purpose is None else PURPOSE_NORMS[purpose].walk_limit_m
    return options.walk_limit_m or stated


def _room(case: Case, candidates: tuple[str, ...], options: argparse.Namespace) -> dict[str, int]:
    """Return for how many each candidate has room: what its place states, else --room, else the norm."""
    if options.no_room:
        return {}
    purpose = _purpose(options)
    norm = NO_LIMIT if purpose is None else PURPOSE_NORMS[purpose].room_persons
    others = options.room or norm
    stated = {place.id: place.capacity_day_persons for place in case.places}
    rooms = {}
    for name in candidates:
        room = stated[name]
        if room is not None or others != NO_LIMIT:
            rooms[name] = others if room is None else room
    return rooms


def _kinds(options: argparse.Namespace) -> set[str]:
    kinds = {word.strip() for word in options.at.split(",") if word.strip()}
    for kind in kinds - set(PlaceKind):
        raise FormatError(
            file="--at", what=f"there is no kind of place {kind}", remedy=did_you_mean(kind, tuple(PlaceKind))
        )
    return kinds


def _candidates(case: Case, kinds: set[str]) -> tuple[str, ...]:
    """Return where one could stand: not where the lead says that military use is near (SP-20)."""
    near = _military_use(case)
    return tuple(p.id for p in case.places if p.kind in kinds and near.get(p.id) != "yes")


def _military_use(case: Case) -> dict[str, str]:
    """Return the lead's answer by place: yes where one says so, no where all do, "" where it is open."""
    found: dict[str, set[str]] = {}
    for row in case.safeguards:
        if row.kind is SafeguardKind.MILITARY_USE:
            found.setdefault(row.place, set()).add(row.answer)
    return {
        place: "yes" if "yes" in said else "no" if said == {"no"} else "" for place, said in found.items()
    }


def _asked(case: Case, plans: tuple[SitingPlan, ...], problem: SitingProblem) -> dict[str, list[str]]:
    """Return what SP-20 asks of the points: where the lead says yes, where nobody said, what was left out."""
    near = _military_use(case)
    chosen = dict.fromkeys(problem.sites[j] for plan in plans for j in plan.chosen)
    return {
        "yes": [name for name in chosen if near.get(name) == "yes"],
        "open": [name for name in chosen if near.get(name, "") == ""],
        "left_out": sorted(place for place, said in near.items() if said == "yes" and place not in chosen),
    }


def _asked_text(asked: dict[str, list[str]], names: dict[str, str]) -> Iterator[str]:
    for name in asked["yes"]:
        yield f"SP-20: the lead says that military use is near {names[name]}: it should be given up."
    if asked["open"]:
        listed = ", ".join(names[name] for name in asked["open"])
        yield f"SP-20 is not answered: is military use near {listed}? Record military_use in safeguards."
    if asked["left_out"]:
        listed = ", ".join(names.get(name, name) for name in asked["left_out"])
        yield f"Not looked at, for the lead says that military use is near: {listed}."


def _chosen(problem: SitingProblem, count: int, options: argparse.Namespace) -> SitingPlan:
    from safepassage.engines.siting import site  # noqa: PLC0415 - needs the numeric libraries

    until = time.monotonic() + options.time_limit
    return site(problem, count, SitingAim(options.aim), stop=lambda: time.monotonic() > until)


def _sheet(
    case: Case, planning: PlanningProblem, problem: SitingProblem, plans: tuple[SitingPlan, ...],
    options: argparse.Namespace,
) -> SitingSheet:  # fmt: skip
    names = {place.id: place.name for place in case.places}
    nodes = planning.network
    at: dict[str, Point | None] = {
        place.id: (int(nodes.lon_e7[place.node]), int(nodes.lat_e7[place.node])) if place.node >= 0 else None
        for place in planning.places
    }
    purpose = _purpose(options)
    norm = None if purpose is None else PURPOSE_NORMS[purpose]
    return SitingSheet(
        title=case.title, exercise=planning.exercise, what="sites" if norm is None else norm.name,
        basis=_basis(problem, options), attribution=nodes.attribution, problem=problem, plans=plans,
        client_names=tuple(names[c] for c in problem.clients),
        site_names=tuple(names[s] for s in problem.sites),
        client_at=tuple(at.get(c) for c in problem.clients), site_at=tuple(at.get(s) for s in problem.sites),
    )  # fmt: skip


def _basis(problem: SitingProblem, options: argparse.Namespace) -> str:
    purpose = _purpose(options)
    said = [f"Walks up to {problem.walk_limit_m:,} m."]
    if purpose is not None and not options.walk_limit_m and not options.room:
        said.append(f"Distance and room: {PURPOSE_NORMS[purpose].source}.")
    elif purpose is not None:
        said.append("Distance or room are those given, not those of the norm.")
    if options.avoid:
        said.append(f"A metre on which harm is certain counts as {options.avoid:,} metres more.")
    else:
        said.append("Hazard on the way is shown and does not lengthen a walk.")
    return " ".join(said)


def _written(sheet: SitingSheet, network: RoadNetwork, output: Path) -> dict[str, str]:
    from safepassage.cli.written import RESTRICTED, write_beside  # noqa: PLC0415 - only where asked for
    from safepassage.formats.gis import siting_geojson  # noqa: PLC0415
    from safepassage.formats.pages import siting_page  # noqa: PLC0415

    files = {
        "sites.html": siting_page.write(sheet, network),
        "sites.geojson": siting_geojson.write(sheet),
    }
    write_beside(output, {f"{RESTRICTED}-{name}": data for name, data in files.items()})
    return {name: str(output / f"{RESTRICTED}-{name}") for name in files}


def _text(sheet: SitingSheet) -> Iterator[str]:
    problem, plans = sheet.problem, sheet.plans
    everybody = int(problem.persons.sum())
    yield (
        f"{people(everybody)} at {len(problem.clients)} places, {len(problem.sites)} places to stand at. "
        f"{sheet.basis} Aim: {plans[0].aim} ({_UNIT[plans[0].aim]})."
    )
    before: SitingPlan | None = None
    for plan in plans:
        gain = (
            "" if before is None else f"; {before.value - plan.value:,} less than {len(before.chosen)} sites"
        )
        yield ""
        yield f"{len(plan.chosen)} sites: {plan.value:,} ({_proof(plan)}){gain}"
        yield f"  {_walked(plan, everybody)}"
        yield from (f"  {_site(sheet, plan, position)}" for position in plan.chosen)
        before = plan
    yield ""
    yield "A proposal for people to decide on."


def _proof(plan: SitingPlan) -> str:
    if plan.proved:
        return "proved best"
    return f"no choice has less than {plan.bound:,}, {plan.gap_ppm / 10_000:.1f} %"


def _walked(plan: SitingPlan, everybody: int) -> str:
    walkers = max(1, everybody - plan.persons_left_out)
    return (
        f"{people(plan.persons_left_out)} without a site in reach; mean walk "
        f"{plan.person_metres / walkers:,.0f} m, longest {plan.longest_m:,} m; hazard met on the way "
        f"{plan.person_exposure_ppm_s / 1_000_000 / 3_600:,.2f} person-hours"
    )


def _site(sheet: SitingSheet, plan: SitingPlan, position: int) -> str:
    served, room = plan.served(position), sheet.room(position)
    words = "" if room == NO_LIMIT else f" of {room:,} it has room for{', full' if served >= room else ''}"
    stands = ", stands already" if position in sheet.problem.existing else ""
    return f"{sheet.site_names[position]}: {people(served)}{words}{stands}"


def _data(problem: SitingProblem, plans: tuple[SitingPlan, ...]) -> dict[str, Any]:
    return {
        "persons": int(problem.persons.sum()),
        "walk_limit_m": problem.walk_limit_m,
        "plans": [
            {
                "aim": plan.aim, "sites": [problem.sites[j] for j in plan.chosen], "value": plan.value,
                "bound": plan.bound, "proved": plan.proved, "gap_ppm": plan.gap_ppm,
                "persons_left_out": plan.persons_left_out, "person_metres": plan.person_metres,
                "longest_m": plan.longest_m, "person_exposure_ppm_s": plan.person_exposure_ppm_s,
                "site_of": {
                    client: problem.sites[j] if j >= 0 else None
                    for client, j in zip(problem.clients, plan.site_of, strict=True)
                },
                "catchments": [
                    {
                        "place": problem.clients[row.client], "site": problem.sites[row.site],
                        "persons": row.persons, "metres": int(problem.metres[row.client, row.site]),
                    }
                    for row in plan.catchments
                ],
            }
            for plan in plans
        ],
    }  # fmt: skip
