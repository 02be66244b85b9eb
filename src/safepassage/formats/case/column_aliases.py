"""Other names under which logisticians keep the columns of stock, trucks and waybills.

Names are as `normal_name` makes them: lower case, brackets gone, `_` for spaces, points, strokes and hyphens.
"""

from __future__ import annotations

from collections.abc import Mapping


def _names(**columns: str) -> dict[str, str]:
    """Return the column by each of its other names."""
    return {name: column for column, names in columns.items() for name in names.split()}


_GOOD = (
    "item item_name item_description description product article material goods good commodity_name sku_name"
)
_LOT = "lot lot_no lot_number batch batch_no batch_number batch_lot batch_lot_no lot_batch lot_batch_no"
_UNIT = "uom u_m unit_of_measure unit_of_measurement units measure"
_NOTE = "remarks remark comments comment observations"

ALIASES: Mapping[str, Mapping[str, str]] = {
    "stock": _names(
        id=f"{_LOT} stock_id", commodity=_GOOD, unit=_UNIT, note=_NOTE,
        depot="warehouse warehouse_name wh location store storage storage_location hub depot_name",
        quantity="qty quantity_on_hand qty_on_hand on_hand stock_on_hand balance closing_balance amount",
        expires="exp exp_date expiry expiry_date expiration expiration_date bbd bbe best_before "
        "best_before_date use_by use_by_date",
        donor="donor_pledge donor_name pledge donated_by funding_source",
        state="status stock_status", available_from="eta expected_date arrival_date available",
    ),
    "consignments": _names(
        waybill="waybill_no waybill_number waybill_id wb wb_no wb_number waybill_ref delivery_note dn_no",
        commodity=_GOOD, lot="batch batch_no batch_number lot_no lot_number batch_lot batch_lot_no",
        unit=_UNIT, note=_NOTE,
        depot="warehouse from from_warehouse origin dispatch_point loading_point",
        place="destination to deliver_to delivered_to delivery_point consignee site location",
        dispatched="qty_dispatched dispatched_qty quantity_dispatched qty_sent qty_loaded quantity qty",
        dispatched_at="dispatch_date date_dispatched dispatched_date date_of_dispatch loading departure",
        received="qty_received received_qty quantity_received qty_delivered",
        received_at="date_received received_date receipt_date date_of_receipt",
    ),
    "trucks": _names(
        vehicle_type="type truck_type vehicle model", count="number qty quantity no_of_trucks trucks",
        depot="base home_depot warehouse location", payload_t="payload capacity_t payload_mt capacity_mt",
        volume_m3="volume cbm capacity_m3", weight_t="gvw gross_weight gross_weight_t gvw_t",
        organisation="transporter owner company carrier organization", note=_NOTE,
        convoy="convoy_name convoy_no convoy_id",
    ),
}  # fmt: skip
"""Table to other name to column. A name that is a column of the table itself is never an alias."""

NOT_NEEDED: Mapping[str, frozenset[str]] = {
    "consignments": frozenset(
        {
            "truck",
            "convoy",
            "stop",
            "depot_name",
            "arrival",
            "name",
            "good",
            "mass_kg",
            "for_day",
            "adm1_name",
            "pcode",
        }
        | {"adm1_pcode", "adm2_name", "adm2_pcode", "class", "exercise", "attribution"}
    ),
}
"""Columns of our own waybills that say nothing which a line of a waybill lacks."""

TABLES_CALLED: Mapping[str, str] = {
    **_names(stock="inventory stock_list stock_report stock_on_hand warehouse_stock warehouse_inventory"),
    **_names(consignments="waybills waybill_list aid_waybills restricted_aid_waybills"),
}
"""Other names of sheets and files."""

NUMBERED: frozenset[str] = frozenset({"stock"})
"""Tables whose rows are named by their number where they have no id: a store without lots."""
