"""What is missing from particulars before anybody is told: a pure list, with what to do about each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safepassage.domain.movement.particulars import Particulars
from safepassage.domain.movement.words import HazardStatus, MovementKind, RecipientRole, Shape, YesNo

HOUR_S = 3600
LEAD_TIME_S = 48 * HOUR_S
LEAST_LEAD_TIME_S = 24 * HOUR_S
"""Notice asked for by the notification procedure of Yemen (OCHA): 48 hours, in an emergency 24."""
NEEDED_TERMS = ("who_may_leave", "free_choice", "aid_in", "dissemination")
"""Without them an agreement is not precise (the ICRC's account of March 2022)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFinding:
    """One thing that is missing or remarkable; `holds` says that nothing may be submitted with it."""

    code: str
    holds: bool
    text: str
    remedy: str


def check(particulars: Particulars, at_utc_s: int) -> tuple[CheckFinding, ...]:
    """Return what holds the movement up, then what is only remarked, at a time."""
    found = [*_always(particulars), *_lead_time(particulars, at_utc_s)]
    if particulars.kind is MovementKind.AGREED:
        found += _agreement(particulars)
    found += _remarks(particulars)
    return tuple(sorted(found, key=lambda one: not one.holds))


def _holds(code: str, text: str, remedy: str) -> CheckFinding:
    return CheckFinding(code=code, holds=True, text=text, remedy=remedy)


def _remark(code: str, text: str, remedy: str) -> CheckFinding:
    return CheckFinding(code=code, holds=False, text=text, remedy=remedy)


def _always(p: Particulars) -> Iterator[CheckFinding]:
    if not p.parties:
        yield _holds("no-party", "no party is told", "add each party in control of a part of the way")
    if not p.lead.strip():
        yield _holds("no-lead", "nobody is named who decides to go", "name the lead by function")
    if not p.focal_point.reachable:
        yield _holds("no-contact", "no number is answered day and night", "give a telephone or radio")
    if p.shape is not Shape.STATIC_SITE and not p.route:
        yield _holds("no-route", "the route is not described", "list its points in order, with times")
    if p.armed_escort is YesNo.UNKNOWN:
        yield _holds("escort", "it is not said whether there is an armed escort", "say yes or no")


def _lead_time(p: Particulars, at_utc_s: int) -> Iterator[CheckFinding]:
    notice_s = p.start_utc_s - at_utc_s
    hours = notice_s // HOUR_S
    if notice_s <= 0 and p.exercise:
        yield _remark(
            "started", "the start lies in the past; this is an exercise", "tell only who takes part"
        )
    elif notice_s <= 0:
        yield _holds("started", "the start lies in the past", "give the times that are meant now")
    elif notice_s < LEAST_LEAD_TIME_S and not p.emergency:
        yield _holds("lead-time", f"{hours} hours of notice, at least 24 are asked for",
                     "start later, or mark it as an emergency")  # fmt: skip
    elif notice_s < LEAD_TIME_S:
        yield _remark("lead-time", f"{hours} hours of notice, 48 are asked for", "say why it cannot wait")


def _agreement(p: Particulars) -> Iterator[CheckFinding]:
    missing = [name.replace("_", " ") for name in NEEDED_TERMS if not getattr(p.terms, name).strip()]
    if missing:
        yield _holds("terms", f"not agreed on: {', '.join(missing)}", "agree on each, in words")
    untimed = [point.id for point in p.route if point.from_utc_s is None]
    if untimed:
        yield _holds("times", f"no window at {', '.join(untimed)}", "agree on exact times at every point")
    if p.shape is not Shape.STATIC_SITE and p.terms.pause_from_utc_s is None:
        yield _remark("pause", "no pause is agreed on", "say from when until when there is no fire")
    if (
        p.terms.pause_from_utc_s is not None
        and p.terms.pause_until_utc_s is not None
        and not (p.terms.pause_from_utc_s <= p.start_utc_s and p.end_utc_s <= p.terms.pause_until_utc_s)
    ):
        yield _holds(
            "pause",
            "the movement does not lie within the pause",
            "agree on a longer pause, or move within it",
        )
    for name in ("monitors", "those_who_stay", "document"):
        if not getattr(p.terms, name).strip():
            words = name.replace("_", " ")
            yield _remark(name.replace("_", "-"), f"nothing is agreed on {words}", f"agree on {words}")


def _remarks(p: Particulars) -> Iterator[CheckFinding]:
    if not any(one.role is RecipientRole.IMPARTIAL for one in p.recipients):
        yield _remark("impartial", "no impartial organisation is told", "tell the ICRC")
    if p.explosive_hazards is not HazardStatus.SURVEYED_NONE_FOUND and p.shape is not Shape.STATIC_SITE:
        yield _remark("hazards", f"explosive hazards: {p.explosive_hazards.value.replace('_', ' ')}",
                      "ask who surveyed it and when; to go needs the lead's recorded reason")  # fmt: skip
    if p.armed_escort is YesNo.YES:
        yield _remark("escort", "there is an armed escort", "the guidelines of 2013 call it a last resort")
    if any(not vehicle.markings.strip() for vehicle in p.vehicles):
        yield _remark("markings", "vehicles without markings", "say how each can be told from afar")
    if p.origin.lat_e7 is None or p.destination.lat_e7 is None:
        yield _remark("position", "origin or destination has no position", "give latitude and longitude")
    if not (p.focal_point.radio or p.focal_point.satellite_phone):
        yield _remark(
            "voice", "only a telephone is given", "give a radio channel or satellite telephone, too"
        )
