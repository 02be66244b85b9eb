"""Rules on care, aid, evidence and data: SP-14, SP-20, SP-23 to SP-26, SP-28 to SP-31, SP-35."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

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
    unknown,
)
from safepassage.domain.case import ArrangementStatus
from safepassage.domain.safeguard import SafeguardKind as Kind

WEAK_GRADES = ("D", "E", "F")
PPM = 1_000_000
CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3]):[0-5]\d\b")
POSITION = re.compile(r"\b\d{1,3}\.\d{3,}\b")
PERSONS = re.compile(r"\b(\d+) (?:persons?|people|осіб|особи|людей|человека?)\b", re.IGNORECASE)
"""A time of the clock, a position finer than a kilometre, a number of persons, as they stand in a notice."""


def reception(data: Given) -> Answer:
    """SP-14: a site takes as many as its scarcest line allows; a line nobody stated is not assessed."""
    limits = data.stated("floor_dm2", "floor_cold_dm2", "long_stay_h", "water_l_day", "persons_per_toilet")
    arriving: Counter[str] = Counter()
    for trip in data.trips:
        if trip.site:
            arriving[trip.site] += trip.persons
    over, open_ = [], []
    for site, persons in sorted(arriving.items()):
        lines = _lines(data, site)
        known = [value for value in lines.values() if value is not None]
        if known and persons > min(known):
            over.append(f"{site}: {persons} for {min(known)}")
        elif len(known) < len(lines):
            missing = [name for name, value in lines.items() if value is None]
            open_.append(f"{site}: {', '.join(missing)} not assessed")
    if over:
        return answer(FAIL, f"{len(over)} sites get more people than they have room for", over, limits)
    if open_ or not arriving:
        return answer(
            NOT_ASSESSED, f"{len(open_)} of {len(arriving)} sites not fully stated", open_[:SHOWN], limits
        )
    return answer(PASS, f"{len(arriving)} sites have room on every line", threshold=limits)


def _lines(data: Given, site: str) -> dict[str, int | None]:
    """Return for how many persons each line of a site is enough; None where it is not stated."""

    def number(kind: Kind) -> int | None:
        found = [r.number for r in data.rows(kind, place=site) if r.place and r.number is not None]
        return min(found, default=None)

    stay, floor = number(Kind.STAY_HOURS), number(Kind.FLOOR_M2)
    water, toilets = number(Kind.WATER_L_DAY), number(Kind.TOILETS)
    cold = data.case is not None and data.case.settings.cold_season
    each = data.limit("floor_cold_dm2" if cold else "floor_dm2")
    lines: dict[str, int | None] = {
        "beds": number(Kind.BEDS),
        "water": None if water is None else water // data.limit("water_l_day"),
        "toilets": None if toilets is None else toilets * data.limit("persons_per_toilet"),
        "stay": None if stay is None else 10**9,
    }
    taps = number(Kind.WATER_POINTS)
    if taps is not None:
        lines["water points"] = taps * data.limit("persons_per_tap")
    if stay is None or stay >= data.limit("long_stay_h"):
        lines["floor"] = None if floor is None else floor * 100 // each
    return lines


def military_use(data: Given) -> Answer:
    """SP-20: the lead answers for each assembly point whether military use is near; no position is held."""
    used = sorted(data.departures())
    rows = {place: data.rows(Kind.MILITARY_USE, place=place) for place in used}
    bad = [place for place, found in rows.items() if any(r.answer == "yes" for r in found)]
    if bad:
        return answer(FAIL, "the lead says that military use is near", bad)
    open_ = [p for p, found in rows.items() if not found or any(r.answer != "no" for r in found)]
    if open_ or not used:
        return answer(
            NOT_ASSESSED, f"no answer of the lead for {len(open_)} of {len(used)} places", open_[:SHOWN]
        )
    return answer(PASS, f"the lead says no for {len(used)} places")


def medical(data: Given) -> Answer:
    """SP-23: a medic goes with each larger convoy, ambulances are enough, and care is near."""
    limits = data.stated("convoy_medic_persons", "care_min", "persons_per_ambulance")
    large = _large_convoys(data)
    without, open_, few = [], [], []
    for place, persons in sorted(large.items()):
        medics = [r.number for r in data.rows(Kind.MEDICS, place=place) if r.number is not None]
        cars = [r.number for r in data.rows(Kind.AMBULANCES, place=place) if r.number is not None]
        if medics and not max(medics):
            without.append(place)
        elif not medics or not cars:
            open_.append(place)
        elif max(cars) * data.limit("persons_per_ambulance") < persons:
            few.append(place)
    times = [r.number for r in data.rows(Kind.CARE_MIN) if r.number is not None]
    measured = f"{len(large)} larger convoys; longest way to care: not stated"
    if times:
        measured = f"{len(large)} larger convoys; longest way to care: {max(times)} min"
    if without:
        return answer(FAIL, measured, without, limits)
    if few or (times and max(times) > data.limit("care_min")):
        return answer(WARN, measured, few, limits)
    if open_ or not times:
        return answer(NOT_ASSESSED, measured, open_[:SHOWN], limits)
    return answer(PASS, measured, threshold=limits)


def _large_convoys(data: Given) -> dict[str, int]:
    """Return the largest number of people that leave a place within an hour and need a medic."""
    waves: Counter[tuple[str, int]] = Counter()
    for trip in data.trips:
        for place, _, persons, boards in trip.load:
            if boards:
                waves[place, trip.depart_s // HOUR_S] += persons
    large: dict[str, int] = {}
    for (place, _), persons in sorted(waves.items()):
        if persons > data.limit("convoy_medic_persons"):
            large[place] = max(persons, large.get(place, 0))
    return large


def equity(data: Given) -> Answer:
    """SP-24: no settlement gets far less of what it needs than the others, unless there is no access to it.

    What is stated of deliveries goes before what the distribution beside the plan is to bring.
    """
    limits = data.stated("met_need_percent")
    rows = data.rows(Kind.MET_NEED_PERCENT)
    stated = {r.place: r.number for r in rows if r.place and r.number is not None}
    planned = {} if stated else _planned_shares(data)
    met = stated or planned
    if len(met) < 2:  # noqa: PLR2004 - a comparison takes two
        return unknown("what share of the need is met, by settlement")
    values = sorted(met.values())
    median = values[(len(values) - 1) // 2] + values[len(values) // 2]
    low = [p for p, v in sorted(met.items()) if v * 200 < data.limit("met_need_percent") * median]
    excused = {r.place for r in data.rows(Kind.ACCESS_REASON) if r.text} | _without_road(data, planned)
    squares = len(values) * sum(v * v for v in values)
    jain = sum(values) ** 2 * 100 // squares if squares else 100
    measured = f"least {values[0]} %, median {median // 2} %; Jain's index {jain / 100:.2f}"
    measured += f"; planned deliveries to {len(planned)} settlements" if planned else ""
    unexcused = [place for place in low if place not in excused]
    if unexcused:
        return answer(FAIL, measured, unexcused, limits)
    return answer(WARN if low else PASS, measured, low, limits)


def _planned_shares(data: Given) -> dict[str, int]:
    """Return the percentage of its need, weighed by worth, that the distribution brings to a settlement."""
    aid, homes = data.source.aid or {}, _homes(data)
    short: Counter[tuple[str, str, int]] = Counter()
    for row in aid.get("short", ()):
        short[row["place"], row["commodity"], row["due"]] += row["milli"]
    sums: dict[str, list[int]] = {}
    for need in aid.get("given", {}).get("needs", ()):
        if need["place"] in homes:
            missing = short[need["place"], need["commodity"], need["due"]]
            brought, needed = sums.setdefault(need["place"], [0, 0])
            share = need["worth"] * PPM * (need["amount_milli"] - missing) // need["amount_milli"]
            sums[need["place"]] = [brought + share, needed + need["worth"] * PPM]
    return {place: 100 * brought // needed for place, (brought, needed) in sums.items() if needed}


def _without_road(data: Given, planned: Mapping[str, int]) -> set[str]:
    """Return the settlements that get nothing, for no road from any depot is open."""
    reasons: dict[str, set[str]] = {}
    for row in (data.source.aid or {}).get("short", ()):
        reasons.setdefault(row["place"], set()).add(row["reason"])
    return {
        place for place, percent in planned.items() if not percent and reasons.get(place) == {"AID_NO_ROAD"}
    }


def _homes(data: Given) -> set[str]:
    """Return the places where people live."""
    return {p["id"] for p in data.inputs["places"] if p["kind"] in {"settlement", "institution"}}


def aid_in(data: Given) -> Answer:
    """SP-25: the ways that lead out also bring aid in."""
    homes = _homes(data)
    sent = [c.waybill for c in (data.case.consignments if data.case else ()) if c.place in homes]
    rows = data.rows(Kind.AID_IN)
    if any(row.answer == "no" for row in rows):
        return answer(WARN, "no aid goes in", [row.id for row in rows])
    planned = {row["place"] for row in (data.source.aid or {}).get("deliveries", ())} & homes
    if not sent and not planned and not any(row.answer == "yes" for row in rows):
        return unknown("whether aid goes in")
    text = f"aid goes in; waybills to settlements: {len(sent)}"
    return answer(PASS, f"{text}; settlements with planned deliveries: {len(planned)}" if planned else text)


def goods(data: Given) -> Answer:
    """SP-26: what was received is what was dispatched."""
    rows = [c for c in (data.case.consignments if data.case else ()) if c.received_milli is not None]
    limits = data.stated("missing_goods_permille")
    lost = [
        c.waybill for c in rows
        if c.missing_milli * 1000 > data.limit("missing_goods_permille") * c.dispatched_milli
    ]  # fmt: skip
    unexplained = [
        c.waybill for c in rows if c.waybill in lost and c.missing_milli > 0 and not c.provenance.note
    ]
    if unexplained:
        return answer(FAIL, "goods are missing and nobody says why", sorted(set(unexplained)), limits)
    if not rows or (data.case and len(rows) < len(data.case.consignments)):
        return unknown("what was received of every consignment")
    return answer(WARN if lost else PASS, f"{len(rows)} lines counted; short: {len(lost)}", lost, limits)


def way_back(data: Given) -> Answer:
    """SP-28: whoever wants to return can say so freely; nobody has to register."""
    rows = data.rows(Kind.RETURN_RECORD)
    if any(row.answer == "no" for row in rows):
        return answer(FAIL, "there is no way to record a wish to return", [row.id for row in rows])
    kept = [row for row in rows if row.answer == "yes"]
    if not kept:
        return unknown("how a wish to return is recorded")
    undated = [row.id for row in kept if row.until_s is None]
    if undated:
        return answer(WARN, "no date on which this is looked at again", undated)
    return answer(PASS, "a wish to return can be recorded", [row.id for row in kept])


def outputs(data: Given) -> Answer:
    """SP-29: what goes to the public holds no vehicle, movement, corridor time or small number of people."""
    texts = data.source.public
    if not texts:
        return unknown("what is to go to the public")
    hidden, limit = _hidden_words(data), data.limit("smallest_cell_persons")
    told = [str(data.inputs["notice"]["hotline"]), *(str(d["name"]) for d in data.inputs["directions"])]
    told += [data.case.hotline] if data.case else []
    leaks = []
    for name, whole in sorted(texts.items()):
        text = whole
        for known in filter(None, told):
            text = text.replace(known, " ")
        words = set(re.findall(r"[^\s<>\"',;()]+", text)) | {word.strip(".:!?") for word in text.split()}
        found = sorted(words & hidden)[:1] + CLOCK.findall(text)[:1] + POSITION.findall(text)[:1]
        found += [f"{n} persons" for n in PERSONS.findall(text) if int(n) < limit][:1]
        leaks += [f"{name}: {what}" for what in found]
    limits = data.stated("smallest_cell_persons")
    if leaks:
        return answer(FAIL, "restricted values stand in what goes to the public", leaks, limits)
    return answer(PASS, f"texts looked through: {len(texts)}", threshold=limits)


def _hidden_words(data: Given) -> set[str]:
    """Return what stands in no text for the public: vehicles, movements, corridors, and roads in use."""
    labels = data.inputs["network"]["arcs"]["label"]
    hidden = {row["id"] for row in data.plan["vehicles"]} | {trip.id for trip in data.trips}
    hidden |= {labels[step[0]] for trip in data.trips for step in trip.steps}
    return (hidden | {str(corridor["id"]) for corridor in data.plan["corridors"]}) - {""}


def evidence(data: Given) -> Answer:
    """SP-30: what the plan rests on is graded well and fresh, and no opening is one side's word alone."""
    basis, limits = data.plan["basis"], data.stated("evidence_age_h")
    if not basis:
        return unknown("what the plan rests on")
    used = {m["id"].removeprefix("status-") for m in data.plan["modifications"] if m["used"]}
    alone = [a for a in data.arrangements() if a.status is ArrangementStatus.ANNOUNCED_UNILATERALLY]
    claimed = [
        a.id
        for a in alone
        if not a.accepted_by_lead and any(a.id in m for m in used) and (a.roads or a.places)
    ]
    if claimed:
        return answer(FAIL, "a passage is open on the word of one side only", claimed)
    weak = [b["id"] for b in basis if b["grade"][:1] in WEAK_GRADES]
    epoch = datetime.fromisoformat(str(data.inputs["epoch"]))
    old = []
    for row in basis:
        if row["as_of"]:
            moment = datetime.fromisoformat(row["as_of"])
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            age_s = data.as_of_s - round((moment - epoch).total_seconds())
            if age_s > data.limit("evidence_age_h") * HOUR_S:
                old.append(row["id"])
    alone_ = _on_one_source(data)
    measured = f"{len(basis)} statements; weakly graded {len(weak)}, old {len(old)}, "
    measured += f"decisive roads on one source {len(alone_)}"
    if weak or old or alone_:
        return answer(WARN, measured, sorted({*weak, *old, *alone_})[:SHOWN], limits)
    bare = [b["id"] for b in basis if not b["grade"] or not b["as_of"]]
    if bare:
        return answer(NOT_ASSESSED, f"{measured}; without grade or date {len(bare)}", bare[:SHOWN], limits)
    return answer(PASS, measured, threshold=limits)


