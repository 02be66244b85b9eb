"""Codes of problems with stock, trucks, waybills and the codes of places."""

from __future__ import annotations

from safepassage.domain.problem_code import Weight, codes

_E, _W = Weight.ERROR, Weight.WARNING

AID = codes(
    "Aid",
    (
        "COMMODITY_UNKNOWN",
        _E,
        "a row names a commodity that is neither built in nor in the table commodities",
        "write the id of a known one, or add it",
    ),
    (
        "UNIT_OTHER",
        _E,
        "a lot is written in another unit than its commodity is counted in",
        "write the quantity in the unit of the commodity",
    ),
    (
        "COMMODITY_ODD",
        _W,
        "a unit of a good weighs or takes what none does",
        "check kg, t, L and m³",
    ),
    (
        "LOT_LARGE",
        _W,
        "a lot holds what everybody needs in more than a year, or far more than the others of its good",
        "check the unit of its quantity",
    ),
    ("LOT_HEAVY", _W, "a lot weighs thousands of tonnes", "check the unit of its quantity"),
    ("LOT_EXPIRED", _W, "a lot has expired before it can be loaded; it is not handed out", "check the date"),
    ("LOT_EXPIRES", _W, "a lot expires before the case ends: not for later days", "check the date"),
    ("DEPOT_KIND", _W, "stock or trucks stand at a place that is no depot", "name a depot"),
    ("TRUCK_WEIGHT", _E, "a truck is no heavier than its load", "give the weight of the loaded truck"),
    ("TRUCKS_NONE", _W, "there is stock but no truck to carry it", "add trucks"),
    (
        "TRUCK_HEAVY",
        _W,
        "a truck is heavier than any bridge bears, and comes to fewer settlements for that",
        "check `weight_t`, or name lighter trucks",
    ),
    (
        "TRUCK_OVERWEIGHT",
        _W,
        "a truck weighs more than 44 t, the most for containers in intermodal transport; otherwise 40 t (EU)",
        "check `weight_t`; ask for a permit, and for what bridges on its way bear",
    ),
    (
        "CONVOY_APART",
        _E,
        "trucks of one convoy stand at different depots",
        "give both one depot, or two names",
    ),
    (
        "CONVOY_HEADWAY",
        _E,
        "trucks drive in convoy, but no headway is set",
        "set `truck_headway_s`, for example to 20",
    ),
    ("CONVOY_ALONE", _E, "a convoy is of one truck", "add trucks to it, or leave the column empty"),
    (
        "CONVOY_HOURS",
        _E,
        "trucks of one convoy have no hours in common",
        "give them hours in common, or two names",
    ),
    (
        "STOCK_SMALL",
        _W,
        "the stock of a good covers less than a hundredth of what everybody needs in one day",
        "check its quantity and unit, and the number of persons",
    ),
    (
        "COLUMNS_READ_AS",
        _W,
        "columns of stock, trucks or waybills have other names, or ids stand as names; how each was read",
        "name what is read wrongly as in the reference",
    ),
    ("LOT_SMALL", _W, "a lot is far smaller than the others of its good", "write its unit"),
    ("WAYBILL_TWICE", _E, "a waybill names the same goods in two rows", "keep the row that is right"),
    ("WAYBILL_MORE", _E, "more was received than dispatched", "correct one of the two counts"),
    ("WAYBILL_TIMES", _W, "goods were received before they were dispatched", "correct one of the two times"),
    (
        "GROUP_SHARE",
        _E,
        "a group of people has neither a share nor a count, or both, or a count without a place",
        "write its share of the people, or a count at one place",
    ),
    ("GROUP_TWICE", _E, "a group of people at a place stands in two rows", "keep the row that is right"),
    (
        "GROUP_OVER",
        _E,
        "groups of people are more than all people, or a part of a group more than the group",
        "correct shares and counts",
    ),
    (
        "GROUP_UNCOUNTED",
        _E,
        "a norm is for a group of which nobody says how many belong to it",
        "state a share or a count in the table people_groups",
    ),
    (
        "FORMULA_FOR_ALL",
        _E,
        "a norm hands out breast-milk substitutes to others than infants assessed as not breastfed",
        "name that group and how many were assessed",
    ),
    (
        "PCODE_ODD",
        _W,
        "what stands as a P-code does not look like one",
        "leave it empty rather than make one up",
    ),
)
