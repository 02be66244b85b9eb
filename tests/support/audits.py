# ruff: noqa: E501, SIM905 - tables of rows are read line by line
"""A small plan that keeps every rule of the audit, to break one thing at a time."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from safepassage.audit import AuditInput, audit
from safepassage.cli import main
from safepassage.domain.aid.stock import Consignment
from safepassage.domain.audit_sheet import Finding
from safepassage.domain.case import (
    Arrangement,
    ArrangementKind,
    ArrangementStatus,
    Case,
    Direction,
    Interval,
    RoadSelector,
    SelectorKind,
)
from safepassage.domain.manifest import Manifest, Ride, TravelGroup, WaypointCount
from safepassage.domain.provenance import Provenance
from safepassage.domain.safeguard import Safeguard, SafeguardKind
from safepassage.formats.sheets import audit_files

HOUR = 3600
EPOCH, AS_OF = "2030-05-14T04:00:00Z", "2030-05-14T03:00:00Z"
E7 = 10**7


def safeguard(kind: str, id_: str = "", **values: Any) -> Safeguard:
    return Safeguard(id=id_ or kind, kind=SafeguardKind(kind), **values)


def _safeguards() -> dict[str, Safeguard]:
    yes = ("aid_for_stayers who_may_leave aid_in independent_monitor access_window emblem_use "
           "marking coercion_asked vetting trafficking_check guardian_and_staff info_sheet recipient").split()  # fmt: skip
    no = "eligibility_filter military_use armed_escort exit_on_order".split()
    rows = [
        *(safeguard(kind, answer="yes") for kind in yes),
        safeguard("relayed_to_units", answer="yes", at_s=-40 * HOUR),
        *(safeguard(kind, answer="no") for kind in no),
        safeguard("notice", at_s=-48 * HOUR, languages=("en", "uk"), channels=("radio", "leaflet")),
        safeguard("notification", "told-a", party="A", at_s=-72 * HOUR),
        safeguard("notification", "told-b", party="B", at_s=-71 * HOUR),
        safeguard("revision", number=2, at_s=-40 * HOUR),
        safeguard("acknowledgement", "ack-a", party="A", at_s=-30 * HOUR, answer="yes"),
        safeguard("acknowledgement", "ack-b", party="B", at_s=-40 * HOUR, answer="yes"),
        safeguard("occupied_territory", answer="no", document="note 7"),
        safeguard("access_request", party="ICRC", answer="", at_s=-73 * HOUR),
        safeguard("announced_call", "call-a", place="a", number=40),
        safeguard("beds", place="s", number=109),
        safeguard("beds", "beds-2", place="t", number=100),
        safeguard("water_l_day", place="s", number=1635),
        safeguard("water_l_day", "water-2", place="t", number=2000),
        safeguard("toilets", place="s", number=3),
        safeguard("toilets", "toilets-2", place="t", number=2),
        safeguard("stay_hours", place="s", number=12),
        safeguard("stay_hours", "stay-2", place="t", number=48),
        safeguard("floor_m2", place="t", number=35),
        safeguard("explosive_hazard", answer="no", at_s=-73 * HOUR),
        safeguard("medics", number=1),
        safeguard("ambulances", number=1),
        safeguard("care_min", number=60),
        safeguard("met_need_percent", "met-a", place="a", number=70),
        safeguard("met_need_percent", "met-b", place="b", number=100),
        safeguard("met_need_percent", "met-c", place="c", number=100),
        safeguard("return_record", answer="yes", until_s=1000 * HOUR),
        safeguard("crossing_persons_h", place="cp", number=120),
    ]  # fmt: skip
    return {row.id: row for row in rows}


def _inputs() -> dict[str, Any]:
    arcs = {
        "tail": [0, 1, 0, 3, 2], "head": [1, 2, 3, 2, 3], "length_m": [10_000] * 5,
        "travel_s": [600, 600, 700, 700, 100], "label": ["R1", "R1", "R2", "R2", "R3"],
    }  # fmt: skip
    places = [("a", "settlement", 0), ("home", "institution", 0), ("cp", "checkpoint", 1),
              ("s", "reception_site", 2), ("t", "reception_site", 3)]  # fmt: skip
    demand = [
        ("a", "west", "own_vehicle", 6), ("a", "west", "needs_transport", 98), ("home", "west", "wheelchair", 2),
        ("home", "west", "assisted", 3), ("a", "east", "needs_transport", 10), ("a", "stays", "assisted", 4),
    ]  # fmt: skip
    return {
        "case_id": "valley", "as_of": AS_OF, "epoch": EPOCH, "horizon_s": 86_400,
        "directions": [{"id": "west", "name": "West"}, {"id": "east", "name": "East"}],
        "places": [{"id": i, "name": i.upper(), "kind": k, "node": n} for i, k, n in places],
        "demand": [
            {"place": p, "direction": d, "group": g, "persons": n, "basis": "tally"} for p, d, g, n in demand
        ],
        "fleet": [
            {"id": "bus-1", "seats": 120, "wheelchair": 2, "stretcher": 0},
            {"id": "bus-2", "seats": 12, "wheelchair": 0, "stretcher": 1},
        ],
        "network": {
            "nodes": {"lon_e7": [25 * E7] * 4, "lat_e7": [50 * E7] * 4}, "arcs": arcs,
            "profiles": [[1, [[0, 4000, 0, 0, 600], [4000, 86_400, 0, 0, 660]]]],
            "hazard": [[0, [[0, 86_400, 1000]]]], "hazard_layer": "central",
            "hazard_events": [["e1", 500, 1000, 100_000, 50_000, 86_400, [[0, 1_000_000]]],
                              ["e2", 500, 1000, 100_000, 50_000, 86_400, [[0, 1_000_000]]]],
        },
        "notice": {"hotline": "000", "languages": ["en", "uk"]},
        "rules": {"exposure_cap_ppm_s": 1_000_000},
    }  # fmt: skip


def _load(place: str, direction: str, group: str, persons: int, site: str) -> dict[str, Any]:
    return {"place": place, "direction": direction, "group": group, "persons": persons, "site": site,
            "after": "", "reserve": False}  # fmt: skip


def _plan() -> dict[str, Any]:
    west = [_load("a", "west", "needs_transport", 98, "s"), _load("home", "west", "wheelchair", 2, "s"),
            _load("home", "west", "assisted", 3, "s")]  # fmt: skip
    corridor = {"length_m": 20_000, "direction": "west", "place": "a"}
    return {
        "routes": [{"arcs": [0, 1]}, {"arcs": [2]}, {"arcs": [2, 3]}, {"arcs": [0, 1, 4]}],
        "cars": [{"id": "c1", "place": "a", "direction": "west", "site": "s", "route": 0, "reserve": False,
                  "departures": [[3_600, 3, []], [3_700, 3, [[1, 30]]]]}],
        "vehicles": [
            {"id": "bus-1", "legs": [
                {"id": "bus-1/1", "route": 0, "depart_s": 7_200, "waits": [], "arrive_s": 8_460, "load": west},
                {"id": "bus-1/2", "route": 3, "depart_s": 9_000, "waits": [], "arrive_s": 90_000, "load": []},
            ]},
            {"id": "bus-2", "legs": [
                {"id": "bus-2/1", "route": 1, "depart_s": 3_600, "waits": [], "arrive_s": 4_300,
                 "load": [_load("a", "east", "needs_transport", 10, "t")]},
            ]},
        ],
        "link_rides": [], "unserved": [],
        "hold": [{"place": "a", "persons": 4, "water_l_day": 60, "food_kg_day": 2}],
        "corridors": [
            {**corridor, "id": "k1", "route": 0, "alternative": 2},
            {**corridor, "id": "k2", "route": 1, "alternative": 3, "direction": "east"},
        ],
        "basis": [{"kind": "report", "id": "r1", "grade": "C3", "as_of": "2030-05-10"}],
        "modifications": [],
    }  # fmt: skip


def _case() -> Case:
    pause = Arrangement(
        id="pause", kind=ArrangementKind.PAUSE, status=ArrangementStatus.AGREED_IN_DETAIL, parties=("A", "B"),
        windows=(Interval(from_s=0, until_s=40_000),),
        roads=(RoadSelector(kind=SelectorKind.REF, value="R1"),),
    )  # fmt: skip
    zone = Arrangement(
        id="zone", kind=ArrangementKind.PROTECTED_ZONE, status=ArrangementStatus.IN_FORCE, document="letters",
        area="z",
    )  # fmt: skip
    line = Consignment(
        waybill="w1", depot="d", place="a", commodity="water", dispatched_milli=1000, received_milli=980
    )
    return Case(
        id="valley", title="", exercise=True, epoch=EPOCH, as_of=AS_OF, time_zones=(),
        directions=(Direction(id="west", name="West"),), places=(), demand=(), fleet=(), hotline="000",
        notice_languages=("en", "uk"), arrangements=(pause, zone), consignments=(line,),
    )  # fmt: skip


def group(token: str = "g1", **changes: Any) -> TravelGroup:
    base = TravelGroup(
        token=token, size=4, rides=(Ride(movement="bus-1/1", site="s", persons=4),), unaccompanied=1,
        consents=("c-1",), cards=("k-1",),
    )  # fmt: skip
    return replace(base, **changes)


def _manifest() -> Manifest:
    return Manifest(
        groups=(group(),),
        counts=(WaypointCount(movement="bus-1/1", waypoint="cp", departed=10, arrived=8, explained=2, closed=True),),
        registered=100, registered_men=40, boarded=100, boarded_men=20,
    )  # fmt: skip


@dataclass
class World:
    """Everything an audit is given, to be changed at will."""

    inputs: dict[str, Any] = field(default_factory=_inputs)
    plan: dict[str, Any] = field(default_factory=_plan)
    case: Case | None = field(default_factory=_case)
    rows: dict[str, Safeguard] = field(default_factory=_safeguards)
    manifest: Manifest | None = field(default_factory=_manifest)
    public: dict[str, str] | None = field(default_factory=lambda: {"notice": "Call 000. About 20 persons."})

    def __post_init__(self) -> None:
        # A request that was answered, and fresh word on the roads: the base keeps every rule.
        self.set("access_request", at_s=-71 * HOUR)
        self.set("explosive_hazard", at_s=-70 * HOUR)

    def set(self, id_: str, **changes: Any) -> None:
        self.rows[id_] = replace(self.rows[id_], **changes)

    def add(self, kind: str, id_: str, **values: Any) -> None:
        self.rows[id_] = safeguard(kind, id_, **values)

    def threshold(self, name: str, number: int, note: str = "asked for") -> None:
        self.add("threshold", f"t-{name}", text=name, number=number, provenance=Provenance(note=note))

    def source(self) -> AuditInput:
        case = None if self.case is None else replace(self.case, safeguards=tuple(self.rows.values()))
        return AuditInput(
            inputs=copy.deepcopy(self.inputs), plan=copy.deepcopy(self.plan), plan_sha256="0" * 64,
            thresholds=audit_files.thresholds(), case=case, manifest=self.manifest, public=self.public,
        )  # fmt: skip

    def ask(self, rule: str) -> Finding:
        return next(f for f in audit(self.source()).findings if f.rule.id == rule)


def overrule(out: Path, case: Path) -> int:
    """Take responsibility for every rule that holds a plan, as a person would; return the exit code."""
    sheet = json.loads((out / "RESTRICTED" / "RESTRICTED-audit.json").read_bytes())
    rows = [
        f'[[override]]\nrule = "{row["id"]}"\nby = "lead"\nreason = "an exercise"\n'
        for row in sheet["findings"]
        if row["verdict"] == "FAIL"
    ]
    (out / "overrides.toml").write_text("".join(rows) or "override = []\n", encoding="utf-8")
    return main(
        ["audit", str(out), "--case", str(case), "--overrides", str(out / "overrides.toml"), "--json"]
    )
