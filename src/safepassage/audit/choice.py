"""Rules on free choice, warning, families and children: SP-01 to SP-03, SP-07 to SP-10, SP-33, SP-36."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from safepassage.audit.given import (
    FAIL,
    HOUR_S,
    NOT_ASSESSED,
    PASS,
    SHOWN,
    WARN,
    Answer,
    Given,
    answer,
    hours,
    percent,
    unknown,
)
from safepassage.domain.case import STAYS, ArrangementKind, PlaceKind
from safepassage.domain.safeguard import Safeguard
from safepassage.domain.safeguard import SafeguardKind as Kind

FORBIDDEN = ("sex", "gender", "age", "nationality", "ethnicity", "religion", "language", "politics")

MANDATORY = re.compile(
    r"\b(?:mandatory|compulsory|must leave|have to leave|obligatory|обязательн\w*|принудительн\w*|"
    r"обов.язков\w*|примусов\w*)\b",
    re.IGNORECASE,
)
"""Words that make leaving a duty, in the languages of notices that this project has."""


def both_directions(data: Given) -> Answer:
    """SP-01: nobody closes a direction, and the directions are people's own answers."""
    closed = [r.id for r in data.rows(Kind.DIRECTION_CLOSED) if r.answer == "yes" and not r.party]
    if closed:
        return answer(FAIL, "the planning team itself closed a direction", closed)
    rows = [r for r in data.inputs["demand"] if r["direction"] not in {STAYS, "undecided"}]
    without = sorted({r["place"] for r in rows if not r["basis"]})
    if without:
        return answer(FAIL, "counts by direction do not say how the answers are known", without)
    closed = sorted({r.direction or r.id for r in data.rows(Kind.DIRECTION_CLOSED) if r.answer == "yes"})
    if closed:
        return answer(WARN, "a party closed a direction", closed)
    still = _still(data, rows)
    if still:
        causes = {r["reason"] for r in data.plan["unserved"] if f"{r['place']}: {r['direction']}" in still}
        measured = f"people chose a direction in which none of their place moves: {len(still)}; cause: "
        return answer(WARN, measured + (", ".join(sorted(causes)) or "not stated"), still[:SHOWN])
    all_persons = sum(r["persons"] for r in rows)
    assumed = sum(r["persons"] for r in rows if r["basis"] == "assumption")
    measured = f"{len(data.inputs['directions'])} directions; assumed answers: {assumed} of {all_persons}"
    if not rows or percent(assumed, all_persons) > data.limit("assumed_share_percent") or assumed:
        return answer(NOT_ASSESSED, measured, threshold=data.stated("assumed_share_percent"))
    return answer(PASS, measured, threshold=data.stated("assumed_share_percent"))


