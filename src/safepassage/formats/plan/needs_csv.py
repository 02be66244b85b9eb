"""Needs as a table: one row a place, day and commodity, as a cluster coordinator keeps it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from safepassage.domain.aid.commodity import MILLI, Setting
from safepassage.domain.aid.needs import NeedsTable
from safepassage.formats.tables.schedule_rows import harmless

HEADER = (
    "place", "name", "where", "day", "date", "persons", "commodity", "commodity_name", "priority", "quantity",
    "unit", "mass_kg", "volume_m3",
)  # fmt: skip
_WHERE = {Setting.HOME: "at home", Setting.SITE: "reception site"}


def write(needs: NeedsTable, names: Mapping[str, str], dates: tuple[str, ...]) -> bytes:
    """Return needs as CSV (UTF-8 with byte order mark, for spreadsheets); rows without a need are left out.

    Parameters
    ----------
    names : what each place is called, by id.
    dates : the date of each day, local.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    priority: dict[str, int] = {}
    for norm in needs.norms:
        priority[norm.commodity] = min(norm.priority, priority.get(norm.commodity, norm.priority))
    amounts, presence = needs.by_commodity(), needs.presence
    for place, day, column in zip(*amounts.nonzero(), strict=True):
        commodity, milli = needs.commodities[column], int(amounts[place, day, column])
        writer.writerow(
            (
                harmless(presence.places[place]), harmless(names[presence.places[place]]),
                _WHERE[presence.settings[place]], day + 1, dates[day], int(presence.persons[place, day]),
                commodity.id, harmless(commodity.name), priority[commodity.id], milli / MILLI,
                str(commodity.unit), round(milli * commodity.mass_g / 1e6, 3),
                round(milli * commodity.volume_ml / 1e9, 4),
            )
        )  # fmt: skip
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")
