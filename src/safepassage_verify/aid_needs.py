"""Who needs how much of what on which day: persons where they are, by the norms of the case."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from safepassage_verify.roads import Int64
from safepassage_verify.shape import PPM

PIECE_MILLI = 1_000
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
    groups: frozenset[str]
    """Whom it is for; "" among them is everybody."""


def days_of(inputs: Rows) -> list[tuple[int, int, str]]:
    """Return the local days within the grid with their dates, the first and the last in part."""
    horizon_s = inputs["horizon_s"]
    found, from_s = [], 0
    for end_s, date in _midnights(inputs):
        found.append((from_s, min(horizon_s, end_s), date))
        from_s = end_s
    return found


def _midnights(inputs: Rows) -> Iterator[tuple[int, str]]:
    """Yield the ends of the local days within the grid, by the clocks of each night, and their dates."""
    zones, change = inputs["time_zones"], inputs.get("clock_change")
    begin = datetime.fromisoformat(inputs["epoch"]).astimezone(UTC)
    local = begin + timedelta(seconds=zones[0]["offset_s"] if zones else 0)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    end_s = 0
    while end_s < inputs["horizon_s"]:
        date = midnight.date().isoformat()
        midnight += timedelta(days=1)
        end_s = (midnight - local) // timedelta(seconds=1)
        if change is not None and end_s >= change["at_s"]:
            shown = midnight - timedelta(seconds=change["offset_s"])
            end_s = max(change["at_s"], (shown.replace(tzinfo=UTC) - begin) // timedelta(seconds=1))
        yield end_s, date


class Step(NamedTuple):
    """So many persons more or less at a place from a day on, and the place they are counted at."""

    at: str
    day: int
    home: str
    persons: int


def steps(inputs: Rows, moved: Iterable[Moved], days: list[tuple[int, int, str]]) -> list[Step]:
    """Return how the persons at each place change by day; alike ones are added up.

    Who arrives at a site is counted at both ends of the journey on the day of arrival.
    """
    found = Counter[tuple[str, int, str]]()
    for row in inputs["demand"]:
        found[row["place"], 0, row["place"]] += row["persons"]
    starts = [first for first, _, _ in days]
    ends = [end_s for end_s, _ in _midnights(inputs)]
    for place, site, persons, arrive_s in moved:
        found[place, bisect_right(starts, arrive_s), place] -= persons
        found[site, bisect_right(ends, arrive_s), place] += persons
    return [Step(*key, persons) for key, persons in found.items()]


def present(
    changes: Iterable[Step], n_days: int, share_ppm: Mapping[str, int] | None = None
) -> dict[str, Int64]:
    """Return the most persons at one time of each day by place, without places where nobody is.

    With shares of a group, by place and "" for all others, the persons of that group: people take the share
    of their place along, and the sum is rounded up in each place.
    """
    found: dict[str, Int64] = {}
    for change in changes:
        each = PPM if share_ppm is None else share_ppm.get(change.home, share_ppm[""])
        there = found.setdefault(change.at, np.zeros(n_days, dtype=np.int64))
        there[change.day :] += change.persons * each
    return {place: -(-micro // PPM) for place, micro in found.items() if micro.any()}


def shares_of(inputs: Rows, group: str) -> dict[str, int]:
    """Return the share of a group by place in ppm, that of all others under ""; a count is of the demand."""
    found = {"": 0}
    for row in inputs["aid"].get("groups", ()):
        if row["group"] == group and row["persons"] < 0:
            found[row["place"]] = row["share_ppm"]
        elif row["group"] == group:
            there = sum(one["persons"] for one in inputs["demand"] if one["place"] == row["place"])
            found[row["place"]] = row["persons"] * PPM // max(1, there)
    return found


def needs(inputs: Rows, moved: Iterable[Moved], days: list[tuple[int, int, str]]) -> dict[Key, Needed]:
    """Return all needs from the beginning on."""
    table = inputs["aid"]
    kinds = {row["id"]: row["kind"] for row in inputs["places"]}
    step = {row["id"]: PIECE_MILLI if row["unit"] == "piece" else 1 for row in table["commodities"]}
    found: dict[Key, Needed] = {}
    changes = steps(inputs, moved, days)
    there = {"": present(changes, len(days))}
    for norm in table["norms"]:
        group, good = norm.get("for_group", ""), norm["commodity"]
        if group not in there:
            there[group] = present(changes, len(days), shares_of(inputs, group))
        if norm["season"] != "any" and not table["cold"]:
            continue
        for place, persons in there[group].items():
            setting = "site" if kinds.get(place) == SITE else "home"
            if norm["setting"] in ("both", setting):
                for due, row in _of_norm(norm, persons, table["rules"]["weights"], step[good]):
                    key = (place, good, due)
                    found[key] = _both(found[key], row) if key in found else row
    return found


def _both(a: Needed, b: Needed) -> Needed:
    return Needed(
        a.amount_milli + b.amount_milli, a.worth + b.worth, min(a.priority, b.priority),
        max(a.persons, b.persons), a.groups | b.groups,
    )  # fmt: skip


def _of_norm(norm: Rows, persons: Int64, weights: list[int], step_milli: int) -> Iterator[tuple[int, Needed]]:
    """Yield what one norm asks for at one place by day; what falls due once may come until the last day."""
    once, priority = norm["rhythm"] == "once", norm["priority"]
    last, most, covered = len(persons) - 1, 0, 0
    amounts, heads = 0, 0
    groups = frozenset({str(norm.get("for_group", ""))})
    for day, there in enumerate(persons.tolist()):
        counted = there - most if once else there
        most = max(most, there)
        whole = _amount(most if once else there, norm, step_milli)
        amount = whole - covered if once else whole
        covered = whole
        if amount and not once:
            number = _heads(counted, norm)
            yield day, Needed(amount, number * weights[priority - 1], priority, number, groups)
        elif amount:
            amounts, heads = amounts + amount, heads + _heads(counted, norm)
    if amounts:
        yield last, Needed(amounts, heads * weights[priority - 1], priority, heads, groups)


def _heads(persons: int, norm: Rows) -> int:
    return -(-max(1, persons) * int(norm["share_ppm"]) // PPM)


def _amount(persons: int, norm: Rows, step_milli: int) -> int:
    """Return what so many persons need: whole pieces, or thousandths of a litre or kilogram."""
    entitled = -(-persons * int(norm["share_ppm"]) // PPM)
    amount = -(-entitled * int(norm["amount_milli"]) // int(norm["per_persons"]))
    return -(-amount // step_milli) * step_milli
