"""Who come last are offered the places of those who are cut off: as announced they would stay late."""

from __future__ import annotations

import pytest

from safepassage import planning
from safepassage.domain.case import Interval, Provenance, RoadStatus, RoadStatusWord
from safepassage.domain.situation import Event, RoadStatusReported, Situation
from safepassage.planning import Announced, StoppingRule, make_plan
from tests.support.planned import WORK, planned, verdict_on, written
from tests.support.sketch import Sketch, link

NOW_S, LATE_S = 900, 5_000


def four_towns():
    """Four towns around a crossing next to the site; three buses for a trip each at once, one much later."""
    sketch = Sketch(6, renotify_price_person_min=1)
    for town, node, persons in (("a", 0, 10), ("b", 3, 10), ("d", 4, 10), ("z", 5, 9)):
        sketch.road(node, 1)
        sketch.town(town, node)
        sketch.people(town, persons, group="needs_transport")
    sketch.road(1, 2)
    sketch.site("x", 2)
    sketch.buses("early", "x", 3, available_from_s=1_000, available_until_s=1_300)
    sketch.buses("late", "x", available_from_s=LATE_S)
    return sketch


def arrivals(schedule):
    rows = [(leg, load) for chain in schedule.vehicles for leg in chain.legs for load in leg.load]
    return {load.place: leg.arrive_s for leg, load in rows if load.site}


@pytest.mark.parametrize("most", [0, 3])
def test_those_who_come_last_take_the_places_of_those_who_are_cut_off(most, monkeypatch):
    sketch = four_towns()
    first = planned(sketch).planned
    before = arrivals(first.plan.schedule)
    assert max(before.values()) == before["z"] > LATE_S > 2_000 > before["d"]
    monkeypatch.setattr(planning, "MOST_LAST", most)
    status = RoadStatus(
        id="closed", roads=link("l0"), status=RoadStatusWord.NOT_PASSABLE,
        interval=Interval(from_s=NOW_S, until_s=7_200), provenance=Provenance(source="duty desk"),
    )  # fmt: skip
    event = Event(at="2024-05-01T03:15:00Z", by="duty desk", change=RoadStatusReported(status=status))
    announced = Announced(problem=first.problem, schedule=first.plan.schedule, now_s=NOW_S)
    situation = Situation(case=sketch.case(), events=(event,))
    found = make_plan(
        sketch.network(), situation, stop=StoppingRule(work=WORK), announced=announced
    )  # fmt: skip
    assert not verdict_on(written(found)).violations
    after, price = arrivals(found.plan.schedule), found.change.price
    if most:
        assert price.chosen == "latest"
        assert (after["b"], after["d"]) == (before["b"], before["d"])
        assert after["z"] < 2_000
        # Told are those who are cut off, and two trips of two legs each: nobody else.
        assert price.chosen_renotified < price.fresh_renotified
    else:
        assert price.chosen != "latest"
