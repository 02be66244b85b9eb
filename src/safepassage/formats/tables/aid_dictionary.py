"""What each column of the tables of aid means, in which unit, and where its content comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

HEADER = ("table", "column", "meaning", "unit", "source")
_CASE, _PLAN, _NORMS = (
    "the case: table places",
    "the plan: aid.json",
    "norms of the case, see safepassage needs",
)
_GROUPS = "norms and table people_groups of the case; shares nobody stated are assumed"
_CODES = "the case: table places; common operational data sets (COD-AB)"
_TEMPLATE = "left blank for whoever reports: a plan knows persons only"

_LOCAL = "YYYY-MM-DD HH:MM, with its offset from UTC where the case has several local times"


class Meaning(NamedTuple):
    """What stands in a column; `unit` is "" for texts and codes."""

    meaning: str
    unit: str = ""
    source: str = _PLAN


COLUMNS: Mapping[str, Meaning] = {
    "place": Meaning("id of the place in the case", source=_CASE),
    "name": Meaning("name of the place", source=_CASE),
    "adm1_name": Meaning("first administrative level; blank: not stated", source=_CODES),
    "adm1_pcode": Meaning("its P-code", source=_CODES),
    "adm2_name": Meaning("second administrative level; blank: not stated", source=_CODES),
    "adm2_pcode": Meaning("its P-code", source=_CODES),
    "pcode": Meaning("P-code of the place, or of the smallest unit it lies in that has one", source=_CODES),
    "date": Meaning("local day by whose end it is needed", "YYYY-MM-DD", _NORMS),
    "commodity": Meaning("id of the good", source="built-in list, or the case: table commodities"),
    "good": Meaning("name of the good", source="built-in list, or the case: table commodities"),
    "priority": Meaning("1 is what life depends on today, 4 what can wait", "1 to 4", _NORMS),
    "needed": Meaning("what the norms ask for", "column unit", _NORMS),
    "planned": Meaning("what trucks bring for this need", "column unit"),
    "delivered": Meaning(
        "brought since the first plan, as counted or else as announced; blank: nothing known", "column unit",
        "the case: table consignments",
    ),
    "gap": Meaning("needed less planned and delivered", "column unit"),
    "unit": Meaning("unit of the good", source="built-in list, or the case: table commodities"),
    "reason": Meaning("why there is a gap"),
    "remedy": Meaning("the cheapest thing known that would bring what is short of it there, on all days"),
    "waybill": Meaning("code of one load of one truck; never used again"),
    "truck": Meaning("the truck on that day", source="the case: table trucks"),
    "convoy": Meaning("with which it drives; blank: alone", source="the case: table trucks"),
    "stop": Meaning("number of the stop on that day"),
    "depot": Meaning("id of the depot where it is loaded", source="the case: table stock"),
    "depot_name": Meaning("name of that depot", source=_CASE),
    "loading": Meaning(
        "local time at which loading begins; of later loads, at which the truck is back", _LOCAL
    ),
    "arrival": Meaning("planned local time of arrival", _LOCAL),
    "arrival_utc": Meaning("the same in UTC", "YYYY-MM-DD HH:MM"),
    "lot": Meaning("lot that it is taken from", source="the case: table stock"),
    "quantity": Meaning("how much is unloaded, or needed", "column unit"),
    "mass_kg": Meaning("its mass, packing included", "kg", "mass of a unit: the list of commodities"),
    "volume_m3": Meaning("its room, packing included", "m3", "volume of a unit: the list of commodities"),
    "for_day": Meaning("local day that it is for; first and last, where it is for several", "YYYY-MM-DD"),
    "received": Meaning("left blank for the receiver: counted on arrival", "column unit", "the receiver"),
    "organisation": Meaning(
        "who: the organisation that runs the trucks; blank: not stated", source="the case: table trucks"
    ),
    "implementing_partner": Meaning("who carries it out for the organisation", source=_TEMPLATE),
    "for_group": Meaning(
        "group of people that it is for: everybody, or whom its norms name; blank: not known", source=_GROUPS
    ),
    "for_whom": Meaning("for whom: whose needs are counted at the place"),
    "persons": Meaning(
        "persons whose need of the good is counted that day, rounded up in each place; of who does "
        "what, on the fullest day; blank: not known", "persons", "the case: table demand, and the plan",
    ),
    "girls_under_18": Meaning("of these persons", "persons", _TEMPLATE),
    "boys_under_18": Meaning("of these persons", "persons", _TEMPLATE),
    "women_18_59": Meaning("of these persons", "persons", _TEMPLATE),
    "men_18_59": Meaning("of these persons", "persons", _TEMPLATE),
    "women_60_over": Meaning("of these persons", "persons", _TEMPLATE),
    "men_60_over": Meaning("of these persons", "persons", _TEMPLATE),
    "sex_age_not_known": Meaning("of these persons: all, until somebody counts", "persons"),
    "sector": Meaning("what: the cluster under which it is reported", source="the list of commodities"),
    "activity": Meaning("what is done"),
    "status": Meaning(
        "planned; ongoing: under way, not counted yet; completed: counted by the receiver", "word"
    ),
    "stops": Meaning("how many stops of trucks bring it; of what came before, how many waybills"),
    "first_day": Meaning("when: local day on which it first arrives; blank: not known", "YYYY-MM-DD"),
    "last_day": Meaning("when: local day on which it last arrives; blank: not known", "YYYY-MM-DD"),
    "where": Meaning("at home, or at a reception site"),
    "day": Meaning("number of the day, 1 is the first", "days"),
    "commodity_name": Meaning("name of the good", source="built-in list, or the case: table commodities"),
    "class": Meaning("who may see the row: RESTRICTED is for the planning team only", "word"),
    "exercise": Meaning("EXERCISE where people and events are invented", "word", "the case: its settings"),
    "attribution": Meaning("whose data the roads and places are", source="the case: its settings"),
}  # fmt: skip


def rows(tables: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Return what each column of each table means, in their order; `tables` are headers by name.

    Raises
    ------
    KeyError
        When nobody has said what a column means.
    """
    return [(name, column, *COLUMNS[column]) for name, header in tables.items() for column in header]
