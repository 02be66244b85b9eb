"""`aid.json`: the distribution of aid beside a plan (docs/reference/aid-format.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from safepassage.domain.aid.commodity import Unit
from safepassage.domain.aid.distribution import (
    AidBound,
    AidDay,
    AidPlan,
    AidProblem,
    AidRules,
    AidTotals,
    Behind,
    Brought,
    Delivered,
    Delivery,
    DriverChange,
    Fix,
    Good,
    Lot,
    LotPrice,
    Need,
    NeedPrice,
    Remedy,
    Short,
    Since,
    StopPrice,
    TruckDay,
    TruckPrice,
    TruckSoFar,
)
from safepassage.domain.aid.under_way import Aboard, Held, Trip, TripLeg
from safepassage.domain.plan import Leg, Route, VehicleChain

SCHEMA = "safepassage.aid/1"


def document(aid: AidPlan, *, inputs_sha256: str, plan_sha256: str) -> dict[str, Any]:
    """Return the distribution as a tree of plain values."""
    return {
        "schema": SCHEMA,
        "class": "RESTRICTED",
        "inputs_sha256": inputs_sha256,
        "plan_sha256": plan_sha256,
        "given": _given(aid.problem),
        "routes": [
            {"from_node": r.from_node, "to_node": r.to_node, "arcs": list(r.arcs)} for r in aid.routes
        ],
        "trucks": [{"id": chain.id, "legs": [_leg(leg) for leg in chain.legs]} for chain in aid.trucks],
        "deliveries": [asdict(row) for row in aid.deliveries],
        "short": [asdict(row) for row in aid.short],
        "bounds": [_bound(row) for row in aid.bounds],
        "remedies": [asdict(row) for row in aid.remedies],
        "fixes": [asdict(row) for row in aid.fixes],
        "totals": {**asdict(aid.totals), "reached": list(aid.totals.reached)},
        **({} if aid.since is None else {"since": _since(aid.since)}),
    }


def _given(problem: AidProblem) -> dict[str, Any]:
    return {
        "days": [asdict(row) for row in problem.days],
        "goods": [asdict(row) for row in problem.goods],
        "needs": [_need(row) for row in problem.needs],
        "lots": [asdict(row) for row in problem.lots],
        "trucks": [_truck(row) for row in problem.trucks],
        "rules": rules_document(problem.rules),
        **({"behind": [asdict(row) for row in problem.behind]} if problem.behind else {}),
    }


def _need(row: Need) -> dict[str, Any]:
    """Return a need; whom it is for is left out where that is everybody."""
    found = {k: v for k, v in asdict(row).items() if k != "groups"}
    return {**found, "groups": list(row.groups)} if row.groups else found


def rules_document(rules: AidRules) -> dict[str, Any]:
    """Return the rules as plain values; what is for convoys is left out where there are none."""
    found = {**asdict(rules), "weights": list(rules.weights)}
    return {name: value for name, value in found.items() if name != "convoy_slack_s" or value >= 0}


def _truck(row: TruckDay) -> dict[str, Any]:
    """Return a truck of a day; who runs it and its convoy are left out where nobody stated them."""
    left_out = {"members", *(name for name in ("organisation", "convoy") if not getattr(row, name))}
    return {name: value for name, value in asdict(row).items() if name not in left_out}


def _since(since: Since) -> dict[str, Any]:
    return {
        "now_s": since.now_s, "under_way": since.under_way, "same": since.same,
        "drivers": [
            {"truck": row.truck, "before": list(map(list, row.before)), "after": list(map(list, row.after))}
            for row in since.drivers
        ],
        "brought": [asdict(row) for row in since.brought],
        "delivered": [asdict(row) for row in since.delivered],
        "trucks": [asdict(row) for row in since.trucks],
        "trips": trips_document(since.trips), "held": [_held(row) for row in since.held],
    }  # fmt: skip


def _held(row: Held) -> dict[str, Any]:
    """Return a trip that is held; a closed road, as what it meets or why it is stuck, is left out."""
    return {name: value for name, value in asdict(row).items() if name not in {"why", "met"} or value}


def trips_document(trips: tuple[Trip, ...]) -> list[dict[str, Any]]:
    """Return trips under way as plain values."""
    return [
        {
            "truck": trip.truck, "goods": [asdict(row) for row in trip.goods],
            "legs": [
                {**asdict(leg), "arcs": list(leg.arcs), "waits": [list(wait) for wait in leg.waits]}
                for leg in trip.legs
            ],
        }
        for trip in trips
    ]  # fmt: skip


def _leg(leg: Leg) -> dict[str, Any]:
    return {
        "id": leg.id, "route": leg.route, "depart_s": leg.depart_s, "waits": [list(w) for w in leg.waits],
        "arrive_s": leg.arrive_s, "load": [],
    }  # fmt: skip


def _bound(bound: AidBound) -> dict[str, Any]:
    return {
        "kind": bound.kind,
        "trucks": [asdict(row) for row in bound.trucks],
        "lots": [asdict(row) for row in bound.lots],
        "stops": [
            {
                "place": row.place,
                "type": row.type,
                "day": row.day,
                "mass_nano": row.mass_nano,
                "volume_nano": row.volume_nano,
                "needs": [asdict(need) for need in row.needs],
            }
            for row in bound.stops
        ],
        "limit_nano": bound.limit_nano,
        "least_share_ppm": bound.least_share_ppm,
    }


def parsed(rows: Mapping[str, Any]) -> AidPlan:
    """Return the distribution that a document holds.

    Raises
    ------
    KeyError, TypeError, ValueError
        When the document is none; the verifier says in detail what is wrong with one.
    """
    if rows.get("schema") != SCHEMA:
        raise ValueError(f"this is no distribution of schema {SCHEMA}")
    given = rows["given"]
    return AidPlan(
        problem=AidProblem(
            days=tuple(AidDay(**row) for row in given["days"]),
            goods=tuple(Good(**{**row, "unit": Unit(row["unit"])}) for row in given["goods"]),
            needs=tuple(
                Need(**{**row, "groups": tuple(row.get("groups", ()))}) for row in given["needs"]
            ),
            lots=tuple(Lot(**row) for row in given["lots"]),
            trucks=tuple(TruckDay(**row) for row in given["trucks"]),
            rules=AidRules(**{**given["rules"], "weights": tuple(given["rules"]["weights"])}),
            behind=tuple(Behind(**row) for row in given.get("behind", ())),
        ),
        routes=tuple(
            Route(from_node=r["from_node"], to_node=r["to_node"], arcs=tuple(r["arcs"]))
            for r in rows["routes"]
        ),
        trucks=tuple(
            VehicleChain(id=row["id"], legs=tuple(_parsed_leg(leg) for leg in row["legs"]))
            for row in rows["trucks"]
        ),
        deliveries=tuple(Delivery(**row) for row in rows["deliveries"]),
        short=tuple(Short(**row) for row in rows["short"]),
        bounds=tuple(_parsed_bound(row) for row in rows["bounds"]),
        remedies=tuple(Remedy(**row) for row in rows["remedies"]),
        fixes=tuple(Fix(**row) for row in rows.get("fixes", ())),
        totals=AidTotals(**{**rows["totals"], "reached": tuple(rows["totals"]["reached"])}),
        since=_parsed_since(rows["since"]) if "since" in rows else None,
    )  # fmt: skip


def _parsed_since(row: Mapping[str, Any]) -> Since:
    drivers = tuple(
        DriverChange(
            truck=one["truck"], before=tuple(map(tuple, one["before"])), after=tuple(map(tuple, one["after"]))
        )
        for one in row["drivers"]
    )
    return Since(
        now_s=row["now_s"], under_way=row["under_way"], same=row["same"], drivers=drivers,
        brought=tuple(Brought(**one) for one in row.get("brought", ())),
        delivered=tuple(Delivered(**one) for one in row.get("delivered", ())),
        trucks=tuple(TruckSoFar(**one) for one in row.get("trucks", ())),
        trips=parsed_trips(row.get("trips", ())),
        held=tuple(
            Held(**{**one, "aboard": tuple(Aboard(**good) for good in one["aboard"])})
            for one in row.get("held", ())
        ),
    )  # fmt: skip


def parsed_trips(rows: Sequence[Mapping[str, Any]]) -> tuple[Trip, ...]:
    """Return trips under way from plain values."""
    return tuple(
        Trip(
            truck=row["truck"], legs=tuple(_parsed_trip_leg(leg) for leg in row["legs"]),
            goods=tuple(Aboard(**good) for good in row["goods"]),
        )
        for row in rows
    )  # fmt: skip


def _parsed_trip_leg(row: Mapping[str, Any]) -> TripLeg:
    waits = tuple((at, wait_s) for at, wait_s in row["waits"])
    return TripLeg(**{**row, "arcs": tuple(row["arcs"]), "waits": waits})


def _parsed_leg(row: Mapping[str, Any]) -> Leg:
    return Leg(
        id=row["id"], route=row["route"], depart_s=row["depart_s"], arrive_s=row["arrive_s"],
        waits=tuple((at, wait_s) for at, wait_s in row["waits"]),
    )  # fmt: skip


def _parsed_bound(row: Mapping[str, Any]) -> AidBound:
    return AidBound(
        kind=row["kind"], trucks=tuple(TruckPrice(**r) for r in row["trucks"]),
        lots=tuple(LotPrice(**r) for r in row["lots"]),
        stops=tuple(
            StopPrice(**{**r, "needs": tuple(NeedPrice(**need) for need in r["needs"])}) for r in row["stops"]
        ),
        limit_nano=row["limit_nano"], least_share_ppm=row["least_share_ppm"],
    )  # fmt: skip
