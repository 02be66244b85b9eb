"""The adapter to the second simulator: a vehicle as trips from halt to halt, and what became of it."""

from __future__ import annotations

from types import SimpleNamespace

from benchmarks.second_judge import Drive
from safepassage.domain.simulation import HoldAt, SimulatedVehicle


def bus():
    holds = (HoldAt(position=1, duration_s=60, until_s=500),)
    return Drive(SimulatedVehicle(id="bus", units_mveh=2_500, depart_s=100, arcs=(4, 5, 6), holds=holds))


def trip(end_s, *entries):
    state, ended = ("end", [(end_s, "end")]) if end_s else ("run", [])
    log = [(0, "home"), *((t, object()) for t in entries), *ended]
    return SimpleNamespace(state=state, arrival_time=end_s, log_t_link=log)


def test_it_sets_out_again_after_its_halt_and_not_before_its_moment():
    drive = bus()
    assert (drive.next_arcs, drive.leaves_s()) == ((4, 5), 100)
    drive.trips.append(trip(400, 100, 250))
    assert drive.ended()
    assert (drive.next_arcs, drive.leaves_s()) == ((6,), 500)
    drive.ends[-1] = 480
    assert drive.leaves_s() == 540


def test_what_became_of_it_is_when_it_left_each_arc():
    drive = bus()
    for one in (trip(400, 100, 250), trip(700, 520)):
        drive.trips.append(one)
        assert drive.ended()
    found = drive.trajectory()
    assert (found.depart_s, found.exits_s, found.halts_s, found.arrive_s) == (
        100,
        (250, 400, 700),
        (400,),
        700,
    )
    assert drive.next_arcs == ()


def test_who_is_still_on_the_way_has_not_arrived():
    drive = bus()
    drive.trips.append(trip(0, 100, 250))
    assert not drive.ended()
    found = drive.trajectory()
    assert (found.depart_s, found.exits_s, found.halts_s, found.arrive_s) == (100, (250,), (), -1)
