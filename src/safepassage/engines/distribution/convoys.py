"""Convoys: the trucks of one on a day are one truck while trips are sought, and share out what it carries.

The composite carries what all carry together and keeps to the hours that all have, the longest break and
rest, and the roads that bear the heaviest. Whatever it can do each of its trucks can, in its place in line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from safepassage.domain.aid.distribution import AidProblem, Good, TruckDay, truck_day_id
from safepassage.engines.distribution.store import Item

LEAST = 2
"""A convoy is of so many trucks at least; what is left of a smaller one stays at its depot."""
MG_PER_KG, UL_PER_L = 10**6, 10**6
Items = list[Item]


def in_convoys(problem: AidProblem) -> AidProblem:
    """Return a problem in which all trucks of a convoy on a day are one."""
    if not any(truck.convoy for truck in problem.trucks):
        return problem
    found: dict[tuple[str, int], list[TruckDay]] = {}
    for truck in problem.trucks:
        if truck.convoy:
            found.setdefault((truck.convoy, truck.day), []).append(truck)
    together = (one for line in found.values() if (one := _together(line)) is not None)
    trucks = [*(truck for truck in problem.trucks if not truck.convoy), *together]
    return replace(problem, trucks=tuple(sorted(trucks, key=lambda truck: (truck.id, truck.day))))


def on_roads_for_all(problem: AidProblem) -> AidProblem:
    """Return a problem in which trucks of a convoy weigh as much as the heaviest: they go where it can."""
    heaviest: dict[str, int] = {}
    for truck in problem.trucks:
        heaviest[truck.convoy] = max(truck.weight_kg, heaviest.get(truck.convoy, 0))
    return replace(
        problem,
        trucks=tuple(
            replace(truck, weight_kg=heaviest[truck.convoy]) if truck.convoy else truck
            for truck in problem.trucks
        ),
    )


def convoy_id(name: str, day: int) -> str:
    """Return the id of a convoy on a day; no truck has such a one."""
    return truck_day_id(f"convoy {name}", day)


def _together(line: Sequence[TruckDay]) -> TruckDay | None:
    """Return the trucks of a convoy on a day as one, None where they are too few or have no hours."""
    line = sorted(line, key=lambda truck: truck.id)
    first_s = max(truck.available_from_s for truck in line)
    last_s = min(truck.available_until_s for truck in line)
    if len(line) < LEAST or first_s >= last_s:
        return None
    duties_s = [truck.max_duty_s for truck in line if truck.max_duty_s >= 0]
    lead, name = line[0], f"convoy {line[0].convoy}"
    return TruckDay(
        id=convoy_id(lead.convoy, lead.day), truck=name, type=name, depot=lead.depot, day=lead.day,
        base_node=lead.base_node, payload_kg=sum(truck.payload_kg for truck in line),
        volume_l=sum(truck.volume_l for truck in line), weight_kg=max(truck.weight_kg for truck in line),
        units_mveh=sum(truck.units_mveh for truck in line),
        cold_chain=any(truck.cold_chain for truck in line), available_from_s=first_s,
        available_until_s=last_s, max_duty_s=min(duties_s, default=-1),
        max_drive_s=min(truck.max_drive_s for truck in line),
        # A break of the longest kind is one for everybody; who needs none is never tired.
        break_after_s=min(truck.break_after_s for truck in line),
        break_s=max(truck.break_s for truck in line), work_s=min(truck.work_s for truck in line),
        rest_s=max(truck.rest_s for truck in line), unbroken_s=max(truck.unbroken_s for truck in line),
        convoy=lead.convoy, members=tuple(line),
    )  # fmt: skip


@dataclass(slots=True)
class _Member:
    """What still fits on one truck of a convoy."""

    truck: TruckDay
    mg: int
    ul: int

    def fits(self, good: Good, milli: int) -> int:
        """Return how much of a good still fits, in whole parts."""
        if good.cold_chain and not self.truck.cold_chain:
            return 0
        most = min(milli, self.mg // good.mass_g, self.ul // good.volume_ml)
        return most // good.step_milli * good.step_milli

    def put(self, good: Good, milli: int) -> None:
        """Put so much aboard."""
        self.mg -= milli * good.mass_g
        self.ul -= milli * good.volume_ml


class Parts:
    """What each truck of a convoy carries of the loads of a trip: its part of every item by the room it has.

    Cold goods go on cooled trucks first. What fits on no truck, because pieces are whole or trucks unlike, is
    left out. `of` are the items by stop and truck.
    """

    def __init__(self, truck: TruckDay, loads: Sequence[Items], goods: Sequence[Good]) -> None:
        self._goods = goods
        self._line = [_Member(t, t.payload_kg * MG_PER_KG, t.volume_l * UL_PER_L) for t in truck.line]
        self.of: list[list[Items]] = [[[] for _ in self._line] for _ in loads]
        for cold in (True, False):
            rows = [
                (stop, item) for stop, items in enumerate(loads)
                for item in items if goods[item.need].cold_chain is cold
            ]  # fmt: skip
            if rows:
                self._share_out(rows, cold=cold)

    def _share_out(self, rows: Sequence[tuple[int, Item]], *, cold: bool) -> None:
        """Put items aboard, each in parts that leave every truck its part of all that follows."""
        mg = sum(item.milli * self._goods[item.need].mass_g for _, item in rows)
        ul = sum(item.milli * self._goods[item.need].volume_ml for _, item in rows)
        weights = [
            min(one.mg * ul, one.ul * mg) if one.truck.cold_chain or not cold else 0 for one in self._line
        ]
        whole = max(1, sum(weights))
        for stop, item in rows:
            good = self._goods[item.need]
            parts = [
                one.fits(good, item.milli * weight // whole)
                for one, weight in zip(self._line, weights, strict=True)
            ]
            for one, milli in zip(self._line, parts, strict=True):
                one.put(good, milli)
            self._rest(good, item.milli - sum(parts), parts)
            for k, milli in enumerate(parts):
                if milli:
                    self.of[stop][k].append(Item(item.need, item.lot, milli))

    def _rest(self, good: Good, milli: int, parts: list[int]) -> None:
        """Put the rest of an item where there is most room, piece by piece where it comes in pieces."""
        while milli >= good.step_milli:
            fits = [one.fits(good, milli) for one in self._line]
            k = max(range(len(fits)), key=lambda k: (fits[k] > 0, self._line[k].mg, -k))
            more = min(fits[k], good.step_milli if good.step_milli > 1 else milli)
            if not more:
                return
            self._line[k].put(good, more)
            parts[k] += more
            milli -= more

    @property
    def loads(self) -> list[Items]:
        """What all carry together, by stop."""
        found: list[Items] = []
        for stop in self.of:
            sums: dict[tuple[int, int], int] = {}
            for items in stop:
                for item in items:
                    sums[item.need, item.lot] = sums.get((item.need, item.lot), 0) + item.milli
            found.append([Item(need, lot, milli) for (need, lot), milli in sums.items()])
        return found