def _still(data: Given, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return places and directions that people chose and in which nobody of the place moves."""
    moved = {(row[0], trip.direction) for trip in data.trips for row in trip.load}
    wanted = {(r["place"], r["direction"]) for r in rows if r["persons"]}
    return [f"{place}: {direction}" for place, direction in sorted(wanted - moved)]


def no_pressure(data: Given) -> Answer:
    """SP-02: staying is an option, and who stays keeps aid."""
    orders = [
        a.id for a in data.arrangements()
        if a.kind is ArrangementKind.ORDERED_EVACUATION and not a.legal_basis.strip()
    ]  # fmt: skip
    if orders:
        return answer(FAIL, "an evacuation was ordered and no legal basis is recorded", orders)
    marked = [] if _is_ordered(data) else _marked_mandatory(data)
    if marked:
        return answer(
            FAIL, "leaving is called mandatory, and no order with a legal basis is recorded", marked
        )
    staying = {row["place"]: row["persons"] for row in data.plan["hold"] if row["persons"]}
    bare = _unsupplied(data, sorted(staying))
    if bare:
        return answer(FAIL, "those who stay are supplied with nothing, and nothing is on its way", bare)
    refused = [
        place for place in sorted(staying)
        if any(row.answer == "no" for row in data.rows(Kind.AID_FOR_STAYERS, place=place))
    ]  # fmt: skip
    if refused:
        return answer(FAIL, "those who stay are to get no aid", refused)
    open_ = [
        place for place in sorted(staying)
        if not any(row.answer == "yes" for row in data.rows(Kind.AID_FOR_STAYERS, place=place))
    ]  # fmt: skip
    if data.case is None or open_:
        return unknown(f"whether those who stay keep aid ({len(open_)} of {len(staying)} places)")
    return answer(PASS, f"aid goes on for those who stay in {len(staying)} places")


def _is_ordered(data: Given) -> bool:
    return any(
        a.kind is ArrangementKind.ORDERED_EVACUATION and a.legal_basis.strip() for a in data.arrangements()
    )


def _marked_mandatory(data: Given) -> list[str]:
    """Return the texts that make leaving a duty: arrangements, the title, what goes to the public."""
    said = {a.id: f"{a.name} {a.stated_purposes}" for a in data.arrangements()}
    said |= {"title": data.case.title} if data.case else {}
    said |= dict(data.source.public or {})
    return [name for name, text in sorted(said.items()) if MANDATORY.search(text)]


def _unsupplied(data: Given, places: Sequence[str]) -> list[str]:
    """Return places whose need is met by nothing, as reported, and to which nothing was dispatched."""
    sent = {c.place for c in (data.case.consignments if data.case else ()) if c.dispatched_milli > 0}
    none = {r.place for r in data.rows(Kind.MET_NEED_PERCENT) if r.place and r.number == 0}
    return [place for place in places if place in none - sent]


def warning(data: Given) -> Answer:
    """SP-03: everybody is told in time, in their languages, by more than one way."""
    rows, first = data.rows(Kind.NOTICE), data.departures()
    if not rows or not first:
        return unknown("when, how and in which languages people were told")
    spoken = {word.casefold() for word in (data.case.notice_languages if data.case else ())}
    limits = data.stated("notice_warn_h", "notice_fail_h", "notice_channels")
    worst, least, objects, untold, lacking = PASS, None, [], [], set[str]()
    for place, depart_s in first.items():
        told = [r for r in rows if r.place in {"", place} and r.at_s is not None and r.at_s <= depart_s]
        if not told:
            untold.append(place)
            continue
        lead_s = depart_s - min(r.at_s for r in told if r.at_s is not None)
        least = lead_s if least is None else min(least, lead_s)
        without = _without(data, told, spoken)
        if lead_s < data.limit("notice_fail_h") * HOUR_S or without:
            worst = FAIL
            objects.append(place)
            lacking |= without
        elif lead_s < data.limit("notice_warn_h") * HOUR_S and worst is not FAIL:
            worst = WARN
            objects.append(place)
    if untold and worst is not FAIL:
        return answer(NOT_ASSESSED, "no notice before the first departure is recorded", untold, limits)
    if not spoken and worst is not FAIL:
        return answer(NOT_ASSESSED, "not in the data: which languages people speak", threshold=limits)
    measured = f"shortest time between notice and departure: {hours(least or 0)}"
    measured += f"; lacking: {', '.join(sorted(lacking))}" if lacking else ""
    return answer(worst, measured, objects, limits)


def _without(data: Given, told: Sequence[Safeguard], spoken: set[str]) -> set[str]:
    """Return what notices to a place lack: languages that people speak, or enough ways to hear of it."""
    ways = {channel.casefold() for row in told for channel in row.channels}
    few = len(ways) < data.limit("notice_channels")
    return (spoken - {word.casefold() for row in told for word in row.languages}) | (
        {"a further way to hear of it"} if few else set()
    )


def no_exclusion(data: Given) -> Answer:
    """SP-07: nobody is left out by sex, age, nationality or the like."""
    rows = data.rows(Kind.ELIGIBILITY_FILTER)
    used = [r.id for r in rows if r.answer == "yes" and any(w in r.text.casefold() for w in FORBIDDEN)]
    if used:
        return answer(FAIL, "people are chosen by sex, age, nationality or the like", used)
    found = data.source.manifest
    if found and found.registered and found.boarded:
        men, boarded = found.registered_men or 0, found.boarded_men or 0
        limit = data.limit("men_share_percent")
        if boarded * found.registered * 100 < limit * men * found.boarded:
            measured = f"men of 18 to 60: {percent(men, found.registered)} % of those registered, "
            measured += f"{percent(boarded, found.boarded)} % of those who boarded"
            return answer(WARN, measured, threshold=data.stated("men_share_percent"))
    if not any(r.answer == "no" for r in rows):
        return unknown("whether anybody is left out by a rule")
    return answer(PASS, "no rule leaves anybody out")


def family_unity(data: Given) -> Answer:
    """SP-08: a group that belongs together travels together, unless it chose otherwise."""
    found = data.source.manifest
    if found is None or not found.groups:
        return unknown("a manifest of groups")
    split = [
        g.token
        for g in found.groups
        if not g.split_choice and len({(r.movement, r.site) for r in g.rides}) > 1
    ]
    left = [
        g.token for g in found.groups
        if not g.split_choice and g.rides and sum(r.persons for r in g.rides) != g.size
    ]  # fmt: skip
    objects = sorted({*split, *left})
    if objects:
        return answer(FAIL, f"{len(objects)} groups are split and no choice is recorded", objects)
    known = {trip.id for trip in data.trips}
    strange = sorted({r.movement for g in found.groups for r in g.rides} - known)
    if strange:
        return answer(NOT_ASSESSED, "the manifest names movements that the plan does not have", strange)
    return answer(PASS, f"{len(found.groups)} groups travel together")


def children(data: Given) -> Answer:
    """SP-09: a child without parents travels with written consent and a card, and none abroad for safety."""
    found = data.source.manifest
    if found is None or not found.groups:
        return unknown("a manifest of groups")
    alone = [g for g in found.groups if g.unaccompanied]
    bare = [g.token for g in alone if min(len(set(g.consents)), len(set(g.cards))) < g.unaccompanied]
    if bare:
        return answer(FAIL, "children without parents lack a written consent or a card", bare)
    occupied = any(row.answer == "yes" for row in data.rows(Kind.OCCUPIED_TERRITORY))
    abroad = [g.token for g in alone if g.foreign_destination]
    if occupied and any(g.token in abroad and g.ground not in {"health", "medical"} for g in alone):
        return answer(FAIL, "children leave occupied territory for abroad on the ground of safety", abroad)
    if abroad and not any(row.answer in {"yes", "no"} for row in data.rows(Kind.OCCUPIED_TERRITORY)):
        return unknown("the status of the territory that children leave for abroad")
    return answer(PASS, f"{len(alone)} groups with children without parents")


def arrivals(data: Given) -> Answer:
    """SP-10: who set out has arrived, and somebody independent watches."""
    found = data.source.manifest
    counts = found.counts if found else ()
    missing = [c for c in counts if c.closed and c.departed - c.arrived - c.explained > 0]
    if missing:
        persons = sum(c.departed - c.arrived - c.explained for c in missing)
        return answer(FAIL, f"{persons} persons missing at the close", [c.movement for c in missing])
    watched = data.rows(Kind.INDEPENDENT_MONITOR)
    absent = [row.id for row in watched if row.answer == "no"]
    if absent:
        return answer(WARN, "nobody independent watches at a screening point", absent)
    if not counts or not all(c.closed for c in counts) or not any(r.answer == "yes" for r in watched):
        return unknown("closed counts at waypoints, and who watches at screening points")
    return answer(PASS, f"{len(counts)} counts closed, nobody missing")


def no_forced_exit(data: Given) -> Answer:
    """SP-33: nobody leaves held territory on an organiser's order; signs of coercion were asked for."""
    held = data.rows(Kind.OCCUPIED_TERRITORY)
    orders = data.rows(Kind.EXIT_ON_ORDER)
    asked = data.rows(Kind.COERCION_ASKED)
    if any(row.answer == "yes" for row in orders) and any(row.answer == "yes" for row in held):
        return answer(FAIL, "people leave held territory on an order", [row.id for row in orders])
    if any(row.answer == "no" for row in asked):
        return answer(WARN, "nobody asked for signs of coercion", [row.id for row in asked])
    signed = [row for row in held if row.answer in {"yes", "no"} and row.document]
    if not signed or not any(r.answer == "no" for r in orders) or not any(r.answer == "yes" for r in asked):
        return unknown("territory status signed by a legal adviser, orders, and what was asked")
    return answer(PASS, "no order; signs of coercion were asked for", [row.id for row in signed])


def institutions(data: Given) -> Answer:
    """SP-36: people of institutions travel with their guardian and staff."""
    kinds = {place["id"]: place["kind"] for place in data.inputs["places"]}
    moved = [p for p in data.departures() if kinds.get(p) == PlaceKind.INSTITUTION]
    if not moved:
        return answer(PASS, "no institution is moved in this plan")
    without, silent = [], []
    for place in moved:
        rows = data.rows(Kind.GUARDIAN_AND_STAFF, place=place)
        if any(row.answer == "no" for row in rows):
            without.append(place)
        elif not any(row.answer == "yes" for row in rows):
            silent.append(place)
    if without:
        return answer(FAIL, "institutions are moved without guardian or staff", without)
    if silent:
        return answer(NOT_ASSESSED, "not in the data: guardian and staff of institutions", silent)
    return answer(PASS, f"{len(moved)} institutions travel with guardian and staff", moved)
