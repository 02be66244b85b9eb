"""Needs as a table: one row a place, day and commodity, as a cluster coordinator keeps it."""

from __future__ import annotations

from safepassage.domain.admin_area import AdminArea
from safepassage.domain.aid.commodity import MILLI, Setting
from safepassage.domain.aid.needs import NeedsTable, for_whom, group_words
from safepassage.domain.aid.people_groups import PeopleGroup
from safepassage.domain.case import Case, Place
from safepassage.domain.release import SensitivityClass
from safepassage.formats.tables.aid_tables import ADMIN
from safepassage.formats.tables.table_files import Row, Table

HEADER = (
    "place", "name", *ADMIN, "where", "day", "date", "commodity", "commodity_name", "priority", "for_group",
    "persons", "quantity", "unit", "mass_kg", "volume_m3", "class", "exercise",
)  # fmt: skip
_WHERE = {Setting.HOME: "at home", Setting.SITE: "reception site"}


def table(needs: NeedsTable, case: Case, dates: tuple[str, ...]) -> Table:
    """Return needs with names and P-codes of their places; rows without a need are left out.

    Parameters
    ----------
    dates : the date of each day, local.
    """
    places: dict[str, Place] = {place.id: place for place in case.places}
    priority: dict[str, int] = {}
    groups: dict[str, frozenset[PeopleGroup | None]] = {}
    for norm in needs.norms:
        priority[norm.commodity] = min(norm.priority, priority.get(norm.commodity, norm.priority))
        groups[norm.commodity] = groups.get(norm.commodity, frozenset()) | {norm.for_group}
    amounts, heads, presence = needs.by_commodity(), needs.persons_by_commodity(), needs.presence
    found: list[Row] = []
    for at, day, column in zip(*(rows.tolist() for rows in amounts.nonzero()), strict=True):
        commodity, milli = needs.commodities[column], int(amounts[at, day, column])
        place = places[presence.places[at]]
        found.append(
            (
                place.id, place.name, *_codes(place.admin), _WHERE[presence.settings[at]], day + 1,
                dates[day], commodity.id, commodity.name, priority[commodity.id],
                for_whom(group_words(groups[commodity.id])), int(heads[at, day, column]),
                milli / MILLI, str(commodity.unit), round(milli * commodity.mass_g / 1e6, 3),
                round(milli * commodity.volume_ml / 1e9, 4), SensitivityClass.RESTRICTED.name,
                "EXERCISE" if case.exercise else "no",
            )
        )  # fmt: skip
    return HEADER, found


def _codes(admin: AdminArea) -> tuple[str, ...]:
    return tuple(getattr(admin, name) for name in ADMIN)
