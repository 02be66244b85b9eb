"""The roads as a resource: when a vehicle can run along a route, and what it takes up."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from safepassage.domain.plan import Waits
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.kernels.booking.capacity_calendar import NEVER, BurstCalendar, CapacityCalendar, OpenTimes

SECONDS_PER_HOUR = 3_600
UNLIMITED = 10**9
"""Persons/h that stand for "no limit" in a calendar: the largest that a snapshot may state."""
EMPTY_SHARE = 2
"""Empty vehicles take up at most one part in so many of an arc that counts persons."""
ROLLING_WAIT_S = 20
"""The planner holds people at their origin, not on the road: no wait at a junction is longer than this."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run along a route that every calendar has room for; not yet reserved.

    `seconds` are the entries of the arcs, `places` their coordinates in the road calendars, `heads` those in
    the person calendars by position (-1: none taken).
    """

    depart_s: int
    arrive_s: int
    waits: Waits
    arcs: tuple[int, ...]
    seconds: tuple[int, ...]
    places: tuple[int, ...]
    heads: dict[int, int]
    units_mveh: int
    persons: int


class Step(NamedTuple):
    """One arc of a route; `calendar` None: opening hours, timetable or person capacity count, too."""

    arc: int
    calendar: CapacityCalendar | None
    rate: int
    travel_s: int


class Roadway:
    """Calendars of all arcs, made when first touched.

    A passage waits only a few seconds at junctions; longer waits are moved to the origin. `probes` counts the
    arcs looked at: the measure of work that limits are stated in.
    """

    def __init__(self, problem: PlanningProblem) -> None:
        network, rules = problem.network, problem.rules
        self._horizon_s = network.horizon_s
        self._travel_s = network.arcs.travel_s.tolist()
        self._capacity = network.arcs.capacity_mveh_h.tolist()
        self._persons_h = network.arcs.persons_h.tolist()
        self._profiles = network.profiles
        self._windows = rules.movement_windows
        self._wait_max_s = min(ROLLING_WAIT_S, rules.junction_wait_max_s)
        self._timetable = {arc: dict(rows) for arc, rows in network.timetables.items()}
        self._burst = {True: rules.burst_mveh, False: rules.burst_persons}
        self._road: dict[int, CapacityCalendar | BurstCalendar] = {}
        self._people: dict[int, CapacityCalendar | BurstCalendar] = {}
        self._empty: dict[int, CapacityCalendar | BurstCalendar] = {}
        self._open: dict[int, OpenTimes] = {
            arc: OpenTimes(tuple((p.from_s, p.until_s, p.capacity_mveh_h > 0, p.travel_s) for p in pieces))
            for arc, pieces in network.profiles.items()
        }
        # Arcs that count persons, in their column or in any piece of their profile.
        self._counted = frozenset(
            {
                *(a for a, n in enumerate(self._persons_h) if n >= 0),
                *(a for a, pieces in network.profiles.items() if any(p.persons_h >= 0 for p in pieces)),
            }
        )
        # Whoever waits at a waiting place takes up its storage, which is not kept here: nobody does.
        tails = network.arcs.tail.tolist()
        self._no_wait = frozenset(a for a, node in enumerate(tails) if node in network.waiting)
        self._special = frozenset(
            {
                *network.profiles,
                *network.timetables,
                *self._counted,
                *self._no_wait,
                *(a for a, c in enumerate(self._capacity) if c <= 0),
            }
        )
        self._steps: dict[tuple[tuple[int, ...], bool], list[Step]] = {}
        self.probes = 0

    def earliest(self, arcs: tuple[int, ...], ready_s: int, units_mveh: int, persons: int) -> Passage | None:
        """Return the earliest passage along `arcs` that starts at or after `ready_s`, None without one.

        `units_mveh` is 0 for people on a link arc.
        """
        depart = self._window_start(ready_s)
        while depart is not None:
            passage, later = self._run(arcs, depart, units_mveh, persons)
            if passage is None:
                if later == NEVER:
                    return None
                depart = self._window_start(later)
                continue
            close = self._window_end(passage.depart_s)
            if close is not None and passage.arrive_s <= close:
                return passage
            depart = self._window_start(passage.depart_s if close is None else max(close, depart + 1))
        return None

    def _prepared(self, arcs: tuple[int, ...], *, driven: bool) -> list[Step]:
        """Return what the loop needs of each arc, once per route."""
        key = (arcs, driven)
        if key not in self._steps:
            self._steps[key] = [
                Step(arc, None, 0, self._travel_s[arc])
                if arc in self._special or not driven
                else Step(arc, calendar := self._plain(arc), calendar.rate, self._travel_s[arc])
                for arc in arcs
            ]  # fmt: skip
        return self._steps[key]

    # One flat loop: a call for every arc would double the time of the whole planner.
    def _run(  # noqa: C901, PLR0912
        self, arcs: tuple[int, ...], depart: int, units: int, persons: int
    ) -> tuple[Passage | None, int]:
        """Drive once; on a long wait return the later departure that avoids it, or NEVER."""
        work, wait_max_s = units * SECONDS_PER_HOUR, self._wait_max_s
        t = depart
        seconds: list[int] = []
        places: list[int] = []
        heads: dict[int, int] = {}
        waits: list[tuple[int, int]] = []
        self.probes += len(arcs)
        for position, (arc, calendar, rate, travel_s) in enumerate(self._prepared(arcs, driven=units > 0)):
            if calendar is None:
                second, x, persons_x = self._special_entry(arc, t, units, persons)
                heads[position] = persons_x
                if second == NEVER:
                    return None, NEVER
                opens = self._open.get(arc)
                duration_s = travel_s if opens is None else opens.travel_s(second)
            elif not rate:
                second, x = calendar.find(t, work)
                if second == NEVER:
                    return None, NEVER
                duration_s = travel_s
            else:
                # The free stretch of a calendar with one rate, written out for speed.
                x, until = rate * t, calendar.busy_until
                i, n = bisect_right(until, x), len(until)
                if i < n:
                    since = calendar.busy_from
                    while i < n and since[i] - x < work:
                        x = until[i]
                        i += 1
                second = max(t, x // rate)
                duration_s = travel_s
            if second > t:
                if position == 0:
                    depart = second
                elif second - t > wait_max_s or arc in self._no_wait:
                    return None, depart + second - t
                else:
                    waits.append((position, second - t))
            seconds.append(second)
            places.append(x)
            t = second + duration_s
        if t > self._horizon_s:
            return None, NEVER
        return (
            Passage(depart, t, tuple(waits), arcs, tuple(seconds), tuple(places), heads, units, persons),
            NEVER,
        )

    def _special_entry(self, arc: int, t: int, units: int, persons: int) -> tuple[int, int, int]:
        """Return the second on which opening, timetable and calendars agree, with its places."""
        work, heads = units * SECONDS_PER_HOUR, persons * SECONDS_PER_HOUR
        while t != NEVER and t < self._horizon_s:
            start, road_x, persons_x = t, -1, -1
            if arc in self._open:
                t = self._open[arc].next_entry(t)
            elif self._capacity[arc] <= 0:
                t = NEVER
            if arc in self._timetable and t != NEVER:
                t = self._next_departure(arc, t, persons)
            if units and t != NEVER:
                t, road_x = (self._road.get(arc) or self._road_calendar(arc)).find(t, work)
            if units and not persons and arc in self._counted and t != NEVER:
                t, persons_x = (self._empty.get(arc) or self._empty_calendar(arc)).find(t, work)
            if persons and arc in self._counted and arc not in self._timetable and t != NEVER:
                t, persons_x = (self._people.get(arc) or self._person_calendar(arc)).find(t, heads)
            if t == start:
                return t, road_x, persons_x
        return NEVER, -1, -1

    def _next_departure(self, arc: int, t: int, persons: int) -> int:
        rows = self._timetable[arc]
        return min((s for s, places in rows.items() if s >= t and places >= persons), default=NEVER)

    def places_left(self, arc: int, ready_s: int) -> int | None:
        """Return the places of the next departure that has any; None without a timetable."""
        if arc not in self._timetable:
            return None
        return next((n for s, n in sorted(self._timetable[arc].items()) if s >= ready_s and n > 0), 0)

    def reserve(self, passage: Passage) -> None:
        """Take what the passage needs."""
        work = passage.units_mveh * SECONDS_PER_HOUR
        for arc, x in zip(passage.arcs, passage.places, strict=True):
            if x >= 0:
                self._road[arc].reserve(x, work)
        for position, x in passage.heads.items():
            arc = passage.arcs[position]
            if x >= 0:
                if passage.persons:
                    self._people[arc].reserve(x, passage.persons * SECONDS_PER_HOUR)
                else:
                    self._empty[arc].reserve(x, work)
            if arc in self._timetable:
                self._timetable[arc][passage.seconds[position]] -= passage.persons

    def hold(self, arc: int, t: int, units: int, persons: int) -> tuple[int, int] | None:
        """Take what an entry in exactly second t needs; return its places in the two calendars, or None.

        Whether the arc is open then is not asked.
        """
        road_x = persons_x = -1
        if arc in self._timetable and self._timetable[arc].get(t, -1) < persons:
            return None
        if units:
            calendar = self._road.get(arc) or self._road_calendar(arc)
            second, road_x = calendar.find(t, units * SECONDS_PER_HOUR)
            if second != t:
                return None
        if persons and arc in self._counted and arc not in self._timetable:
            counter = self._people.get(arc) or self._person_calendar(arc)
            second, persons_x = counter.find(t, persons * SECONDS_PER_HOUR)
            if second != t:
                return None
            counter.reserve(persons_x, persons * SECONDS_PER_HOUR)
        if units:
            self._road[arc].reserve(road_x, units * SECONDS_PER_HOUR)
        if arc in self._timetable:
            self._timetable[arc][t] -= persons
        return road_x, persons_x

    def lets_through(self, arc: int, t: int, left_s: int) -> bool:
        """Tell whether an arc is open in all of [t, left_s)."""
        if arc in self._open:
            opens = self._open[arc]
            return opens.next_entry(t) == t and opens.travel_s(t) == left_s - t
        return int(self._capacity[arc]) > 0

    def within_window(self, depart_s: int, arrive_s: int) -> bool:
        """Tell whether a run lies within the horizon and one movement window."""
        close_s = self._window_end(depart_s)
        return close_s is not None and arrive_s <= min(close_s, self._horizon_s)

    def release(self, passage: Passage) -> None:
        """Give back what `reserve` took."""
        work = passage.units_mveh * SECONDS_PER_HOUR
        for arc, x in zip(passage.arcs, passage.places, strict=True):
            if x >= 0:
                self._road[arc].release(x, work)
        for position, x in passage.heads.items():
            arc = passage.arcs[position]
            if x >= 0:
                if passage.persons:
                    self._people[arc].release(x, passage.persons * SECONDS_PER_HOUR)
                else:
                    self._empty[arc].release(x, work)
            if arc in self._timetable:
                self._timetable[arc][passage.seconds[position]] += passage.persons

    def _plain(self, arc: int) -> CapacityCalendar:
        """Return the calendar of an arc that is not special."""
        calendar = self._road.get(arc) or self._road_calendar(arc)
        if not isinstance(calendar, CapacityCalendar):
            raise TypeError("an arc that counts persons is special")
        return calendar

    def _road_calendar(self, arc: int) -> CapacityCalendar | BurstCalendar:
        pieces = self._profiles.get(arc)
        rates = (
            [(0, self._capacity[arc])] if pieces is None else [(p.from_s, p.capacity_mveh_h) for p in pieces]
        )
        # The rule itself where few pass; stretches of capacity, which are quicker, everywhere else.
        burst = self._burst[True] if arc in self._counted else None
        self._road[arc] = calendar = self._calendar(rates, burst)
        return calendar

    def _empty_calendar(self, arc: int) -> CapacityCalendar | BurstCalendar:
        """Return the calendar of empty vehicles where persons count: they leave room for others."""
        pieces = self._profiles.get(arc)
        rates = (
            [(0, self._capacity[arc])] if pieces is None else [(p.from_s, p.capacity_mveh_h) for p in pieces]
        )
        shares = [(start, rate // EMPTY_SHARE) for start, rate in rates]
        self._empty[arc] = calendar = self._calendar(shares, None)
        return calendar

    def _person_calendar(self, arc: int) -> CapacityCalendar | BurstCalendar:
        pieces = self._profiles.get(arc)
        stated = [(0, self._persons_h[arc])] if pieces is None else [(p.from_s, p.persons_h) for p in pieces]
        rates = [(start, UNLIMITED if rate < 0 else rate) for start, rate in stated]
        self._people[arc] = calendar = self._calendar(rates, self._burst[False])
        return calendar

    def _calendar(self, rates: list[tuple[int, int]], burst: int | None) -> CapacityCalendar | BurstCalendar:
        """Build a calendar whose rate is 0 outside the movement windows; with a burst where one is given."""
        if self._windows:
            cuts = sorted({*(s for s, _ in rates), *(t for w in self._windows for t in w), 0})
            cuts = [t for t in cuts if t < self._horizon_s]
            inside = [any(w[0] <= t < w[1] for w in self._windows) for t in cuts]
            now = [max((s, r) for s, r in rates if s <= t)[1] for t in cuts]
            rates = [(t, rate if ok else 0) for t, rate, ok in zip(cuts, now, inside, strict=True)]
        starts, values = tuple(s for s, _ in rates), tuple(r for _, r in rates)
        if burst is not None:
            return BurstCalendar(starts, values, self._horizon_s, burst * SECONDS_PER_HOUR)
        return CapacityCalendar(starts, values, self._horizon_s)

    def _window_start(self, t: int) -> int | None:
        """Return the first second >= t in which movement is allowed, or None."""
        if t > self._horizon_s:
            return None
        if not self._windows:
            return t
        return next((max(t, start) for start, end in self._windows if t < end), None)

    def _window_end(self, t: int) -> int | None:
        """Return when the movement window around t ends, None when movement is not allowed at t."""
        if not self._windows:
            return self._horizon_s
        return next((end for start, end in self._windows if start <= t < end), None)