def _on_one_source(data: Given) -> list[str]:
    """Return what the plan changes on roads that limit it, where nobody else says the same."""
    decisive = {arc for row in data.plan.get("binding", ()) for arc in row["arcs"]}
    for corridor in data.plan["corridors"]:
        decisive |= {corridor.get("bottleneck_arc"), *corridor.get("cut_arcs", ())}
    on: dict[int, dict[str, str]] = {}
    for change in data.plan["modifications"]:
        for arc in decisive.intersection(change.get("arcs", ())) if change["used"] else ():
            on.setdefault(arc, {})[change.get("source", "")] = change["id"]
    return sorted({name for said in on.values() if len(said) == 1 for name in said.values()})


def told_where(data: Given) -> Answer:
    """SP-31: there is a number to call, and people know what waits at each site."""
    line = data.case.hotline if data.case else str(data.inputs["notice"]["hotline"])
    sites = sorted({trip.site for trip in data.trips if trip.site})
    without, silent = [], []
    for site in sites:
        rows = data.rows(Kind.INFO_SHEET, place=site)
        if any(row.answer == "no" for row in rows):
            without.append(site)
        elif not any(row.answer == "yes" for row in rows):
            silent.append(site)
    if not line or without:
        return answer(
            WARN, f"hotline: {'yes' if line else 'none'}; sites without a sheet: {len(without)}", without
        )
    if silent or not sites:
        return answer(NOT_ASSESSED, "not in the data: information about sites", silent)
    return answer(PASS, f"hotline, and information about {len(sites)} sites")


def vetted(data: Given) -> Answer:
    """SP-35: drivers and vehicles are vetted, trafficking is looked out for, a hotline is on notices."""
    vetting, checks = data.rows(Kind.VETTING), data.rows(Kind.TRAFFICKING_CHECK)
    bad = [row.id for row in (*vetting, *checks) if row.answer == "no"]
    if bad:
        return answer(FAIL, "drivers, vehicles or boarding are not looked at", bad)
    line = data.case.hotline if data.case else str(data.inputs["notice"]["hotline"])
    if not line:
        return answer(WARN, "no hotline stands on the notices")
    if not any(r.answer == "yes" for r in vetting) or not any(r.answer == "yes" for r in checks):
        return unknown("vetting of drivers and vehicles, and checks against trafficking")
    return answer(PASS, "vetted, and looked out for trafficking")
