"""Checks of sizes: a lot, or the mass and room of a good, that is probably written in another unit.

A slip of a unit is a factor of a thousand. A lot is held against what everybody needs, against the other lots
of its good and against the largest truck; what is odd is pointed out once, and planned with as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median_low

from safepassage.domain.aid.catalogue import catalogue, composition_of, norms
from safepassage.domain.aid.commodity import MILLI, PPM, Commodity, Rhythm, Setting, Unit
from safepassage.domain.aid.people_groups import PeopleGroup
from safepassage.domain.aid.stock import StockLot, StockState
from safepassage.domain.case_checks.case_draft import CaseDraft, Located
from safepassage.domain.problem import Problem, warning

MOST_OF_A_LOT_KG = 5_000_000
"""A lot heavier than this is probably written in another unit: it fills four hundred lorries."""
MOST_DAYS, MOST_TIMES = 365, 100
"""One lot is no more than everybody needs in so many days, or so many times what is needed once."""
FAR_TOO_LITTLE, LITTLE_UNSTATED = 100, 20
"""Stock of which so many times as much would not last a day does not fit the number of persons; the second
number is for goods none of whose lots states a unit."""
UNLIKE, UNLIKE_UNSTATED = 500, 100
"""Lots of one good that differ by more than this are of two units; the second number is for lots without."""
_PARTS = {FAR_TOO_LITTLE: "a hundredth", LITTLE_UNSTATED: "a twentieth"}
_SMALLER = {Unit.LITRE: "ml", Unit.KILOGRAM: "g"}
_LARGER = {Unit.LITRE: "m³", Unit.KILOGRAM: "t"}
_MASS_G = {Unit.LITRE: (200, 5_000), Unit.KILOGRAM: (900, 5_000)}
_VOLUME_ML = {Unit.LITRE: (500, 10_000), Unit.KILOGRAM: (50, 100_000)}

DENSEST_G_ML = 8
"""No good is denser than steel, whatever it is counted in."""

Lots = list[Located[StockLot]]


def plain(quantity: float) -> str:
    """Return a quantity with thousands apart and no more than three places after the point."""
    return f"{quantity:,.3f}".rstrip("0").rstrip(".")


def goods_weigh_what_goods_weigh(draft: CaseDraft) -> Iterator[Problem]:
    """A litre or kilogram of a good weighs and takes about as much, with its packing."""
    for located in draft.commodities:
        good = located.value
        for column, amount, limits, word in (
            ("unit_mass_kg", good.mass_g, _MASS_G.get(good.unit), "kg"),
            ("unit_volume_l", good.volume_ml, _VOLUME_ML.get(good.unit), "L"),
        ):
            if limits and not limits[0] <= amount <= limits[1]:
                yield warning(
                    "COMMODITY_ODD",
                    located.at(column),
                    f"one {good.unit} of “{good.name}” has {plain(amount / 1_000)} {word} with its packing",
                    "mass and room are those of one unit: check kg and t, L and m³",
                )
                break
        else:
            if good.mass_g > DENSEST_G_ML * good.volume_ml:
                yield warning(
                    "COMMODITY_ODD",
                    located.at("unit_volume_l"),
                    f"one {good.unit} of “{good.name}” has {plain(good.mass_g / 1_000)} kg in "
                    f"{plain(good.volume_ml / 1_000)} L: more than steel",
                    "mass and room are those of one unit: check kg and g, L and ml",
                )


def lots_are_plausible(draft: CaseDraft) -> Iterator[Problem]:
    """Each lot is of a size that people, other lots and trucks make likely."""
    known = {c.id: c for c in catalogue(tuple(located.value for located in draft.commodities))}
    by_good: dict[str, Lots] = {}
    for located in draft.stock:
        if located.value.commodity in known:
            by_good.setdefault(located.value.commodity, []).append(located)
    day, once = _needed_milli(draft)
    for name, lots in by_good.items():
        good = known[name]
        large = [row for row in lots if _days(row.value, day, once) > MOST_DAYS]
        yield from (_large(draft, row, good, _days(row.value, day, once)) for row in large)
        rest = [row for row in lots if row not in large]
        yield from (_heavy(row, good) for row in rest if _mass_kg(row.value, good) > MOST_OF_A_LOT_KG)
        yield from _unlike(rest, good)


def _mass_kg(lot: StockLot, good: Commodity) -> int:
    return lot.quantity_milli * good.mass_g // (MILLI * 1_000)


def _heavy(located: Located[StockLot], good: Commodity) -> Problem:
    return warning(
        "LOT_HEAVY",
        located.at("quantity"),
        f"the lot “{located.value.id}” weighs {_mass_kg(located.value, good) / 1_000:,.0f} t",
        f"check that the quantity is in {good.unit}",
    )


def _large(draft: CaseDraft, located: Located[StockLot], good: Commodity, days: float) -> Problem:
    lot, payload_kg = located.value, max((row.value.payload_kg for row in draft.trucks), default=0)
    loads = f", {_mass_kg(lot, good) / payload_kg:,.0f} loads of the largest truck" if payload_kg else ""
    quantity = plain(lot.quantity_milli / MILLI)
    smaller = _SMALLER.get(good.unit)
    meant = (
        f"; if it was meant in {smaller}, write {plain(lot.quantity_milli / MILLI / 1_000)}"
        if smaller
        else ""
    )
    return warning(
        "LOT_LARGE",
        located.at("quantity"),
        f"the lot “{lot.id}” holds {quantity} {good.unit} of {good.id}: as much as all persons need in "
        f"{days:,.0f} days{loads}",
        f"check that the quantity is in {good.unit}{meant}",
    )


def _needed_milli(draft: CaseDraft) -> tuple[dict[str, float], dict[str, float]]:
    """Return what everybody needs of a good in a day, and what everybody needs once."""
    persons = sum(located.value.persons for located in draft.demand)
    groups = _persons_by_group(draft)
    day: dict[str, float] = {}
    once: dict[str, float] = {}
    for norm in norms(
        tuple(located.value for located in draft.norms),
        water_l_person_day=draft.settings.water_l_person_day,
        food_g_person_day=draft.settings.food_g_person_day,
    ):
        if norm.setting is Setting.SITE:  # nobody knows yet how many will be at sites
            continue
        into = day if norm.rhythm is Rhythm.DAILY else once
        heads = persons if norm.for_group is None else groups.get(norm.for_group, 0.0)
        more = heads * norm.amount_milli * norm.share_ppm / PPM / norm.per_persons
        into[norm.commodity] = into.get(norm.commodity, 0.0) + more
    return day, once


def _persons_by_group(draft: CaseDraft) -> dict[PeopleGroup, float]:
    shares = composition_of(
        (located.value for located in draft.people_groups), (located.value for located in draft.demand)
    )
    found = {}
    for group in PeopleGroup:
        ppm = shares.ppm(group)
        found[group] = sum(n * ppm.get(place, ppm[""]) / PPM for place, n in shares.people.items())
    return found


def _days(lot: StockLot, day: dict[str, float], once: dict[str, float]) -> float:
    """Return how many days a lot would last everybody; what is needed once counts as some days."""
    if day.get(lot.commodity):
        return lot.quantity_milli / day[lot.commodity]
    times = lot.quantity_milli / once[lot.commodity] if once.get(lot.commodity) else 0.0
    return times * MOST_DAYS / MOST_TIMES


def _unlike(lots: Lots, good: Commodity) -> Iterator[Problem]:
    """Yield the lots of a good that are far smaller, or of several far larger, than the others."""
    for located in lots:
        lot = located.value
        others = [row.value.quantity_milli for row in lots if row is not located]
        if not others or not lot.quantity_milli:
            continue
        middle, held = median_low(others), plain(lot.quantity_milli / MILLI)
        far = UNLIKE if lot.unit.strip() else UNLIKE_UNSTATED
        # Kits and blankets come in one unit only: few of them are few.
        if good.unit is not Unit.PIECE and lot.quantity_milli * far < middle:
            stated = "" if lot.unit.strip() else "has no unit and "
            yield warning(
                "LOT_SMALL",
                located.at("quantity"),
                f"the lot “{lot.id}” {stated}is less than one in {far:,} of what other lots of {good.id} "
                f"hold: it counts as {held} {good.unit}",
                f"write its unit; if it was meant in {_LARGER[good.unit]}, write "
                f"{plain(float(lot.quantity_milli))} {good.unit}",
            )
        elif len(others) > 1 and lot.quantity_milli > UNLIKE * middle:
            yield warning(
                "LOT_LARGE",
                located.at("quantity"),
                f"the lot “{lot.id}” holds more than {UNLIKE:,} times as much as other lots of {good.id}: it "
                f"counts as {held} {good.unit}",
                f"check that the quantity is in {good.unit}",
            )


def stock_is_of_the_size_of_needs(draft: CaseDraft) -> Iterator[Problem]:
    """Stock that would not last everybody a day were it a hundred times as much is pointed out once."""
    day, _ = _needed_milli(draft)
    stock: dict[str, int] = {}
    stated: set[str] = set()
    for located in draft.stock:
        lot = located.value
        if lot.state is not StockState.PLEDGED:
            stock[lot.commodity] = stock.get(lot.commodity, 0) + lot.quantity_milli
            stated |= {lot.commodity} if lot.unit.strip() else set()
    far = {name: FAR_TOO_LITTLE if name in stated else LITTLE_UNSTATED for name in stock}
    small = sorted(name for name, milli in stock.items() if milli * far[name] < day.get(name, 0.0))
    if small:
        persons = sum(located.value.persons for located in draft.demand)
        first = next(located for located in draft.stock if located.value.commodity == small[0])
        part = _PARTS[min(far[name] for name in small)]
        yield warning(
            "STOCK_SMALL",
            first.at("quantity"),
            f"all stock of {', '.join(small)} is less than {part} of what {persons:,} persons need in "
            "one day",
            "check the quantity, its unit, and the number of persons",
        )


CHECKS: tuple[Callable[[CaseDraft], Iterator[Problem]], ...] = (
    goods_weigh_what_goods_weigh,
    lots_are_plausible,
    stock_is_of_the_size_of_needs,
)
