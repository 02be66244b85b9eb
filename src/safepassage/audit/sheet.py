"""All rules in order, and the sheet of one plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from safepassage.audit import care, choice, journey, parties
from safepassage.audit.given import AuditInput, Check, finding, given
from safepassage.audit.rests_on import rests_on
from safepassage.domain.audit_sheet import AuditSheet, Override, Rule, RuleKind

__all__ = ["RULES", "AuditInput", "audit"]

_L, _S, _P = RuleKind.LAW, RuleKind.STANDARD, RuleKind.PRACTICE


def _rule(
    number: int, title: str, kind: RuleKind, source: str, data: str, check: Check
) -> tuple[Rule, Check]:
    statement = (check.__doc__ or "").partition(": ")[2].splitlines()[0].strip()
    statement = statement[:1].upper() + statement[1:]
    rule = Rule(id=f"SP-{number:02d}", title=title, statement=statement, kind=kind, source=source, data=data)
    return rule, check


# Columns: number, title, kind, source, data read.
_ALL: tuple[tuple[Rule, Check], ...] = (
    _rule(1, "Both directions open, freely chosen", _L, "GC IV 49; customary rule 129; Guiding Principles 15",
          "demand (basis), movements, unserved, safeguards direction_closed", choice.both_directions),
    _rule(2, "No pressure; those who stay keep aid", _S, "UNHCR Emergency Handbook, humanitarian evacuation; "
          "ICRC: civilians who stay must be protected", "arrangements, title, texts for the public, hold, "
          "consignments, safeguards aid_for_stayers and met_need_percent",
          choice.no_pressure),
    _rule(3, "Notice of departure is effective", _S, "Guiding Principles on Internal Displacement 7; MED "
          "Guide 2024", "departures, notice_languages, safeguards notice", choice.warning),
    _rule(4, "Notification lead time", _P, "Yemen humanitarian notification procedure (48 h and 24 h)",
          "departures, safeguards notification and emergency", parties.lead_time),
    _rule(5, "Each party has answered to this plan", _P, "humanitarian notification procedures; ICRC, "
          "Mariupol 2022", "arrangements, safeguards notification, acknowledgement, revision, lead_decision",
          parties.acknowledged),
    _rule(6, "The agreement is precise", _P, "ICRC, 6 March 2022", "arrangements, safeguards who_may_leave, "
          "aid_in, relayed_to_units", parties.precise),
    _rule(7, "Nobody is left out", _L, "GC IV 27; customary rule 88",
          "safeguards eligibility_filter, manifest",
          choice.no_exclusion),
    _rule(8, "Families stay together", _L, "GC IV 26, 49; customary rules 105, 131", "manifest",
          choice.family_unity),
    _rule(9, "Children without parents", _L, "AP I 78 (a Party that arranges evacuation of children not its "
          "nationals to a foreign country); GC IV 24, 50", "manifest, safeguards occupied_territory",
          choice.children),
    _rule(10, "Who left has arrived", _L, "customary rule 117; lessons of Srebrenica", "manifest counts, "
          "safeguards independent_monitor", choice.arrivals),
    _rule(11, "Impartial organisations have access", _L, "GC IV 30, 59, 61, 143; AP I 70-71; customary rules "
          "55-56", "safeguards access_request, access_window", parties.access),
    _rule(12, "Accessible places and carers", _S, "customary rule 138; CRPD 11; UNHCR Emergency Handbook",
          "fleet, movements, unserved, safeguards carers_counted", journey.accessible),
    _rule(13, "Seats for the announced number", _S, "UNHCR handbook; lessons of PK12 Bangui",
          "fleet, movements, safeguards announced_call", journey.enough_seats),
    _rule(14, "Reception has room", _S, "customary rule 131; Sphere Handbook 2018", "arrivals, safeguards "
          "floor_m2, water_l_day, toilets, beds, stay_hours", care.reception),
    _rule(15, "Rest on the way", _S, "GC IV 49(3); UNHCR on way stations", "movements, safeguards "
          "rest_stops_min, meals, way_station, water_ml_person_h", journey.rest),
    _rule(16, "Movement by day", _P, "practice of convoy security", "movements, positions, safeguards "
          "night_movement", journey.by_day),
    _rule(17, "Exposure is bounded", _P, "customary rules 15, 22; as low as reasonably achievable",
          "hazard, movements, exposure cap", journey.exposure),
    _rule(18, "There is a way round", _P, "UN security risk management; Mariupol 2022", "corridors, routes",
          journey.way_round),
    _rule(19, "Explosive hazards on the way", _P, "customary rules 81-83; Mariupol 2022", "roads in use, "
          "safeguards explosive_hazard", journey.explosive_hazard),
    _rule(20, "No military use beside assembly points", _L, "AP I 58; customary rules 22-24", "departures, "
          "safeguards military_use", care.military_use),
    _rule(21, "No armed escort", _S, "IASC guidelines on armed escorts, 27 February 2013", "safeguards "
          "armed_escort", parties.escort),
    _rule(22, "Marking and emblems", _L, "GC IV 21; AP I 18, 38, 66", "safeguards emblem_use, marking",
          parties.emblem),
    _rule(23, "Medical care", _S, "customary rule 109; GC IV 16-17", "movements, safeguards medics, "
          "ambulances, care_min", care.medical),
    _rule(24, "Aid is fair between settlements", _L, "AP I 69, 70; GC IV 55, 59-62; customary rules 55, 88; "
          "Sphere Protection Principle 2", "aid.json, safeguards met_need_percent, access_reason",
          care.equity),
    _rule(25, "Aid goes in", _P, "ICRC, Mariupol: not just evacuation out",
          "consignments, aid.json, safeguards aid_in", care.aid_in),
    _rule(26, "Relief goods reconcile", _L, "GC IV 23; AP I 70(3)", "consignments", care.goods),
    _rule(27, "Zones rest on documents", _L, "GC IV 14-15; AP I 59-60", "arrangements, areas", parties.zones),
    _rule(28, "A way back", _L, "GC IV 49(2); customary rule 132", "safeguards return_record", care.way_back),
    _rule(29, "Nothing restricted goes out", _S, "ICRC Handbook on Data Protection; IASC Operational "
          "Guidance on Data Responsibility", "texts for the public", care.outputs),
    _rule(30, "Evidence is graded and fresh", _S, "IASC Operational Guidance on Data Responsibility; "
          "Admiralty grading", "basis, modifications, binding, corridors, arrangements", care.evidence),
    _rule(31, "People know what waits for them", _S, "Core Humanitarian Standard 2024", "hotline, safeguards "
          "info_sheet", care.told_where),
    _rule(32, "No military use of outputs", _P, "charter of this project", "safeguards recipient",
          parties.civilian_recipients),
    _rule(33, "Nobody leaves held territory on an order", _L, "GC IV 49", "safeguards occupied_territory, "
          "exit_on_order, coercion_asked", choice.no_forced_exit),
    _rule(34, "Crossings let the plan through", _P, "counts at crossings and checkpoints", "movements, "
          "safeguards crossing_persons_h", journey.crossings),
    _rule(35, "Drivers vetted, trafficking looked out for", _S, "IASC on protection from sexual exploitation "
          "and abuse; Palermo Protocol 9", "hotline, safeguards vetting, trafficking_check", care.vetted),
    _rule(36, "Institutions move with guardian and staff", _S, "UN Guidelines for the Alternative Care of "
          "Children; CRPD 11", "places, movements, safeguards guardian_and_staff", choice.institutions),
)  # fmt: skip
RULES: tuple[Rule, ...] = tuple(rule for rule, _ in _ALL)
"""All rules, in order."""


def audit(source: AuditInput, overrides: Iterable[Override] = ()) -> AuditSheet:
    """Ask every rule about a plan; an override names one rule that is not kept, and is shown with it."""
    data = given(source)
    by_rule = {override.rule: override for override in overrides}
    findings = [finding(rule, check, data) for rule, check in _ALL]
    return AuditSheet(
        plan_sha256=source.plan_sha256,
        with_case=source.case is not None,
        case_id=str(source.inputs["case_id"]),
        as_of=data.case.as_of if data.case else str(source.inputs["as_of"]),
        findings=tuple(replace(f, override=by_rule.get(f.rule.id)) for f in findings),
        thresholds=data.thresholds,
        basis=rests_on(data),
    )
