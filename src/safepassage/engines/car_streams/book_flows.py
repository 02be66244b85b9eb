"""From flows along paths to passages in whole seconds: drive as planned, then bring in the late ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from safepassage.domain.network import Int64
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.car_streams.in_slots import in_slots
from safepassage.engines.car_streams.path_flows import PathFlows, distinct_paths, turns_of
from safepassage.engines.car_streams.streams import GROUP, BookedCars, road_pieces
from safepassage.kernels.booking.booking import Busy
from safepassage.kernels.booking.road_book import RoadBook

PPM = 1_000_000
PARTS = 2**16
GOLDEN = 40_503
"""The golden ratio in parts of 2**16: Knuth, "The Art of Computer Programming" 3, 6.4 (1973)."""
FEW = 1_000
"""One in so many may be booked anew where waits are too long; more are held at home first: roads are full,
and who gives up a turn comes in when all others are through."""
CROWDED = 3
"""Where more than one in so many waits too long, streets are too narrow to queue: cars go in slots."""
SLIGHT = 1_000
"""Rounds end when one saves less than one part in so many of the last arrival."""
EARLY = 2
"""Vehicles may leave before they are due by this part of the longest wait: queues keep roads from idling.
Whom it makes wait too long is held back by as much."""
WIDER = 10
"""How much further the last rounds look for departures that save more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to try.

    Up to `drives` times everybody is driven back from the arrivals and out again, then long waits are moved
    to the origin, in so many rounds as `holds` says; and all that once for each number in `holds`, for what
    is held changes who is due when. In each of `rounds` the latest `late_ppm` of all vehicles are booked
    anew, looking for departures that save up to `window_s`, and once that gains next to nothing up to ten
    times as much; rounds end when the last arrival is within `goal_s`, or when neither gains.

    Once `expired` says so only what makes a plan is still done: the first drive, and long waits moved to the
    origin once. `closing` says so earlier, of everything that has another drive and its end to follow.
    """

    drives: int = 2
    holds: tuple[int, ...] = (1, 3)
    rounds: int = 12
    late_ppm: int = 10_000
    window_s: int = 300
    goal_s: int = 0
    expired: Callable[[], bool] | None = None
    closing: Callable[[], bool] | None = None

    def closes(self) -> bool:
        """Return whether there is no time left to drive everybody again."""
        return self.over() or (self.closing is not None and self.closing())

    def over(self) -> bool:
        """Return whether there is no time left."""
        return self.expired is not None and self.expired()


def departures(flows: PathFlows, of_path: Int64, bin_s: int) -> tuple[Int64, Int64]:
    """Return (row, due second) of each vehicle, those of a row spread evenly over its bin.

    Rows begin within their bin by the path they take, so that those of one bin do not all come at once: by
    multiples of the golden ratio, which leave no large gaps however many there are.
    """
    rows = np.repeat(np.arange(len(flows)), flows.vehicles)
    first = np.cumsum(flows.vehicles) - flows.vehicles
    parts = (np.arange(len(rows)) - first[rows]) * PARTS + of_path[rows] * GOLDEN % PARTS
    due_s = np.asarray(flows.depart_s[rows] + parts * bin_s // (flows.vehicles[rows] * PARTS), dtype=np.int64)
    order = np.argsort(due_s, kind="stable")
    return rows[order], due_s[order]


def book_flows(
    problem: PlanningProblem,
    flows: PathFlows,
    place: Int64,
    *,
    direction: str,
    bin_s: int,
    effort: Effort,
    busy: Busy | None = None,
) -> BookedCars:
    """Return exact passages for the vehicles of `flows`, each full but the last of its place.

    Parameters
    ----------
    place
        (n_sources,) positions in `problem.places` of the sources that flows number.
    bin_s
        Width of the flow's bins: a row's vehicles leave within one of them.
    busy
        What others have booked on the roads.
    """
    release_s = np.array([problem.places[p].release_s for p in place.tolist()], dtype=np.int64)
    shown, of_row = distinct_paths(flows)
    rows, due_s = departures(flows, of_row, bin_s)
    turns, list_source = turns_of(flows, shown, flows.source[rows], release_s)
    rules = problem.rules
    wait_max_s = np.full(len(problem.network.arcs), rules.junction_wait_max_s)
    # Whoever waits at a waiting place takes up its storage, which is not kept here: nobody does.
    wait_max_s[np.isin(problem.network.arcs.tail, list(problem.network.waiting))] = 0
    roads = road_pieces(problem.network, rules.movement_windows)
    book = RoadBook(
        roads, turns, of_row[rows],
        np.maximum(0, due_s - rules.junction_wait_max_s // EARLY), due_s=due_s,
        units_mveh=rules.car_units_mveh, wait_max_s=wait_max_s, busy=busy,
    )  # fmt: skip
    book.drive()
    booking = None
    if int((book.excess_s > 0).sum()) > len(rows) // CROWDED and busy is None and (wait_max_s > 0).all():
        booking = in_slots(
            roads, turns, units_mveh=rules.car_units_mveh, wait_max_s=rules.junction_wait_max_s,
            last_s=int(book.arrive_s.max()), expired=effort.over,
        )  # fmt: skip
    if booking is None:
        _bring_in(book, effort, rules.junction_wait_max_s // EARLY)
        booking = book.booking()
    return BookedCars(
        direction=direction, turns=turns, booking=booking, place=place[list_source],
        persons=_aboard(problem, direction, place, flows.source[rows]),
    )  # fmt: skip


def _bring_in(book: RoadBook, effort: Effort, spare_s: int) -> None:
    """Drive back and out again, move long waits home, and book anew who still waits too long or is last."""
    for number, rounds in enumerate(effort.holds):
        if number and effort.closes():
            break
        for _ in range(effort.drives):
            if effort.closes() or not book.drive_back(early_s=spare_s):
                break
        book.hold(rounds=rounds, few=len(book.arrive_s) // FEW, spare_s=spare_s)
    book.settle()
    improve(book, effort)


def _aboard(problem: PlanningProblem, direction: str, place: Int64, source: Int64) -> Int64:
    """Return (n_turns,) persons in each car: as many as it holds, in the last of a place who is left."""
    number = {problem.places[p].id: s for s, p in enumerate(place.tolist())}
    left = np.zeros(len(place), dtype=np.int64)
    for row in problem.demand:
        mine = row.direction == direction and row.group == GROUP and row.basis != "assumption"
        if mine and row.place in number:
            left[number[row.place]] += row.persons
    order = np.argsort(source, kind="stable")
    before = np.arange(len(source)) - np.searchsorted(source[order], source[order])
    persons = np.empty(len(source), dtype=np.int64)
    per_car = problem.rules.persons_per_car
    persons[order] = np.clip(left[source[order]] - before * per_car, 0, per_car)
    return persons


def improve(book: RoadBook, effort: Effort) -> None:
    """Book those who come last anew, round after round."""
    number = max(1, len(book.arrive_s) * effort.late_ppm // PPM)
    window_s = effort.window_s
    for _ in range(effort.rounds if len(book.arrive_s) else 0):
        last_s = int(book.arrive_s.max())
        if last_s <= effort.goal_s or effort.over():
            return
        order = np.argsort(book.arrive_s, kind="stable")[-number:]
        # The unbooked come first, then the earliest of the late: they leave their places to the later ones.
        missing = np.flatnonzero(book.arrive_s < 0)
        book.move(np.concatenate([missing, order]), window_s=window_s)
        if not len(missing) and last_s - int(book.arrive_s.max()) <= last_s // SLIGHT:
            if window_s > effort.window_s:
                return
            window_s *= WIDER
