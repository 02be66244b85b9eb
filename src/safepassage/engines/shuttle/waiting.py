"""The least waiting that the number of vehicles and their places allow, whoever is fetched from where."""

from __future__ import annotations

import heapq

from safepassage.kernels.shuttles.shuttle_tours import NEVER_MS, Case, Int64


def least_waiting(case: Case, parties: Int64) -> int:
    """Return person-milliseconds that all persons together wait at least, in any plan that fetches everybody.

    The n-th person a vehicle fetches, when it has room for C, comes after `ceil(n / C) - 1` whole trips, in
    which n - C others boarded and alighted at least, one after the other.
    """
    count = int((parties * case.members).sum())
    begin = [_Queue(case, vehicle) for vehicle in range(len(case.seats))]
    queues = [(queue.next_ms(), k) for k, queue in enumerate(begin) if queue.room]
    heapq.heapify(queues)
    waiting = 0
    for _ in range(count if queues else 0):
        now, k = queues[0]
        waiting += now
        begin[k].fetched += 1
        heapq.heapreplace(queues, (begin[k].next_ms(), k))
    return waiting


class _Queue:
    """When one vehicle can be with the first, second, third ... person it fetches, at the earliest."""

    def __init__(self, case: Case, vehicle: int) -> None:
        density = max(int(-(-m // n)) for m, n in zip(case.members, case.need.sum(axis=1), strict=True))
        self.room = int(case.seats[vehicle].sum()) * density
        homes = case.home_ms[case.home_ms >= 0]
        outs = case.out_ms[case.out_ms >= 0]
        home, out = (int(legs.min()) if legs.size else NEVER_MS for legs in (homes, outs))
        starts = case.start_ms[vehicle][case.start_ms[vehicle] >= 0]
        self.person_ms = int((case.board_ms // case.members).min())
        self.trip_ms = case.stop_ms + home + case.unload_ms + out
        self.first_ms = int(starts.min()) if starts.size else NEVER_MS
        if case.to_shelter:
            self.first_ms += case.stop_ms + home
        self.fetched = 0

    def next_ms(self) -> int:
        before = self.fetched // self.room
        handled = max(0, self.fetched + 1 - self.room) * 2 * self.person_ms
        return min(self.first_ms + before * self.trip_ms + handled, NEVER_MS)
