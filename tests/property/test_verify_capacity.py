"""The verifier's capacity check says what the definition says: for all whole seconds a < b, on every arc."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.testing.tiny_plans import FOOT, TinyCase, TinyPlan, item
from safepassage_verify import verify
from safepassage_verify.flows import largest_excess
from tests.support.effort import examples

HORIZON_S = 24


@st.composite
def arcs(draw):
    """Pieces (from, to, capacity, persons, travel) of a few arcs; closed pieces are for other tests."""
    cuts = sorted(draw(st.sets(st.integers(1, HORIZON_S - 1), max_size=3)))
    rate = st.integers(1, 12).map(lambda tenths: tenths * 360_000)
    persons = st.one_of(st.just(-1), st.integers(1, 20).map(lambda tenths: tenths * 360))
    edges = [0, *cuts, HORIZON_S]
    return [[a, b, draw(rate), draw(persons), 1] for a, b in pairwise(edges)]


@st.composite
def windows(draw):
    edges = sorted(draw(st.sets(st.integers(0, HORIZON_S), max_size=4)))
    return [[a, b] for a, b in zip(edges[::2], edges[1::2], strict=False)]


def in_window(open_windows, t):
    """A movement of one second that starts in t lies within a window."""
    return not open_windows or any(a <= t and t + 1 <= b for a, b in open_windows)


def breaks(amounts, rates, burst):
    """Return whether the rule of all intervals is broken; a rate of -1 means no limit in that second."""
    for a in range(HORIZON_S):
        entered, allowed = 0, 0
        for b in range(a, HORIZON_S):
            entered += amounts.get(b, 0)
            if rates[b] < 0:
                break
            allowed += rates[b]
            if 3600 * entered > allowed + 3600 * burst:
                return True
    return False


def per_second(pieces, column, open_windows):
    """Return the rate of every second; outside the windows a limit is 0, but no limit stays none."""
    out = []
    for t in range(HORIZON_S):
        value = next(piece[column] for piece in pieces if piece[0] <= t < piece[1])
        moves = not open_windows or any(a <= t < b for a, b in open_windows)
        out.append(value if moves or value < 0 else 0)
    return out


def add_arcs(case, pieces, *, constant):
    """Add parallel arcs with these pieces; an only piece as the arc's own columns if asked."""
    for k, arc in enumerate(pieces):
        case.arc(0, 1, 1, modes=3 | FOOT)
        if len(arc) == 1 and constant:
            case.arcs[k] |= {"capacity_mveh_h": arc[0][2], "persons_h": arc[0][3]}
        else:
            case.profiles.append([k, arc])


@given(st.data())
@settings(max_examples=examples(400))
def test_the_check_equals_the_definition(data):
    pieces = data.draw(st.lists(arcs(), min_size=1, max_size=3))
    open_windows = data.draw(windows())
    burst = data.draw(st.integers(1000, 3000))
    burst_persons = data.draw(st.integers(0, 6))
    case = TinyCase(
        2, horizon_s=HORIZON_S, burst_mveh=burst, burst_persons=burst_persons, movement_windows=open_windows
    )
    add_arcs(case, pieces, constant=data.draw(st.booleans()))
    case.place("V", 0)
    case.site("S", 1)
    case.vehicle("b", 0, units_mveh=1700)
    plan = TinyPlan(case.inputs())
    units = [{} for _ in pieces]
    people = [{} for _ in pieces]
    seconds = [t for t in range(HORIZON_S) if in_window(open_windows, t)]
    if not seconds:
        return
    served = {"own_vehicle": 0, "assisted": 0}
    for k in range(len(pieces)):
        route = plan.route(k)
        for t, persons in data.draw(
            st.lists(st.tuples(st.sampled_from(seconds), st.integers(1, 4)), max_size=8), label="cars"
        ):
            plan.cars("V", "S", route, [(t, persons)])
            units[k][t] = units[k].get(t, 0) + 1000
            people[k][t] = people[k].get(t, 0) + persons
            served["own_vehicle"] += persons
        for t in data.draw(st.lists(st.sampled_from(seconds), max_size=2), label="rides"):
            plan.ride(k, t, item("V", 2, group="assisted", site="S"))
            people[k][t] = people[k].get(t, 0) + 2
            served["assisted"] += 2
    start = data.draw(st.sampled_from(seconds), label="bus")
    arc = data.draw(st.integers(0, len(pieces) - 1))
    plan.leg("b", plan.route(arc), start)
    units[arc][start] = units[arc].get(start, 0) + 1700
    for group, persons in served.items():
        case.demand("V", persons, group=group)
    found = verify(case.inputs(), plan.plan()).counts
    rows = [(per_second(arc, 2, open_windows), per_second(arc, 3, open_windows)) for arc in pieces]
    expected = set()
    if any(breaks(entered, row[0], burst) for entered, row in zip(units, rows, strict=True)):
        expected.add("CAPACITY")
    if any(breaks(entered, row[1], burst_persons) for entered, row in zip(people, rows, strict=True)):
        expected.add("PERSON_CAPACITY")
    assert set(found) == expected


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=40, max_size=40),
)
@settings(max_examples=examples(300))
def test_the_running_least_equals_a_bucket_walked_second_by_second(segments, amounts_and_rates):
    """What is left in a bucket is what was there, never below 0, plus what came less what drained."""
    segment = np.sort(np.array(segments))
    amount, rate = (np.array(column[: len(segment)]) for column in zip(*amounts_and_rates, strict=True))
    until = np.cumsum(rate)
    excess = largest_excess(segment, amount, until - rate, until)
    content = 0
    for i in range(len(segment)):
        if i == 0 or segment[i] != segment[i - 1]:
            content = 0
        content = max(0, content) + amount[i] - rate[i]
        assert excess[i] == content
