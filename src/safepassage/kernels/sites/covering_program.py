"""Covering by p sites as linear and integer programs: hints for the search, prices for its proof.

The programs are those of Church and ReVelle, "The maximal covering location problem" (1974), and of Toregas,
Swain, ReVelle and Bergman, "The location of emergency service facilities" (1971, doi:10.1287/opre.19.6.1363).
What the solver
says is a hint only: sites are valued again, and prices are rounded and added up again by whoever asks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.sites.median_bound import IN, OUT, PRICE_SCALE, Int8, Int64

Bool = NDArray[np.bool_]
Float = NDArray[np.float64]


class _Program:
    """A program whose first columns are the sites, under changing decisions on single ones."""

    def __init__(self, covered: Bool) -> None:
        import highspy  # noqa: PLC0415 - solvers load when first used

        self._highspy: Any = highspy
        self._covered, self._clients, self._sites = covered, covered.shape[0], covered.shape[1]
        self._model = self._built()

    def _built(self) -> Any:
        raise NotImplementedError

    def _empty(self) -> Any:
        model = self._highspy.Highs()
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        return model

    def _decide(self, model: Any, fixed: Int8) -> None:
        low, high = (fixed == IN).astype(np.float64), (fixed != OUT).astype(np.float64)
        model.changeColsBounds(self._sites, np.arange(self._sites, dtype=np.int32), low, high)

    def _relaxed(self, fixed: Int8) -> tuple[Float, Float]:
        """Return how much of each site is used, and the size of the dual value of each client's row."""
        self._decide(self._model, fixed)
        self._model.run()
        found = self._model.getSolution()
        used = np.asarray(found.col_value, np.float64)[: self._sites]
        duals = np.abs(np.asarray(found.row_dual, np.float64)[: self._clients])
        if len(duals) < self._clients or len(used) < self._sites:
            return np.zeros(self._sites), np.zeros(self._clients)
        return used, duals

    def sites(self, fixed: Int8, limit_s: float) -> tuple[int, ...]:
        """Return sites that an integer program finds in the time given; none where it finds none."""
        # A model of its own: one that has been an integer program gives no prices any more.
        model = self._built()
        self._decide(model, fixed)
        whole = np.array([self._highspy.HighsVarType.kInteger] * self._sites)
        model.changeColsIntegrality(self._sites, np.arange(self._sites, dtype=np.int32), whole)
        model.setOptionValue("time_limit", limit_s)
        model.run()
        values = np.asarray(model.getSolution().col_value, np.float64)[: self._sites]
        return tuple(int(j) for j in np.flatnonzero(values > 1 / 2))


class CoverMost(_Program):
    """Covering as much weight as `count` sites can.

    Parameters
    ----------
    covered : (n, m) whether a site covers a client; each client is covered by some site.
    weights : (n,) of the clients.
    """

    def __init__(self, covered: Bool, weights: Int64, count: int) -> None:
        self._weights, self._count = weights, count
        super().__init__(covered)

    def _built(self) -> Any:
        """Return the program: a variable for each site, then one for each client, 1 where it is covered."""
        n, m = self._clients, self._sites
        model = self._empty()
        cost = np.concatenate([np.zeros(m), -self._weights.astype(np.float64)])
        model.addVars(m + n, np.zeros(m + n), np.ones(m + n))
        model.changeColsCost(m + n, np.arange(m + n, dtype=np.int32), cost)
        for i in range(n):
            sites = np.flatnonzero(self._covered[i]).astype(np.int32)
            entries = np.append(-np.ones(len(sites)), 1.0)
            model.addRow(
                -self._highspy.kHighsInf, 0.0, len(entries), np.append(sites, np.int32(m + i)), entries
            )
        model.addRow(0.0, float(self._count), m, np.arange(m, dtype=np.int32), np.ones(m))
        return model

    def relax(self, fixed: Int8) -> tuple[Int64, Float]:
        """Return prices of clients, scaled, for the weight left uncovered, and the use of sites."""
        used, duals = self._relaxed(fixed)
        scaled = np.rint(duals * PRICE_SCALE).astype(np.int64)
        return np.minimum(scaled, self._weights * PRICE_SCALE), used


class CoverAll(_Program):
    """Covering everybody with few sites: the set covering program.

    Parameters
    ----------
    covered : (n, m) whether a site covers a client; each client is covered by some site.
    weight : of each client, where what is left uncovered is counted.
    """

    def __init__(self, covered: Bool, weight: int) -> None:
        self._weight = weight
        super().__init__(covered)

    def _built(self) -> Any:
        n, m = self._clients, self._sites
        model = self._empty()
        model.addVars(m, np.zeros(m), np.ones(m))
        model.changeColsCost(m, np.arange(m, dtype=np.int32), np.ones(m))
        for i in range(n):
            sites = np.flatnonzero(self._covered[i]).astype(np.int32)
            model.addRow(1.0, self._highspy.kHighsInf, len(sites), sites, np.ones(len(sites)))
        return model

    def least(self, fixed: Int8) -> float:
        """Return how many sites the linear program needs: a hint, not a proof."""
        return float(self._relaxed(fixed)[1].sum())

    def relax(self, fixed: Int8) -> tuple[Int64, Float]:
        """Return prices, scaled, worth more than the sites if these are too few, and the use of sites."""
        used, duals = self._relaxed(fixed)
        each = np.minimum(duals, 1.0) * (self._weight * PRICE_SCALE)
        return np.floor(each).astype(np.int64), used


def hardest(covered: Bool) -> NDArray[np.int64]:
    """Return the clients that have to be looked at where all have to be covered.

    A client whose sites include all sites of another one is covered with it; of alike ones the first is kept.
    """
    outside = covered.astype(np.float32) @ (~covered).T.astype(np.float32)
    inside = outside == 0  # inside[i, k]: every site of i covers k
    alike = inside & inside.T
    first = np.tril(alike, -1).any(axis=1)
    return np.flatnonzero(~(inside & ~alike).any(axis=0) & ~first)
