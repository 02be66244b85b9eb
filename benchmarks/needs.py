"""How long the needs of many places over many days take, beside sums in plain Python on a part of them.

    python benchmarks/needs.py [--places N] [--days N]

Persons, movements and shares of groups are random; counting who is where by group is in the time. The
goal is 5,000 places × 14 days in 1 s.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from safepassage.domain.aid.catalogue import catalogue, norms
from safepassage.domain.aid.commodity import Norm, Rhythm, Setting
from safepassage.domain.aid.needs import NeedsTable
from safepassage.domain.aid.people_groups import APART, GroupShare, PeopleGroup, whole_persons
from safepassage.domain.case import STAYS, Case, Demand, DirectionBasis, Group, Place, PlaceKind
from safepassage.engines.needs import Moved, needs_of, presence_of

GOAL_S = 1.0
GROUP_NORMS = (
    Norm(id="micronutrients", commodity="micronutrients", amount_milli=1_000, priority=2, rhythm=Rhythm.ONCE,
         for_group=PeopleGroup.PREGNANT_BREASTFEEDING),
    Norm(id="baby_kit", commodity="baby_kit", amount_milli=1_000, priority=2, rhythm=Rhythm.ONCE,
         for_group=PeopleGroup.INFANTS),
    Norm(id="dignity_kit", commodity="dignity_kit", amount_milli=1_000, priority=3, rhythm=Rhythm.ONCE,
         for_group=PeopleGroup.WOMEN_GIRLS),
    Norm(id="soap_older", commodity="hygiene_soap", amount_milli=5, priority=3, for_group=PeopleGroup.OLDER),
)  # fmt: skip


def main() -> None:
    """Print what the needs take and whether a part of them is right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=14)
    options = parser.parse_args()
    case, moved = _drawn(options.places, options.days)
    own = norms(GROUP_NORMS, water_l_person_day=15, food_g_person_day=555)
    goods = catalogue(())
    cpu, wall = time.process_time(), time.perf_counter()
    presence = presence_of(case, moved, days=options.days)
    table = needs_of(presence, own, goods, cold=True)
    mass, volume = int(table.mass_kg().sum()), int(table.volume_l().sum())
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    rows = table.amount_milli.size
    print(f"{options.places:,} places x {options.days} days x {len(table.norms)} norms = {rows:,} amounts:")
    print(f"  {cpu_s:.2f} processor seconds, {wall_s:.2f} s; {mass / 1000:,.0f} t, {volume / 1000:,.0f} m³")
    print(f"  goal {GOAL_S} s: {'met' if wall_s <= GOAL_S else 'missed'}")
    print(
        f"  {len(moved):,} movements, {len(case.people_groups):,} shares of groups, "
        f"{_for_groups(table)} norms for them"
    )
    print(f"  persons by group and others add up to all, at 50 places: {_conserved(table)}")
    print(f"  daily norms of 50 places added up again in plain Python: {_alike(table)}")


def _drawn(n_places: int, days: int) -> tuple[Case, tuple[Moved, ...]]:
    """Return many places, one in ten a site, a fifth with shares of their own, and who moves when."""
    rng = np.random.default_rng(0)
    sites, homes = range(0, n_places, 10), [k for k in range(n_places) if k % 10]
    people = rng.integers(10, 20_000, n_places)
    places = tuple(
        Place(id=f"place-{k}", name="", kind=PlaceKind.SETTLEMENT if k % 10 else PlaceKind.RECEPTION_SITE)
        for k in range(n_places)
    )
    demand = tuple(
        Demand(place=f"place-{k}", direction=STAYS, group=Group.NEEDS_TRANSPORT, persons=int(people[k]),
               basis=DirectionBasis.EXERCISE)
        for k in homes
    )  # fmt: skip
    shares = tuple(
        GroupShare(place=f"place-{k}", group=group, share_ppm=int(rng.integers(0, 200_000)))
        for k in homes[::5]
        for group in APART
    )
    moved = tuple(
        Moved(place=f"place-{k}", site=f"place-{rng.choice(sites)}", persons=int(people[k]) // 8,
              arrive_s=int(rng.integers(0, days * 86_400)))
        for k in homes
        for _ in range(4)
    )  # fmt: skip
    case = Case(
        id="drawn", title="Drawn", exercise=True, epoch="2030-01-01T00:00:00Z", as_of="2030-01-01T00:00:00Z",
        time_zones=(), directions=(), places=places, demand=demand, fleet=(), people_groups=shares,
    )  # fmt: skip
    return case, moved


def _for_groups(table: NeedsTable) -> int:
    return sum(norm.for_group is not None for norm in table.norms)


def _conserved(table: NeedsTable) -> bool:
    """Tell whether whole persons by group, the others included, are all persons."""
    presence = table.presence
    for row in range(0, len(presence.places), max(1, len(presence.places) // 50)):
        for day, persons in enumerate(presence.persons[row].tolist()):
            micro = {group: int(rows[row, day]) for group, rows in presence.groups.items()}
            found = whole_persons(persons, micro)
            if sum(found.values()) != persons or min(found.values()) < 0:
                return False
    return True


def _alike(table: NeedsTable) -> bool:
    """Tell whether the daily norms in litres and kilograms are those of plain sums."""
    presence, units = table.presence, {good.id: good.unit for good in table.commodities}
    for column, norm in enumerate(table.norms):
        if norm.rhythm is not Rhythm.DAILY or units[norm.commodity] == "piece":
            continue
        for row in range(0, len(presence.places), max(1, len(presence.places) // 50)):
            applies = norm.setting in {Setting.BOTH, presence.settings[row]}
            for day, persons in enumerate(presence.persons[row].tolist()):
                if norm.for_group is not None:
                    persons = -(-int(presence.groups[norm.for_group][row, day]) // 1_000_000)  # noqa: PLW2901
                entitled = -(-persons * norm.share_ppm // 1_000_000)
                amount = -(-entitled * norm.amount_milli // norm.per_persons) if applies else 0
                if amount != int(table.amount_milli[row, day, column]):
                    return False
    return True


if __name__ == "__main__":
    main()
