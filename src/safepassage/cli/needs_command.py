"""`safepassage needs`: what people need, by place, day and commodity, and how far the stock goes."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from safepassage.casework.reading import read_case_input
from safepassage.casework.verified_plan import NotVerifiedError, verified_plan
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import MALFORMED, NOT_VERIFIED, OK
from safepassage.domain.aid.catalogue import catalogue, composition_of, norms
from safepassage.domain.aid.commodity import MILLI, PPM
from safepassage.domain.aid.needs import NeedsTable
from safepassage.domain.aid.people_groups import GROUPS, whole_persons
from safepassage.domain.aid.site_room import SiteRoom, room_norms, thresholds_of
from safepassage.domain.case import Case
from safepassage.domain.counts import people
from safepassage.domain.errors import FormatError
from safepassage.domain.local_days import day_dates, day_ends
from safepassage.engines.needs import Cover, Moved, cover_of, needs_of, presence_of, rooms_of
from safepassage.formats.containers import canonical_json
from safepassage.formats.tables import needs_table, table_files
from safepassage.formats.tables.table_files import Table
from safepassage_verify.files import CERTIFICATE


def run(options: argparse.Namespace) -> Outcome:
    """Print what is needed, and write the table where one is asked for."""
    given = read_case_input(options.case, options.network)
    if given.malformed or given.case is None:
        data = {"problems": problems_json(given.problems)}
        return Outcome(code=MALFORMED, text=problems_text(given.problems), data=data, to_stderr=True)
    try:
        moved = tuple(_moved(options.plan)) if options.plan else ()
    except NotVerifiedError:
        text = "This plan does not pass its verification, so its arrivals are not counted."
        return Outcome(code=NOT_VERIFIED, text=text, data={"error": text}, to_stderr=True)
    case = given.case
    ends_s = day_ends(case, options.days)
    known = _known(case, moved, options.plan)
    presence = presence_of(case, known, ends_s=ends_s)
    settings = case.settings
    needs = needs_of(
        presence,
        norms(
            case.norms, water_l_person_day=settings.water_l_person_day,
            food_g_person_day=settings.food_g_person_day,
        ),
        catalogue(case.commodities),
        cold=settings.cold_season,
    )  # fmt: skip
    covers = cover_of(needs, case.stock, np.array(ends_s, dtype=np.int64))
    dates = day_dates(case, options.days)
    written = _written(options.output, case, needs_table.table(needs, case, dates)) if options.output else ()
    by_resource = room_norms(
        cold=settings.cold_season, water_l_person_day=settings.water_l_person_day,
        thresholds=thresholds_of(case.safeguards),
    )  # fmt: skip
    rooms = rooms_of(case, presence, by_resource)
    names = {place.id: place.name for place in case.places}
    lines = [
        *_text(case, needs, covers, dates), *_rooms_text(rooms, names),
        *(f"{what}: {path}" for what, path in zip(("Table", "Its columns"), written, strict=False)),
    ]  # fmt: skip
    found: dict[str, object] = {
        "groups": _shares_data(case),
        **_data(needs, covers, dates),
        "sites": [_room_data(room) for room in rooms],
        "room_norms": [asdict(norm) for norm in by_resource],
    }
    return Outcome(code=OK, text="\n".join(lines), data=found)


def _written(output: Path, case: Case, table: Table) -> tuple[Path, ...]:
    """Write the table as a workbook with its dictionary, or as CSV with the dictionary beside it."""
    tables = {"needs": table}
    if output.suffix.lower() == ".xlsx":
        output.write_bytes(table_files.write_xlsx(f"Needs: {case.title}", case.as_of, tables))
        return (output,)
    beside = output.with_name(f"{output.stem}-dictionary.csv")
    output.write_bytes(table_files.write_csv(table))
    beside.write_bytes(table_files.write_csv(table_files.dictionary(tables)))
    return output, beside


def _rooms_text(rooms: tuple[SiteRoom, ...], names: dict[str, str]) -> Iterator[str]:
    """Yield what limits each reception site."""
    if rooms:
        yield ""
        yield "Reception sites (the scarcest resource is the limit):"
    for room in rooms:
        limit = room.limit
        if limit is None:
            yield f"  {names[room.place]}: {people(room.persons)}; nothing is stated about its room"
            continue
        over = f", {room.over:,} too many" if room.over else ""
        open_ = f"; not stated: {', '.join(room.not_stated)}" if room.not_stated else ""
        yield (
            f"  {names[room.place]}: limited by {limit.resource}: {people(limit.persons or 0)} "
            f"({limit.amount:,} {limit.unit}); {room.persons:,} there at most{over}{open_}"
        )
        if room.groups:
            among = "; ".join(f"{GROUPS[group].name} {count:,}" for group, count in room.groups)
            yield f"    there at most: {among}"


def _room_data(room: SiteRoom) -> dict[str, object]:
    limit = room.limit
    return {
        "place": room.place, "persons": room.persons, "groups": dict(room.groups),
        "lines": [asdict(line) for line in room.lines],
        "limited_by": None if limit is None else limit.resource,
        "room_persons": None if limit is None else limit.persons, "over": room.over,
    }  # fmt: skip


def _known(case: Case, moved: tuple[Moved, ...], plan: Path | None) -> tuple[Moved, ...]:
    """Return the movements; those of a plan for another case are refused."""
    places = {place.id for place in case.places}
    for one in moved:
        unknown = {one.place, one.site} - places
        if unknown:
            raise FormatError(
                file=str(plan), what=f"the plan names {min(unknown)}, which is no place of this case",
                remedy="give the plan that was made from this case",
            )  # fmt: skip
    return moved


def _moved(out: Path) -> Iterator[Moved]:
    """Yield the arrivals of a verified plan."""
    from safepassage.domain.release import Audience  # noqa: PLC0415 - without a plan none of this is needed
    from safepassage.engines.release import release  # noqa: PLC0415
    from safepassage.formats.facts.movements import Movements  # noqa: PLC0415
    from safepassage.formats.facts.register import Register  # noqa: PLC0415

    found = verified_plan(out)
    inputs, plan = canonical_json.decode(found.inputs), canonical_json.decode(found.plan)
    verification = found.verdict.record()
    team = release(inputs, plan, found.beside(CERTIFICATE), verification, Audience.PLANNING_TEAM)
    for arrival in Movements(team, Register(team), counts_arcs=False).arrivals:
        yield Moved(place=arrival.place, site=arrival.site, persons=arrival.persons, arrive_s=arrival.second)


def _text(case: Case, needs: NeedsTable, covers: tuple[Cover, ...], dates: tuple[str, ...]) -> Iterator[str]:
    persons = needs.presence.persons
    most = int(persons.sum(axis=0).max()) if persons.size else 0
    yield f"Needs of {case.title}"
    yield f"{dates[0]} to {dates[-1]}: up to {people(most)} at {len(persons)} places."
    mass, volume = needs.mass_kg().sum(axis=0), needs.volume_l().sum(axis=0)
    yield (
        f"First day {mass[0] / 1000:,.1f} t, {volume[0] / 1000:,.1f} m³; "
        f"all days {mass.sum() / 1000:,.1f} t, {volume.sum() / 1000:,.1f} m³."
    )
    yield ""
    yield f"{'commodity':<38}{'need':>14} {'unit':<6}{'in stock':>14}{'short':>14}   covered"
    by_id = {commodity.id: commodity for commodity in needs.commodities}
    for row in covers:
        commodity = by_id[row.commodity]
        covered = "all days" if row.days_covered == len(dates) else f"{row.days_covered} of {len(dates)} days"
        pledged = f", {row.pledged_milli / MILLI:,.0f} pledged" if row.pledged_milli else ""
        yield (
            f"{commodity.name:<38}{row.need_milli / MILLI:>14,.0f} {commodity.unit:<6}"
            f"{row.stock_milli / MILLI:>14,.0f}{row.short_milli / MILLI:>14,.0f}   {covered}{pledged}"
        )
    yield ""
    yield from _groups_text(case, needs)
    assumed = [norm.id for norm in needs.norms if norm.assumption]
    if assumed:
        yield f"Assumptions of this project, to be confirmed: {', '.join(assumed)}."
    yield "People who stay, are undecided or wait are counted where they are; pledges are not counted on."


def _groups_text(case: Case, needs: NeedsTable) -> Iterator[str]:
    """Yield how many belong to the groups that norms are for, and whose word that is."""
    shares = composition_of(case.people_groups, case.demand)
    used = {norm.for_group for norm in needs.norms if norm.for_group is not None}
    groups = [group for group in GROUPS if group in used]
    if not groups:
        return
    yield "For groups of the people (who leaves is taken to be made up as the people of the place are):"
    for group in groups:
        ppm = shares.ppm(group)
        persons = sum(n * ppm.get(place, ppm[""]) for place, n in shares.people.items()) / PPM
        goods = ", ".join(dict.fromkeys(norm.commodity for norm in needs.norms if norm.for_group is group))
        word = f"assumed {ppm[''] * 100 / PPM:g} %" if group in shares.assumed else "as stated"
        yield f"  {GROUPS[group].name}: {persons:,.0f}, {word}; {goods}"


def _data(needs: NeedsTable, covers: tuple[Cover, ...], dates: tuple[str, ...]) -> dict[str, object]:
    amounts = needs.by_commodity()
    return {
        "days": list(dates),
        "norms": [asdict(norm) for norm in needs.norms],
        "places": [
            {
                "place": place,
                "setting": needs.presence.settings[row],
                "persons": needs.presence.persons[row].tolist(),
                "groups": _by_group(needs, row),
                "needs": {
                    commodity.id: (amounts[row, :, column] / MILLI).tolist()
                    for column, commodity in enumerate(needs.commodities)
                    if amounts[row, :, column].any()
                },
            }
            for row, place in enumerate(needs.presence.places)
        ],
        "mass_kg": needs.mass_kg().sum(axis=0).tolist(),
        "volume_l": needs.volume_l().sum(axis=0).tolist(),
        "cover": [asdict(row) for row in covers],
    }


def _shares_data(case: Case) -> list[dict[str, object]]:
    """Return shares and counts as they are planned with, and whether somebody stated them."""
    shares = composition_of(case.people_groups, case.demand)
    said = {(row.place, row.group): row.provenance.source for row in case.people_groups}
    return [
        {
            "place": row.place, "group": row.group, "share_ppm": row.share_ppm, "persons": row.persons,
            "assumption": (row.place, row.group) not in said,
            "source": said.get((row.place, row.group), GROUPS[row.group].source),
        }
        for row in shares.shares
    ]  # fmt: skip


def _by_group(needs: NeedsTable, row: int) -> list[dict[str, int]]:
    """Return whole persons by group for each day of a place: with the others they add up to all."""
    persons, groups = needs.presence.persons[row].tolist(), needs.presence.groups
    return [
        {
            group or "others": count
            for group, count in whole_persons(there, {g: int(m[row, day]) for g, m in groups.items()}).items()
        }
        for day, there in enumerate(persons)
    ]
