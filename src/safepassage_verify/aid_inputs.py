"""Reads `aid` in `inputs.json`: the tables of a case that a distribution of aid is made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from safepassage_verify import shape
from safepassage_verify.aidfile import MILLI
from safepassage_verify.shape import (
    COUNT,
    PPM,
    SECONDS,
    UNITS,
    flag,
    one_of,
    record,
    row,
    rows,
    text,
    texts,
    whole,
)
from safepassage_verify.snapshot import no_duplicates
from safepassage_verify.verdict import Findings

DAY_S = 86_400
_SECOND = whole(0, SECONDS)
_AT = whole(-(10**12), 10**12)
_SOME = whole(0, MILLI)
_MAYBE = whole(-1, MILLI)
_DAY = whole(0, SECONDS)
_EXPOSURE = whole(0, shape.TOTAL)

BROUGHT = rows(
    record(
        waybill=text, place=text, commodity=text, lot=text, due=_DAY, dispatched_milli=_SOME,
        received_milli=_SOME, counted=flag,
    )
)  # fmt: skip
SO_FAR = rows(
    record(
        id=text, began_s=_SECOND, free_s=_SECOND, legs=whole(0, COUNT), loads=whole(0, COUNT),
        works_from_s=whole(-SECONDS, SECONDS), driven_s=_SECOND, unbroken_s=_SECOND,
    )
)  # fmt: skip
_WAY = record(
    id=text, from_node=whole(0, COUNT), to_node=whole(0, COUNT), arcs=shape.column(0, COUNT),
    depart_s=_SECOND, waits=rows(row(whole(0, COUNT), _SECOND)), arrive_s=_SECOND,
)  # fmt: skip
_ABOARD = rows(record(leg=text, waybill=text, place=text, commodity=text, lot=text, due=_DAY, milli=_SOME))
_WAYS = rows(_WAY)


def _ways(value: Any, where: str, findings: Findings) -> bool:
    """Legs of a trip, at least one."""
    fits = _WAYS(value, where, findings)
    if fits and not value:
        findings.add("SCHEMA", where, "must have a leg")
    return fits and bool(value)


TRIPS = rows(record(truck=text, legs=_ways, goods=_ABOARD))
HELD = rows(
    record(
        truck=text, leg=text, arc=whole(-1, COUNT), at_s=_SECOND, next_place=text, next_s=_SECOND, stuck=flag,
        node=whole(0, COUNT), aboard=_ABOARD,
    )
)  # fmt: skip
RULES = record(
    load_base_s=_SECOND, load_s_per_t=_SECOND, unload_base_s=_SECOND, unload_s_per_t=_SECOND,
    weights=shape.column(1, COUNT), headway_s=_SECOND,
)  # fmt: skip
SUPPLIES = record(
    cold=flag,
    rules=RULES,
    commodities=rows(
        record(
            id=text, name=text, unit=one_of("L", "kg", "piece"), mass_g=whole(1, COUNT),
            volume_ml=whole(1, COUNT), cold_chain=flag, shelf_days=whole(0, COUNT),
        )
    ),
    norms=rows(
        record(
            id=text, commodity=text, amount_milli=whole(0, COUNT), priority=whole(1, 4),
            per_persons=whole(1, COUNT), share_ppm=whole(0, PPM), rhythm=one_of("daily", "once"),
            setting=one_of("home", "site", "both"), season=one_of("any", "cold"),
        )
    ),
    stock=rows(
        record(
            id=text, depot=text, commodity=text, quantity_milli=whole(-MILLI, MILLI),
            state=one_of("held", "expected", "pledged"), available_from_s=_AT, expires_s=_AT,
        )
    ),
    trucks=rows(
        record(
            id=text, count=whole(0, COUNT), depot=text, payload_kg=whole(0, UNITS), volume_l=whole(0, UNITS),
            weight_kg=whole(0, UNITS), units_mveh=whole(0, UNITS), cold_chain=flag, available_from_s=_AT,
            available_until_s=_AT, max_duty_s=_AT, max_drive_s=_SECOND, break_after_s=_SECOND,
            break_s=_SECOND, rest_s=whole(0, DAY_S), organisation=text,
        )
    ),
    consignments=rows(
        record(
            waybill=text, depot=text, place=text, commodity=text, lot=text, dispatched_milli=_MAYBE,
            dispatched_s=_AT, received_milli=_MAYBE, received_s=_AT,
        )
    ),
)  # fmt: skip
GROUPS = rows(record(place=text, group=text, share_ppm=whole(-1, PPM), persons=whole(-1, COUNT)))
"""Whom norms are for; absent where all norms are for everybody."""
PAST = record(brought=BROUGHT, trucks=SO_FAR, trips=TRIPS)


def read_supplies(inputs: Mapping[str, Any], findings: Findings) -> Mapping[str, Any] | None:
    """Return the tables, None with what is wrong noted; they are there."""
    before, found = findings.total, inputs["aid"]
    if not SUPPLIES(found, "inputs.aid", findings):
        return None
    if "past" in found and not _past(found["past"], findings):
        return None
    if not _groups(found, inputs, findings):
        return None
    convoys = [one["convoy"] for one in found["trucks"] if "convoy" in one]
    slack_s = found["rules"].get("convoy_slack_s", 0)
    if not texts(convoys, "inputs.aid.trucks.convoy", findings):
        return None
    if not _SECOND(slack_s, "inputs.aid.rules.convoy_slack_s", findings):
        return None
    for name in ("commodities", "norms", "stock", "trucks"):
        no_duplicates([one["id"] for one in found[name]], f"inputs.aid.{name}", findings)
    goods = {one["id"] for one in found["commodities"]}
    for name in ("norms", "stock"):
        for i, one in enumerate(found[name]):
            message = f"there is no commodity {shape.shown(one['commodity'])}"
            where = f"inputs.aid.{name}[{i}]"
            findings.require("REFERENCE", where, holds=one["commodity"] in goods, message=message)
    weights = found["rules"]["weights"]
    message = "there are four priorities"
    findings.require("INPUTS", "inputs.aid.rules.weights", holds=len(weights) == len("1234"), message=message)
    trucks = sum(one["count"] for one in found["trucks"])
    message = f"{trucks} trucks are more than can be checked"
    findings.require("SIZE", "inputs.aid.trucks", holds=trucks <= _MOST_TRUCKS, message=message)
    return None if findings.total > before else found


def _past(past: Any, findings: Findings) -> bool:
    """Return whether what had left can be understood; what crews were exposed to is newer than the rest."""
    where = "inputs.aid.past"
    fits = PAST(past, where, findings) and text(past.get("aid_sha256", ""), f"{where}.aid_sha256", findings)
    return fits and all(
        _EXPOSURE(one.get("exposure_ppm_s", 0), f"{where}.trucks[{i}].exposure_ppm_s", findings)
        for i, one in enumerate(past["trucks"])
    )


def _groups(table: Mapping[str, Any], inputs: Mapping[str, Any], findings: Findings) -> bool:
    """Return whether the groups that norms are for can be counted, with what is wrong noted."""
    rows_, where = table.get("groups", []), "inputs.aid.groups"
    for_whom = [norm["for_group"] for norm in table["norms"] if "for_group" in norm]
    if not (GROUPS(rows_, where, findings) and texts(for_whom, "inputs.aid.norms.for_group", findings)):
        return False
    no_duplicates([f"{one['group']} {one['place']}".strip() for one in rows_], where, findings)
    there = Counter[str]()
    for one in inputs["demand"]:
        there[one["place"]] += one["persons"]
    places = {one["id"] for one in inputs["places"]}
    for i, one in enumerate(rows_):
        place, count = one["place"], one["persons"]
        findings.require(
            "REFERENCE", f"{where}[{i}]", holds=not place or place in places, message="there is no such place"
        )
        either = (one["share_ppm"] >= 0) != (count >= 0) and count <= (there[place] if place else -1)
        message = "must have a share, or a count of those who are there"
        findings.require("INPUTS", f"{where}[{i}]", holds=either, message=message)
    known = {one["group"] for one in rows_}
    for group in sorted(set(for_whom) - known - {""}):
        message = f"nobody says how many belong to {shape.shown(group)}"
        findings.require("REFERENCE", "inputs.aid.norms", holds=False, message=message)
    return True


_MOST_TRUCKS = 10**5
