"""Data dictionary: commodities, norms, groups, stock, trucks and consignments. All are optional."""

from __future__ import annotations

from decimal import Decimal

from safepassage.domain.aid.commodity import LEAST_URGENT, MILLI, PPM, Rhythm, Season, Setting, Unit
from safepassage.domain.aid.people_groups import GROUPS, PeopleGroup
from safepassage.domain.aid.stock import StockState
from safepassage.domain.dictionary.dictionary_rows import PROVENANCE, Column, Table, ValueType
from safepassage.domain.release import SensitivityClass

_PARTNERS, _RESTRICTED = SensitivityClass.PARTNERS, SensitivityClass.RESTRICTED
_MOST = 10**9
_KG, _LITRE = 1_000, 1_000


def _id(meaning: str, example: str) -> Column:
    return Column(
        name="id", field="id", type=ValueType.ID, required=True, meaning=meaning, sensitivity=_PARTNERS,
        example=example,
    )  # fmt: skip


def _commodity(meaning: str) -> Column:
    # The built-in commodities may be named as well as those of the table, so the reference is checked later.
    return Column(
        name="commodity", field="commodity", type=ValueType.TEXT, required=True, maximum=100,
        meaning=meaning, sensitivity=_PARTNERS, example="drinking_water",
    )  # fmt: skip


def _quantity(name: str, field: str, meaning: str, *, required: bool = False) -> Column:
    return Column(
        name=name, field=field, type=ValueType.NUMBER, unit="units of the commodity", scale=MILLI,
        required=required, minimum=0, maximum=_MOST, meaning=meaning, sensitivity=_PARTNERS, example="2400",
    )  # fmt: skip


COMMODITIES = Table(
    name="commodities",
    noun="Commodity",
    meaning="Goods that the built-in list lacks, or has with another mass or volume: a row with the id of a "
    "built-in commodity takes its place.",
    columns=(
        _id("Short name of the commodity.", "drinking_water"),
        Column(name="name", field="name", type=ValueType.TEXT, required=True, maximum=200,
               meaning="What it is called on a waybill.", sensitivity=_PARTNERS, example="Bottled water"),
        Column(name="unit", field="unit", type=ValueType.WORD, required=True, allowed=tuple(Unit),
               meaning="The unit in which it is counted.", sensitivity=_PARTNERS, example="L"),
        Column(name="unit_mass_kg", field="mass_g", type=ValueType.NUMBER, unit="kg", scale=_KG,
               required=True, minimum=Decimal("0.001"), maximum=40_000,
               meaning="Mass of one unit with its packing.", sensitivity=_PARTNERS, example="1.04"),
        Column(name="unit_volume_l", field="volume_ml", type=ValueType.NUMBER, unit="L", scale=_LITRE,
               required=True, minimum=Decimal("0.001"), maximum=120_000,
               meaning="Room that one unit with its packing takes on a truck.", sensitivity=_PARTNERS,
               example="1.1"),
        Column(name="shelf_days", field="shelf_days", type=ValueType.WHOLE, unit="days", default="0",
               minimum=0, maximum=36_500,
               meaning="On how many days it can be handed out where it was brought, that of its arrival "
               "included; 0 where that is not counted. How long it keeps in a depot is said by its lots.",
               sensitivity=_PARTNERS, example="365"),
        Column(name="cold_chain", field="cold_chain", type=ValueType.YES_NO, default="no",
               meaning="Whether it needs a cooled truck.", sensitivity=_PARTNERS, example="no"),
        *PROVENANCE,
    ),
)  # fmt: skip

