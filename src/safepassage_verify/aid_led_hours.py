"""Checks the hours of crews that are led round a closed road, by what they had done and were to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

DAY_S, G_PER_T, MG_PER_G = 86_400, 10**6, 1_000
Rows = Mapping[str, Any]


def beyond(trip: Rows, announced: Rows, so_far: Rows, truck: Rows, table: Rows) -> Iterator[str]:
    """Yield in words which hours a crew does not keep on a trip; `so_far` is at its end as announced.

    Where it was to have a break on the trip, as much as it may drive without one before that is assumed.
    """
    kind, legs, last_s = truck["kind"], trip["legs"], trip["legs"][-1]["arrive_s"]
    driven_s = so_far["driven_s"] - _driven_s(announced) + _driven_s(trip)
    if driven_s > kind["max_drive_s"]:
        yield f"its crew drives for {driven_s} s"
    if last_s - so_far["works_from_s"] > DAY_S - kind["rest_s"]:
        yield f"its crew works for {last_s - so_far['works_from_s']} s"
    if 0 <= kind["max_duty_s"] < last_s - so_far["began_s"] or last_s > truck["available_until_s"]:
        yield f"it is under way until second {last_s}"
    if kind["break_s"]:
        longest_s = _longest_s(
            legs, _since_s(announced, so_far, kind, table), kind, _handled(announced, table)
        )
        if longest_s > kind["break_after_s"]:
            yield f"its crew drives for {longest_s} s without a break"


def _since_s(announced: Rows, so_far: Rows, kind: Rows, table: Rows) -> int:
    """Return for how long a crew had driven without a break, at most, when it began the trip."""
    handled, driven_s = _handled(announced, table), 0
    for a, b in pairwise(announced["legs"]):
        driven_s += a["arrive_s"] - a["depart_s"]
        if b["depart_s"] - a["arrive_s"] - handled[a["id"]] >= kind["break_s"]:
            return max(0, int(kind["break_after_s"] - driven_s))
    return max(0, int(so_far["unbroken_s"]) - _driven_s(announced))


def _longest_s(legs: list[Rows], since_s: int, kind: Rows, handled: Mapping[str, int]) -> int:
    longest_s = 0
    before: Rows | None = None
    for leg in legs:
        if before is not None:
            free_s = leg["depart_s"] - before["arrive_s"] - handled.get(before["id"], 0)
            since_s = 0 if free_s >= kind["break_s"] else since_s
        since_s += leg["arrive_s"] - leg["depart_s"]
        longest_s, before = max(longest_s, since_s), leg
    return int(longest_s)


def _handled(trip: Rows, table: Rows) -> dict[str, int]:
    """Return by leg how long is unloaded at its end; where nothing is, all that is aboard is loaded."""
    mass_g = {row["id"]: row["mass_g"] for row in table["commodities"]}
    mg: Counter[str] = Counter()
    for row in trip["goods"]:
        mg[row["leg"]] += row["milli"] * mass_g[row["commodity"]]
    return {
        leg["id"]: _seconds(table["rules"], "unload", mg[leg["id"]]) if leg["id"] in mg
        else _seconds(table["rules"], "load", mg.total())
        for leg in trip["legs"][:-1]
    }  # fmt: skip


def _seconds(rules: Rows, what: str, mg: int) -> int:
    grams = -(-mg // MG_PER_G)
    return int(rules[f"{what}_base_s"] + -(-grams * rules[f"{what}_s_per_t"] // G_PER_T)) if grams else 0


def _driven_s(trip: Rows) -> int:
    return sum(int(leg["arrive_s"] - leg["depart_s"]) for leg in trip["legs"])
