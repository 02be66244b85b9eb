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
    covariance = _covariance(
        np.asarray(sigma, dtype=np.float64),
        np.asarray(side, dtype=np.int64),
        np.asarray(bias_sd, dtype=np.float64),
    )
    precision = np.linalg.inv(covariance)
    information = float(precision.sum())
    theta = float(precision.sum(axis=0) @ y) / information
    residual = y - theta
    n = len(y)
    chi2 = float(residual @ precision @ residual)
    birge = max(1.0, float(np.sqrt(chi2 / (n - 1)))) if n > 1 else 1.0
    error = Z_80 * birge / float(np.sqrt(information))
    low, central, high = np.exp([theta - error, theta, theta + error]).tolist()
    return QuantityPosterior(low, central, high, birge)


def _covariance(sigma: Float64, side: NDArray[np.int64], bias_sd: Float64) -> Float64:
    shared = (side[:, None] == side[None, :]) & (side[:, None] >= 0)
    leaning = np.where(shared, bias_sd[:, None] * bias_sd[None, :], 0.0)
    return np.asarray(leaning + np.diag(sigma**2 + np.where(side < 0, bias_sd**2, 0.0)))
