"""Who needs how much of what on which day: persons where they are, by the norms of the case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from safepassage_verify.roads import Int64
from safepassage_verify.shape import PPM

DAY_S, PIECE_MILLI = 86_400, 1_000
SITE = "reception_site"
Rows = Mapping[str, Any]
Moved = tuple[str, str, int, int]
"""(place, site, persons, second of arrival)."""
Key = tuple[str, str, int]
"""Place, commodity and the day by whose end it is needed."""


class Needed(NamedTuple):
    """What of a good a place needs by the end of a day; see docs/explanation/distribution.md."""

    amount_milli: int
    worth: int
    priority: int
    persons: int


def days_of(inputs: Rows) -> list[tuple[int, int, str]]:
    """Return the local days within the grid with their dates, the first and the last in part."""
    zones = inputs["time_zones"]
    begin = datetime.fromisoformat(inputs["epoch"]).astimezone(UTC)
    local = begin + timedelta(seconds=zones[0]["offset_s"] if zones else 0)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    found, from_s, horizon_s = [], 0, inputs["horizon_s"]
    while from_s < horizon_s:
        midnight += timedelta(days=1)
        until_s = min(horizon_s, (midnight - local) // timedelta(seconds=1))
        found.append((from_s, until_s, (midnight - timedelta(days=1)).date().isoformat()))
        from_s = until_s
    return found


def present(inputs: Rows, moved: Iterable[Moved], days: list[tuple[int, int, str]]) -> dict[str, Int64]:
    """Return the most persons at one time of each day by place, without places where nobody is.

    Who arrives at a site is counted at both ends of the journey on the day of arrival.
    """
    found: dict[str, Int64] = {}

    def at(place: str) -> Int64:
        return found.setdefault(place, np.zeros(len(days), dtype=np.int64))

    for row in inputs["demand"]:
        at(row["place"])[:] += row["persons"]
    starts = np.array([first for first, _, _ in days])
    ends = np.array([(day + 1) * DAY_S + days[0][1] - DAY_S for day in range(len(days))])
    for place, site, persons, arrive_s in moved:
        at(place)[starts > arrive_s] -= persons
        at(site)[ends > arrive_s] += persons
    return {place: persons for place, persons in found.items() if persons.any()}


def needs(inputs: Rows, moved: Iterable[Moved], days: list[tuple[int, int, str]]) -> dict[Key, Needed]:
    """Return all needs from the beginning on."""
    table = inputs["aid"]
    kinds = {row["id"]: row["kind"] for row in inputs["places"]}
    step = {row["id"]: PIECE_MILLI if row["unit"] == "piece" else 1 for row in table["commodities"]}
    found: dict[Key, Needed] = {}
    for place, persons in present(inputs, moved, days).items():
        setting = "site" if kinds.get(place) == SITE else "home"
        for norm in table["norms"]:
            if norm["setting"] in ("both", setting) and (table["cold"] or norm["season"] == "any"):
                weights, good = table["rules"]["weights"], norm["commodity"]
                for due, row in _of_norm(norm, persons, weights, step[good]):
                    key = (place, good, due)
                    found[key] = _both(found[key], row) if key in found else row
    return found


def _both(a: Needed, b: Needed) -> Needed:
    return Needed(
        a.amount_milli + b.amount_milli, a.worth + b.worth, min(a.priority, b.priority),
        max(a.persons, b.persons),
    )  # fmt: skip


def _of_norm(norm: Rows, persons: Int64, weights: list[int], step_milli: int) -> Iterator[tuple[int, Needed]]:
    """Yield what one norm asks for at one place by day; what falls due once may come until the last day."""
    once, priority = norm["rhythm"] == "once", norm["priority"]
    last, most, covered = len(persons) - 1, 0, 0
    amounts, heads = 0, 0
    for day, there in enumerate(persons.tolist()):
        counted = there - most if once else there
        most = max(most, there)
        whole = _amount(most if once else there, norm, step_milli)
        amount = whole - covered if once else whole
        covered = whole
        if amount and not once:
            number = _heads(counted, norm)
            yield day, Needed(amount, number * weights[priority - 1], priority, number)
        elif amount:
            amounts, heads = amounts + amount, heads + _heads(counted, norm)
    if amounts:
        yield last, Needed(amounts, heads * weights[priority - 1], priority, heads)


def _heads(persons: int, norm: Rows) -> int:
    return -(-max(1, persons) * int(norm["share_ppm"]) // PPM)


def _amount(persons: int, norm: Rows, step_milli: int) -> int:
    """Return what so many persons need: whole pieces, or thousandths of a litre or kilogram."""
    entitled = -(-persons * int(norm["share_ppm"]) // PPM)
    amount = -(-entitled * int(norm["amount_milli"]) // int(norm["per_persons"]))
    return -(-amount // step_milli) * step_milli
