"""Reads `aid.json`: what is needed, what lies where, and which truck brings what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage_verify import shape
from safepassage_verify.planfile import MOVEMENTS
from safepassage_verify.shape import COUNT, PPM, SECONDS, TOTAL, UNITS, flag, record, rows, text, texts, whole
from safepassage_verify.snapshot import Snapshot, no_duplicates
from safepassage_verify.verdict import Findings

MILLI = 10**14
NANO = 10**9
_SECOND = whole(0, SECONDS)
_LIMIT = whole(-1, SECONDS)
_NODE = whole(-1, COUNT)
_DAY = whole(0, SECONDS)
_AMOUNT = whole(1, MILLI)
_ANY = whole(-TOTAL, TOTAL)
_PRICE = whole(0, TOTAL)

GIVEN = record(
    days=rows(record(from_s=_SECOND, until_s=_SECOND, date=text)),
    goods=rows(
        record(
            id=text, name=text, unit=text, mass_g=whole(1, COUNT), volume_ml=whole(1, COUNT), cold_chain=flag,
            step_milli=whole(1, COUNT), shelf_days=whole(0, COUNT),
        )
    ),
    needs=rows(
        record(
            place=text, node=_NODE, commodity=text, due=_DAY, priority=whole(1, 4), amount_milli=_AMOUNT,
            persons=whole(1, MILLI), worth=whole(1, MILLI),
        )
    ),
    lots=rows(
        record(
            id=text, depot=text, node=_NODE, commodity=text, quantity_milli=_AMOUNT, available_from_s=_SECOND,
            expires_s=_LIMIT,
        )
    ),
    trucks=rows(
        record(
            id=text, truck=text, type=text, depot=text, day=_DAY, base_node=whole(0, COUNT),
            payload_kg=whole(1, UNITS), volume_l=whole(1, UNITS), weight_kg=whole(0, UNITS),
            units_mveh=whole(1, UNITS), cold_chain=flag, available_from_s=_SECOND, available_until_s=_SECOND,
            max_duty_s=_LIMIT, max_drive_s=_LIMIT, break_after_s=_SECOND, break_s=_SECOND, work_s=_SECOND,
            rest_s=_SECOND, unbroken_s=_SECOND,
        )
    ),
    rules=record(
        load_base_s=_SECOND, load_s_per_t=_SECOND, unload_base_s=_SECOND, unload_s_per_t=_SECOND,
        weights=shape.column(1, COUNT), headway_s=_SECOND,
    ),
)  # fmt: skip

# A first plan has none.
BEHIND = rows(record(place=text, worth=whole(0, MILLI), met_nano=whole(0, TOTAL)))

AID = record(
    schema=shape.exactly("safepassage.aid/1"),
    class_=shape.exactly("RESTRICTED"),
    inputs_sha256=text,
    plan_sha256=text,
    given=GIVEN,
    routes=MOVEMENTS["routes"],
    trucks=MOVEMENTS["vehicles"],
    deliveries=rows(
        record(
            truck=text, leg=text, loaded=text, place=text, commodity=text, lot=text, due=_DAY, milli=_AMOUNT
        )
    ),
    short=rows(record(place=text, commodity=text, due=_DAY, milli=_AMOUNT, reason=text)),
    bounds=rows(
        record(
            kind=shape.one_of("worth", "least_share"),
            trucks=rows(record(type=text, day=_DAY, mass_nano_s=_PRICE, volume_nano_s=_PRICE)),
            lots=rows(record(lot=text, nano_milli=_PRICE)),
            stops=rows(
                record(
                    place=text, type=text, day=_DAY, mass_nano=_PRICE, volume_nano=_PRICE,
                    needs=rows(record(commodity=text, due=_DAY, nano=_PRICE)),
                )
            ),
            limit_nano=_ANY,
            least_share_ppm=whole(-1, PPM),
        )
    ),
    remedies=rows(record(what=text, worth=_ANY)),
    totals=record(
        worth_nano=_ANY, needed_nano=_ANY, worth_bound_nano=_ANY, least_share_ppm=whole(-1, PPM),
        least_share_bound_ppm=whole(-1, PPM), reached=texts, driven_m=_ANY, driven_s=_ANY,
    ),
)  # fmt: skip


def readable(aid: Any, snapshot: Snapshot, findings: Findings) -> bool:
    """Return whether the file has its shape and names only what there is, with what is wrong noted."""
    before = findings.total
    if not AID(aid, "aid", findings):
        return False
    given = aid["given"]
    for name in ("goods", "lots", "trucks"):
        no_duplicates([row["id"] for row in given[name]], f"aid.given.{name}", findings)
    if "behind" in given and not BEHIND(given["behind"], "aid.given.behind", findings):
        return False
    # Whom a need is for, and who runs a truck, is stated or left out.
    groups = [row["groups"] for row in given["needs"] if "groups" in row]
    if not rows(texts)(groups, "aid.given.needs.groups", findings):
        return False
    # Who runs a truck, and its convoy, are stated or left out.
    for name in ("organisation", "convoy"):
        stated = [row[name] for row in given["trucks"] if name in row]
        if not texts(stated, f"aid.given.trucks.{name}", findings):
            return False
    if not _SECOND(given["rules"].get("convoy_slack_s", 0), "aid.given.rules.convoy_slack_s", findings):
        return False
    _check_given(given, snapshot, findings)
    return findings.total == before


def _check_given(given: Mapping[str, Any], snapshot: Snapshot, findings: Findings) -> None:
    goods, days = {row["id"] for row in given["goods"]}, len(given["days"])
    n_nodes = snapshot.roads.n_nodes
    keys = set()
    for i, row in enumerate(given["needs"]):
        key = (row["place"], row["commodity"], row["due"])
        place = snapshot.places.get(row["place"])
        holds = row["commodity"] in goods and row["due"] < days and key not in keys
        holds &= place is not None and row["node"] == place.node
        keys.add(key)
        _require(f"needs[{i}]", findings, holds=holds)
    for i, row in enumerate(given["lots"]):
        place = snapshot.places.get(row["depot"])
        holds = row["commodity"] in goods and row["node"] == (-1 if place is None else place.node)
        _require(f"lots[{i}]", findings, holds=holds)
    behind = given.get("behind", [])
    no_duplicates([row["place"] for row in behind], "aid.given.behind", findings)
    for i, row in enumerate(behind):
        holds = row["place"] in snapshot.places and row["met_nano"] <= row["worth"] * NANO
        _require(f"behind[{i}]", findings, holds=holds)
    end = 0
    for i, row in enumerate(given["days"]):
        _require(f"days[{i}]", findings, holds=end <= row["from_s"] < row["until_s"] <= snapshot.horizon_s)
        end = row["until_s"]
    kinds: dict[str, Mapping[str, Any]] = {}
    for i, row in enumerate(given["trucks"]):
        holds = row["day"] < days and row["base_node"] < n_nodes and row["id"] not in snapshot.fleet
        if holds:
            day = given["days"][row["day"]]
            holds = day["from_s"] <= row["available_from_s"] < row["available_until_s"] <= day["until_s"]
        _require(f"trucks[{i}]", findings, holds=holds and _alike(kinds.setdefault(row["type"], row), row))
    weights = given["rules"]["weights"]
    _require("rules.weights", findings, holds=len(weights) == len(set(range(4))))


def _alike(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    """Return whether two trucks of a type are alike in all that a bound asks."""
    names = ("base_node", "payload_kg", "volume_l", "weight_kg", "cold_chain", "convoy")
    return all(a.get(name) == b.get(name) for name in names)


def _require(where: str, findings: Findings, *, holds: bool) -> None:
    message = "it names what is not there, or twice, or lies outside its day"
    findings.require("REFERENCE", f"aid.given.{where}", holds=holds, message=message)
