"""Simulated reporters behave as their setting says, the same for the same seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safepassage.testing.reporters import BLAMED, LOCAL, OBSERVER, SETTINGS, Setting, simulate

BASE = Setting(name="test", origins=1, relays=3, copies=0.5)


def test_the_same_seed_gives_the_same_world():
    first, second = (simulate(SETTINGS[0], 500, seed=3) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first.voices, second.voices, strict=True))
    assert np.array_equal(first.truth, second.truth)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_rates_are_probabilities(setting):
    rates = simulate(setting, 4, seed=0).true_rates
    assert (rates >= 0).all()
    assert rates.sum(axis=-1) == pytest.approx(np.ones(rates.shape[:-1]))


def test_voices_speak_as_often_as_their_rates_say():
    world = simulate(BASE, 40_000, seed=1)
    for kind in (BLAMED, OBSERVER, LOCAL):
        here = world.voices.kind == kind
        so = world.truth[world.voices.event[here]] == 1
        said = world.voices.affirms[here][so].mean(), world.voices.denies[here][so].mean()
        assert said == pytest.approx(world.true_rates[0, kind, 1, :2], abs=0.02)


def test_known_copies_reach_the_relays_only_and_hidden_ones_the_reader_too():
    open_copies = simulate(BASE, 5_000, seed=2)
    hidden = simulate(replace(BASE, hidden=1.0), 5_000, seed=2)
    spoken = open_copies.voices.affirms.sum() + open_copies.voices.denies.sum()
    assert open_copies.relayed.sum() > 1.5 * spoken
    assert hidden.voices.affirms.sum() + hidden.voices.denies.sum() == hidden.relayed.sum()


def test_drift_changes_the_parties_in_the_second_half_only():
    world = simulate(replace(BASE, drift=0.5), 10, seed=0)
    assert world.half.tolist() == [0] * 5 + [1] * 5
    assert (world.true_rates[1, BLAMED] != world.true_rates[0, BLAMED]).any()
    assert np.array_equal(world.true_rates[1, LOCAL], world.true_rates[0, LOCAL])
