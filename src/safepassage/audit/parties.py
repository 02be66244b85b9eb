"""Rules on parties, agreements and access: SP-04 to SP-06, SP-11, SP-21, SP-22, SP-27, SP-32."""

from __future__ import annotations

from collections.abc import Iterable

from safepassage.audit.given import (
    AGREED,
    FAIL,
    HOUR_S,
    NOT_ASSESSED,
    PASS,
    WARN,
    Answer,
    Given,
    answer,
    hours,
    unknown,
)
from safepassage.domain.case import AreaKind, ArrangementKind, ArrangementStatus
from safepassage.domain.safeguard import Safeguard
from safepassage.domain.safeguard import SafeguardKind as Kind

OBJECTS = frozenset({"objection", "no"})


def notified_parties(data: Given) -> list[str]:
    """Return the parties that were notified or that are parties to an agreed passage."""
    told = {row.party for row in data.rows(Kind.NOTIFICATION) if row.party}
    return sorted(told | {party for a in data.passages() for party in a.parties})


def lead_time(data: Given) -> Answer:
    """SP-04: each party knows in time."""
    parties, limits = notified_parties(data), data.stated("notification_warn_h", "notification_fail_h")
    if not parties or data.first_s is None:
        return unknown("when parties were notified")
    least, silent = None, []
    for party in parties:
        sent = [r.at_s for r in data.rows(Kind.NOTIFICATION) if r.party == party and r.at_s is not None]
        if not sent:
            silent.append(party)
            continue
        lead_s = data.first_s - min(sent)
        least = lead_s if least is None else min(least, lead_s)
    emergency = any(row.answer == "yes" for row in data.rows(Kind.EMERGENCY))
    if least is not None and least < data.limit("notification_fail_h") * HOUR_S:
        return answer(WARN if emergency else FAIL, f"shortest lead time {hours(least)}", parties, limits)
    if silent or least is None:
        return answer(NOT_ASSESSED, "not in the data: when these parties were notified", silent, limits)
    verdict = WARN if least < data.limit("notification_warn_h") * HOUR_S else PASS
    return answer(verdict, f"shortest lead time {hours(least)}", parties, limits)


def acknowledged(data: Given) -> Answer:
    """SP-05: each party has answered to the plan as it is now; an agreed passage needs each agreement."""
    parties = notified_parties(data)
    if not parties:
        return unknown("which parties were notified")
    passage = bool(data.passages())
    valid: list[str] = []
    stale: list[str] = []
    silent: list[str] = []
    objecting: list[str] = []
    for party in parties:
        last = _last(data, party)
        if last is None:
            silent.append(party)
        elif last.answer in OBJECTS:
            objecting.append(party)
        elif _is_stale(data, last):
            stale.append(party)
        else:
            # A comment is a reply; to an agreed passage it is no agreement.
            (valid if last.answer in ({"yes"} if passage else {"yes", "comment"}) else silent).append(party)
    undecided = [party for party in objecting if passage or not _is_decided(data, party)]
    if undecided:
        return answer(FAIL, "a party objects and no decision of the lead with a reason holds", undecided)
    open_ = sorted({*silent, *stale, *objecting})
    measured = f"answered {len(valid)} of {len(parties)}; stale after a change: {len(stale)}"
    if open_:
        return answer(FAIL if passage else WARN, measured, open_)
    return answer(PASS, measured, valid)


def _is_stale(data: Given, last: Safeguard) -> bool:
    """Tell whether an answer is to an earlier revision: by its number, or else by its time."""
    revisions = data.rows(Kind.REVISION)
    changed_s = max((r.at_s for r in revisions if r.at_s is not None), default=None)
    latest = max((r.number for r in revisions if r.number is not None), default=None)
    if latest is not None and last.number is not None:
        return last.number < latest
    return changed_s is not None and (last.at_s is None or last.at_s < changed_s)


def _is_decided(data: Given, party: str) -> bool:
    """Tell whether the lead decided to go on after this party's objection, with a reason."""
    objection = _last(data, party)
    since = objection.at_s if objection is not None else None
    return any(
        r.answer == "yes" and r.party == party and r.text
        and (since is None or (r.at_s is not None and r.at_s >= since))
        for r in data.rows(Kind.LEAD_DECISION)
    )  # fmt: skip


def _last(data: Given, party: str) -> Safeguard | None:
    """Return a party's last answer; an objection that nobody dated may be the last."""
    rows = [row for row in data.rows(Kind.ACKNOWLEDGEMENT) if row.party == party]
    undated = [row for row in rows if row.at_s is None and row.answer in OBJECTS]
    if undated:
        return undated[0]
    return _newest(rows) if rows else None


def _newest(rows: Iterable[Safeguard]) -> Safeguard:
    return max(rows, key=lambda row: (row.at_s is not None, row.at_s or 0, row.id))


