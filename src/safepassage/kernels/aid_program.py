"""The distribution of goods as a linear program: how much of each need by which way, at what prices.

A need is met in parts by options; an option takes of resources: time or room of trucks, goods of a lot. What
the solver (HiGHS) says is a hint: prices are rounded to whole numbers and summed up again by whoever asks,
and quantities are loaded truck by truck.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANY_OPTIONS = 40_000
"""From so many options on an interior point without its clean-up is many times quicker than the simplex."""
MOST_NODES, NEAR = 5, 0.004
"""When a search for whole pieces ends."""
Float = NDArray[np.float64]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """What options take for their whole need: (m,) of which one, (m,) how much; (r,) what there is."""

    which: Int64
    takes: Float
    there_is: Float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distribution:
    """What is to be shared out, as columns: needs (n,) and options (m,).

    `place` is the place of each need, `need` that of each option. Each option meets its need in a part
    between `at_least` and `at_most`, (m,) each; nothing and the whole where they are not given. `pieces` (m,)
    is 0, or the part that one piece is: then the option takes whole pieces only.
    """

    worth: Float
    place: Int64
    need: Int64
    resources: tuple[Resource, ...]
    at_least: Float | None = None
    at_most: Float | None = None
    pieces: Float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """Parts of needs met by each option, the prices of each resource and of places."""

    parts: Float
    prices: tuple[Float, ...]
    places: Float
    least_share: float


def most_worth(problem: Distribution, least_share: float = 0.0) -> Shared:
    """Return parts with the most worth among those that serve every place by at least a share."""
    return _solved(problem, least_share=least_share, raise_share=False)


def largest_least_share(problem: Distribution) -> Shared:
    """Return parts that make the least share of a place as large as it can be.

    `places` are the weights of the places in the proof; they add up to 1 over all worth.
    """
    return _solved(problem, least_share=0.0, raise_share=True)


def _solved(problem: Distribution, *, least_share: float, raise_share: bool) -> Shared:
    n, m, places = len(problem.worth), len(problem.need), int(problem.place.max(initial=-1)) + 1
    total = np.bincount(problem.place, weights=problem.worth, minlength=places)
    worth = problem.worth[problem.need]
    share = worth / total[problem.place[problem.need]]
    ends = np.cumsum([n, *(len(resource.there_is) for resource in problem.resources)])
    last = int(ends[-1])
    rows = [problem.need, *(end + r.which for end, r in zip(ends, problem.resources, strict=False))]
    rows.append(last + problem.place[problem.need])
    values = [np.ones(m), *(resource.takes for resource in problem.resources), share]
    across = [np.arange(m)] * len(rows)
    reached = np.unique(problem.place[problem.need])
    if raise_share:
        rows.append(last + reached)
        values.append(-np.ones(len(reached)))
        across.append(np.full(len(reached), m))
    low = np.full(last + places, -np.inf)
    low[last + reached] = 0.0 if raise_share else least_share
    high = np.concatenate(
        [np.ones(n), *(resource.there_is for resource in problem.resources), np.full(places, np.inf)]
    )
    cost = np.append(np.zeros(m), -1.0) if raise_share else -worth
    unit = np.ones(len(cost))
    if problem.pieces is not None:
        unit[:m] = np.where(problem.pieces > 0, problem.pieces, 1.0)
    whole = np.zeros(0, np.int64) if problem.pieces is None else np.flatnonzero(problem.pieces > 0)
    columns = np.concatenate(across)
    entries = (np.concatenate(rows), columns, np.concatenate(values) * unit[columns])
    limits = _limits(problem, unit)
    solution = _run(cost * unit, limits, entries, (low, high), whole)
    x, dual = np.asarray(solution.col_value), np.asarray(solution.row_dual)
    if len(x) < len(cost) or len(dual) < len(low):
        x, dual = np.zeros(len(cost)), np.zeros(len(low))
    x = x * unit
    _, *prices, weights = np.split(dual, ends)
    return Shared(
        parts=x[:m], prices=tuple(np.maximum(0, -price) for price in prices),
        places=np.maximum(0, weights) / np.maximum(total, 1e-9),
        least_share=float(x[m]) if raise_share else least_share,
    )  # fmt: skip


def _limits(problem: Distribution, unit: Float) -> tuple[Float, Float]:
    low, high = np.zeros(len(unit)), np.full(len(unit), np.inf)
    if problem.at_least is not None:
        low[: len(problem.at_least)] = problem.at_least
    if problem.at_most is not None:
        high[: len(problem.at_most)] = problem.at_most
    return low / unit, high / unit


def _run(
    cost: Float,
    limits: tuple[Float, Float],
    entries: tuple[Int64, Int64, Float],
    sides: tuple[Float, Float],
    whole: Int64,
) -> Any:
    """Solve min cost x over x within limits with rows between low and high; return the solution."""
    import highspy  # noqa: PLC0415 - solvers load when first used
    from scipy.sparse import csc_matrix  # noqa: PLC0415

    rows, columns, values = entries
    low, high = sides
    matrix = csc_matrix((values, (rows, columns)), shape=(len(low), len(cost)))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(low)
    lp.col_cost_, (lp.col_lower_, lp.col_upper_) = cost, limits
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
    if len(whole):
        kinds = np.full(len(cost), highspy.HighsVarType.kContinuous)
        kinds[whole] = highspy.HighsVarType.kInteger
        lp.integrality_ = kinds.tolist()
        model.setOptionValue("mip_max_nodes", MOST_NODES)
        model.setOptionValue("mip_rel_gap", NEAR)
    model.passModel(lp)
    model.run()
    return model.getSolution()
