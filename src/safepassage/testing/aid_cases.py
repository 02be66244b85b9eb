"""Small random cases with stock and trucks, for tests of the distribution of aid."""

from __future__ import annotations

from dataclasses import replace

from safepassage.domain.aid.commodity import Norm, Rhythm
from safepassage.domain.aid.people_groups import GroupShare, PeopleGroup
from safepassage.domain.aid.stock import StockLot, Truck
from safepassage.domain.case import Case, Place, PlaceKind
from safepassage.domain.network import RoadNetwork
from safepassage.testing.draws import Draws
from safepassage.testing.small_cases import random_small_case

GOODS = ("drinking_water", "food_ration", "ready_meal", "hygiene_soap", "water_container", "blanket")


def random_aid_case(seed: int) -> tuple[Case, RoadNetwork]:
    """Return a small random case with depots, a few lots and trucks; the same for the same seed."""
    case, network = random_small_case(seed)
    draws = Draws(seed + 10_000)
    nodes = draws.some(range(len(network.nodes)), draws.between(1, 2))
    depots = tuple(
        Place(id=f"store{i}", name=f"Store {i}", kind=PlaceKind.DEPOT, node=str(network.nodes.id[node]))
        for i, node in enumerate(nodes)
    )
    horizon_s = case.settings.horizon_s
    lots = tuple(
        StockLot(
            id=f"lot{i}", depot=draws.pick(depots).id, commodity=draws.pick(GOODS),
            quantity_milli=draws.between(1, 200) * 1_000, available_from_s=draws.pick((0, 0, horizon_s // 4)),
            expires_s=draws.pick((None, None, horizon_s // 2)),
        )
        for i in range(draws.between(1, 5))
    )  # fmt: skip
    trucks = tuple(
        Truck(
            id=f"truck{i}", count=draws.between(1, 2), depot=draws.pick(depots).id,
            payload_kg=draws.pick((50, 300, 5_000)), volume_l=draws.pick((100, 2_000, 20_000)),
            weight_kg=draws.pick((3_000, 9_000)), units_mveh=draws.pick((1_000, 2_000)),
            max_duty_s=draws.pick((None, horizon_s // 2)),
        )
        for i in range(draws.between(1, 2))
    )  # fmt: skip
    case = replace(case, places=(*case.places, *depots), stock=lots, trucks=trucks)
    return (case if seed % 3 else _with_groups(case, seed)), network


def _with_groups(case: Case, seed: int) -> Case:
    """Return a case that counts groups of its people, with norms and stock for them.

    What is drawn here changes nothing that is drawn elsewhere.
    """
    draws = Draws(seed + 20_000)
    women, infants = draws.between(0, 600_000), draws.between(0, 60_000)
    shares = [
        GroupShare(place="", group=PeopleGroup.WOMEN_GIRLS, share_ppm=women),
        GroupShare(place="", group=PeopleGroup.INFANTS, share_ppm=infants),
    ]
    for place in sorted({row.place for row in case.demand}):
        there = sum(row.persons for row in case.demand if row.place == place)
        shares.append(
            GroupShare(place=place, group=PeopleGroup.INFANTS_NOT_BREASTFED, persons=draws.between(0, there))
        )
    norms = (
        Norm(id="formula", commodity="infant_formula", amount_milli=150, priority=1,
             for_group=PeopleGroup.INFANTS_NOT_BREASTFED),
        Norm(id="kit", commodity="dignity_kit", amount_milli=1_000, priority=3, rhythm=Rhythm.ONCE,
             for_group=PeopleGroup.WOMEN_GIRLS),
        Norm(id="soap", commodity="hygiene_soap", amount_milli=8, priority=3, for_group=PeopleGroup.INFANTS),
    )  # fmt: skip
    lots = tuple(
        StockLot(id=f"group-{norm.id}", depot=case.stock[0].depot, commodity=norm.commodity,
                 quantity_milli=draws.between(1, 20) * norm.amount_milli)
        for norm in norms
    )  # fmt: skip
    return replace(case, people_groups=tuple(shares), norms=norms, stock=(*case.stock, *lots))


def random_convoy_case(seed: int) -> tuple[Case, RoadNetwork]:
    """Return a small random case with a convoy of trucks, unlike ones too, and a truck that drives alone."""
    case, network = random_aid_case(seed)
    draws = Draws(seed + 20_000)
    depot = case.trucks[0].depot
    together = tuple(
        Truck(
            id=f"line{i}", count=draws.between(1, 3), depot=depot, payload_kg=draws.pick((50, 120, 5_000)),
            volume_l=draws.pick((150, 2_000, 20_000)), weight_kg=draws.pick((6_000, 9_000)),
            units_mveh=draws.pick((1_000, 2_000)), cold_chain=draws.pick((False, False, True)),
            max_duty_s=draws.pick((None, case.settings.horizon_s // 2)),
            rest_s=draws.pick((0, 7_200)), convoy="kilo",
        )
        for i in range(2)
    )  # fmt: skip
    settings = replace(
        case.settings, truck_headway_s=draws.pick((10, 20, 60)), convoy_slack_s=draws.pick((30, 120, 600))
    )
    alone = tuple(replace(truck, count=1) for truck in case.trucks[:1])
    return replace(case, trucks=(*together, *alone), settings=settings), network
