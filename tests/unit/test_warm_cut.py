"""A cut that starts from an earlier side proves what the verifier's sum proves, and never too much."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.engines.bounds.commodity import origins
from safepassage.engines.bounds.label_cut import LabelCuts
from safepassage.engines.bounds.warm_cut import Standing, WarmCuts
from safepassage.engines.overlay import overlay
from safepassage.testing.draws import Draws
from safepassage.testing.small_cases import random_small_case

DIRECTION = "east"


def people(problem):
    rows = origins(problem, DIRECTION, "cars")
    columns = ([o.node for o in rows], [o.release_s for o in rows], [o.persons for o in rows])
    return Standing(**dict(zip(("node", "since_s", "persons"), map(np.array, columns), strict=True)))


def problems():
    for seed in range(24):
        case, network = random_small_case(seed)
        problem = overlay(network, case).problem
        if origins(problem, DIRECTION, "cars") and problem.sites(DIRECTION):
            yield problem


def test_the_sum_along_a_side_is_that_of_the_labels():
    count = 0
    for problem in problems():
        cuts, plain = WarmCuts(problem, DIRECTION, people(problem)), LabelCuts(problem, DIRECTION, "cars")
        for horizon_s in (300, 1_200, problem.network.horizon_s):
            cut = cuts.along(cuts.least_side(horizon_s), horizon_s)
            alpha = plain._latest(horizon_s)
            if cut.extension == "earliest":
                alpha = np.minimum(alpha, plain._first)
            for node, label in cut.labels:
                alpha[node] = label
            assert plain.phi(alpha, horizon_s) == cut.phi
            count += 1
    assert count >= 30


@pytest.mark.parametrize("share", [2, 1])
def test_a_side_from_before_is_as_good_as_a_search_or_the_search_is_made(share):
    """Cold and warm prove the same kind of bound; the warm start may only find it sooner."""
    for problem in problems():
        cuts, plain = WarmCuts(problem, DIRECTION, people(problem)), LabelCuts(problem, DIRECTION, "cars")
        persons, high_s = max(1, plain.demand // share), problem.network.horizon_s
        cold, side = cuts.latest_short_of(persons, None, high_s=high_s)
        warm, _ = cuts.latest_short_of(persons, side, high_s=high_s)
        for cut in (cold, warm):
            assert cut is None or (cut.phi < persons and cut.horizon_s < high_s)
        if cold is not None:
            assert warm is not None
            assert warm.horizon_s >= cold.horizon_s


def test_arcs_that_leave_a_side_are_all_that_counts():
    """Of any side of the network, not of least ones only: the search looks at nothing else."""
    draws, counted = Draws(5), 0
    for problem in problems():
        cuts = WarmCuts(problem, DIRECTION, people(problem))
        supply = cuts._supply
        for horizon_s in (300, 1_200, problem.network.horizon_s):
            side = np.array([draws.below(2) == 1 for _ in range(problem.network.n_nodes)])
            leaving = np.flatnonzero(side[supply.tail] & ~side[supply.head])
            found = cuts.arrived_by(side, horizon_s, supply.only(leaving))
            assert found == cuts.arrived_by(side, horizon_s)
            nobody_there = cuts.arrived_by(side, horizon_s, supply.only(leaving[:0]))
            counted += found > nobody_there
    assert counted >= 10
