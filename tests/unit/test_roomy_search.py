"""A longer search for sites with limited room leaves what swaps and kicks were stuck in."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.kernels.sites.roomy_sites import RoomyService


def service(seed, *, counts):
    """200 clients and 40 sites in a square; room of five sites for hardly more than all."""
    rng = np.random.default_rng(seed)
    away = rng.integers(0, 1_000, (200, 1, 2)) - rng.integers(0, 1_000, (1, 40, 2))
    costs = np.abs(away).sum(axis=2)
    persons = rng.integers(1, 60, 200)
    room = np.rint(rng.uniform(0.7, 1.3, 40) * persons.sum() * 1.03 / 5).astype(np.int64)
    if counts:
        return RoomyService(np.where(costs > 500, 1, 0), persons, room, 1)
    return RoomyService(np.where(costs > 500, 1_001, costs), persons, room, 1_001)


@pytest.mark.parametrize("counts", [True, False])
def test_it_is_never_worse_is_valued_exactly_and_keeps_what_must_be(counts):
    better = 0
    for seed in range(3):
        sites, must = service(seed, counts=counts), np.zeros(40, np.int8)
        must[seed] = 1
        chosen, value = sites.first(must, 5, seed)
        found = sites.deeper(chosen, must, seed)
        assert chosen.sum() == 5
        assert chosen[seed]
        assert found == sites.value(chosen)
        assert found <= value
        better += found < value
    assert better, "swaps that only gain are stuck in at least one of these"


def test_where_nothing_may_be_exchanged_the_choice_stays():
    sites, must = service(0, counts=True), np.zeros(40, np.int8)
    must[:5] = 1
    chosen = must.copy()
    assert sites.deeper(chosen, must, 0) == sites.value(must)
    assert (chosen == must).all()
