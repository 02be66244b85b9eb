"""One aim after the other, all on one branch and bound over prices of clients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from safepassage.domain.siting import Int64, SitingAim, SitingPlan, SitingProblem
from safepassage.kernels.covering_program import Bool, CoverAll, CoverMost, hardest
from safepassage.kernels.median_bound import IN, Int8
from safepassage.kernels.median_tree import Start, best_sites

Stop = Callable[[], bool]
SOLVER_S = 6.0
"""Seconds an integer program may take to hint at sites; the proof does not rest on it."""

NEARLY = 1e-6
FINE = 1_000
"""Weight of a client where all have to be covered, so that rounding prices loses nothing that decides."""


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
    solve = {SitingAim.MEDIAN: _median, SitingAim.COVER: _cover, SitingAim.CENTRE: _centre}[aim]
    chosen, value, bound = solve(problem, count, stop)
    return plan_of(problem, aim, chosen, value, bound)


def plan_of(
    problem: SitingProblem, aim: SitingAim, chosen: tuple[int, ...], value: int, bound: int
) -> SitingPlan:
    """Return a plan with everybody sent to the nearest chosen site in reach, ties to the first."""
    far = np.int64(2**60)
    metres = np.where(problem.in_reach, problem.metres, far)[:, list(chosen)]
    nearest = metres.argmin(axis=1)
    walked = metres.min(axis=1)
    served = walked < far
    return SitingPlan(
        aim=aim, chosen=chosen,
        site_of=tuple(chosen[k] if s else -1 for k, s in zip(nearest.tolist(), served.tolist(), strict=True)),
        value=value, bound=bound,
        persons_left_out=int(problem.persons[~served].sum()),
        person_metres=int((problem.persons[served] * walked[served]).sum()),
        longest_m=int(walked[served & (problem.persons > 0)].max(initial=0)),
    )  # fmt: skip


def _median(problem: SitingProblem, count: int, stop: Stop) -> tuple[tuple[int, ...], int, int]:
    """Least person-metres; who has no site in reach counts as walking twice the limit."""
    reach, persons = problem.in_reach, problem.persons
    costs = np.where(reach, problem.metres, 2 * problem.walk_limit_m + 1) * persons[:, None]
    answer = best_sites(costs, count, must=problem.existing, stop=stop)
    return answer.chosen, answer.value, answer.bound


def _cover(problem: SitingProblem, count: int, stop: Stop) -> tuple[tuple[int, ...], int, int]:
    """Fewest persons with no site in reach."""
    kinds, kind_of = np.unique(problem.in_reach, axis=0, return_inverse=True)
    weights = np.bincount(kind_of.reshape(-1), weights=problem.persons, minlength=len(kinds))
    some = kinds.any(axis=1) & (weights > 0)
    lost = int(weights[~some].sum())
    if not some.any():
        return _any_sites(problem, count), lost, lost
    covered, weights = kinds[some], weights[some].astype(np.int64)
    program = CoverMost(covered, weights, count)
    start = Start(chosen=program.sites(_fixed(problem), SOLVER_S), relax=program.relax)
    costs = np.where(covered, 0, weights[:, None])
    answer = best_sites(costs, count, must=problem.existing, start=start, stop=stop)
    return answer.chosen, answer.value + lost, answer.bound + lost


def _fixed(problem: SitingProblem) -> Int8:
    fixed = np.zeros(len(problem.sites), np.int8)
    fixed[list(problem.existing)] = IN
    return fixed


def _any_sites(problem: SitingProblem, count: int) -> tuple[int, ...]:
    others = [j for j in range(len(problem.sites)) if j not in problem.existing]
    return tuple(sorted([*problem.existing, *others][:count]))


def _centre(problem: SitingProblem, count: int, stop: Stop) -> tuple[tuple[int, ...], int, int]:
    """Least longest walk, by halving the range of distances; fewest left out where not all can be reached.

    A distance is too short when prices prove that somebody stays uncovered (Minieka, "The m-center problem",
    1970, doi:10.1137/1012016, for covering problems in place of the centre).
    """
    walkers = (problem.persons > 0) & problem.in_reach.any(axis=1)
    used, metres = problem.in_reach[walkers], problem.metres[walkers]
    distances = np.unique(metres[used])
    first = _first_not_refused(used, metres, distances, problem, count)
    low, high, proved = first, len(distances) - 1, -1
    best: tuple[int, ...] = ()
    if low:
        _, impossible = _within(used & (metres <= distances[low - 1]), problem, count, stop)
        proved = low - 1 if impossible else -1
    while low <= high:
        middle = (low + high) // 2
        chosen, impossible = _within(used & (metres <= distances[middle]), problem, count, stop)
        if chosen:
            best, high = chosen, middle - 1
        else:
            low = middle + 1
            proved = max(proved, middle) if impossible else proved
    if not best:
        return _cover(problem, count, stop)
    return best, int(distances[low]), int(distances[proved + 1])


def _first_not_refused(
    used: Bool, metres: Int64, distances: Int64, problem: SitingProblem, count: int
) -> int:
    """Return the position of the first distance at which a linear program does not ask for more sites."""
    low, high = 0, len(distances) - 1
    while low < high:
        middle = (low + high) // 2
        reach = used & (metres <= distances[middle])
        enough = reach.any(axis=1).all()
        if enough and CoverAll(reach[hardest(reach)], FINE).least(_fixed(problem)) <= count + NEARLY:
            high = middle
        else:
            low = middle + 1
    return low


def _within(reach: Bool, problem: SitingProblem, count: int, stop: Stop) -> tuple[tuple[int, ...], bool]:
    """Return sites that reach everybody, if some are found, and whether it is proved that none do."""
    if not reach.any(axis=1).all():
        return (), True
    hard = reach[hardest(reach)]
    program, fixed = CoverAll(hard, FINE), _fixed(problem)
    hint: tuple[int, ...] = ()
    if program.least(fixed) <= count + NEARLY:
        hint = program.sites(fixed, SOLVER_S)
        others = (j for j in range(len(problem.sites)) if j not in hint)
        hint = tuple(sorted((*hint, *(next(others) for _ in range(count - len(hint))))))
    answer = best_sites(
        np.where(hard, 0, np.int64(FINE)), count, must=problem.existing,
        start=Start(chosen=hint, relax=program.relax), enough=1, stop=stop,
    )  # fmt: skip
    return (answer.chosen, False) if answer.value == 0 else ((), answer.bound >= 1)
