from __future__ import annotations

import pytest

from safepassage.formats.plan import bus_instance

TEXT = "3 30\n2 1 2\n2 90 60 30\n1 120 120\n\n1 5 6\n2 7 8\n\n1 9\n2 10\n"


def test_an_instance_is_read():
    problem = bus_instance.read(TEXT)
    assert [(f.yard, f.buses, f.seats) for f in problem.fleets] == [(0, 1, 30), (1, 2, 30)]
    assert (problem.persons, problem.capacity_persons) == ((60, 30), (120,))
    assert problem.yard_to_pickup_s.tolist() == [[5, 6], [7, 8]]
    assert problem.pickup_to_site_s.tolist() == [[9], [10]]
    assert problem.site_to_pickup_s.tolist() == [[9, 10]]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("3 30", "4 30", "total"),
        ("2 90 60 30", "2 90 60", "as many"),
        ("2 7 8", "2 7", "rows of a number"),
        ("1 9\n2 10\n", "1 9\n", "rows of a number"),
        ("2 7 8", "2 7 x", "could not convert"),
        ("2 7 8", "2 7 8.5", "not a whole number"),
    ],
)
def test_a_faulty_instance_is_refused(old, new, said):
    with pytest.raises(ValueError, match=said):
        bus_instance.read(TEXT.replace(old, new))


def test_a_file_without_a_head_is_refused():
    with pytest.raises(ValueError, match="head"):
        bus_instance.read("1 2\n")
