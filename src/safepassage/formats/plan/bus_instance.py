"""Text files of the public bus evacuation instances.

Number of buses and seats; yards and buses of each; pick-ups, all persons, persons of each; sites, all
capacity, capacity of each; then a numbered row of travel times for each yard (to the pick-ups) and each
pick-up (to the sites). The way back from a site takes as long as the way there (J. Loyola Vitali, M. C. Riff,
E. Montero, "Bus routing for emergency evacuations: the case of the Great Fire of Valparaiso", CEC 2017,
doi:10.1109/CEC.2017.7969589).
"""

from __future__ import annotations

import numpy as np

from safepassage.domain.bus_problem import BusFleet, BusProblem


def read(text: str, *, through: bool = True) -> BusProblem:
    """Return the problem of an instance file; ValueError with the reason where it is not one.

    Travel times have no unit in the files; they are taken as seconds. `through` lets empty buses pass through
    pick-ups and sites, as the proved values of the published exact runs suppose.
    """
    rows = [[_whole(word) for word in line.split()] for line in text.splitlines() if line.strip()]
    if len(rows) < 4:  # noqa: PLR2004 - the four lines of the head
        raise ValueError("the file has fewer than the four lines of its head")
    (total, seats), yards, people, sites = rows[0][:2], rows[1], rows[2], rows[3]
    n_yards, n_pickups, n_sites = yards[0], people[0], sites[0]
    if len(yards) != n_yards + 1 or len(people) != n_pickups + 2 or len(sites) != n_sites + 2:
        raise ValueError("the head does not list as many yards, pick-ups and sites as it says")
    if sum(yards[1:]) != total or sum(people[2:]) != people[1] or sum(sites[2:]) != sites[1]:
        raise ValueError("a total in the head is not the sum of its parts")
    to_pickup = _matrix(rows[4 : 4 + n_yards], n_yards, n_pickups)
    to_site = _matrix(rows[4 + n_yards :], n_pickups, n_sites)
    return BusProblem(
        fleets=tuple(BusFleet(yard=y, buses=n, seats=seats) for y, n in enumerate(yards[1:])),
        persons=tuple(people[2:]),
        capacity_persons=tuple(sites[2:]),
        yard_to_pickup_s=to_pickup,
        pickup_to_site_s=to_site,
        site_to_pickup_s=to_site.T,
        through=through,
    )


def _whole(word: str) -> int:
    number = float(word)
    if not number.is_integer() or number < 0:
        raise ValueError(f"{word} is not a whole number")
    return int(number)


def _matrix(rows: list[list[int]], n_rows: int, n_columns: int) -> np.ndarray:
    if len(rows) != n_rows or any(len(row) != n_columns + 1 for row in rows):
        raise ValueError(f"expected {n_rows} rows of a number and {n_columns} travel times")
    return np.array([row[1:] for row in rows], np.int64).reshape(n_rows, n_columns)
