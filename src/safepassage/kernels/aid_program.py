"""The distribution of goods as a linear program: how much of each need by which trucks, at what prices.

A need is met in parts by options; an option takes time of trucks, once by mass and once by volume, and goods
of a lot. What the solver (HiGHS) says is a hint: prices are rounded to whole numbers and summed up again by
whoever asks, and quantities are loaded truck by truck.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANY_OPTIONS = 40_000
"""From so many options on an interior point without its clean-up is many times quicker than the simplex."""
Float = NDArray[np.float64]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distribution:
    """What is to be shared out, as columns: needs (n,), options (m,), crews (k,), lots (l,).

    `by_mass_s` and `by_volume_s` are the seconds of its crew that an option takes when it meets its whole
    need, `goods` what it takes of its lot. `place` is the place of each need.
    """

    worth: Float
    place: Int64
    need: Int64
    crew: Int64
    lot: Int64
    by_mass_s: Float
    by_volume_s: Float
    goods: Float
    seconds: Float
    stock: Float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """Parts of needs met by each option, the prices of crews by mass and volume, of lots and of places."""

    parts: Float
    mass: Float
    volume: Float
    lots: Float
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
    import highspy  # noqa: PLC0415 - solvers load when first used

    n, m = len(problem.worth), len(problem.need)
    k, stock, places = len(problem.seconds), len(problem.stock), int(problem.place.max(initial=-1)) + 1
    total = np.bincount(problem.place, weights=problem.worth, minlength=places)
    columns = np.arange(m)
    worth = problem.worth[problem.need]
    share = worth / total[problem.place[problem.need]]
    rows = np.concatenate([
        problem.need, n + problem.crew, n + k + problem.crew, n + 2 * k + problem.lot,
        n + 2 * k + stock + problem.place[problem.need],
    ])  # fmt: skip
    values = np.concatenate([np.ones(m), problem.by_mass_s, problem.by_volume_s, problem.goods, share])
    across = np.tile(columns, 5)
    reached = np.unique(problem.place[problem.need])
    if raise_share:
        rows = np.concatenate([rows, n + 2 * k + stock + reached])
        values = np.concatenate([values, -np.ones(len(reached))])
        across = np.concatenate([across, np.full(len(reached), m)])
    low = np.full(n + 2 * k + stock + places, -np.inf)
    low[n + 2 * k + stock + reached] = 0.0 if raise_share else least_share
    high = np.concatenate(
        [np.ones(n), problem.seconds, problem.seconds, problem.stock, np.full(places, np.inf)]
    )
    cost = np.append(np.zeros(m), -1.0) if raise_share else -worth
    solution = _run(highspy, cost, (rows, across, values), low, high)
    x, dual = np.asarray(solution.col_value), np.asarray(solution.row_dual)
    if len(x) < len(cost) or len(dual) < len(low):
        x, dual = np.zeros(len(cost)), np.zeros(len(low))
    parts = np.split(dual, [n, n + k, n + 2 * k, n + 2 * k + stock])
    return Shared(
        parts=x[:m], mass=np.maximum(0, -parts[1]), volume=np.maximum(0, -parts[2]),
        lots=np.maximum(0, -parts[3]), places=np.maximum(0, parts[4]) / np.maximum(total, 1e-9),
        least_share=float(x[m]) if raise_share else least_share,
    )  # fmt: skip


def _run(highspy: Any, cost: Float, entries: tuple[Int64, Int64, Float], low: Float, high: Float) -> Any:
    """Solve min cost x over 0 <= x with rows between low and high; return the solution."""
    from scipy.sparse import csc_matrix  # noqa: PLC0415

    rows, columns, values = entries
    matrix = csc_matrix((values, (rows, columns)), shape=(len(low), len(cost)))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(low)
    lp.col_cost_, lp.col_lower_ = cost, np.zeros(len(cost))
    lp.col_upper_ = np.full(len(cost), np.inf)
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
    model.passModel(lp)
    model.run()
    return model.getSolution()