def precise(data: Given) -> Answer:
    """SP-06: an agreed passage says when, where, who, whether aid goes in, and that units know."""
    if not data.passages():
        return unknown("an agreed passage")
    lacking = []
    for a in data.passages():
        lacking += [f"{a.id}: times"] * (not a.windows)
        lacking += [f"{a.id}: route"] * (not a.roads and not a.places)
    for kind, what in ((Kind.WHO_MAY_LEAVE, "who may leave"), (Kind.AID_IN, "whether aid goes in")):
        if not any(row.text or row.answer in {"yes", "no"} for row in data.rows(kind)):
            lacking.append(what)
    relayed = data.rows(Kind.RELAYED_TO_UNITS)
    if not relayed:
        lacking.append("whether units were told")
    if lacking:
        return answer(
            FAIL, f"the agreement does not say: {', '.join(lacking)}", [a.id for a in data.passages()]
        )
    parties = {party for a in data.passages() for party in a.parties}
    last = [_newest(row for row in relayed if row.party == party) for party in {row.party for row in relayed}]
    told = {row.party for row in last if row.answer == "yes" and not _is_stale(data, row)}
    if len(told) < len(last) or ("" not in told and parties - told):
        return answer(WARN, "it is not known that every party told its units", sorted(parties - told))
    return answer(PASS, "times, route, who, aid in and relay to units are stated")


def access(data: Given) -> Answer:
    """SP-11: impartial organisations are asked in, have a window, and get an answer."""
    closed = [row.id for row in data.rows(Kind.ACCESS_WINDOW) if row.answer == "no"]
    if closed:
        return answer(FAIL, "the plan has no window for impartial organisations", closed)
    rows, limits = data.rows(Kind.ACCESS_REQUEST), data.stated("request_age_h")
    old = [
        row.id for row in rows
        if row.answer in {"", "unknown"} and row.at_s is not None
        and data.as_of_s - row.at_s > data.limit("request_age_h") * HOUR_S
    ]  # fmt: skip
    if old:
        return answer(WARN, f"requests without an answer for too long: {len(old)}", old, limits)
    if not rows or not any(row.answer == "yes" for row in data.rows(Kind.ACCESS_WINDOW)):
        return unknown("requests for access, and windows kept for them")
    if any(row.answer in {"", "unknown"} and row.at_s is None for row in rows):
        return unknown("when requests for access were made")
    return answer(PASS, f"{len(rows)} requests, none without an answer for too long", threshold=limits)


def escort(data: Given) -> Answer:
    """SP-21: no armed escort, or all criteria for the exception with a signed decision."""
    rows = data.rows(Kind.ARMED_ESCORT)
    armed = [row for row in rows if row.answer == "yes"]
    limits = data.stated("escort_criteria")
    bare = [r.id for r in armed if (r.number or 0) < data.limit("escort_criteria") or not r.document]
    if bare:
        return answer(FAIL, "an armed escort without all criteria and a signed decision", bare, limits)
    if armed:
        return answer(WARN, "an armed escort as a signed exception", [row.id for row in armed], limits)
    if not any(row.answer == "no" for row in rows):
        return unknown("whether there is an armed escort")
    return answer(PASS, "no armed escort", threshold=limits)


def emblem(data: Given) -> Answer:
    """SP-22: emblems are used by those entitled only, and vehicles are marked."""
    rows, marks = data.rows(Kind.EMBLEM_USE), data.rows(Kind.MARKING)
    misuse = [row.id for row in rows if row.answer == "no"]
    if misuse:
        return answer(FAIL, "an emblem is used by somebody who is not entitled", misuse)
    unmarked = [row.id for row in marks if row.answer == "no"]
    if unmarked:
        return answer(WARN, "vehicles are not marked", unmarked)
    if not any(r.answer == "yes" for r in rows) or not any(r.answer == "yes" for r in marks):
        return unknown("who uses an emblem, and whether vehicles are marked")
    return answer(PASS, "emblems by those entitled; vehicles marked")


def zones(data: Given) -> Answer:
    """SP-27: what is shown as a protected zone or as agreed rests on a document."""
    if data.case is None:
        return unknown("arrangements and areas")
    zones_ = (ArrangementKind.ANNOUNCED_ZONE, ArrangementKind.PROTECTED_ZONE)
    found = [a for a in data.arrangements() if a.kind in zones_]
    claimed = [
        a.id for a in found
        if (a.kind is ArrangementKind.PROTECTED_ZONE or a.status in AGREED)
        and (not a.document or a.status not in AGREED)
    ]  # fmt: skip
    covered = {a.area for a in found if a.kind is ArrangementKind.PROTECTED_ZONE and a.document}
    areas = [x.id for x in data.case.areas if x.kind is AreaKind.PROTECTED_ZONE and x.id not in covered]
    if claimed or areas:
        return answer(FAIL, "shown as agreed or protected without a document", [*claimed, *areas])
    alone = [a.id for a in data.arrangements() if a.status is ArrangementStatus.ANNOUNCED_UNILATERALLY]
    if alone:
        return answer(WARN, "announced by one side only", alone)
    if not found:
        return unknown("a zone")
    return answer(PASS, f"{len(found)} zones rest on documents")


def civilian_recipients(data: Given) -> Answer:
    """SP-32: what the plan puts out goes to civilian recipients only."""
    rows = data.rows(Kind.RECIPIENT)
    military = [row.id for row in rows if row.answer == "no"]
    if military:
        return answer(FAIL, "a recipient is not in the civilian registry", military)
    if not rows or any(row.answer != "yes" for row in rows):
        return unknown("whether every recipient is in the civilian registry")
    return answer(PASS, f"{len(rows)} recipients, all civilian")
