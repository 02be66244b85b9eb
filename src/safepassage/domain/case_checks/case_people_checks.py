"""Checks of demand and fleet: nobody counted twice, nobody forgotten without a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from safepassage.domain.case import CARER_OF, STAYS, UNDECIDED, Demand, DirectionBasis, Group, PlaceKind
from safepassage.domain.case_checks.case_draft import CaseDraft
from safepassage.domain.problem import Problem, Where, error, warning

MAX_DIRECTIONS = 31
"""Permissions of arcs are bits of one number."""

TIMES_THE_POPULATION = 10
"""Displaced people may outnumber those who live at a place; so many times as many are a slip of a figure."""
MOST_APART = 3
"""So many rows with too many persons have a message each; more of them have one mistake in common."""

LEAST_SPARE_PERCENT = 10
"""Spare transport capacity: 10 to 20 % of what is planned for (UNHCR, Handbook for Emergencies)."""

_PLACES_OF = {
    Group.NEEDS_TRANSPORT: "seats",
    Group.ASSISTED: "seats",
    Group.WHEELCHAIR: "wheelchair_places",
    Group.STRETCHER: "stretcher_places",
    **{Group(name): "seats" for name in CARER_OF.values()},
}


def demand_is_counted_once(draft: CaseDraft) -> Iterator[Problem]:
    """One row per place, direction, group and basis."""
    seen: dict[tuple[str, str, str, str], Where] = {}
    for located in draft.demand:
        row = located.value
        first = seen.setdefault((row.place, row.direction, row.group, row.basis), located.where)
        if first is not located.where:
            yield error(
                "DEMAND_TWICE",
                located.at("persons"),
                f"{row.group} at “{row.place}” with the answer “{row.direction}” ({row.basis}) stands in row "
                f"{first.row} already",
                "keep the row that is right, or add the two numbers if both are",
            )


def households_fit_into_persons(draft: CaseDraft) -> Iterator[Problem]:
    """The households of a row hold no more persons than the row."""
    for located in draft.demand:
        inside = sum(size * count for size, count in located.value.household_sizes)
        if inside > located.value.persons:
            yield error(
                "HOUSEHOLDS_SUM",
                located.at("household_sizes"),
                f"the households hold {inside:,} persons, the row only {located.value.persons:,}",
                "correct one of the two",
            )


def persons_fit_to_the_population(draft: CaseDraft) -> Iterator[Problem]:
    """Rows with ten times as many persons as live at their place are pointed out, in one message if many."""
    population = {located.value.id: located.value.population for located in draft.places}
    large = [
        (located, living) for located in draft.demand
        if (living := population.get(located.value.place))
        and located.value.persons > TIMES_THE_POPULATION * living
    ]  # fmt: skip
    apart = large if len(large) <= MOST_APART else large[:1]
    for located, living in apart:
        row, rest = located.value, len(large) - len(apart)
        more = f" (and {rest:,} more rows like it)" if rest else ""
        yield warning(
            "DEMAND_LARGE",
            located.at("persons"),
            f"{row.persons:,} persons at “{row.place}”, where {living:,} live by the table of places{more}",
            "check the figure; nobody is left out if it is right",
        )


def carers_have_somebody(draft: CaseDraft) -> Iterator[Problem]:
    """Carers who leave stand beside persons of their group who leave the same place the same way."""
    if "demand" not in draft.complete:
        return
    cared_for = {carer: group for group, carer in CARER_OF.items()}
    persons: dict[tuple[str, str, str], int] = {}
    for located in draft.demand:
        row = located.value
        key = (row.place, UNDECIDED if _is_undecided(row) else row.direction, str(row.group))
        persons[key] = persons.get(key, 0) + row.persons
    for located in draft.demand:
        row, group = located.value, cared_for.get(str(located.value.group))
        if group is None or not row.persons or row.direction == STAYS:
            continue
        answer = UNDECIDED if _is_undecided(row) else row.direction
        if not persons.get((row.place, answer, group)):
            yield warning(
                "CARERS_ALONE",
                located.at("group"),
                f"{row.persons:,} of the group {row.group} at “{row.place}” for “{answer}”, but nobody "
                f"of the group {group}",
                f"add the row of the group {group}; as it is they are planned as people who need a seat",
            )


def exercise_data_stay_in_exercises(draft: CaseDraft) -> Iterator[Problem]:
    """Invented tallies are planned with in exercises only."""
    if draft.exercise:
        return
    invented = [row for row in draft.demand if row.value.basis is DirectionBasis.EXERCISE]
    if invented:
        more = f" (and {len(invented) - 1:,} more rows)" if len(invented) > 1 else ""
        yield error(
            "EXERCISE_BASIS",
            invented[0].at("direction_basis"),
            f"the row has invented numbers (basis exercise){more}, but the case is no exercise",
            "set exercise = yes in the settings, or give the real basis",
        )


def directions_are_few(draft: CaseDraft) -> Iterator[Problem]:
    """There are at most as many directions as permissions have bits."""
    for located in draft.directions[MAX_DIRECTIONS:]:
        yield error(
            "DIRECTIONS_MANY",
            located.at("id"),
            f"there are more than {MAX_DIRECTIONS} directions",
            "join those that leave by the same exits",
        )


def directions_have_an_exit(draft: CaseDraft) -> Iterator[Problem]:
    """A direction without a reception site is planned around: those who chose it are counted as unserved."""
    if "places" not in draft.complete:
        return
    sites = {p.value.direction for p in draft.places if p.value.kind is PlaceKind.RECEPTION_SITE}
    chosen: dict[str, int] = {}
    for located in draft.demand:
        chosen[located.value.direction] = chosen.get(located.value.direction, 0) + located.value.persons
    for direction in draft.directions:
        name = direction.value.id
        if name not in sites:
            yield warning(
                "NO_EXIT",
                direction.at("id"),
                f"no reception site belongs to the direction “{name}”; the {chosen.get(name, 0):,} persons "
                "who "
                "chose it will be counted as unserved",
                f"add a place of kind reception_site with direction {name}",
            )


def somebody_can_carry(draft: CaseDraft) -> Iterator[Problem]:
    """Each group that needs a place finds vehicles with such places; else it is counted as unserved."""
    if "fleet" not in draft.complete:
        return
    needing: dict[str, int] = {}
    for located in draft.demand:
        kind = _PLACES_OF.get(located.value.group)
        if kind and located.value.direction != STAYS:
            needing[kind] = needing.get(kind, 0) + located.value.persons
    total = sum(needing.values())
    here = draft.tables.get("fleet", Where(file=draft.file, sheet="fleet"))
    if total and not any(located.value.count for located in draft.fleet):
        yield warning(
            "NO_FLEET",
            here,
            f"there are no vehicles; {total:,} persons without a vehicle of their own can travel on transit "
            "links only, or will be counted as unserved",
            "add vehicles to the table fleet, assumed ones with assumption = yes",
        )
        return
    for kind, persons in needing.items():
        if persons and not any(v.value.count and getattr(v.value, kind) for v in draft.fleet):
            yield warning(
                "NO_PLACES",
                replace(here, column=kind),
                f"no vehicle has {kind.replace('_', ' ')}; {persons:,} persons need them and will be "
                "counted as "
                "unserved",
                f"add vehicles with {kind}, such as ambulances or buses with a lift",
            )


def seats_are_kept_spare(draft: CaseDraft) -> Iterator[Problem]:
    """Where people who need a seat have not chosen, vehicles keep seats free for those who come uncounted.

    What is only assumed nobody has answered. A case that keeps fewer is planned all the same: the share is a
    choice of its planners, who should know that they make it.
    """
    spare = draft.settings.spare_seat_percent
    if not draft.clock_known:  # the settings could not be read
        return
    if spare >= LEAST_SPARE_PERCENT or not any(v.value.count and v.value.seats for v in draft.fleet):
        return
    undecided = sum(
        row.value.persons for row in draft.demand
        if _PLACES_OF.get(row.value.group) == "seats" and _is_undecided(row.value)
    )  # fmt: skip
    if undecided:
        yield warning(
            "SPARE_SEATS_FEW",
            replace(
                draft.tables.get("settings", Where(file=draft.file, sheet="settings")),
                column="spare_seat_percent",
            ),
            f"{undecided:,} undecided persons would need a seat; {f'only {spare} %' if spare else 'none'} "
            "of the seats are kept free for people who come without having been counted",
            f"set spare_seat_percent to {LEAST_SPARE_PERCENT} to 20; so many seats fewer are planned for",
        )


def _is_undecided(row: Demand) -> bool:
    return row.direction == UNDECIDED or row.basis is DirectionBasis.ASSUMPTION


def vehicles_are_of_use(draft: CaseDraft) -> Iterator[Problem]:
    """A vehicle carries somebody or something, and is there within the horizon."""
    for located in draft.fleet:
        row = located.value
        if not (row.seats or row.wheelchair_places or row.stretcher_places or row.payload_kg):
            yield warning(
                "VEHICLE_EMPTY",
                located.at("seats"),
                f"the vehicles “{row.id}” have no places and no payload",
                "fill in seats, or leave out the row",
            )
        if draft.clock_known and row.available_from_s >= draft.settings.horizon_s:
            yield warning(
                "WINDOW_OUTSIDE",
                located.at("available_from"),
                f"the vehicles “{row.id}” become available after the hours that are planned",
                "check date and time, or raise horizon_h",
            )


def somebody_is_asked(draft: CaseDraft) -> Iterator[Problem]:
    """A case in which nobody leaves and nobody is undecided has nothing to plan."""
    if "demand" not in draft.complete or not draft.demand:
        return
    if not any(row.value.persons and row.value.direction != STAYS for row in draft.demand):
        yield warning(
            "NO_DEMAND",
            replace(draft.tables.get("demand", Where(file=draft.file)), column="persons"),
            f"nobody leaves and nobody is {UNDECIDED}; there is nothing to plan but what those who stay need",
            "add the persons who chose a direction",
        )


CHECKS: tuple[Callable[[CaseDraft], Iterator[Problem]], ...] = (
    demand_is_counted_once,
    households_fit_into_persons,
    persons_fit_to_the_population,
    carers_have_somebody,
    exercise_data_stay_in_exercises,
    directions_are_few,
    directions_have_an_exit,
    somebody_can_carry,
    seats_are_kept_spare,
    vehicles_are_of_use,
    somebody_is_asked,
)
