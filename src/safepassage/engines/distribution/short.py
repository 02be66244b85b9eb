"""What is not delivered, and why: no road, no hours, no truck, or nothing left to bring."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from safepassage.domain.aid.distribution import (
    NO_ROAD,
    NO_STOCK,
    NO_TRUCK,
    NO_WINDOW,
    AidProblem,
    Lot,
    Need,
    Short,
)
from safepassage.engines.distribution.options import Options, serves
from safepassage.engines.distribution.store import Left


def short_of(
    problem: AidProblem, options: Options, left: Left, first_day: Callable[[str], int | None]
) -> tuple[Short, ...]:
    """Return what is missing of each need, by place, day and good.

    What is left of the lots that can be brought to a need is laid to the trucks, what goes beyond it to the
    stock: more trucks would not bring it. A lot is counted for one need only, urgent ones first. Where nobody
    came by the day of a need, `first_day` says on which a truck could at the earliest (None: on none): it is
    laid to the hours of roads and trucks where none could, or only later.
    """
    reachable, out_of_reach = cache(first_day), cache(partial(_out_of_reach, problem))
    lots: dict[int, set[int]] = {}
    for i, k in zip(options.need.tolist(), options.lot.tolist(), strict=True):
        lots.setdefault(i, set()).add(k)
    reached = {problem.needs[i].place for i in lots}
    carried = {(problem.needs[i].place, problem.needs[i].commodity) for i in lots}
    begins = min((crew.day for crew in options.crews if crew.seconds > 0), default=len(problem.days))
    held = [lot for k, lot in enumerate(problem.lots) if left.lots[k] > 0]
    visited = {need.place for i, need in enumerate(problem.needs) if left.needs[i] < need.amount_milli}
    rest, found = list(left.lots), list[Short]()
    order = sorted(
        (i for i, milli in enumerate(left.needs) if milli),
        key=lambda i: (problem.needs[i].priority, problem.needs[i].due, i),
    )
    for i in order:
        need = problem.needs[i]
        parts: dict[str, int] = {}
        if need.place not in reached:
            parts[out_of_reach(need.place)] = left.needs[i]
        elif (need.place, need.commodity) not in carried and any(_of_use(problem, lot, need) for lot in held):
            parts[NO_ROAD] = left.needs[i]
        elif i not in lots:
            parts[NO_STOCK if need.due >= begins else NO_TRUCK] = left.needs[i]
        else:
            there = _taken(rest, lots[i], left.needs[i])
            in_time = need.place in visited or _by(reachable(need.place), need.due)
            parts[NO_TRUCK if in_time else NO_WINDOW] = there
            parts[NO_STOCK] = left.needs[i] - there
        found += [
            Short(place=need.place, commodity=need.commodity, due=need.due, milli=milli, reason=reason)
            for reason, milli in parts.items() if milli
        ]  # fmt: skip
    return tuple(sorted(found, key=lambda row: (row.place, row.due, row.commodity, row.reason)))


def _out_of_reach(problem: AidProblem, place: str) -> str:
    """Return why nothing can be brought to a place: no lot is of use there, no truck is there, or no road."""
    needs = [need for need in problem.needs if need.place == place]
    of_use = any(_of_use(problem, lot, need) for need in needs for lot in problem.lots)
    return NO_STOCK if not of_use else NO_ROAD if problem.trucks else NO_TRUCK


def _of_use(problem: AidProblem, lot: Lot, need: Need) -> bool:
    """Tell whether a lot, brought on some day, could be handed out for a need."""
    if lot.commodity != need.commodity:
        return False
    good = next(good for good in problem.goods if good.id == lot.commodity)
    return any(serves(problem, lot, good, day, need.due) for day in range(need.due + 1))


def _by(day: int | None, due: int) -> bool:
    return day is not None and day <= due


def _taken(rest: list[int], lots: set[int], milli: int) -> int:
    """Take so much of lots, or all that is left of them; return how much."""
    found = 0
    for k in sorted(lots):
        more = min(rest[k], milli - found)
        rest[k] -= more
        found += more
    return found
