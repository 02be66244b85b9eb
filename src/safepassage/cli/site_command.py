"""`safepassage site`: where to stand, what the next site would buy, and what no other choice can better."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import Any

from safepassage.casework.reading import CaseInput, read_case_input
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import MALFORMED, OK
from safepassage.domain.case import Case, PlaceKind
from safepassage.domain.errors import FormatError
from safepassage.domain.siting import SitingAim, SitingPlan, SitingProblem
from safepassage.domain.suggestions import did_you_mean

_UNIT = {
    SitingAim.MEDIAN: "person-metres, twice the limit for each person without a site in reach",
    SitingAim.COVER: "persons without a site in reach",
    SitingAim.CENTRE: "metres, the longest walk",
}


def run(options: argparse.Namespace) -> Outcome:
    """Choose sites for each number asked for."""
    given = read_case_input(options.case, options.network)
    if given.malformed or given.case is None or given.network is None:
        data = {"problems": problems_json(given.problems)}
        return Outcome(code=MALFORMED, text=problems_text(given.problems), data=data, to_stderr=True)
    problem = _problem(given, options)
    counts = range(options.count, max(options.count, options.to or 0) + 1)
    if not max(1, len(problem.existing)) <= counts[0] <= counts[-1] <= len(problem.sites):
        raise FormatError(
            file=str(options.case),
            what=f"{counts[-1]} sites cannot be chosen from {len(problem.sites)} places, "
            f"{len(problem.existing)} of them existing",
            remedy="give another --count, or more kinds with --at",
        )
    plans = tuple(_chosen(problem, count, options) for count in counts)
    names = {place.id: place.name for place in given.case.places}
    text = "\n".join(_text(problem, plans, names))
    return Outcome(code=OK, text=text, data=_data(problem, plans))


def _problem(given: CaseInput, options: argparse.Namespace) -> SitingProblem:
    from safepassage.engines.overlay import overlay  # noqa: PLC0415 - needs the numeric libraries
    from safepassage.engines.siting import walking_problem  # noqa: PLC0415

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
    return walking_problem(
        overlay(network.network, case).problem, candidates=_candidates(case, kinds),
        existing=tuple(options.existing), walk_limit_m=options.walk_limit_m,
    )  # fmt: skip


def _kinds(options: argparse.Namespace) -> set[str]:
    kinds = {word.strip() for word in options.at.split(",") if word.strip()}
    for kind in kinds - set(PlaceKind):
        raise FormatError(
            file="--at", what=f"there is no kind of place {kind}", remedy=did_you_mean(kind, tuple(PlaceKind))
        )
    return kinds


def _candidates(case: Case, kinds: set[str]) -> tuple[str, ...]:
    return tuple(place.id for place in case.places if place.kind in kinds)


def _chosen(problem: SitingProblem, count: int, options: argparse.Namespace) -> SitingPlan:
    from safepassage.engines.siting import site  # noqa: PLC0415 - needs the numeric libraries

    until = time.monotonic() + options.time_limit
    return site(problem, count, SitingAim(options.aim), stop=lambda: time.monotonic() > until)


def _text(problem: SitingProblem, plans: tuple[SitingPlan, ...], names: dict[str, str]) -> Iterator[str]:
    everybody = int(problem.persons.sum())
    yield (
        f"{everybody:,} persons at {len(problem.clients)} places, {len(problem.sites)} places to stand at, "
        f"walks up to {problem.walk_limit_m:,} m. Aim: {plans[0].aim} ({_UNIT[plans[0].aim]})."
    )
    before: SitingPlan | None = None
    for plan in plans:
        proof = "proved best" if plan.proved else f"no choice has less than {plan.bound:,}"
        gain = "" if before is None else f"; one more buys {before.value - plan.value:,}"
        yield ""
        yield f"{len(plan.chosen)} sites: {plan.value:,} ({proof}){gain}"
        walked = plan.person_metres / max(1, everybody - plan.persons_left_out)
        yield (
            f"  {plan.persons_left_out:,} persons without a site in reach; mean walk {walked:,.0f} m, "
            f"longest {plan.longest_m:,} m"
        )
        for position in plan.chosen:
            served = sum(int(n) for n, s in zip(problem.persons, plan.site_of, strict=True) if s == position)
            word = ", stands already" if position in problem.existing else ""
            yield f"  {names[problem.sites[position]]}: {served:,} persons{word}"
        before = plan
    yield ""
    yield "A proposal for people to decide on: hazard on the way is not weighed here; see the report's map."


def _data(problem: SitingProblem, plans: tuple[SitingPlan, ...]) -> dict[str, Any]:
    return {
        "persons": int(problem.persons.sum()),
        "plans": [
            {
                "aim": plan.aim, "sites": [problem.sites[j] for j in plan.chosen], "value": plan.value,
                "bound": plan.bound, "proved": plan.proved, "persons_left_out": plan.persons_left_out,
                "person_metres": plan.person_metres, "longest_m": plan.longest_m,
                "site_of": {
                    client: problem.sites[j] if j >= 0 else None
                    for client, j in zip(problem.clients, plan.site_of, strict=True)
                },
            }
            for plan in plans
        ],
    }  # fmt: skip