NORMS = Table(
    name="norms",
    noun="Norm",
    meaning="Needs by standard that differ from the built-in list: a row with the id of a built-in norm "
    "takes its place, a new id is added.",
    columns=(
        _id("Short name of the norm.", "drinking_water"),
        _commodity("The commodity, built-in or from the table commodities."),
        Column(name="amount", field="amount_milli", type=ValueType.NUMBER, unit="units of the commodity",
               scale=MILLI, required=True, minimum=0, maximum=1_000_000,
               meaning="How much is needed.", sensitivity=_PARTNERS, example="3"),
        Column(name="per_persons", field="per_persons", type=ValueType.WHOLE, unit="persons", default="1",
               minimum=1, maximum=1_000_000, meaning="For how many persons that is.", sensitivity=_PARTNERS,
               example="1"),
        Column(name="for_group", field="for_group", type=ValueType.WORD, allowed=tuple(PeopleGroup),
               meaning="Whom the norm is for, as in the table people_groups. Empty: everybody.",
               sensitivity=_PARTNERS, example="young_children"),
        Column(name="share", field="share_ppm", type=ValueType.NUMBER, unit="share", scale=PPM, default="1",
               minimum=0, maximum=1, meaning="The share of all persons, or of `for_group`, that it is for.",
               sensitivity=_PARTNERS, example="1"),
        Column(name="rhythm", field="rhythm", type=ValueType.WORD, default=Rhythm.DAILY,
               allowed=tuple(Rhythm), meaning="Whether it is needed every day or once.",
               sensitivity=_PARTNERS, example="daily"),
        Column(name="setting", field="setting", type=ValueType.WORD, default=Setting.BOTH,
               allowed=tuple(Setting), meaning="For people at home, at a reception site, or both.",
               sensitivity=_PARTNERS, example="both"),
        Column(name="season", field="season", type=ValueType.WORD, default=Season.ANY,
               allowed=tuple(Season), meaning="Whether it is needed in the cold season only.",
               sensitivity=_PARTNERS, example="any"),
        Column(name="priority", field="priority", type=ValueType.WHOLE, required=True, minimum=1,
               maximum=LEAST_URGENT, meaning="1 is what life depends on today, 4 what can wait.",
               sensitivity=_PARTNERS, example="1"),
        Column(name="assumption", field="assumption", type=ValueType.YES_NO, default="no",
               meaning="Whether the figure is an assumption that somebody has to confirm.",
               sensitivity=_PARTNERS, example="no"),
        Column(name="source", field="source", type=ValueType.TEXT, required=True, maximum=1000,
               meaning="The standard the figure comes from, or who decided on it.", sensitivity=_PARTNERS,
               example="Sphere 2018, water supply standard 2.1"),
    ),
)  # fmt: skip

_ASSUMED = "; ".join(
    f"{rule.name} {rule.share_ppm * 100 / PPM:g} %" for rule in GROUPS.values() if rule.share_ppm is not None
)
PEOPLE_GROUPS = Table(
    name="people_groups",
    noun="GroupShare",
    meaning="How many of the people at a place belong to a group that norms are for. These groups have "
    f"nothing to do with how people travel. Where nothing is stated, shares are assumed: {_ASSUMED}; infants "
    "assessed as not breastfed are never assumed.",
    columns=(
        Column(name="place", field="place", type=ValueType.REFERENCE, refers_to="places",
               meaning="The place. Empty: the whole case, wherever a place states nothing of its own.",
               sensitivity=_RESTRICTED, example="alder"),
        Column(name="group", field="group", type=ValueType.WORD, required=True, allowed=tuple(PeopleGroup),
               meaning="; ".join(f"{group}: {rule.name}" for group, rule in GROUPS.items()) + ".",
               sensitivity=_RESTRICTED, example="young_children"),
        Column(name="share", field="share_ppm", type=ValueType.NUMBER, unit="share", scale=PPM, minimum=0,
               maximum=1, meaning="The share of the people there. Give it or `persons`.",
               sensitivity=_RESTRICTED, example="0.03"),
        Column(name="persons", field="persons", type=ValueType.WHOLE, unit="persons", minimum=0,
               maximum=5_000_000, meaning="A count at one place, of those whom the demand counts there. "
               "Numbers only, and no smaller units than a place: few persons can be recognised.",
               sensitivity=_RESTRICTED, example="36"),
        *PROVENANCE,
    ),
)  # fmt: skip

