"""A visit of a tour can go with fewer aboard, and an empty vehicle keeps to the slot found for it."""

from __future__ import annotations

from itertools import pairwise

from safepassage.engines.evacuate.tours import Visit
from safepassage.engines.evacuate.trips import Trip

HERE, THERE = ("east", 1, 0), ("east", 2, 0)


class _Ways:
    """Every arc takes a hundred seconds."""

    @staticmethod
    def duration_s(arcs: tuple[int, ...]) -> int:
        return 100 * len(arcs)


def test_a_lighter_visit_leaves_those_who_board_last():
    visit = Visit((HERE, THERE), "site", ({"seat": 30, "wheelchair": 2}, {"seat": 1, "wheelchair": 0}), 7, 9)
    lighter = visit.lighter()
    assert lighter.loads == ({"seat": 27, "wheelchair": 2}, {"seat": 0, "wheelchair": 0})
    assert (lighter.stops, lighter.site, lighter.enter_s, lighter.arrive_s) == (visit.stops, "site", 7, 9)


def test_a_visit_can_be_made_lighter_until_nobody_is_left():
    visit, persons = Visit((HERE,), "site", ({"seat": 45},)), []
    while visit.persons:
        visit = visit.lighter()
        persons.append(visit.persons)
    assert persons[:3] == [40, 35, 31]
    assert persons[-1] == 0
    assert all(a > b for a, b in pairwise(persons))


def test_an_empty_vehicle_leaves_no_sooner_than_its_slot_asks():
    trip = Trip(None, _Ways(), None)
    assert trip._ready_for((8, 1_000), (5, 6, 8, 9)) == 800
    assert trip._ready_for((8, 1_000), (8, 9)) == 1_000


def test_a_way_without_the_arc_of_the_slot_is_free_at_once():
    trip = Trip(None, _Ways(), None)
    assert trip._ready_for((8, 1_000), (5, 6)) == 0
    assert trip._ready_for(None, (5, 8)) == 0
