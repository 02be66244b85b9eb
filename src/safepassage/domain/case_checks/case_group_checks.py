"""Checks of groups of people and norms for them: shares that add up, formula for assessed infants only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from safepassage.domain.aid.catalogue import catalogue
from safepassage.domain.aid.norms import FORMULA
from safepassage.domain.aid.people_groups import APART, GROUPS, PPM, GroupShare, PeopleGroup
from safepassage.domain.case_checks.case_draft import CaseDraft, Located
from safepassage.domain.problem import Problem, Where, error

Rows = list[Located[GroupShare]]
_SUBSTITUTES = ("infant formula", "breast-milk substitute", "breastmilk substitute", "baby milk")


def groups_are_stated_once(draft: CaseDraft) -> Iterator[Problem]:
    """One row a place and group."""
    seen: dict[tuple[str, str], Where] = {}
    for located in draft.people_groups:
        row = located.value
        first = seen.setdefault((row.place, row.group), located.where)
        if first is not located.where:
            yield error(
                "GROUP_TWICE",
                located.at("group"),
                f"the group {row.group} {_there(row)} stands in row {first.row} already",
                "keep the row that is right",
            )


def groups_fit_into_the_people(draft: CaseDraft) -> Iterator[Problem]:
    """Groups that nobody is in two of are no more than all people, and a part is no more than its whole."""
    if "demand" not in draft.complete:
        return
    people: dict[str, int] = {}
    for one in draft.demand:
        people[one.value.place] = people.get(one.value.place, 0) + one.value.persons
    by_place: dict[str, Rows] = {}
    for located in draft.people_groups:
        by_place.setdefault(located.value.place, []).append(located)
    for place, rows in by_place.items():
        there = people.get(place, 0)
        parts = {located.value.group: _persons_ppm(located.value, there) for located in rows}
        whole = there * PPM if place else PPM
        yield from _over(rows, parts, whole, there)


def _over(rows: Rows, parts: Mapping[PeopleGroup, int], whole: int, there: int) -> Iterator[Problem]:
    """Yield one problem for a place whose groups are too large; parts and the whole are in one unit."""
    every = f"the {there:,} persons of the demand" if rows[0].value.place else "all people"
    total = sum(parts.get(group, 0) for group in APART)
    if total > whole:
        named = ", ".join(group for group in APART if group in parts)
        percent = f" ({total * 100 / whole:,.4g} %)" if whole else ""
        yield error(
            "GROUP_OVER",
            next(one for one in reversed(rows) if one.value.group in APART).at("group"),
            f"the groups {_there(rows[0].value)} ({named}) are more than {every}{percent}",
            "correct their shares or counts, or the persons in the demand: nobody is in two of these groups",
        )
        return
    for located in rows:
        group = located.value.group
        within = GROUPS[group].within
        if within is not None and parts[group] > parts.get(within, whole):
            yield error(
                "GROUP_OVER",
                located.at("group"),
                f"{GROUPS[group].name} {_there(located.value)} are more than "
                f"{GROUPS[within].name if within in parts else every}, of whom they are a part",
                "correct one of the two figures",
            )


def _persons_ppm(row: GroupShare, there: int) -> int:
    """Return millionths of persons; of the whole case its share."""
    if row.persons is not None:
        return row.persons * PPM
    return (row.share_ppm or 0) * (there if row.place else 1)


def _there(row: GroupShare) -> str:
    return f"at “{row.place}”" if row.place else "of the whole case"


def norms_have_people(draft: CaseDraft) -> Iterator[Problem]:
    """Somebody says how many belong to the group that a norm is for."""
    if "people_groups" in draft.tables and "people_groups" not in draft.complete:
        return
    named = {group for group, rule in GROUPS.items() if rule.share_ppm is not None}
    named |= {located.value.group for located in draft.people_groups}
    for located in draft.norms:
        group = located.value.for_group
        if group is not None and group not in named:
            yield error(
                "GROUP_UNCOUNTED",
                located.at("for_group"),
                f"the norm “{located.value.id}” is for {GROUPS[group].name}; nobody says how many they are",
                f"write a count or a share of {group} in the table people_groups; none is assumed",
            )


def formula_is_for_assessed_infants(draft: CaseDraft) -> Iterator[Problem]:
    """No blanket distribution of breast-milk substitutes."""
    names = {c.id: c.name.casefold() for c in catalogue(located.value for located in draft.commodities)}
    for located in draft.norms:
        norm = located.value
        name = names.get(norm.commodity, "")
        substitute = norm.commodity == FORMULA or any(words in name for words in _SUBSTITUTES)
        if substitute and norm.for_group is not PeopleGroup.INFANTS_NOT_BREASTFED:
            yield error(
                "FORMULA_FOR_ALL",
                located.at("for_group"),
                f"the norm “{norm.id}” hands out a breast-milk substitute to infants whom nobody "
                "has assessed",
                f"write {PeopleGroup.INFANTS_NOT_BREASTFED} for_group, and in people_groups how many were "
                "assessed: blanket distribution harms infants who are breastfed",
            )


CHECKS: tuple[Callable[[CaseDraft], Iterator[Problem]], ...] = (
    groups_are_stated_once,
    groups_fit_into_the_people,
    norms_have_people,
    formula_is_for_assessed_infants,
)
