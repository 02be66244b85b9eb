"""The joint bound of person-seconds: who cannot have arrived waits, second by second, or pays by prices."""

from __future__ import annotations

import json

import pytest

from tests.support.planned import accepted, verdict_on
from tests.support.sketch import Sketch


@pytest.fixture(scope="module")
def queue():
    """Four hundred cars from two towns behind one road of 900 an hour, both ways a few."""
    loading = {"load_base_s": 120, "load_per_person_s": 10, "unload_base_s": 60}
    sketch = Sketch(4, horizon_s=7_200, junction_wait_max_s=60, **loading)
    sketch.road(0, 1, 60, 1_800)
    sketch.road(1, 2, 90, 900)
    sketch.road(1, 3, 30, 1_800)
    sketch.town("a", 0, 200)
    sketch.town("b", 3, 200)
    sketch.town("c", 2, 30, direction="east")
    sketch.people("b", 9, group="needs_transport")
    sketch.buses("bus", "b", 1, 10)
    sketch.site("s", 2)
    sketch.site("e", 0, direction="east")
    return accepted(sketch)


def waited(checked):
    """Sum up the envelope second by second, as the model has it."""
    total, horizon_s = 0, checked.inputs["horizon_s"]
    for direction in checked.inputs["directions"]:
        demand = checked.direction(direction["id"])["persons_demand"]
        points = [
            (p["t_s"], p["persons_at_most"])
            for p in checked.certificate["envelope"] if p["direction"] == direction["id"]
        ]  # fmt: skip
        for t in range(horizon_s):
            total += demand - min([demand, *(most for at, most in points if at >= t)])
    return total


def priced(checked):
    return max((row["person_seconds"] for row in checked.certificate.get("priced", ())), default=0)


def test_it_is_the_larger_of_both(queue):
    joint = queue.plan["joint"]
    assert joint["person_seconds_bound"] == max(waited(queue), priced(queue))
    assert 0 < priced(queue) != waited(queue) <= joint["person_seconds"]
    assert joint["person_seconds_gap_ppm"] < 100_000


def test_where_nothing_is_priced_there_is_a_bound_too():
    sketch = Sketch(2, horizon_s=7_200, junction_wait_max_s=60)
    sketch.road(0, 1, 60, 900)
    sketch.town("a", 0, 400)
    sketch.site("s", 1)
    found = accepted(sketch)
    assert priced(found) == 0
    # The plan is best here: what is left is what lies between two points of the envelope.
    assert 0 <= found.plan["joint"]["person_seconds_gap_ppm"] < 40_000


def stated(checked, bound):
    plan = checked.plan
    own = plan["joint"]["person_seconds"]
    plan["joint"] |= {
        "person_seconds_bound": bound, "person_seconds_gap_ppm": (own - bound) * 1_000_000 // bound,
    }  # fmt: skip
    return verdict_on(checked.files | {"plan": json.dumps(plan).encode()})


def test_a_weaker_bound_that_is_proved_may_be_stated_and_no_other(queue):
    for proved in (priced(queue), waited(queue)):
        assert "JOINT" not in {v.code for v in stated(queue, proved).violations}
    for other in (waited(queue) + 1, waited(queue) - 1, priced(queue) + 1):
        assert "JOINT" in {v.code for v in stated(queue, other).violations}


def test_an_envelope_that_says_too_little_may_arrive_proves_nothing(queue):
    certificate = queue.certificate
    for point in certificate["envelope"]:
        point["persons_at_most"] = 0
    verdict = verdict_on(queue.files | {"certificate": json.dumps(certificate).encode()})
    assert {"ENVELOPE", "JOINT"} & {v.code for v in verdict.violations}
    assert not verdict.verified
