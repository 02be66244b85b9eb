"""The decided sit where a reserve was to arrive sooner; legs, kinds and whoever is tied stay as they were."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.plan import Leg, Load, Schedule, VehicleChain
from safepassage.engines.evacuate.decided_first import announced, decided_first

TIED = {("north", "out", "wheelchair")}
LOADS = st.builds(
    Load, place=st.sampled_from(["north", "south"]), direction=st.just("out"),
    group=st.sampled_from(["assisted", "wheelchair"]), persons=st.integers(1, 5), reserve=st.booleans(),
    after=st.sampled_from(["", "", "x/1"]), site=st.sampled_from(["a", "b", ""]),
)  # fmt: skip


def chain(name, arrivals, loads):
    legs = tuple(
        Leg(id=f"{name}/{k}", route=0, depart_s=at - 60, waits=(), arrive_s=at, load=tuple(load))
        for k, (at, load) in enumerate(zip(arrivals, loads, strict=True), 1)
    )
    return VehicleChain(id=name, legs=legs)


@st.composite
def fleets(draw):
    found = []
    for name in ("one", "two"):
        arrivals = sorted(draw(st.lists(st.integers(60, 400), max_size=4, unique=True)))
        found.append(chain(name, arrivals, [draw(st.lists(LOADS, max_size=4)) for _ in arrivals]))
    return tuple(found)


def kind(load):
    return load.place, load.direction, load.group


def rows(vehicles):
    return [(leg, load) for chain in vehicles for leg in chain.legs for load in leg.load]


def moves(load):
    return not load.after and load.site and kind(load) not in TIED


def counted(vehicles, key):
    found = Counter()
    for leg, load in rows(vehicles):
        found[key(leg, load)] += load.persons
    return found


@given(fleets())
def test_legs_and_kinds_keep_their_numbers(vehicles):
    after = decided_first(vehicles, TIED)
    for key in (
        lambda leg, load: (leg.id, kind(load), load.after, load.site),
        lambda _leg, load: (kind(load), load.reserve, bool(moves(load))),
        lambda leg, load: None if moves(load) else (leg.id, load),
    ):
        assert counted(after, key) == counted(vehicles, key)


@given(fleets())
def test_no_reserve_arrives_before_one_of_its_kind_who_has_decided(vehicles):
    arrivals = {}
    for leg, load in rows(decided_first(vehicles, TIED)):
        if moves(load):
            arrivals.setdefault((kind(load), load.reserve), []).append(leg.arrive_s)
    for (of, reserve), seconds in arrivals.items():
        if not reserve and (of, True) in arrivals:
            assert max(seconds) <= min(arrivals[of, True])


@given(fleets())
def test_again_changes_nothing(vehicles):
    once = decided_first(vehicles, TIED)
    assert decided_first(once, TIED) == once


def test_one_who_was_late_takes_the_seat_of_a_reserve():
    late = Load(place="north", group="assisted", direction="out", persons=1, reserve=False, site="far")
    held = Load(place="north", group="assisted", direction="out", persons=3, reserve=True, site="near")
    vehicles = (chain("one", [100], [[held]]), chain("two", [900], [[late]]))
    first, second = (chain.legs[0].load for chain in decided_first(vehicles, ()))
    assert [(row.persons, row.reserve, row.site) for row in first] == [(1, False, "near"), (2, True, "near")]
    assert [(row.persons, row.reserve, row.site) for row in second] == [(1, True, "far")]


@given(fleets(), st.sets(st.sampled_from(["one/1", "one/2", "two/1", "two/2"])))
def test_nobody_changes_on_legs_that_are_fixed(vehicles, fixed):
    after = decided_first(vehicles, TIED, fixed)
    for now, before in zip(after, vehicles, strict=True):
        assert [leg.id for leg in now.legs] == [leg.id for leg in before.legs]
        for leg, was in zip(now.legs, before.legs, strict=True):
            assert leg.id not in fixed or leg == was
    assert counted(after, lambda leg, load: (leg.id, kind(load))) == counted(
        vehicles, lambda leg, load: (leg.id, kind(load))
    )


def test_only_legs_of_which_somebody_is_told_anyway_change():
    load = Load(place="north", group="assisted", direction="out", persons=1, reserve=False, site="near")
    held = replace(load, reserve=True)
    before = chain("one", [100, 200, 300, 400], [[load], [load], [load, held], [held]])
    earlier = Schedule(routes=(), cars=(), vehicles=(before,), link_rides=(), unserved=(), reserves=())
    moved = replace(before.legs[1], depart_s=before.legs[1].depart_s + 1)
    more = [replace(before.legs[3], id="one/5", load=(load, held)), replace(before.legs[3], id="one/6")]
    after = replace(before, legs=(before.legs[0], moved, *before.legs[2:], *more))
    assert announced(earlier, [after], 100) == {"one/1", "one/3", "one/4", "one/6"}
    # From then on the second has left.
    assert announced(earlier, [after], 142) == {"one/1", "one/2", "one/3", "one/4", "one/6"}
