"""The distribution of goods as a linear program: how much of each need by which way, at what prices.

A need is met in parts by options; an option takes of resources: time or room of trucks, goods of a lot. What
the solver (HiGHS) says is a hint: prices are rounded to whole numbers and summed up again by whoever asks,
and quantities are loaded truck by truck.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MANY_OPTIONS = 12_000
"""From so many options on an interior point without its clean-up is many times quicker than the simplex."""
IPM_TOLERANCE = 1e-4
"""How near to optimal an interior point ends: prices are rounded and proved anew, and parts are hints."""
MOST_ROUNDS = 8
"""So often options are added at most."""
ENOUGH = 0.0005
"""No more options are added when they would gain no more than this part of all worth."""
USED_UP = 0.99
"""A resource of which more is left has no price."""
MOST_NODES, NEAR = 5, 0.004
"""When a search for whole pieces ends."""
MOST_LEVELS, FEW, BINDS = 4, 10, 0.001
"""So often places in the way of a larger least share are set aside, one in so many at most."""
SHORTFALLS = ((0.05, 1.0), (0.15, 4.0), (np.inf, 16.0))
"""A share that is missing to a place counts the more, the more is missing: up to which part, how much.

It is counted in all worth: as for the least share, the least served come first.
"""
Float = NDArray[np.float64]
Int64 = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """What options take for their whole need: (m,) of which one, (m,) how much; (r,) what there is."""

    which: Int64
    takes: Float
    there_is: Float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calls:
    """Stops of trucks as columns (v,) of their own, as many as options need, in parts too.

    `takes` holds for each resource which one and how much a call takes of it, (v,) each, or None. What
    options bring is limited by calls in rows (j,): row j allows the options whose `entries` (row, option,
    part) name it one whole for each call `of_row`.
    """

    count: int
    takes: tuple[tuple[Int64, Float] | None, ...]
    of_row: Int64
    entries: tuple[Int64, Int64, Float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distribution:
    """What is to be shared out, as columns: needs (n,) and options (m,).

    `place` is the place of each need, `need` that of each option. `pieces` (m,) is 0, or the part that one
    piece is: then the option takes whole pieces only. `fixed` (m,) is the part that is settled, or NaN.
    `calls` are the stops that options need, where they take something of their own. `behind` are the worth
    that was needed before and that of it which was met, by place (p,) each: shares count them too.
    """

    worth: Float
    place: Int64
    need: Int64
    resources: tuple[Resource, ...]
    pieces: Float | None = None
    fixed: Float | None = None
    calls: Calls | None = None
    behind: tuple[Float, Float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """Parts of needs met by each option, the prices of each resource, of rows of calls and of places."""

    parts: Float
    prices: tuple[Float, ...]
    places: Float
    least_share: float
    calls: Float


def load() -> Any:
    """Load the solver and return it: solvers load when they are first used, or ahead."""
    import highspy  # noqa: PLC0415

    return highspy


def most_worth(problem: Distribution, least_share: float = 0.0, first: Bools | None = None) -> Shared:
    """Return parts with the most worth among those that serve every place by at least a share.

    `first` (m,) are options to begin with where not all are looked at at once.
    """
    return _by_columns(problem, first, _Aim(least_share=least_share))


def largest_least_share(problem: Distribution, first: Bools | None = None) -> Shared:
    """Return parts that make the least share of a place as large as it can be.

    `places` are the weights of the places in the proof; they add up to 1 over all worth.
    """
    return _by_columns(problem, first, _Aim(share=1.0, worth=0.0))


def fair_and_most(
    problem: Distribution, ease: float, first: Bools | None = None, in_parts: Shared | None = None
) -> Shared:
    """Return parts with a large least share, then the most worth: at least a part `ease` of the largest.

    With whole pieces all places but those that lack a piece have what all could have in parts: `in_parts`, by
    `largest_least_share`, where that is known.
    Where options are many, one program stands for the two: a part of the least share counts as much as that
    part of all worth. An interior point takes as long for each, and ends near to optimal only.
    """
    if len(problem.need) > MANY_OPTIONS:
        return _by_columns(problem, first, _Aim(share=float(problem.worth.sum())))
    if problem.pieces is not None:
        # Mostly as large a share can be had in whole pieces as in parts, and parts are found much sooner.
        # Where a few places cannot have it, for want of a piece or of a call, all others still do.
        share = _share_of_most(replace(problem, pieces=None), first, in_parts)
        return _by_columns(problem, first, _Aim(least_share=share * ease, short=float(problem.worth.sum())))
    fair = largest_least_share(problem, first)
    both = most_worth(problem, fair.least_share * ease, first)
    return both if both.parts.any() else fair


def _share_of_most(problem: Distribution, first: Bools | None, of_all: Shared | None) -> float:
    """Return the largest least share of all places but a few that cannot have what the others can."""
    without: tuple[int, ...] = ()
    share, places = 0.0, len(np.unique(problem.place[problem.need]))
    for _ in range(MOST_LEVELS):
        found = of_all or _by_columns(problem, first, _Aim(share=1.0, worth=0.0, without=without))
        of_all = None
        share = max(share, found.least_share)
        total = np.bincount(problem.place, weights=problem.worth, minlength=len(found.places))
        binding = np.flatnonzero(found.places * total > BINDS)
        if not len(binding) or (len(without) + len(binding)) * FEW > places:
            break
        without = (*without, *binding.tolist())
    return share


class _Aim(NamedTuple):
    """How much a unit of worth and the whole least share count, and the least share asked for at least.

    Where `short` is set, places may have less than that: what a whole share counts that is missing. Places
    `without` a share may have any.
    """

    share: float = 0.0
    worth: float = 1.0
    least_share: float = 0.0
    short: float = 0.0
    without: tuple[int, ...] = ()


def _by_columns(problem: Distribution, first: Bools | None, aim: _Aim) -> Shared:
    """Solve with few options, then with those too that the prices make worth more than they cost.

    Column generation (Dantzig and Wolfe, "Decomposition principle for linear programs", 1960,
    doi:10.1287/opre.8.1.101): an option gains what it is worth to its place less what it takes; it comes in
    where that is more than what its need gains already.
    """
    problem, there_is = _in_parts(problem)
    kept = np.ones(len(problem.need), dtype=np.bool_) if first is None else first.copy()
    parts = np.zeros(len(kept))
    for _ in range(MOST_ROUNDS):
        rows = np.flatnonzero(kept)
        found = _solved(_only(problem, rows), aim)
        parts = np.zeros(len(kept))
        parts[rows] = found.parts
        if len(rows) == len(kept):
            break
        gain = _gains(problem, found, aim)
        best = np.zeros(len(problem.worth))
        np.maximum.at(best, problem.need[rows], gain[rows])
        better = np.where(kept, 0.0, gain - best[problem.need])
        order = np.lexsort((-better, problem.need))
        top = order[np.flatnonzero(np.diff(problem.need[order], prepend=-1))]
        top = top[better[top] > 0]
        if better[top].sum() <= ENOUGH * max(aim.share, aim.worth * problem.worth.sum()):
            break
        kept[top] = True
    found = replace(found, parts=parts)
    plain = replace(found, prices=_of_used_up(problem, found))
    best_of = min((found, plain), key=lambda one: _proved(problem, one, aim))
    prices = (price / all_of for price, all_of in zip(best_of.prices, there_is, strict=True))
    return replace(best_of, prices=tuple(prices))


def _in_parts(problem: Distribution) -> tuple[Distribution, tuple[Float, ...]]:
    """Return a problem in which resources are counted in parts of what there is, and what there is.

    Seconds of trucks and thousandths of litres differ by orders of magnitude; a solver's tolerances do not.
    """
    there_is = tuple(np.maximum(resource.there_is, 1e-9) for resource in problem.resources)
    resources = tuple(
        replace(row, takes=row.takes / all_of[row.which], there_is=row.there_is / all_of)
        for row, all_of in zip(problem.resources, there_is, strict=True)
    )
    calls = problem.calls
    if calls is not None:
        takes = tuple(
            None if taken is None else (taken[0], taken[1] / all_of[taken[0]])
            for taken, all_of in zip(calls.takes, there_is, strict=True)
        )
        calls = replace(calls, takes=takes)
    return replace(problem, resources=resources, calls=calls), there_is


def _of_used_up(problem: Distribution, found: Shared) -> tuple[Float, ...]:
    """Return prices without those of resources of which something is left: an interior point prices all."""
    kept = []
    for price, resource in zip(found.prices, problem.resources, strict=True):
        used = np.bincount(
            resource.which, weights=resource.takes * found.parts, minlength=len(resource.there_is)
        )
        kept.append(np.where(used < USED_UP * resource.there_is, 0.0, price))
    return tuple(kept)


def _proved(problem: Distribution, found: Shared, aim: _Aim) -> float:
    """Return how much of what counts is the most there can be, as prices prove by weak duality."""
    gain = _gains(problem, found, aim)
    best = np.zeros(len(problem.worth))
    np.maximum.at(best, problem.need, gain)
    both = zip(found.prices, problem.resources, strict=True)
    return float(best.sum() + sum(price @ resource.there_is for price, resource in both))


def _only(problem: Distribution, rows: Int64) -> Distribution:
    """Return a problem with some of its options."""
    if len(rows) == len(problem.need):
        return problem
    calls = problem.calls
    if calls is not None:
        position = np.full(len(problem.need), -1, dtype=np.int64)
        position[rows] = np.arange(len(rows))
        row, option, part = calls.entries
        kept = position[option] >= 0
        calls = replace(calls, entries=(row[kept], position[option[kept]], part[kept]))
    resources = tuple(
        replace(resource, which=resource.which[rows], takes=resource.takes[rows])
        for resource in problem.resources
    )
    pieces = None if problem.pieces is None else problem.pieces[rows]
    fixed = None if problem.fixed is None else problem.fixed[rows]
    return replace(
        problem, need=problem.need[rows], resources=resources, calls=calls, pieces=pieces, fixed=fixed
    )


def _gains(problem: Distribution, found: Shared, aim: _Aim) -> Float:
    """Return (m,) what each option gains by the prices, for its whole need."""
    weight = found.places[problem.place[problem.need]] + aim.worth
    gain = problem.worth[problem.need] * weight
    for price, resource in zip(found.prices, problem.resources, strict=True):
        gain = gain - price[resource.which] * resource.takes
    if problem.calls is not None:
        row, option, part = problem.calls.entries
        gain -= np.bincount(option, weights=found.calls[row] * part, minlength=len(gain))
    return gain


def _solved(problem: Distribution, aim: _Aim) -> Shared:
    n, m, places = len(problem.worth), len(problem.need), int(problem.place.max(initial=-1)) + 1
    before, met = (np.zeros(places), np.zeros(places)) if problem.behind is None else problem.behind
    total = before + np.bincount(problem.place, weights=problem.worth, minlength=places)
    ends = np.cumsum([n, *(len(resource.there_is) for resource in problem.resources)])
    last = int(ends[-1])
    reached = _in_play(problem, aim)
    low = np.full(last + places, -np.inf)
    low[last + reached] = aim.least_share - met[reached] / total[reached]
    high = np.concatenate(
        [np.ones(n), *(resource.there_is for resource in problem.resources), np.full(places, np.inf)]
    )
    if problem.calls is not None:
        joined = len(problem.calls.of_row)
        low, high = np.append(low, np.full(joined, -np.inf)), np.append(high, np.zeros(joined))
    cost, most = _columns(problem, aim, len(reached))
    unit = np.ones(len(cost))
    if problem.pieces is not None:
        unit[:m] = np.where(problem.pieces > 0, problem.pieces, 1.0)
    whole = np.zeros(0, np.int64) if problem.pieces is None else np.flatnonzero(problem.pieces > 0)
    rows, columns, values = (
        np.concatenate(part) for part in zip(*_entries(problem, aim, ends, total), strict=True)
    )
    entries = (rows, columns, values * unit[columns])
    solution = _run(cost * unit, entries, (low, high), _ends(problem, unit, most), whole)
    x, dual = np.asarray(solution.col_value), np.asarray(solution.row_dual)
    if len(x) < len(cost) or len(dual) < len(low):
        x, dual = np.zeros(len(cost)), np.zeros(len(low))
    x = x * unit
    _, *prices, weights, calls = np.split(dual, [*ends, last + places])
    return Shared(
        parts=x[:m], prices=tuple(np.maximum(0, -price) for price in prices),
        places=np.maximum(0, weights) / np.maximum(total, 1e-9),
        least_share=float(x[m]) if aim.share else aim.least_share, calls=np.maximum(0, -calls),
    )  # fmt: skip


def _in_play(problem: Distribution, aim: _Aim) -> Int64:
    """Return the places in reach that have a share in what is aimed at."""
    return np.setdiff1d(problem.place[problem.need], np.array(aim.without, dtype=np.int64))


def _columns(problem: Distribution, aim: _Aim, reached: int) -> tuple[Float, Float]:
    """Return what each column costs and how much of it there may be.

    Columns are options, the least share, what is missing to places in parts, calls.
    """
    calls = 0 if problem.calls is None else problem.calls.count
    parts = [(-aim.worth * problem.worth[problem.need], np.inf)]
    if aim.share:
        parts.append((np.array([-aim.share]), np.inf))
    if aim.short:
        parts += [(np.full(reached, counts * aim.short), up_to) for up_to, counts in SHORTFALLS]
    parts.append((np.zeros(calls), np.inf))
    return (
        np.concatenate([cost for cost, _ in parts]),
        np.concatenate([np.full(len(cost), up_to) for cost, up_to in parts]),
    )


def _entries(
    problem: Distribution, aim: _Aim, ends: Int64, total: Float
) -> Iterator[tuple[Int64, Int64, Float]]:
    """Yield (rows, columns, values) of needs, resources, places and calls; `total` is the worth of places."""
    column, last, place = np.arange(len(problem.need)), int(ends[-1]), problem.place[problem.need]
    yield problem.need, column, np.ones(len(column))
    for end, resource in zip(ends, problem.resources, strict=False):
        yield end + resource.which, column, resource.takes
    yield last + place, column, problem.worth[problem.need] / total[place]
    reached, after = _in_play(problem, aim), len(column)
    if aim.share:
        yield last + reached, np.full(len(reached), after), -np.ones(len(reached))
        after += 1
    for _ in SHORTFALLS if aim.short else ():
        yield last + reached, after + np.arange(len(reached)), np.ones(len(reached))
        after += len(reached)
    if problem.calls is not None:
        yield from _call_entries(problem.calls, ends, (last + len(total), after))


def _ends(problem: Distribution, unit: Float, most: Float) -> tuple[Float, Float]:
    """Return the least and the most of each column; what is settled is both."""
    least, most = np.zeros(len(unit)), most.copy()
    if problem.fixed is not None:
        settled = np.flatnonzero(~np.isnan(problem.fixed))
        least[settled] = most[settled] = problem.fixed[settled] / unit[settled]
    return least, most


def _call_entries(calls: Calls, ends: Int64, corner: tuple[int, int]) -> Iterator[tuple[Int64, Int64, Float]]:
    """Yield (rows, columns, values) of calls; their rows and columns begin at a corner of the program."""
    row, option, part = calls.entries
    yield corner[0] + row, option, part
    yield corner[0] + np.arange(len(calls.of_row)), corner[1] + calls.of_row, -np.ones(len(calls.of_row))
    for end, taken in zip(ends, calls.takes, strict=False):
        if taken is not None:
            which, takes = taken
            yield end + which, corner[1] + np.arange(len(which)), takes


def _run(
    cost: Float,
    entries: tuple[Int64, Int64, Float],
    sides: tuple[Float, Float],
    ends: tuple[Float, Float],
    whole: Int64,
) -> Any:
    """Solve min cost x over x between `ends`, with rows between `sides`; return the solution."""
    highspy = load()
    from scipy.sparse import csc_matrix  # noqa: PLC0415

    rows, columns, values = entries
    low, high = sides
    matrix = csc_matrix((values, (rows, columns)), shape=(len(low), len(cost)))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(low)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, *ends
    lp.row_lower_, lp.row_upper_ = low, high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    if len(cost) > MANY_OPTIONS:
        model.setOptionValue("solver", "ipm")
        model.setOptionValue("run_crossover", "off")
        model.setOptionValue("ipm_optimality_tolerance", IPM_TOLERANCE)
    if len(whole):
        kinds = np.full(len(cost), highspy.HighsVarType.kContinuous)
        kinds[whole] = highspy.HighsVarType.kInteger
        lp.integrality_ = kinds.tolist()
        model.setOptionValue("mip_max_nodes", MOST_NODES)
        model.setOptionValue("mip_rel_gap", NEAR)
    model.passModel(lp)
    model.run()
    found = model.getSolution()
    # A search for whole pieces that found none leaves numbers of no meaning.
    return found if found.value_valid or not len(whole) else highspy.HighsSolution()
