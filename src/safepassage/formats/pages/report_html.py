"""The report: one offline page that says who can get out by when, what limits it and what it rests on."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from safepassage.domain.audit_sheet import by_verdict, holding
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience, Release
from safepassage.formats.containers.markup import Markup, printable
from safepassage.formats.facts import evidence_facts, supply_facts
from safepassage.formats.facts.aid_facts import AidFacts
from safepassage.formats.facts.change_facts import ChangeFacts
from safepassage.formats.facts.claims_facts import ClaimsFacts
from safepassage.formats.facts.frontier_facts import FrontierFacts
from safepassage.formats.facts.held_facts import held_trucks, said
from safepassage.formats.facts.joint_facts import joint_facts
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.movements import Movements
from safepassage.formats.facts.people_facts import PeopleFacts, codes_in_words, reason_keys
from safepassage.formats.facts.register import Register
from safepassage.formats.maps.curve_drawing import Curve, CurveChart, time_span
from safepassage.formats.maps.map_drawing import PlanMap
from safepassage.formats.maps.map_flows import WIDEST_PX, WIDTHS
from safepassage.formats.maps.map_symbols import mark
from safepassage.formats.pages import worlds_html
from safepassage.formats.paper.page_templates import content_policy, environment, inline
from safepassage.formats.sheets import situation_report


def write(release: Release, layers: MapLayers) -> bytes:
    """Return the report of a released plan as one self-contained HTML file.

    It loads nothing from anywhere: styles, pictures and the one script (zoom) stand in the file, and its
    content policy refuses everything else. Without scripts it says the same.
    """
    release.require(Audience.PLANNING_TEAM)
    templates, stamp = environment(), _stamp(release)
    style, script = inline(templates, "report.css", stamp=stamp), inline(templates, "report.js")
    page = templates.get_template("report.html").render(
        style=style,
        script=script,
        policy=content_policy(styles=(style,), scripts=(script,)),
        stamp=stamp,
        **_content(release, layers),
    )
    return page.encode("utf-8")


def _stamp(release: Release) -> dict[str, Any]:
    """Return what stands on every page."""
    return {
        "sensitivity": release.sensitivity.name,
        "audience": release.audience.name.replace("_", " ").lower(),
        "exercise": bool(release.plan["exercise"]),
        "complete": bool(release.plan["complete"]),
    }


def _content(release: Release, layers: MapLayers) -> dict[str, Any]:
    register = Register(release)
    movements = Movements(release, register)
    people = PeopleFacts(release, register, movements)
    clock, plan = people.clock, release.plan
    settlements = people.settlements()
    drawn = PlanMap(release, layers, register=register, movements=movements, people=people).draw()
    return {
        "title": printable(plan["title"]),
        "day": clock.day(0),
        "as_of": people.as_of(),
        "legend_of_times": clock.legend,
        "first_zone": clock.zones[0].time,
        "zone_names": " / ".join(zone.label for zone in clock.zones),
        "directions": people.directions(),
        "joint": joint_facts(release, clock),
        "changed": _changed(release),
        "aid": _aid(release),
        "frontier": _frontier(release),
        "judged": worlds_html.content(release.inputs, release.worlds, release.simulation),
        "hold": people.hold(),
        "answers": people.answers(),
        "spare_seats": people.spare_seats(),
        "map": drawn,
        "widths": _width_steps(),
        "mark": _inline_mark,
        "curves": curves(release, register, movements, clock),
        "bottlenecks": supply_facts.bottlenecks(release, register, movements, clock),
        "settlements": settlements,
        "reason_keys": reason_keys(settlements),
        "sites": people.sites(),
        "vehicles": supply_facts.vehicles(release, movements),
        "basis": evidence_facts.basis(release, clock),
        "said": ClaimsFacts(release, clock),
        "brief": situation_report.sentences(release, clock),
        "areas": evidence_facts.areas(layers, clock),
        "changes_used": evidence_facts.changes(release, register, clock, used=True),
        "changes_shown": evidence_facts.changes(release, register, clock, used=False),
        "audit": _audit(release),
        "not_assessed": evidence_facts.not_assessed(release),
        "checks": sum(release.verification["checks"].values()),
        "hashes": dict(sorted(release.generated_from.items())),
        "made_with": plan["made_with"],
        "attribution": release.inputs["network"]["attribution"],
        "schematic": bool(release.inputs["network"]["schematic"]),
        "network_sha256": release.inputs["network"]["source_sha256"],
        "case_id": plan["case_id"],
    }


def _changed(release: Release) -> dict[str, Any] | None:
    """Return what differs from the plan that was gone on from, None where there was none."""
    if not release.changes:
        return None
    facts = ChangeFacts(release)
    return {
        "now": facts.now, "headline": facts.headline(), "movements": facts.movements(),
        "gains": facts.gains(), "price": facts.price(),
    }  # fmt: skip


def _audit(release: Release) -> dict[str, Any] | None:
    """Return the sheet of the plan audit, None where none was made."""
    if not release.audit:
        return None
    rows = [
        {**row, "held": row["verdict"] == "FAIL" and not row["override"],
         "measured": codes_in_words(row["measured"])}
        for row in release.audit["findings"]
    ]  # fmt: skip
    return {"statement": release.audit["statement"], "rows": rows, "held": ", ".join(holding(release.audit)),
            "by_verdict": by_verdict(release.audit)}  # fmt: skip


def _aid(release: Release) -> dict[str, Any] | None:
    """Return what trucks bring in, None where nothing was planned."""
    if not release.aid:
        return None
    facts = AidFacts(release)
    return {
        **facts.headline(), "goods": facts.goods(), "worst": facts.worst(), "remedies": facts.remedies(),
        "calls": [tuple(said(truck)) for truck in held_trucks(release)],
    }  # fmt: skip


def _frontier(release: Release) -> dict[str, Any] | None:
    """Return the plans beside this one, None where none were made."""
    if not release.frontier:
        return None
    facts = FrontierFacts(release)
    return {"headline": facts.headline(), "rows": facts.rows(), "pictures": facts.pictures()}


def _inline_mark(position: int, letter: str) -> Markup:
    drawn = mark((11, 11), position, letter, size=9)
    return Markup(f'<svg class="inline-mark" viewBox="0 0 22 22" aria-hidden="true">{drawn}</svg>')


def _width_steps() -> list[tuple[str, float]]:
    steps = [("no one in this plan", WIDTHS[0][1])]
    for (low, _), (high, width) in pairwise(WIDTHS):
        steps.append((f"up to {high:,}" if not low else f"{low:,} – {high:,}", width))
    return [*steps, (f"over {WIDTHS[-1][0]:,}", WIDEST_PX)]


def curves(
    release: Release, register: Register, movements: Movements, clock: LocalClock
) -> list[dict[str, Any]]:
    """Return one picture for each direction: who has arrived by when, under what no plan can exceed."""
    envelope: dict[int, list[tuple[int, int]]] = {}
    for point in release.certificate["envelope"]:
        at = (point["t_s"], point["persons_at_most"])
        envelope.setdefault(register.direction(point["direction"]), []).append(at)
    drawn = [
        Curve(
            name=row["name"],
            position=position,
            demand=row["persons_demand"],
            served=row["persons_served"],
            arrivals=movements.staircase(position),
            envelope=sorted(envelope.get(position, [])),
            clearance_s=row["clearance_s"],
            bound_s=row["clearance_bound_s"],
        )
        for position, row in enumerate(release.plan["directions"])
    ]
    last = time_span(drawn, release.plan["horizon_s"])
    return [
        {"position": c.position, "mark": register.mark(c.position), "name": c.name,
         "picture": CurveChart(c, clock, last).draw()}
        for c in drawn
    ]  # fmt: skip
