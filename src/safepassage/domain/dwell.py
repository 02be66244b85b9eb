"""How long a vehicle stands: whoever is aboard counts, and those who get on or off by their group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import zip_longest

from safepassage.domain.plan import Leg, LinkRide, VehicleChain
from safepassage.domain.planning_problem import Rules


def aboard(movement: Leg | LinkRide) -> int:
    """Return how many persons travel, reserves included."""
    return sum(item.persons for item in movement.load)


def boarding(leg: Leg, before: Leg | None) -> Counter[str]:
    """Return persons by group who get on; who came with the vehicle's leg `before` sits in it already."""
    found: Counter[str] = Counter()
    for item in leg.load:
        if before is None or item.after != before.id:
            found[item.group] += item.persons
    return found


def alighting(leg: Leg, after: Leg | None) -> Counter[str]:
    """Return persons by group who get off; those of the vehicle's leg `after` who came with this one stay."""
    found: Counter[str] = Counter()
    for item in leg.load:
        found[item.group] += item.persons
    for item in () if after is None else after.load:
        if item.after == leg.id:
            found[item.group] -= item.persons
    return found


def loading_s(rules: Rules, leg: Leg, before: Leg | None) -> int:
    """Return the seconds that loading takes; `before` is the leg of the vehicle before, if any."""
    return rules.loading_s(aboard(leg), boarding(leg, before))


def unloading_s(rules: Rules, leg: Leg, after: Leg | None) -> int:
    """Return the seconds that unloading takes; `after` is the next leg of the vehicle, if any."""
    return rules.unloading_s(aboard(leg), alighting(leg, after))


def unloadings(rules: Rules, chains: Iterable[VehicleChain]) -> dict[str, int]:
    """Return the seconds of unloading by leg, from its arrival on."""
    return {
        leg.id: unloading_s(rules, leg, after)
        for chain in chains
        for leg, after in zip_longest(chain.legs, chain.legs[1:])
    }
