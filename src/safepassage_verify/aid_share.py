"""Shows that no plan serves every place by a share: together that costs more than all there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

NANO, PPM = 10**9, 10**6
LUMP_PERCENT, MOST_CASES = 2, 64
"""A piece of more than so much of its place's worth counts whole, in no more than so many cases a place."""
Rows = Mapping[str, Any]


class _Need(NamedTuple):
    """The worth of a need, the least cost of all of it, and its pieces (0: it is met in parts)."""

    worth: int
    cost: int
    pieces: int


def dearer_than(there_is: int, costs: Iterable[tuple[Rows, int | None]], given: Rows, share_ppm: int) -> bool:
    """Return whether serving all places in reach by a share costs more than there is.

    Parameters
    ----------
    costs : every need with the least cost of all of it, None where nothing can bring it.
    given : its goods, and what lies behind of each place: needed since the first plan and no need now.
    """
    step = {good["id"]: good["step_milli"] for good in given["goods"]}
    behind = given.get("behind", [])
    whole = {row["place"]: row["worth"] for row in behind}
    met = {row["place"]: Fraction(row["met_nano"], NANO) for row in behind}
    rows: dict[str, list[_Need]] = {}
    for need, cost in costs:
        place, size = need["place"], step[need["commodity"]]
        whole[place] = whole.get(place, 0) + need["worth"]
        if cost is not None:
            pieces = need["amount_milli"] // size if size > 1 and need["amount_milli"] % size == 0 else 0
            rows.setdefault(place, []).append(_Need(need["worth"], cost, pieces))
    total = 0
    for place, needs in rows.items():
        asked = Fraction(share_ppm * whole[place], PPM) - met.get(place, 0)
        cost = _least_cost(needs, whole[place], asked)
        if cost is None:
            return True
        total += cost
    return total > there_is


def _least_cost(needs: list[_Need], whole: int, asked: Fraction) -> int | None:
    """Return the least cost of so much worth at a place, rounded down; None where it cannot be reached.

    What comes in parts is bought where worth is cheapest; pieces are tried in all their numbers.
    """
    lumps = _lumps(needs, whole)
    parts = sorted(
        (need for k, need in enumerate(needs) if k not in lumps),
        key=lambda need: Fraction(need.cost, need.worth),
    )
    found: list[int] = []
    for paid, gained in _cases([needs[k] for k in lumps]):
        left, cost = asked - gained, paid
        for need in parts:
            taken = min(left, Fraction(need.worth))
            if taken <= 0:
                break
            cost += need.cost * taken / need.worth
            left -= taken
        if left <= 0:
            found.append(int(cost))
    return min(found, default=None)


def _lumps(needs: list[_Need], whole: int) -> list[int]:
    """Return which needs come in pieces that matter, those of the largest pieces first."""
    order = sorted(
        (-Fraction(need.worth, need.pieces), k) for k, need in enumerate(needs)
        if need.pieces and need.worth * 100 > LUMP_PERCENT * whole * need.pieces
    )  # fmt: skip
    found: list[int] = []
    cases = 1
    for _, k in order:
        cases *= needs[k].pieces + 1
        if cases > MOST_CASES:
            break
        found.append(k)
    return found


def _cases(lumps: list[_Need]) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield (cost, worth) of every number of pieces of every need."""
    if not lumps:
        yield Fraction(0), Fraction(0)
        return
    for paid, gained in _cases(lumps[1:]):
        for n in range(lumps[0].pieces + 1):
            part = Fraction(n, lumps[0].pieces)
            yield paid + lumps[0].cost * part, gained + lumps[0].worth * part
