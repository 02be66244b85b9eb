"""How far the stock goes: needs of all places together against what the depots can hand out by then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safepassage.domain.aid.needs import NeedsTable, Whole
from safepassage.domain.aid.stock import StockLot, StockState


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """One commodity over the days looked at, in thousandths of its unit.

    `short_milli` is the least part of the need that no use of the stock can meet, whichever lot is handed out
    when; `days_covered` the days from the start on which nothing is short.
    """

    commodity: str
    need_milli: int
    stock_milli: int
    pledged_milli: int
    short_milli: int
    days_covered: int


def cover_of(needs: NeedsTable, stock: tuple[StockLot, ...], day_ends_s: Whole) -> tuple[Cover, ...]:
    """Return for each commodity that is needed how far the stock goes if trucks were no limit.

    Each day takes from the lots that expire first among those that are there: what keeps longest helps most
    later, so no other order leaves less short (the exchange argument of earliest-due-date scheduling).

    Parameters
    ----------
    day_ends_s : the second at which each day ends; a lot serves a day if it is there before the day ends and
        has not expired before it begins.
    """
    amounts = needs.by_commodity().sum(axis=0)
    found = []
    for column, commodity in enumerate(needs.commodities):
        daily = amounts[:, column]
        if not daily.any():
            continue
        lots = [lot for lot in stock if lot.commodity == commodity.id and lot.state is not StockState.PLEDGED]
        short = _short(daily, lots, day_ends_s)
        pledged = sum(
            lot.quantity_milli for lot in stock
            if lot.commodity == commodity.id and lot.state is StockState.PLEDGED
        )  # fmt: skip
        found.append(
            Cover(
                commodity=commodity.id, need_milli=int(daily.sum()),
                stock_milli=sum(lot.quantity_milli for lot in lots), pledged_milli=pledged,
                short_milli=int(short.sum()), days_covered=_first(short),
            )
        )  # fmt: skip
    return tuple(found)


def _first(short: Whole) -> int:
    lacking = np.flatnonzero(short)
    return int(lacking[0]) if len(lacking) else len(short)


def _short(daily: Whole, lots: list[StockLot], day_ends_s: Whole) -> Whole:
    left = [lot.quantity_milli for lot in lots]
    never = int(day_ends_s[-1]) + 1
    order = sorted(range(len(lots)), key=lambda i: (_expiry(lots[i], never), lots[i].id))
    short = np.zeros_like(daily)
    for day, need in enumerate(daily.tolist()):
        start_s = int(day_ends_s[day - 1]) if day else 0
        for i in order:
            lot = lots[i]
            if need and lot.available_from_s < day_ends_s[day] and _expiry(lot, never) > start_s:
                used = min(need, left[i])
                left[i], need = left[i] - used, need - used  # noqa: PLW2901 - what is still needed that day
        short[day] = need
    return short


def _expiry(lot: StockLot, never: int) -> int:
    return never if lot.expires_s is None else lot.expires_s
