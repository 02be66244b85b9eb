"""Plans that trade exposure against arrival, and what exposure is worth in sampled worlds."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from safepassage.domain.errors import NoSuchPlanError
from safepassage.domain.frontier import Stay
from safepassage.domain.situation import Situation
from safepassage.domain.timed_network import HazardEvent
from safepassage.engines.frontier import Worlds, best_of, expected, least_exposure, losses, tail
from safepassage.engines.overlay import overlay
from safepassage.frontier import Pick, make_frontier
from safepassage.planning import Making, make_plan
from tests.support.planned import accepted, verdict_on, written
from tests.support.sketch import Sketch, window

INSIDE_PPM = 990_000
"""The share of the near road that lies within what is reported."""


def two_ways(ppm=100_000):
    """A town on a road: a near site through what is reported, a far one away from it."""
    sketch = Sketch(4)
    sketch.road(0, 1, travel_s=60)
    sketch.road(1, 2, travel_s=100)
    sketch.road(2, 3, travel_s=100)
    sketch.town("t", 1, 30)
    sketch.site("near", 0)
    sketch.site("far", 3)
    sketch.area(-0.5, 0.99, ppm)
    return sketch


def frontier(sketch, *, points=8, pick=None):
    seen = []

    def check(planned):
        verdict = verdict_on(written(planned))
        assert verdict.violations == ()
        seen.append(planned)

    found, planned = make_frontier(
        sketch.network(),
        Situation(case=sketch.case()),
        points=points,
        pick=Pick(number=pick),
        check=check,
        making=Making(),
    )
    return found, planned, seen


class TestFrontier:
    def test_who_goes_further_is_exposed_less(self):
        found, _, seen = frontier(two_ways())
        assert len(found.points) == len(seen) >= 2
        first, last = found.points[0].worth, found.points[-1].worth
        assert first.clearance_s < last.clearance_s
        assert first.expected > last.expected
        assert (last.expected, last.least) == (0, 0)

    def test_none_betters_another_and_all_serve_as_many(self):
        found, *_ = frontier(two_ways())
        for a in found.points:
            assert a.worth.unserved == 0
            for b in found.points:
                better = all(x <= y for x, y in zip(a.worth.traded, b.worth.traded, strict=True))
                assert a is b or not better

    def test_the_one_picked_is_the_one_written(self):
        found, planned, _ = frontier(two_ways(), pick=2)
        row = found.points[1].worth
        assert found.picked == 2
        assert max(d.clearance_s for d in planned.plan.directions if d.clearance_s) == row.clearance_s
        assert sum(d.exposure_person_ppm_s for d in planned.plan.directions) == row.exposure

    def test_a_plan_that_is_not_there_cannot_be_picked(self):
        with pytest.raises(NoSuchPlanError, match="the frontier has"):
            frontier(two_ways(), pick=90)

    def test_without_hazard_there_is_one_plan(self):
        sketch = two_ways()
        sketch.rows["areas"].clear()
        found, planned, _ = frontier(sketch)
        assert [p.worth.exposure for p in found.points] == [0]
        assert planned.plan.schedule == make_plan(
            sketch.network(), Situation(case=sketch.case())
        ).plan.schedule  # fmt: skip

    def test_the_same_twice(self):
        assert frontier(two_ways())[0] == frontier(two_ways())[0]

    def test_of_equal_rows_the_first_is_kept(self):
        assert best_of([(2, 1), (1, 2), (2, 1), (3, 3), (1, 3)]) == [1, 0]


def network_of(sketch):
    return overlay(sketch.network(), sketch.case()).problem.network


class TestWorlds:
    def test_an_event_happens_as_often_as_it_is_likely(self):
        network = network_of(two_ways(ppm=100_000))
        happens = Worlds.of(network, n=4_000, seed=3).happens["h0"]
        # A quarter of worlds at 5 %, half at 10 %, a quarter at 20 %.
        assert abs(happens.mean() - 0.1125) < 0.01

    def test_in_a_world_hazard_is_all_or_nothing(self):
        network = network_of(two_ways())
        worlds = Worlds.of(network, n=500, seed=0)
        loss = losses(network, worlds, [Stay(0, 0, 60, 7)])
        assert set(loss.tolist()) == {0, 7 * 60 * INSIDE_PPM}
        assert np.array_equal(loss > 0, worlds.happens["h0"])

    def test_where_events_overlap_an_arc_counts_once(self):
        sketch = two_ways(ppm=500_000)
        sketch.area(-0.5, 0.99, 500_000, interval=window(0, 30))
        network = network_of(sketch)
        worlds = Worlds.of(network, n=200, seed=0)
        loss = losses(network, worlds, [Stay(0, 0, 60, 1)])
        long, short = (worlds.happens[name] for name in ("h0", "h1"))
        assert np.array_equal(loss // INSIDE_PPM, np.where(long, 60, np.where(short, 30, 0)))

    def test_without_events_zones_are_nested(self):
        sketch = two_ways()
        sketch.area(1.01, 2, 400_000)
        network = dataclasses.replace(network_of(sketch), events=())
        worlds = Worlds.of(network, n=200, seed=0)
        low, high = (losses(network, worlds, [Stay(arc, 0, 10, 1)]) > 0 for arc in (0, 2))
        assert 0 < low.sum() < high.sum()
        assert not (low & ~high).any()

    def test_mean_and_tail(self):
        loss = np.asarray([0] * 90 + [100] * 10)
        assert (expected(loss), tail(loss), tail(loss[::-1])) == (10, 100, 100)

    def test_figures_of_an_event_must_grow(self):
        with pytest.raises(ValueError, match="grow"):
            HazardEvent(
                id="e", low_ppm=3, central_ppm=2, high_ppm=4, from_s=0, until_s=9, shares=((0, 10**6),)
            )


def test_nobody_is_exposed_less_than_the_floor():
    sketch = two_ways()
    sketch.rows["places"].pop()
    found = accepted(sketch)
    problem = found.planned.problem
    assert least_exposure(problem, {("t", "west", "own_vehicle"): 30}) == 30 * 60 * 99_000
    assert found.direction("west")["exposure_person_ppm_s"] == 30 * 60 * 99_000


class TestLayers:
    def test_exposure_is_stated_in_every_layer(self):
        found = accepted(two_ways())
        low, central, high = found.direction("west")["exposure_layers"]
        assert (low * 2, high) == (central, central * 2)
        assert central == found.direction("west")["exposure_person_ppm_s"]

    @pytest.mark.parametrize("position", [0, 1, 2])
    def test_a_changed_layer_is_refused(self, position):
        files = dict(accepted(two_ways()).files)
        plan = json.loads(files["plan"])
        plan["directions"][0]["exposure_layers"][position] += 1
        files["plan"] = dumped(plan)
        assert {v.code for v in verdict_on(files).violations} == {"TOTALS"}

    def test_layers_that_are_left_out_are_missed(self):
        files = dict(accepted(two_ways()).files)
        plan = json.loads(files["plan"])
        del plan["directions"][0]["exposure_layers"]
        files["plan"] = dumped(plan)
        assert {v.code for v in verdict_on(files).violations} == {"TOTALS"}

    @pytest.mark.parametrize("column", [2, 4, 5])
    def test_hazard_must_follow_from_the_events(self, column):
        files = dict(accepted(two_ways()).files)
        inputs = json.loads(files["inputs"])
        inputs["network"]["hazard_events"][0][column] += 1 if column < 5 else -1
        files["inputs"] = dumped(inputs)
        codes = {v.code for v in verdict_on(files).violations}
        assert "INPUTS" in codes

    def test_a_snapshot_without_events_is_still_valid(self):
        files = dict(accepted(two_ways()).files)
        inputs, plan, certificate = (json.loads(files[n]) for n in ("inputs", "plan", "certificate"))
        for name in ("hazard_events", "hazard_layer"):
            del inputs["network"][name]
        for row in plan["directions"]:
            del row["exposure_layers"]
        files["inputs"] = dumped(inputs)
        import hashlib

        digest = hashlib.sha256(files["inputs"]).hexdigest()
        plan["inputs_sha256"] = certificate["inputs_sha256"] = digest
        files |= {"plan": dumped(plan), "certificate": dumped(certificate)}
        assert verdict_on(files).violations == ()


def dumped(document):
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
