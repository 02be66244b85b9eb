"""What the verifier knows of roads over time, against the definition second by second."""

from __future__ import annotations

import random

import numpy as np
import pytest

from safepassage_verify.roads import Hours, Roads, Steps, Timetable, int64
from safepassage_verify.trips import Entries
from tests.support.drawn_sums import read, town

HORIZON_S = 9
SECONDS = range(-2, HORIZON_S + 3)


def hours_of(chance: random.Random) -> tuple[Hours, set[int]]:
    """Return hours of movement, and their seconds."""
    cuts = sorted(chance.sample(range(HORIZON_S + 3), 4))
    windows = chance.choice([[], [cuts[:2]], [cuts[:2], cuts[2:]]])
    allowed = {t for t in range(HORIZON_S) if not windows or any(a <= t < b for a, b in windows)}
    return Hours.of(HORIZON_S, windows), allowed


@pytest.mark.parametrize("seed", range(12))
def test_hours_are_counted_up_to_each_second(seed):
    hours, allowed = hours_of(random.Random(seed))
    found = hours.before(int64(list(SECONDS))).tolist()
    assert found == [sum(s in allowed for s in range(t)) for t in SECONDS]


def steps_of(chance: random.Random) -> tuple[Steps, list[list[int]], set[int]]:
    """Return steps of four arcs, the value of each in each second, and the seconds of movement."""
    hours, allowed = hours_of(chance)
    arcs = chance.sample(range(4), chance.randint(0, 3))
    constant = [chance.randint(0, 5) for _ in range(4)]
    values, breaks = [[value] * HORIZON_S for value in constant], []
    for arc in arcs:
        starts = [0, *sorted(chance.sample(range(1, HORIZON_S), chance.randint(0, 3)))]
        own = [chance.randint(0, 9) for _ in starts]
        breaks.append((int64(starts), int64(own)))
        values[arc] = [own[max(k for k, start in enumerate(starts) if start <= t)] for t in range(HORIZON_S)]
    return Steps.of(int64(constant), arcs, breaks, hours), values, allowed


@pytest.mark.parametrize("seed", range(25))
def test_steps_are_what_each_second_says(seed):
    steps, values, allowed = steps_of(random.Random(seed))
    every = [(arc, t) for arc in range(4) for t in SECONDS]
    arc, t = (int64(column) for column in zip(*every, strict=True))
    assert steps.at(arc, t).tolist() == [values[a][min(max(s, 0), HORIZON_S - 1)] for a, s in every]
    sums = [sum(values[a][s] for s in range(min(t, HORIZON_S)) if s in allowed) for a, t in every]
    assert steps.before(arc, t).tolist() == sums
    assert steps.extreme(largest=True).tolist() == [max(row) for row in values]
    assert steps.extreme(largest=False).tolist() == [min(row) for row in values]


def test_one_arc_alone_is_asked_for_what_it_has():
    steps, values, _ = steps_of(random.Random(3))
    for arc in range(4):
        assert steps.at(int64([arc]), int64([4])).tolist() == [values[arc][4]]


@pytest.mark.parametrize("seed", range(12))
def test_a_timetable_has_the_departures_it_was_given(seed):
    chance = random.Random(seed)
    arcs = chance.sample(range(4), chance.randint(1, 3))
    given = {arc: {t: chance.randint(0, 5) for t in chance.sample(range(12), chance.randint(0, 4))}
             for arc in arcs}  # fmt: skip
    table = Timetable.of(4, [(arc, sorted(given[arc].items())) for arc in arcs])
    assert table.rank.tolist() == [arcs.index(arc) if arc in arcs else -1 for arc in range(4)]
    every = [(arc, t) for arc in arcs for t in range(14)]
    arc, t = (int64(column) for column in zip(*every, strict=True))
    assert table.places_at(arc, t).tolist() == [given[a].get(s, -1) for a, s in every]
    spans = [(arc, a, b) for arc in arcs for a in range(13) for b in range(14)]
    arc, first, last = (int64(column) for column in zip(*spans, strict=True))
    between = [sum(n for t, n in given[arc].items() if a <= t < b) for arc, a, b in spans]
    assert table.places_between(arc, first, last).tolist() == between


def roads_of(chance: random.Random) -> tuple[Roads, list[list[tuple[int, int]]]]:
    """Return roads of a town, and what each arc lets through and takes in each second."""
    inputs = town(chance)
    network, horizon_s = inputs["network"], inputs["horizon_s"]
    pieces = dict(network["profiles"])
    arcs = network["arcs"]
    seconds = []
    for arc in range(len(arcs["tail"])):
        plain = [0, horizon_s, arcs["capacity_mveh_h"][arc], 0, arcs["travel_s"][arc]]
        own = pieces.get(arc, [plain])
        seconds.append([(p[2], p[4]) for t in range(horizon_s) for p in own if p[0] <= t < p[1]])
    return read(inputs).roads, seconds


@pytest.mark.parametrize("seed", range(12))
def test_a_road_stays_open_while_every_second_lets_something_through(seed):
    roads, seconds = roads_of(random.Random(seed))
    every = [(arc, a, b) for arc in range(len(roads)) for a in range(roads.horizon_s + 1)
             for b in (a + 1, a + 2, a + 4)]  # fmt: skip
    arc, first, last = (int64(column) for column in zip(*every, strict=True))
    open_ = [all(capacity for capacity, _ in seconds[arc][a:b]) for arc, a, b in every]
    assert roads.stays_open(arc, first, last).tolist() == open_
    assert roads.ever_open.tolist() == [any(capacity for capacity, _ in row) for row in seconds]
    for arc_, row in enumerate(seconds):
        least = min((taken for capacity, taken in row if capacity), default=None)
        assert least is None or roads.least_travel_s[arc_] == least


def test_entries_come_in_blocks_that_hold_whole_arcs(monkeypatch):
    chance, n, of_trip = random.Random(0), 40, int64([5, 6, 7, 8])
    arc, t, trip = (
        np.array([chance.randrange(most) for _ in range(n)], dtype=np.int32) for most in (9, 99, 4)
    )
    seconds = int64([chance.randrange(99) for _ in range(9)])
    entries = Entries(
        arc=arc, t=t, trip=trip - 1, units_of=of_trip, persons_of=of_trip * 2,
        travel=Steps.of(seconds, [], [], Hours.of(1_000, ())),
    )  # fmt: skip
    assert entries.heaviest == 16
    given = zip(arc, t, t + seconds[arc], trip - 1, strict=True)
    wanted = sorted((*row, of_trip[row[3]], 2 * of_trip[row[3]]) for row in given)
    for size in (1, 7, 39, 40, 1000):
        monkeypatch.setattr("safepassage_verify.trips.BLOCK", size)
        blocks = list(entries.blocks())
        rows = [
            row for b in blocks
            for row in zip(b.arc, b.t, b.leave, b.trip, b.units_mveh, b.persons, strict=True)
        ]  # fmt: skip
        assert sorted(rows) == wanted
        arcs = [set(b.arc.tolist()) for b in blocks]
        assert sum(map(len, arcs)) == len(set(arc.tolist()))
        assert all(len(b.arc) <= size or len(own) == 1 for b, own in zip(blocks, arcs, strict=True))
        assert (len(blocks) == 1) == (size >= n)
