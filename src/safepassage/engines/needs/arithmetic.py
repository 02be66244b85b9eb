"""Needs as whole numbers: persons times norms, rounded up where goods are counted in pieces."""

from __future__ import annotations

import numpy as np

from safepassage.domain.aid.commodity import MILLI, PPM, Commodity, Norm, Rhythm, Season, Setting, Unit
from safepassage.domain.aid.needs import NeedsTable, Presence, Whole


def needs_of(
    presence: Presence, norms: tuple[Norm, ...], commodities: tuple[Commodity, ...], *, cold: bool = False
) -> NeedsTable:
    """Return what the persons of a presence need each day.

    A daily norm counts everybody of its group present at any one time of the day, a norm that falls due once
    counts a person on the first day on which the place is that full. Amounts are rounded up in each place: to
    whole pieces, or to thousandths of a litre or kilogram.

    Raises
    ------
    ValueError
        When a norm names an unknown commodity or a group nobody counts, or two norms or commodities have one
        id.
    """
    known = {commodity.id: commodity for commodity in commodities}
    if len(known) != len(commodities) or len({norm.id for norm in norms}) != len(norms):
        raise ValueError("commodities and norms have an id each of their own")
    used = tuple(norm for norm in norms if cold or norm.season is Season.ANY)
    home = np.array([setting is Setting.HOME for setting in presence.settings], dtype=bool)
    amounts = np.zeros((*presence.persons.shape, len(used)), dtype=np.int64)
    for column, norm in enumerate(used):
        if norm.commodity not in known:
            raise ValueError(f"the norm {norm.id} names the unknown commodity {norm.commodity}")
        where = _applies(norm, home)
        step = MILLI if known[norm.commodity].unit is Unit.PIECE else 1
        amounts[where, :, column] = _amounts(presence.of(norm.for_group)[where], norm, step)
    return NeedsTable(presence=presence, norms=used, commodities=commodities, amount_milli=amounts)


def _applies(norm: Norm, home: np.ndarray) -> np.ndarray:
    if norm.setting is Setting.BOTH:
        return np.ones_like(home)
    return home if norm.setting is Setting.HOME else ~home


def _amounts(persons: Whole, norm: Norm, step: int) -> Whole:
    """Return the amounts of one norm; what falls due once is the rise of the greatest number so far."""
    if norm.rhythm is Rhythm.ONCE:
        most = np.maximum.accumulate(persons, axis=1)
        due = _rounded_up(most, norm, step)
        return np.diff(due, axis=1, prepend=0)
    return _rounded_up(persons, norm, step)


def _rounded_up(persons: Whole, norm: Norm, step: int) -> Whole:
    # Share and amount are multiplied by parts, so that five million persons stay far inside 64 bits.
    entitled = -(-persons * norm.share_ppm // PPM)
    amount: Whole = -(-entitled * norm.amount_milli // norm.per_persons)
    return -(-amount // step) * step
