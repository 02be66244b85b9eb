"""The interval of a contested number: by hand on two reports, honest about sides, wide on dispute."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.kernels.belief.quantity_belief import Z_80, quantity_posterior

ALONE = -1


def test_two_independent_reports_are_weighed_by_their_precision():
    low, central, high, birge = quantity_posterior(
        [1_000, 800], [0.35, 0.20], [0.15, 0.0], [ALONE, ALONE], [0, 0]
    )
    weights = np.array([1 / 0.35**2, 1 / 0.20**2])
    theta = (np.array([np.log(1_000) - 0.15, np.log(800)]) @ weights) / weights.sum()
    assert central == pytest.approx(np.exp(theta))
    assert low == pytest.approx(np.exp(theta - Z_80 / np.sqrt(weights.sum())))
    assert high == pytest.approx(np.exp(theta + Z_80 / np.sqrt(weights.sum())))
    assert birge == 1.0


def test_ten_reports_of_one_side_stay_as_uncertain_as_its_leaning():
    width = [
        np.log(p.high / p.low)
        for n in (1, 10, 1_000)
        for p in [quantity_posterior([500] * n, [0.3] * n, [0] * n, [0] * n, [0.15] * n)]
    ]
    assert width[0] > width[1] > width[2]
    assert width[2] == pytest.approx(2 * Z_80 * 0.15, rel=0.01)


def test_reports_that_disagree_more_than_they_should_widen_the_interval():
    near = quantity_posterior([900, 1_000], [0.1, 0.1], [0, 0], [ALONE, ALONE], [0, 0])
    far = quantity_posterior([500, 2_000], [0.1, 0.1], [0, 0], [ALONE, ALONE], [0, 0])
    assert near.birge == 1.0
    assert far.birge > 5
    assert far.high / far.low > near.high / near.low


def test_eighty_percent_intervals_hold_the_truth_about_as_often():
    rng = np.random.default_rng(20240814)
    truth, n, inside = 1_000.0, 4, 0
    trials = 4_000
    side = np.array([0, 0, 1, ALONE])
    sigma, bias_sd = np.array([0.5, 0.7, 0.4, 0.73]), np.array([0.15, 0.15, 0.15, 0.0])
    for _ in range(trials):
        leaning = rng.normal(0, 0.15, 2)
        shift = np.where(side >= 0, leaning[side], 0.0)
        value = truth * np.exp(rng.normal(0, sigma, n) + shift)
        p = quantity_posterior(value, sigma, np.zeros(n), side, bias_sd)
        inside += p.low <= truth <= p.high
    # The Birge ratio only ever widens, so the intervals err on the wide side.
    assert 0.78 <= inside / trials <= 0.90


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_reports_does_not_matter(values, chance):
    rows = [(v, 0.3 + 0.1 * i, i % 2) for i, v in enumerate(values)]
    shuffled = chance.sample(rows, len(rows))
    both = []
    for order in (rows, shuffled):
        value, sigma, side = zip(*order, strict=True)
        both.append(quantity_posterior(value, sigma, [0] * len(order), side, [0.1] * len(order)))
    assert both[0] == pytest.approx(both[1])
