"""What the screen of a plan shows: people, corridors, charts, limits, rules; made once for each plan."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from safepassage.domain.audit_sheet import by_verdict, holding
from safepassage.domain.release import Audience, Release
from safepassage.engines.release import release, with_aid
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts import supply_facts
from safepassage.formats.facts.aid_facts import AidFacts
from safepassage.formats.facts.change_facts import ChangeFacts
from safepassage.formats.facts.frontier_facts import FrontierFacts
from safepassage.formats.facts.held_facts import held_trucks
from safepassage.formats.facts.joint_facts import joint_facts
from safepassage.formats.facts.movements import Movements
from safepassage.formats.facts.people_facts import PeopleFacts
from safepassage.formats.facts.register import Register
from safepassage.formats.pages import report_html
from safepassage.web.desk.planner import Beside, MadePlan
from safepassage.web.desk.schedule_chart import schedule_chart

KEPT = 6
SHORT_SHOWN = 30
PPM_H = 36_000_000
WORST_FIRST = ("FAIL", "WARN", "NOT_ASSESSED", "PASS")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorRow:
    """One corridor as a row: where from and to, how long, what limits it."""

    id: str
    position: int
    mark: str
    direction: str
    place: str
    site: str
    km: str
    minutes: int
    exposure: str
    capacity: int
    limit: str
    roads: str


def team_release(made: MadePlan) -> Release:
    """Return what the planning team sees of a plan."""
    documents = (made.document(name) for name in ("inputs", "plan", "certificate", "verification"))
    inputs, plan, certificate, verification = documents
    team = release(
        inputs, plan, certificate, verification, Audience.PLANNING_TEAM,
        changes=made.document("changes"),
    )  # fmt: skip
    aid = made.document("aid")
    return with_aid(team, aid) if aid else team


class PlanFacts:
    """Keeps what was worked out for the plans that were looked at last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[object, ...], dict[str, Any]] = OrderedDict()

    def of(self, made: MadePlan) -> dict[str, Any]:
        """Return what the screen shows of a plan."""
        with self._lock:
            # The same plan comes again with what trucks bring in beside it.
            key = (made.sha256, canonical_json.sha256(made.documents["verification"]), made.faults)
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = facts(made)
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
            return found


def facts(made: MadePlan) -> dict[str, Any]:
    """Return what the screen shows of a plan."""
    team = team_release(made)
    register = Register(team)
    movements = Movements(team, register)
    people = PeopleFacts(team, register, movements)
    audit = made.document("audit")
    rows = sorted(audit["findings"], key=lambda row: (WORST_FIRST.index(row["verdict"]), row["id"]))
    return {
        "directions": people.directions(), "joint": joint_facts(team, people.clock), "hold": people.hold(),
        "spare_seats": people.spare_seats(), "by_verdict": by_verdict(audit),
        "curves": report_html.curves(team, register, movements, people.clock),
        "schedule": schedule_chart(team, register, movements, people.clock),
        "bottlenecks": supply_facts.bottlenecks(team, register, movements, people.clock),
        "vehicles": supply_facts.vehicles(team, movements), "sites": people.sites(),
        "settlements": people.settlements(), "corridors": corridor_rows(team, register),
        "binding": [row["text"] for row in team.plan["binding"]],
        "not_assessed": [row["text"] for row in team.plan["not_assessed"]],
        "audit": rows, "holding": holding(audit), "checks": sum(team.verification["checks"].values()),
        "changed": ChangeFacts(team) if team.changes else None,
        "as_of": people.as_of(), "sha256": made.sha256, "stage": made.stage, "seconds": made.seconds,
        "without": [fault.partition(": ")[::2] for fault in made.faults],
        "title": team.plan["title"], "complete": team.plan["complete"], "aid": aid_view(team),
    }  # fmt: skip


def aid_view(team: Release) -> dict[str, Any] | None:
    """Return what trucks bring in: what is met, what is short, each load; None without aid."""
    if not team.aid:
        return None
    found = AidFacts(team)
    loads: dict[str, list[Any]] = {}
    for drop in found.drops():
        loads.setdefault(drop.waybill, []).append(drop)
    short = sorted((n for n in found.needs() if n.gap > 0), key=lambda n: (n.priority, -n.gap, n.name))
    return {
        "head": found.headline(), "short": short[:SHORT_SHOWN],
        "held": held_trucks(team), "more_short": max(0, len(short) - SHORT_SHOWN), "goods": found.goods(),
        "loads": [
            {"id": key, "vehicle": drops[0].vehicle, "depot": drops[0].depot,
             "loaded": found.clock.moments(drops[0].loaded_s), "kg": round(sum(d.mass_kg for d in drops)),
             "drops": [(d, found.clock.moments(d.arrive_s)) for d in drops]}
            for key, drops in sorted(loads.items())
        ],
    }  # fmt: skip


def beside_view(made: MadePlan, beside: Beside) -> dict[str, Any]:
    """Return plans to choose from, each with its hash; `made` gives the hours they are told in."""
    team = replace(team_release(made), frontier=beside.document)
    found = FrontierFacts(team)
    return {
        "rows": list(zip(found.rows(), beside.plans, strict=True)), "pictures": found.pictures(),
        "tried": beside.document["tried"], "worlds": beside.document["worlds"], "revision": beside.revision,
    }  # fmt: skip


def corridor_rows(team: Release, register: Register) -> list[CorridorRow]:
    """Return the corridors of a plan, direction by direction."""
    rows = sorted(team.plan["corridors"], key=lambda c: (register.direction(c["direction"]), c["travel_s"]))
    return [
        CorridorRow(
            id=c["id"], position=register.direction(c["direction"]), mark=register.mark(c["direction"]),
            direction=register.direction_name(c["direction"]), place=register.place(c["place"]),
            site=register.place(c["site"]), km=f"{c['length_m'] / 1000:.1f}", minutes=c["travel_s"] // 60,
            exposure=f"{c['exposure_ppm_s'] / PPM_H:.2f}", capacity=c["capacity_veh_h"],
            limit=c["bottleneck_reason"], roads=register.roads(team.plan["routes"][c["route"]]["arcs"]),
        )
        for c in rows
    ]  # fmt: skip