STOCK = Table(
    name="stock",
    noun="StockLot",
    meaning="What lies in depots, is on its way there or was pledged, lot by lot.",
    columns=(
        _id("Lot or batch number.", "lot-1"),
        Column(name="depot", field="depot", type=ValueType.REFERENCE, refers_to="places", required=True,
               meaning="The depot (a place) where it lies or arrives.", sensitivity=_PARTNERS,
               example="rowan-depot"),
        _commodity("The commodity, built-in or from the table commodities."),
        _quantity("quantity", "quantity_milli", "How much, in the unit of the commodity.", required=True),
        Column(name="unit", field="unit", type=ValueType.TEXT, maximum=20,
               meaning="The unit as the depot writes it; refused where it is not that of the commodity.",
               sensitivity=_PARTNERS, example="L"),
        Column(name="state", field="state", type=ValueType.WORD, default=StockState.HELD,
               allowed=tuple(StockState),
               meaning="Held in the depot, expected from `available_from` on, or pledged by a donor. Pledges "
               "are shown, never planned with.", sensitivity=_PARTNERS, example="held"),
        Column(name="available_from", field="available_from_s", type=ValueType.TIME,
               meaning="From when it can be loaded. Empty: from the start.", sensitivity=_PARTNERS,
               example="06:00"),
        Column(name="expires", field="expires_s", type=ValueType.TIME, maximum=30, ends_day=True,
               meaning="After this it is not handed out; a date alone is the last day. Empty: none stated.",
               sensitivity=_PARTNERS, example="2030-11-30"),
        Column(name="donor", field="donor", type=ValueType.TEXT, maximum=200,
               meaning="Who gave it: an organisation.", sensitivity=_PARTNERS, example="Red Cross society"),
        *PROVENANCE,
    ),
)  # fmt: skip

_EU = "Regulation (EC) No 561/2006, article "


def _hours(name: str, field: str, default: str, meaning: str, source: str) -> Column:
    minutes = name.endswith("_min")
    return Column(
        name=name, field=field, type=ValueType.NUMBER, unit="min" if minutes else "h",
        scale=60 if minutes else 3_600, default=default, minimum=0, maximum=600 if minutes else 24,
        meaning=meaning, sensitivity=_RESTRICTED, example=default, source=source,
    )  # fmt: skip


_DRIVING = (
    _hours("max_drive_h", "max_drive_s", "9", "Hours a crew may drive in a day, what it waits on the road "
           "included; two drivers may drive twice as long.", f"{_EU}6 (1): 9 h"),
    _hours("break_after_h", "break_after_s", "4.5", "Hours a crew may drive without a break.",
           f"{_EU}7: 4.5 h"),
    _hours("break_min", "break_s", "45", "How long a break is, in which nobody drives, loads or unloads; 0 "
           "where two drivers take turns.", f"{_EU}7: 45 min"),
    _hours("rest_h", "rest_s", "11", "Rest between two days, loading included in the work of a day.",
           f"{_EU}8 (2): 11 h. Article 3 (d) exempts humanitarian aid in emergencies; 0 makes use of that"),
)  # fmt: skip

