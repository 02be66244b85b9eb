"""What prices prove once the heads of whole loads are counted, which are left out while they are sought."""

from __future__ import annotations

from safepassage.engines.pricing.contracted import CARRIED, fleets_of, least_person_s
from safepassage.engines.pricing.journeys import seat_tables
from safepassage.engines.pricing.market import Market, Prices

MOST_CELLS = 25_000_000
"""With more steps times options it would take the verifier seconds to sum them; then no heads are counted."""


def limit_with_loads(market: Market, prices: Prices, limit: int) -> int | None:
    """Return the limit of prices with the heads of loads counted, from that without; None where they are not.

    They are not where nobody's head takes time or no vehicle has many places, where a step is longer than a
    loading (a load in part could leave in the step in which it arrives), and where tables were too large.
    """
    contracted, rules = market.contracted, market.contracted.problem.rules
    fleets = fleets_of(contracted, by_load=True)
    least_s = rules.load_base_s + min(least_person_s(rules, kind)[0] for kind in CARRIED)
    counted = rules.load_per_person_s and any(fleet.places > 1 for fleet in fleets)
    if not counted or market.clock.step_s > least_s:
        return None
    options = sum(len(tables.options.station) for tables in [*market.walks, *market.on_road])
    for tables in market.seats:
        limit -= market.gained(tables, market.table(tables, prices), prices)
    for fleet in fleets:
        tables = seat_tables(contracted, fleet)
        options += len(tables.options.station)
        if options * market.clock.steps > MOST_CELLS:
            return None
        try:
            limit += market.gained(tables, market.table(tables, prices), prices)
        except ArithmeticError:
            return None
    return limit
