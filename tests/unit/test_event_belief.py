"""What to believe of an event: by hand, by brute force over lines, calibrated on known truth."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from safepassage.kernels.belief.event_belief import STRAY, Voices, event_belief, learned, log_odds

RATES = np.array([[[0.2, 0.3, 0.5], [0.7, 0.1, 0.2]], [[0.05, 0.25, 0.7], [0.8, 0.05, 0.15]]])
"""A party's voice and a monitor's: affirm, deny, silent if the event is not so, and if it is."""


def voices(*rows):
    return Voices(*(np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)))


def probability(odds):
    return 1 / (1 + np.exp(-odds))


def test_single_voices_multiply_the_odds_by_their_ratio():
    odds = 0.25 / 0.75 * (0.7 / 0.2) * (0.8 / 0.05)
    found = log_odds(RATES, voices((0, 0, 1, 0, 0), (0, 1, 1, 0, 0)), np.array([0.25]))
    assert np.exp(found[0]) == pytest.approx(odds)


@pytest.mark.parametrize("affirms", range(4))
@pytest.mark.parametrize("denies", range(3))
def test_lines_are_summed_out_as_brute_force_does(affirms, denies):
    stray = RATES[0].min(axis=0) / RATES[0].min(axis=0).sum()
    lines = (RATES[0] - STRAY * stray) / (1 - STRAY)
    likelihood = np.zeros(2)
    origins = [0] * affirms + [1] * denies
    for truth, line in product(range(2), range(3)):
        each = [(1 - STRAY) * (line == said) + STRAY * stray[said] for said in origins]
        likelihood[truth] += lines[truth, line] * np.prod(each)
    found = log_odds(RATES, voices((0, 0, affirms, denies, 0)), np.array([0.5]))
    assert np.exp(found[0]) == pytest.approx(likelihood[1] / likelihood[0])


def test_a_hundred_origins_of_one_side_tell_little_more_than_one():
    one, many, two_sides = (
        probability(log_odds(RATES, rows, np.array([0.3]))[0])
        for rows in (
            voices((0, 0, 1, 0, 0)),
            voices((0, 0, 100, 0, 0)),
            voices((0, 0, 1, 0, 0), (0, 1, 1, 0, 0)),
        )
    )
    assert one < many < two_sides


def test_nobody_spoke_nothing_changes():
    belief = event_belief(RATES * 10, voices((0, 0, 0, 0, 0)), [0.2, 0.4])
    assert belief.central == pytest.approx([0.2, 0.4])
    assert belief.low == pytest.approx(belief.high)


def test_verified_events_teach_how_a_kind_of_voice_speaks():
    rows = voices((0, 0, 1, 0, 0), (1, 0, 0, 1, 0), (2, 0, 1, 0, 0), (3, 1, 0, 0, 1))
    taught = learned(np.ones((2, 2, 3)), rows, [1, 0, -1, 1])
    assert taught[0].tolist() == [[1, 2, 1], [2, 1, 1]]
    assert taught[1].tolist() == [[1, 1, 1], [1, 1, 2]]


def simulated(n, rng):
    truth = (rng.random(n) < 0.3).astype(int)
    kinds = np.tile([0, 1], n)
    event = np.repeat(np.arange(n), 2)
    cumulated = RATES[kinds, truth[event]].cumsum(axis=1)
    line = (rng.random((2 * n, 1)) > cumulated).sum(axis=1)
    counts = [(line == said).astype(np.int64) for said in range(3)]
    return truth, Voices(event, kinds, *counts)


def test_belief_is_calibrated_after_learning_from_a_few_verified_events():
    rng = np.random.default_rng(20300514)
    truth, said = simulated(20_000, rng)
    verified = np.where(rng.random(len(truth)) < 0.15, truth, -1)
    belief = event_belief(learned(np.ones((2, 2, 3)), said, verified), said, np.full(len(truth), 0.3))
    ideal = probability(log_odds(RATES, said, np.full(len(truth), 0.3)))
    unseen = verified < 0
    brier = np.mean((belief.central - truth)[unseen] ** 2)
    assert brier <= np.mean((ideal - truth)[unseen] ** 2) + 0.005
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.7, 1.01)):
        here = unseen & (belief.central >= low) & (belief.central < high)
        if here.sum() > 200:
            assert abs(belief.central[here].mean() - truth[here].mean()) < 0.03


def test_the_interval_holds_what_true_rates_would_give_about_as_often_as_it_says():
    inside, total = 0, 0
    for trial in range(60):
        rng = np.random.default_rng(trial)
        truth, said = simulated(300, rng)
        counts = learned(np.full((2, 2, 3), 0.5), said, truth)
        belief = event_belief(counts, said, np.full(300, 0.3), seed=trial)
        ideal = probability(log_odds(RATES, said, np.full(300, 0.3)))
        inside += int(((belief.low <= ideal) & (ideal <= belief.high)).sum())
        total += 300
    assert 0.70 <= inside / total <= 0.92