TRUCKS = Table(
    name="trucks",
    noun="Truck",
    meaning="Trucks that carry aid in; buses and ambulances stand in the table fleet.",
    columns=(
        _id("Short name of this row of alike trucks.", "truck"),
        Column(name="vehicle_type", field="name", type=ValueType.TEXT, maximum=200,
               meaning="What kind of truck, in words.", sensitivity=_RESTRICTED, example="two-axle lorry"),
        Column(name="count", field="count", type=ValueType.WHOLE, unit="vehicles", required=True, minimum=0,
               maximum=10_000, meaning="How many of them.", sensitivity=_RESTRICTED, example="2"),
        Column(name="depot", field="depot", type=ValueType.REFERENCE, refers_to="places", required=True,
               meaning="Where they start, load and end their day.", sensitivity=_RESTRICTED,
               example="rowan-depot"),
        Column(name="payload_t", field="payload_kg", type=ValueType.NUMBER, unit="t", scale=1_000,
               required=True, minimum=Decimal("0.1"), maximum=44, meaning="What one truck may carry.",
               sensitivity=_RESTRICTED, example="12",
               source="Logistics Operational Guide: two axles 12 t, three axles 18 t"),
        Column(name="volume_m3", field="volume_l", type=ValueType.NUMBER, unit="m3", scale=1_000,
               required=True, minimum=Decimal("0.1"), maximum=120, meaning="Room on one truck.",
               sensitivity=_RESTRICTED, example="45"),
        Column(name="weight_t", field="weight_kg", type=ValueType.NUMBER, unit="t", scale=1_000,
               required=True, minimum=Decimal("0.5"), maximum=60,
               meaning="Weight of one truck with its load, for bridges and roads with a limit.",
               sensitivity=_RESTRICTED, example="18.8"),
        Column(name="units", field="units_mveh", type=ValueType.NUMBER, unit="passenger-car units",
               scale=1_000, default="2.5", minimum=Decimal("0.5"), maximum=10,
               meaning="Road space of one truck in passenger cars.", sensitivity=_RESTRICTED,
               source="Highway Capacity Manual 2000: trucks count 1.5 on level, 2.5 in rolling terrain",
               example="2.5"),
        Column(name="cold_chain", field="cold_chain", type=ValueType.YES_NO, default="no",
               meaning="Whether it is cooled.", sensitivity=_RESTRICTED, example="no"),
        Column(name="available_from", field="available_from_s", type=ValueType.TIME,
               meaning="From when they can be used. Empty: from the start.", sensitivity=_RESTRICTED,
               example="06:00"),
        Column(name="available_until", field="available_until_s", type=ValueType.TIME,
               meaning="Until when they can be used. Empty: to the end.", sensitivity=_RESTRICTED,
               example="20:00"),
        Column(name="max_duty_h", field="max_duty_s", type=ValueType.NUMBER, unit="h", scale=3_600,
               minimum=Decimal("0.5"), maximum=24, meaning="Hours a crew may be on the road in a day.",
               sensitivity=_RESTRICTED, example="10"),
        *_DRIVING,
        Column(name="organisation", field="organisation", type=ValueType.TEXT, maximum=200,
               meaning="Who runs them, as reported in who does what where. Empty: not stated.",
               sensitivity=_RESTRICTED, example="Red Cross society"),
        Column(name="convoy", field="convoy", type=ValueType.TEXT, maximum=60,
               meaning="Name of the convoy in which they drive: all trucks of all rows with this name leave "
               "together, one behind the other in order of id, and come back together. Empty: each alone.",
               sensitivity=_RESTRICTED, example="kilo"),
        *PROVENANCE,
    ),
)  # fmt: skip

CONSIGNMENTS = Table(
    name="consignments",
    noun="Consignment",
    meaning="Lines of waybills: what was dispatched and what was received.",
    columns=(
        Column(name="waybill", field="waybill", type=ValueType.ID, required=True,
               meaning="Code of the waybill, as on the load list; one row a place, commodity and lot.",
               sensitivity=_PARTNERS, example="WB-0001"),
        Column(name="depot", field="depot", type=ValueType.REFERENCE, refers_to="places", required=True,
               meaning="From where.", sensitivity=_PARTNERS, example="rowan-depot"),
        Column(name="place", field="place", type=ValueType.REFERENCE, refers_to="places", required=True,
               meaning="To where.", sensitivity=_PARTNERS, example="alder"),
        _commodity("The commodity, built-in or from the table commodities."),
        Column(name="lot", field="lot", type=ValueType.REFERENCE, refers_to="stock",
               meaning="The lot it was taken from.", sensitivity=_PARTNERS, example="lot-1"),
        _quantity("dispatched", "dispatched_milli", "How much left the depot.", required=True),
        Column(name="unit", field="unit", type=ValueType.TEXT, maximum=20,
               meaning="The unit as the waybill writes it; refused where it is not that of the commodity.",
               sensitivity=_PARTNERS, example="L"),
        Column(name="dispatched_at", field="dispatched_s", type=ValueType.TIME, meaning="When.",
               sensitivity=_RESTRICTED, example="07:00"),
        _quantity("received", "received_milli", "How much was received. Empty: not counted yet."),
        Column(name="received_at", field="received_s", type=ValueType.TIME, meaning="When.",
               sensitivity=_RESTRICTED, example="11:30"),
        *PROVENANCE,
    ),
)  # fmt: skip

AID_TABLES = (COMMODITIES, NORMS, PEOPLE_GROUPS, STOCK, TRUCKS, CONSIGNMENTS)
