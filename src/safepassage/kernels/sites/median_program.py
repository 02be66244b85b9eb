"""What prices left to choose, as a small integer program: a hint for the search.

A choice that costs less than a known one sends no client to a site that costs it more than its price and
what the known one lies over the bound, so few sites are left to each client. Of these it pays from one
distinct cost to the next for as long as no nearer site is chosen (Garcia, Labbe and Marin, "Solving large
p-median problems with a radius formulation", 2011, doi:10.1287/ijoc.1100.0418). What the solver says is a
hint only: sites are valued again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.sites.median_bound import IN, OUT, PRICE_SCALE, Clients, Int8, Int64

Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
MOST_NEAR, MOST_NODES = 8, 20
"""The most sites of a client and clients of a site, on the mean; and so many parts of the solver's own tree.

Where sites serve more the program alone takes longer than the tree of prices does.
"""


class Priced(NamedTuple):
    """What prices (n,), scaled, decided: FREE, IN or OUT of each site (m,), and the bound, scaled."""

    fixed: Int8
    prices: Int64
    bound: int


class Hint(NamedTuple):
    """Sites that cost less than what is known, none where none were found; whether nothing else can."""

    sites: tuple[int, ...]
    settled: bool


class _Rows(NamedTuple):
    """Rows with entries one after the other: each at least so much."""

    start: list[int]
    column: list[int]
    value: list[float]
    least: list[float]


def left_to_choose(clients: Clients, priced: Priced, count: int, most: int) -> Hint:
    """Return sites that serve everybody at less than `most`, a whole cost, if the program finds some.

    Where much is left only what lies nearest to the prices is looked at, and nothing is settled.
    """
    if count * MOST_NEAR < len(priced.prices):
        return Hint((), settled=False)
    over = max(0, (most - 1) * PRICE_SCALE - priced.bound)
    near = _near(clients, priced, over)
    whole = near.sum() <= MOST_NEAR * len(near)
    while near.sum() > MOST_NEAR * len(near) and over:
        over //= 2
        near = _near(clients, priced, over)
    if near.sum() > MOST_NEAR * len(near) or not near.any(axis=1).all():
        return Hint((), settled=bool(whole))
    sites = np.flatnonzero(priced.fixed != OUT)
    cost, rows = _program(clients, near, sites)
    low = np.concatenate([(priced.fixed[sites] == IN).astype(np.float64), np.zeros(len(cost) - len(sites))])
    values, ended = _solved(cost, rows, low, (len(sites), count))
    found = sites[np.flatnonzero(values[: len(sites)] > 1 / 2)]
    return Hint(tuple(int(j) for j in found), settled=bool(whole and ended))


def _near(clients: Clients, priced: Priced, over: int) -> Bool:
    """Return (n, m) whether the k-th site of a client costs it so much over its price, scaled, or less."""
    near: Bool = clients.cost * PRICE_SCALE <= (priced.prices + over)[:, None]
    near &= priced.fixed[clients.site] != OUT
    return near


def _program(clients: Clients, near: Bool, sites: Int64) -> tuple[Float, _Rows]:
    """Return costs of columns and rows: a column for each site, then one for each step of costs."""
    column = np.full(clients.site.shape[1], -1, dtype=np.int64)
    column[sites] = np.arange(len(sites))
    cost = [0.0] * len(sites)
    rows = _Rows([0], [], [], [])
    for i, mine in enumerate(near):
        costs = clients.cost[i, mine]
        columns = column[clients.site[i, mine]].tolist()
        ends = [*np.flatnonzero(np.diff(costs)).tolist(), len(costs) - 1]
        first, before = 0, -1
        for step, end in enumerate(ends):
            # Nearer sites are not chosen, then so are these: the client pays up to the next distinct cost.
            rows.column.extend(columns[first : end + 1])
            rows.value.extend([1.0] * (end + 1 - first))
            if before >= 0:
                rows.column.append(before)
                rows.value.append(-1.0)
            rows.least.append(1.0 if before < 0 else 0.0)
            if step < len(ends) - 1:
                before = len(cost)
                cost.append(float(costs[end + 1] - costs[end]))
                rows.column.append(before)
                rows.value.append(1.0)
            rows.start.append(len(rows.column))
            first = end + 1
    return np.array(cost), rows


def _solved(cost: Float, rows: _Rows, low: Float, choose: tuple[int, int]) -> tuple[Float, bool]:
    """Return the columns of the best answer found, and whether there is no better one."""
    import highspy  # noqa: PLC0415 - solvers load when first used

    sites, count = choose
    lp: Any = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(rows.least) + 1
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, low, np.ones(len(cost))
    lp.row_lower_ = np.array([*rows.least, count])
    lp.row_upper_ = np.array([highspy.kHighsInf] * len(rows.least) + [count])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array([*rows.start, rows.start[-1] + sites], dtype=np.int32)
    lp.a_matrix_.index_ = np.array([*rows.column, *range(sites)], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([*rows.value, *[1.0] * sites])
    kinds = [highspy.HighsVarType.kInteger] * sites
    lp.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (len(cost) - sites)
    model: Any = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("mip_max_nodes", MOST_NODES)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.passModel(lp)
    model.run()
    status = model.getModelStatus()
    ended = status in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible}
    values = np.asarray(model.getSolution().col_value, dtype=np.float64)
    return values if len(values) == len(cost) else np.zeros(len(cost)), ended
