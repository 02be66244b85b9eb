"""One aim after the other, all on one branch and bound over prices of clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from safepassage.domain.siting import (
    NO_LIMIT,
    Catchment,
    Int64,
    SitingAim,
    SitingPlan,
    SitingProblem,
)
from safepassage.engines.siting.centre import Stop, least_longest
from safepassage.kernels.sites.covering_program import CoverMost
from safepassage.kernels.sites.median_bound import IN, PRICE_SCALE, Int8
from safepassage.kernels.sites.median_tree import NearestService, Start, best_sites
from safepassage.kernels.sites.roomy_sites import RoomyService

SOLVER_S = 6.0
"""Seconds an integer program may take to hint at sites; the proof does not rest on it."""
MOST_COST = 2**60
"""So much all prices may add up to: whole numbers of 64 bits hold no more."""


class _Found(NamedTuple):
    chosen: tuple[int, ...]
    value: int
    bound: int


def never() -> bool:
    """Return False: the search goes on to its end."""
    return False


def site(problem: SitingProblem, count: int, aim: SitingAim, *, stop: Stop = never) -> SitingPlan:
    """Return the best `count` sites for an aim, existing ones included, with a proved bound.

    Raises
    ------
    ValueError
        When `count` is below the number of existing sites, above that of candidates, or 0.
    """
    if not max(1, len(problem.existing)) <= count <= len(problem.sites):
        raise ValueError(
            f"{count} sites cannot be chosen from {len(problem.sites)} with {len(problem.existing)} existing"
        )
    solve: Callable[[SitingProblem, int, Stop], tuple[_Found, SitingProblem]] = {
        SitingAim.MEDIAN: _median, SitingAim.COVER: _cover, SitingAim.CENTRE: _centre, SitingAim.FAIR: _fair,
    }[aim]  # fmt: skip
    found, within = solve(problem, count, stop)
    return plan_of(within, aim, found)


def plan_of(problem: SitingProblem, aim: SitingAim, found: _Found) -> SitingPlan:
    """Return a plan with everybody sent to the nearest chosen site in reach that has room for all."""
    chosen = list(found.chosen)
    there = _divided(problem, chosen, aim)
    metres, served = problem.metres[:, chosen], there.sum(axis=1)
    exposure = problem.exposure_ppm_s[:, chosen] if problem.exposure_ppm_s.size else np.zeros_like(there)
    most = there.argmax(axis=1)
    return SitingPlan(
        aim=aim, chosen=found.chosen,
        site_of=tuple(
            chosen[k] if some else -1 for k, some in zip(most.tolist(), (served > 0).tolist(), strict=True)
        ),
        catchments=tuple(
            Catchment(client=int(i), site=chosen[k], persons=int(there[i, k]))
            for i, k in zip(*np.nonzero(there), strict=True)
        ),
        value=found.value, bound=found.bound,
        persons_left_out=int((problem.persons - served).sum()),
        person_metres=int((there * metres).sum()),
        longest_m=int(metres[there > 0].max(initial=0)),
        person_exposure_ppm_s=int((there * exposure).sum()),
    )  # fmt: skip


def _divided(problem: SitingProblem, chosen: list[int], aim: SitingAim) -> Int64:
    """Return (clients, k) persons at each chosen site, all together walking least."""
    if problem.limited:
        left_out = 2 * _most(problem) + 1
        if aim is not SitingAim.MEDIAN:
            # Serving one more may move somebody at each site: no chain of moves costs as much as this.
            left_out = _most(problem) * (len(chosen) + 2) + 1
        marks = np.zeros(len(problem.sites), np.int8)
        marks[chosen] = 1
        # The service knows its sites in ascending order, as `chosen` is.
        return _roomy(problem, problem.walked_m, left_out).division(marks)[1]
    far = np.int64(2**60)
    walked = np.where(problem.in_reach, problem.walked_m, far)[:, chosen]
    there = np.zeros(walked.shape, np.int64)
    rows = np.arange(len(walked))
    there[rows, walked.argmin(axis=1)] = np.where(walked.min(axis=1) < far, problem.persons, 0)
    return there


def _most(problem: SitingProblem) -> int:
    """Return what the longest walk within the limit counts."""
    return max(problem.walk_limit_m, int(problem.walked_m[problem.in_reach].max(initial=0)))


def _roomy(problem: SitingProblem, costs: Int64, left_out: int) -> RoomyService:
    return RoomyService(
        np.where(problem.in_reach, costs, left_out), problem.persons, _room(problem), left_out
    )


def _room(problem: SitingProblem) -> Int64:
    """Return (sites,) for how many persons each has room: no more than there are."""
    everybody = int(problem.persons.sum())
    return np.array(
        [everybody if r == NO_LIMIT else min(r, everybody) for r in problem.room_persons], np.int64
    )


def _median(problem: SitingProblem, count: int, stop: Stop) -> tuple[_Found, SitingProblem]:
    """Least person-metres; who has no site in reach counts as walking twice the limit."""
    left_out = 2 * _most(problem) + 1
    if problem.limited:
        service: RoomyService | NearestService = _roomy(problem, problem.walked_m, left_out)
    else:
        costs = np.where(problem.in_reach, problem.walked_m, left_out) * problem.persons[:, None]
        service = NearestService(costs)
    answer = best_sites(service, count, must=problem.existing, stop=stop)
    return _Found(answer.chosen, answer.value, answer.bound), problem


def _cover(problem: SitingProblem, count: int, stop: Stop) -> tuple[_Found, SitingProblem]:
    """Fewest persons with no site in reach that has room."""
    if problem.limited:
        service = _roomy(problem, np.zeros_like(problem.metres), 1)
        answer = best_sites(service, count, must=problem.existing, stop=stop)
        return _Found(answer.chosen, answer.value, answer.bound), problem
    kinds, kind_of = np.unique(problem.in_reach, axis=0, return_inverse=True)
    weights = np.bincount(kind_of.reshape(-1), weights=problem.persons, minlength=len(kinds))
    some = kinds.any(axis=1) & (weights > 0)
    lost = int(weights[~some].sum())
    if not some.any():
        return _Found(_any_sites(problem, count), lost, lost), problem
    covered, weights = kinds[some], weights[some].astype(np.int64)
    program = CoverMost(covered, weights, count)
    start = Start(chosen=program.sites(_fixed(problem), SOLVER_S), relax=program.relax)
    costs = np.where(covered, 0, weights[:, None])
    answer = best_sites(NearestService(costs), count, must=problem.existing, start=start, stop=stop)
    return _Found(answer.chosen, answer.value + lost, answer.bound + lost), problem


def _fixed(problem: SitingProblem) -> Int8:
    fixed = np.zeros(len(problem.sites), np.int8)
    fixed[list(problem.existing)] = IN
    return fixed


def _any_sites(problem: SitingProblem, count: int) -> tuple[int, ...]:
    others = [j for j in range(len(problem.sites)) if j not in problem.existing]
    return tuple(sorted([*problem.existing, *others][:count]))


def _centre(problem: SitingProblem, count: int, stop: Stop) -> tuple[_Found, SitingProblem]:
    """Least longest walk; fewest left out where not all can be reached."""
    chosen, value, bound = least_longest(problem, count, stop)
    if chosen:
        # Nobody is sent further than the least longest walk.
        return _Found(chosen, value, bound), replace(problem, walk_limit_m=value)
    return _cover(problem, count, stop)


def _fair(problem: SitingProblem, count: int, stop: Stop) -> tuple[_Found, SitingProblem]:
    """Least longest walk first, then least metres without a longer walk; the bound is that of the second."""
    chosen, value, _ = least_longest(problem, count, stop)
    if not chosen:
        return _median(problem, count, stop)
    within = replace(problem, walk_limit_m=value)
    return _of_all(within, count, chosen, stop), within


def _of_all(problem: SitingProblem, count: int, chosen: tuple[int, ...], stop: Stop) -> _Found:
    """Return sites of least person-metres among those that leave out nobody, as the `chosen` ones do.

    Whoever has no site in reach at all is left out by any choice; whoever has one costs more, left out, than
    all walks to the chosen sites together. Where whole numbers do not hold so much, leaving out costs less:
    the bound holds all the same, and where the best sites leave out somebody the chosen ones are the answer.
    """
    some = problem.in_reach.any(axis=1) & (problem.persons > 0)
    reach, walked, persons = problem.in_reach[some], problem.walked_m[some], problem.persons[some]
    whole = int((_divided(problem, list(chosen), SitingAim.CENTRE) * problem.walked_m[:, chosen]).sum())
    counted = int(persons.sum()) if problem.limited else len(persons)
    left_out = min(whole + 1, MOST_COST // (PRICE_SCALE * max(1, counted)))
    if problem.limited:
        service: RoomyService | NearestService = RoomyService(
            np.where(reach, walked, left_out), persons, _room(problem), left_out
        )
    else:
        service = NearestService(np.where(reach, walked * persons[:, None], left_out))
    answer = best_sites(service, count, must=problem.existing, start=Start(chosen=chosen), stop=stop)
    found = _Found(answer.chosen, answer.value, answer.bound)
    if _divided(problem, list(found.chosen), SitingAim.CENTRE).sum() < persons.sum():
        found = _Found(chosen, whole, min(whole, answer.bound))
    always = int(problem.persons[~some].sum()) * (2 * _most(problem) + 1)
    return found._replace(value=found.value + always, bound=found.bound + always)
