"""The least end of a small fleet is that of trying every sequence; the check refuses what is not least."""

from __future__ import annotations

import itertools
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.islands import IslandProblem, IslandScenario, Vessel
from safepassage.engines import islands
from safepassage_verify.islands import can_end_before, check_islands
from tests.support.effort import examples

DOCKS, HARBOURS, TRIPS = 3, 2, 3


@st.composite
def problems(draw):
    """Return two vessels that can make few trips, docks at one to three places, and a few persons at each."""
    places = draw(st.lists(st.integers(0, 2), min_size=DOCKS, max_size=DOCKS))
    place_of_dock = tuple(sorted(set(places)).index(k) for k in places)
    leg = st.integers(-1, 9)

    def legs(*shape):
        return np.array(
            draw(st.lists(leg, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
        ).reshape(shape)

    fleet = tuple(
        Vessel(
            name=f"vessel {k}", seats=draw(st.integers(0, 3)), handling_ms=draw(st.integers(0, 2)),
            trips_most=draw(st.integers(0, TRIPS)), first_ms=legs(DOCKS), out_ms=legs(HARBOURS, DOCKS),
            home_ms=legs(DOCKS, HARBOURS),
        )
        for k in range(2)
    )  # fmt: skip
    persons = tuple(draw(st.integers(0, 4)) for _ in range(max(place_of_dock) + 1))
    scenario = IslandScenario(name="north", probability=1.0, persons=persons)
    return IslandProblem(fleet=fleet, place_of_dock=place_of_dock, scenarios=(scenario,))


def document(problem):
    """Return a problem as the verifier reads it."""
    fleet = [
        {
            **{name: getattr(vessel, name) for name in ("name", "seats", "handling_ms", "trips_most")},
            **{name: getattr(vessel, name).tolist() for name in ("first_ms", "out_ms", "home_ms")},
        }
        for vessel in problem.fleet
    ]
    scenarios = [asdict(scenario) for scenario in problem.scenarios]
    return {"fleet": fleet, "place_of_dock": list(problem.place_of_dock), "scenarios": scenarios}


def ends(problem, vessel):
    """Return every (end, seats offered at each place) of a vessel, trip after trip."""
    places = max(problem.place_of_dock) + 1
    found = [(0, (0,) * places)]

    def sail(now, harbour, offered, left):
        if not left:
            return
        for dock, to in itertools.product(range(DOCKS), range(HARBOURS)):
            out = vessel.first_ms[dock] if harbour is None else vessel.out_ms[harbour, dock]
            home = vessel.home_ms[dock, to]
            if out < 0 or home < 0:
                continue
            end = now + int(out + home) + 2 * vessel.handling_ms
            k = problem.place_of_dock[dock]
            more = (*offered[:k], offered[k] + vessel.seats, *offered[k + 1 :])
            found.append((end, more))
            sail(end, to, more, left - 1)

    sail(0, None, (0,) * places, vessel.trips_most)
    return found


def tried(problem):
    """Return the least end over all sequences of trips of both vessels, None where nobody can fetch all."""
    persons = problem.scenarios[0].persons
    one, two = (set(ends(problem, vessel)) for vessel in problem.fleet)
    best = None
    for (a, first), (b, second) in itertools.product(one, two):
        if all(x + y >= n for x, y, n in zip(first, second, persons, strict=True)):
            best = max(a, b) if best is None else min(best, max(a, b))
    return best


@settings(max_examples=examples(200), deadline=None)
@given(problems())
def test_the_least_end_is_that_of_trying_everything(problem):
    """The plan ends when the best of all sequences does, and the checker agrees by its own search."""
    least = tried(problem)
    if least is None:
        with pytest.raises(islands.IslandError, match="add vessels"):
            islands.plan(problem, 0)
        return
    plan = islands.plan(problem, 0)
    plain = document(problem)
    assert plan.last_ms == plan.least_ms == least
    assert check_islands(plain, 0, asdict(plan)) == ()
    assert not can_end_before(plain, 0, least)
    assert can_end_before(plain, 0, least + 1)


@settings(max_examples=examples(100), deadline=None)
@given(problems(), st.integers(1, 5))
def test_a_least_time_that_is_too_late_is_refused(problem, later):
    """A plan that dawdles and calls that the least is found out, whatever it states as its last arrival."""
    if tried(problem) is None:
        return
    plan = islands.plan(problem, 0)
    claimed = asdict(replace(plan, last_ms=plan.last_ms + later, least_ms=plan.least_ms + later))
    faults = check_islands(document(problem), 0, claimed)
    assert any("can end before" in fault for fault in faults)
    assert any("has unloaded at" in fault for fault in faults)


@settings(max_examples=examples(100), deadline=None)
@given(problems())
def test_who_is_not_fetched_is_named(problem):
    """A trip with one person fewer, or in which nobody sits, does not pass."""
    if tried(problem) is None:
        return
    plan = asdict(islands.plan(problem, 0))
    trips = [trip for tour in plan["trips"] for trip in tour if trip["persons"]]
    for trip in trips:
        trip["persons"] -= 1
        assert any("fetched of" in fault for fault in check_islands(document(problem), 0, plan, prove=False))
        trip["persons"] += 1


def test_persons_at_many_places_are_refused_not_tried_for_ever():
    """What no table can hold is refused in words that say what to do."""
    legs = np.zeros((4,)), np.zeros((1, 4)), np.zeros((4, 1))
    vessel = Vessel(
        name="ferry",
        seats=50,
        handling_ms=0,
        trips_most=99,
        first_ms=legs[0],
        out_ms=legs[1],
        home_ms=legs[2],
    )
    scenario = IslandScenario(name="all", probability=1.0, persons=(900, 900, 900, 900))
    problem = IslandProblem(fleet=(vessel,), place_of_dock=(0, 1, 2, 3), scenarios=(scenario,))
    with pytest.raises(islands.IslandError, match="4 places are too many"):
        islands.plan(problem, 0)
