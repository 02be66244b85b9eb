"""Runs of an earlier plan: what of each has happened, whether the rest still fits, and at which seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from safepassage.domain.history import entries
from safepassage.domain.network import Mode
from safepassage.domain.plan import Route, Waits
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.evacuate.roadway import Passage, Roadway


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Who drives a run: mode bits, the directions of those aboard as bits (0: empty), weight and units."""

    modes: int
    directions: int
    weight_kg: int
    units_mveh: int
    persons: int


@dataclass(slots=True, kw_only=True)
class Run:
    """One car, leg or ride of an earlier plan, in its old seconds on the network as it is now.

    `past` counts the arcs entered before now; a run with `begun` has departed. `fits` is whether what is left
    can go on as announced; `held` are the places taken in the calendars, by position of the arc.
    """

    route: Route
    depart_s: int
    waits: Waits
    use: Use
    begun: bool
    past: int = 0
    entered: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    stands_at: int = -1
    fits: bool = True
    held: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def arrive_s(self) -> int:
        """When the last arc is left."""
        return self.left[-1] if self.left else self.depart_s

    def where(self, now_s: int) -> tuple[int, int]:
        """Return (node, second) at which what is left of the run begins."""
        if self.past == 0:
            return self.route.from_node, self.depart_s
        since_s = self.left[self.past - 1]
        return self.stands_at, since_s if self.past == len(self.left) else max(now_s, since_s)

    def give_back(self, roads: Roadway) -> None:
        """Give back what is not past."""
        rest = sorted(i for i in self.held if i >= self.past)
        roads.release(self._passage(rest))
        for i in rest:
            del self.held[i]

    def _passage(self, at: list[int]) -> Passage:
        """Return the passage of some of the arcs, with the places held for them."""
        return Passage(
            self.depart_s, self.arrive_s, self.waits, tuple(self.route.arcs[i] for i in at),
            tuple(self.entered[i] for i in at), tuple(self.held[i][0] for i in at),
            {n: self.held[i][1] for n, i in enumerate(at)}, self.use.units_mveh, self.use.persons,
        )  # fmt: skip

    def whole(self) -> Passage:
        """Return the run as a passage, to be measured only."""
        nothing = (-1,) * len(self.route.arcs)
        return Passage(
            self.depart_s, self.arrive_s, self.waits, self.route.arcs, self.entered, nothing, {},
            self.use.units_mveh, self.use.persons,
        )  # fmt: skip


class Runs:
    """Puts runs of an earlier plan on the roads in their old seconds, those that have departed first."""

    def __init__(self, problem: PlanningProblem, roads: Roadway, now_s: int) -> None:
        self.problem, self.roads, self.now_s = problem, roads, now_s
        self._permitted: dict[tuple[tuple[int, ...], int, int, int], bool] = {}

    def run(self, route: Route, depart_s: int, waits: Waits, use: Use) -> Run:
        """Return a run with its seconds, and whether openings and permissions let the rest of it pass."""
        found = Run(route=route, depart_s=depart_s, waits=waits, use=use, begun=depart_s < self.now_s)
        times = list(entries(self.problem.network, route.arcs, depart_s, waits))
        found.entered = tuple(t for t, _ in times)
        found.left = tuple(t for _, t in times)
        found.past = sum(t < self.now_s for t in found.entered)
        if found.past:
            found.stands_at = int(self.problem.network.arcs.head[route.arcs[found.past - 1]])
        found.fits = self._passes(found)
        return found

    def _passes(self, run: Run) -> bool:
        if run.past == len(run.route.arcs) and run.begun:
            return True
        rest = run.route.arcs[run.past :]
        if not self.permitted(rest, run.use) or not self.roads.within_window(run.depart_s, run.arrive_s):
            return False
        times = zip(rest, run.entered[run.past :], run.left[run.past :], strict=True)
        return all(self.roads.lets_through(arc, t, left) for arc, t, left in times)

    def permitted(self, arcs: tuple[int, ...], use: Use) -> bool:
        """Tell whether arcs carry this kind of vehicle, with these directions aboard, and bear it."""
        key = (arcs, use.modes, use.directions, use.weight_kg)
        if key not in self._permitted:
            self._permitted[key] = self._may_use(arcs, use)
        return self._permitted[key]

    def _may_use(self, arcs: tuple[int, ...], use: Use) -> bool:
        columns, at = self.problem.network.arcs, list(arcs)
        if not at:
            return True
        fits = bool(((columns.modes[at] & use.modes) != 0).all())
        if use.directions:
            fits &= bool(((columns.directions[at] & use.directions) == use.directions).all())
        elif use.modes == int(Mode.BUS):
            fits &= bool(columns.empty_ok[at].all())
        limit = columns.max_weight_kg[at]
        return fits and bool(((limit < 0) | (limit >= use.weight_kg)).all())

    def book(self, runs: Sequence[Run]) -> None:
        """Take the roads for all runs that fit, in their seconds; those without room do not fit any more.

        On each arc entries are taken in order of time, smaller ones first: what fitted together once fits
        again. Where the room has become less, those who have departed come first. What lies before now has
        happened, whether there was room or not.
        """
        wanted: dict[int, list[tuple[int, int, int, int]]] = {}
        for number, run in enumerate(runs):
            last = len(run.route.arcs) if run.fits else run.past
            for position in range(last):
                row = (run.entered[position], run.use.units_mveh, number, position)
                wanted.setdefault(run.route.arcs[position], []).append(row)
        failed: set[int] = set()
        for arc in sorted(wanted):
            failed |= self._book_arc(arc, sorted(wanted[arc]), runs)
        for number in failed:
            runs[number].fits = False
            runs[number].give_back(self.roads)

    def _book_arc(self, arc: int, rows: list[tuple[int, int, int, int]], runs: Sequence[Run]) -> set[int]:
        taken, failed = self._take(arc, rows, runs)
        if any(runs[number].begun for number in failed):
            for t, number, places in taken:
                self._put_back(arc, t, runs[number].use, places)
            first = sorted(rows, key=lambda row: (not runs[row[2]].begun, row))
            taken, failed = self._take(arc, first, runs)
        at = {(row[2], row[0]): row[3] for row in rows}
        for t, number, places in taken:
            runs[number].held[at[number, t]] = places
        return failed

    def _take(
        self, arc: int, rows: Iterable[tuple[int, int, int, int]], runs: Sequence[Run]
    ) -> tuple[list[tuple[int, int, tuple[int, int]]], set[int]]:
        taken: list[tuple[int, int, tuple[int, int]]] = []
        failed: set[int] = set()
        for t, units, number, position in rows:
            places = self.roads.hold(arc, t, units, runs[number].use.persons)
            if places is not None:
                taken.append((t, number, places))
            elif position >= runs[number].past:
                failed.add(number)
        return taken, failed

    def _put_back(self, arc: int, t: int, use: Use, places: tuple[int, int]) -> None:
        self.roads.release(
            Passage(t, t, (), (arc,), (t,), (places[0],), {0: places[1]}, use.units_mveh, use.persons)
        )
