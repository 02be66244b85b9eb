"""How long the needs of many places over many days take, beside sums in plain Python on a part of them.

    python benchmarks/needs.py [--places N] [--days N]

Persons and movements are random. The goal is 5,000 places × 14 days in 1 s.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from safepassage.domain.aid.catalogue import catalogue, norms
from safepassage.domain.aid.commodity import Rhythm, Setting
from safepassage.domain.aid.needs import NeedsTable, Presence
from safepassage.engines.needs import needs_of

GOAL_S = 1.0


def main() -> None:
    """Print what the needs take and whether a part of them is right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=14)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    presence = Presence(
        places=tuple(f"place-{k}" for k in range(options.places)),
        settings=tuple(Setting.SITE if k % 10 == 0 else Setting.HOME for k in range(options.places)),
        persons=rng.integers(0, 20_000, (options.places, options.days)),
    )
    own = norms((), water_l_person_day=15, food_g_person_day=555)
    goods = catalogue(())
    cpu, wall = time.process_time(), time.perf_counter()
    table = needs_of(presence, own, goods, cold=True)
    mass, volume = int(table.mass_kg().sum()), int(table.volume_l().sum())
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    rows = table.amount_milli.size
    print(f"{options.places:,} places x {options.days} days x {len(table.norms)} norms = {rows:,} amounts:")
    print(f"  {cpu_s:.2f} processor seconds, {wall_s:.2f} s; {mass / 1000:,.0f} t, {volume / 1000:,.0f} m³")
    print(f"  goal {GOAL_S} s: {'met' if wall_s <= GOAL_S else 'missed'}")
    print(f"  daily norms of 50 places added up again in plain Python: {_alike(table)}")


def _alike(table: NeedsTable) -> bool:
    """Tell whether the daily norms in litres and kilograms are those of plain sums."""
    presence, units = table.presence, {good.id: good.unit for good in table.commodities}
    for column, norm in enumerate(table.norms):
        if norm.rhythm is not Rhythm.DAILY or units[norm.commodity] == "piece":
            continue
        for row in range(0, len(presence.places), max(1, len(presence.places) // 50)):
            applies = norm.setting in {Setting.BOTH, presence.settings[row]}
            for day, persons in enumerate(presence.persons[row].tolist()):
                entitled = -(-persons * norm.share_ppm // 1_000_000)
                amount = -(-entitled * norm.amount_milli // norm.per_persons) if applies else 0
                if amount != int(table.amount_milli[row, day, column]):
                    return False
    return True


if __name__ == "__main__":
    main()
