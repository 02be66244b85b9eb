"""What a contested number may be: correlated log-normal reports, widened when they disagree too much."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Z_80 = 1.2815515594457831
"""The standard normal quantile of 90 %: between minus and plus it lie 80 %."""


class QuantityPosterior(NamedTuple):
    """Median and 80 % interval of the number itself, and the factor by which disagreement widened it."""

    low: float
    central: float
    high: float
    birge: float


def quantity_posterior(value: Any, sigma: Any, bias: Any, side: Any, bias_sd: Any) -> QuantityPosterior:
    """Return the posterior of a positive number from n reports of it.

    Model: log value_i = log theta + bias_i + s_g(i) + e_i, with e_i normal of standard deviation sigma_i and
    one unknown leaning s_g, normal of standard deviation bias_sd_i, for each side g that speaks. Reports of
    one side therefore do not become certain by their number. Generalised least squares, flat prior on log
    theta. Where reports disagree more than their sigmas allow, the standard error is multiplied by the Birge
    ratio.

    Parameters
    ----------
    value, sigma, bias, bias_sd
        (n,) float, n at least 1; value and sigma positive, the others in logs.
    side
        (n,) int; -1 for a source that shares its leaning with nobody.

    References
    ----------
    R. T. Birge, The calculation of errors by the method of least squares, Phys. Rev. 40 (1932) 207,
    doi:10.1103/PhysRev.40.207. A. C. Aitken, On least squares and linear combination of observations (1935).
    """
    y = np.log(np.asarray(value, dtype=np.float64)) - np.asarray(bias, dtype=np.float64)
    weighed = _Precision(
        np.asarray(sigma, dtype=np.float64),
        np.asarray(side, dtype=np.int64),
        np.asarray(bias_sd, dtype=np.float64),
    )
    ones = weighed.times(np.ones(len(y)))
    information = float(ones.sum())
    theta = float(ones @ y) / information
    residual = y - theta
    n = len(y)
    chi2 = float(residual @ weighed.times(residual))
    birge = max(1.0, float(np.sqrt(chi2 / (n - 1)))) if n > 1 else 1.0
    error = Z_80 * birge / float(np.sqrt(information))
    low, central, high = np.exp([theta - error, theta, theta + error]).tolist()
    return QuantityPosterior(low, central, high, birge)


class _Precision:
    """The inverse of the covariance of reports, which is diagonal but for one rank for each side that speaks.

    By the formula of Sherman and Morrison (Adjustment of an inverse matrix corresponding to a change in one
    element of a given matrix, Ann. Math. Stat. 21 (1950) 124, doi:10.1214/aoms/1177729893), so that thousands
    of reports of one number cost no cube.
    """

    def __init__(self, sigma: Float64, side: NDArray[np.int64], bias_sd: Float64) -> None:
        alone = side < 0
        self._own = 1 / (sigma**2 + np.where(alone, bias_sd**2, 0.0))
        self._group = np.where(alone, 0, side + 1)
        self._lean = np.where(alone, 0.0, bias_sd)
        self._scale = 1 + np.bincount(self._group, self._own * self._lean**2)

    def times(self, vector: Float64) -> Float64:
        """Return the inverse times a vector."""
        flat = self._own * vector
        shared = np.bincount(self._group, self._lean * flat, minlength=len(self._scale)) / self._scale
        return np.asarray(flat - self._own * self._lean * shared[self._group])
