from __future__ import annotations

import numpy as np
import pytest

from safepassage.domain.bus_problem import BusFleet, BusProblem, Dwell

GOOD = {
    "fleets": (BusFleet(yard=0, buses=1, seats=2),),
    "persons": (2,),
    "capacity_persons": (-1,),
    "yard_to_pickup_s": np.array([[1]]),
    "pickup_to_site_s": np.array([[2]]),
    "site_to_pickup_s": np.array([[2]]),
}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("persons", (1, 1), "for each pick-up"),
        ("persons", (-1,), "not negative"),
        ("capacity_persons", (-2,), "ANY_NUMBER"),
        ("pickup_to_site_s", np.array([[0]]), "at least a second"),
        ("site_to_pickup_s", np.array([[-2]]), "no way"),
        ("site_to_pickup_s", np.array([[1, 1]]), "a row for each site"),
        ("fleets", (BusFleet(yard=1, buses=1, seats=1),), "yard of the matrix"),
    ],
)
def test_nonsense_is_refused(name, value, said):
    BusProblem(**GOOD)
    with pytest.raises(ValueError, match=said):
        BusProblem(**GOOD | {name: value})


def test_a_fleet_needs_seats_and_dwell_is_not_negative():
    with pytest.raises(ValueError, match="seat"):
        BusFleet(yard=0, buses=1, seats=0)
    with pytest.raises(ValueError, match="negative"):
        Dwell(load_base_s=-1)


def test_nobody_takes_no_time_to_board():
    assert Dwell(load_base_s=60, load_per_person_s=2).load_s(0) == 0
    assert Dwell(unload_base_s=60, unload_per_person_s=2).unload_s(5) == 70
