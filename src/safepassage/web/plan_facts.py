"""What the screen of a plan shows: people, corridors, charts, limits, rules; made once for each plan."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from safepassage.domain.audit_sheet import holding
from safepassage.domain.release import Audience, Release
from safepassage.engines.release import release
from safepassage.formats.facts import supply_facts
from safepassage.formats.facts.change_facts import ChangeFacts
from safepassage.formats.facts.joint_facts import joint_facts
from safepassage.formats.facts.movements import Movements
from safepassage.formats.facts.people_facts import PeopleFacts
from safepassage.formats.facts.register import Register
from safepassage.formats.pages import report_html
from safepassage.web.planner import MadePlan
from safepassage.web.schedule_chart import schedule_chart

KEPT = 6
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
    return release(
        inputs, plan, certificate, verification, Audience.PLANNING_TEAM,
        changes=made.document("changes"),
    )  # fmt: skip


class PlanFacts:
    """Keeps what was worked out for the plans that were looked at last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def of(self, made: MadePlan) -> dict[str, Any]:
        """Return what the screen shows of a plan."""
        with self._lock:
            found = self._known.get(made.sha256)
            if found is None:
                found = facts(made)
                self._known[made.sha256] = found
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
        "title": team.plan["title"], "complete": team.plan["complete"],
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
