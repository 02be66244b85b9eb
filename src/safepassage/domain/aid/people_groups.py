"""Age and condition groups that norms are for, and which share of the people at a place belongs to each.

These are the groups of the standards for needs, not those of transport: who rides in a wheelchair or drives
a car stands in the demand. Shares are millionths, so that persons by group add up exactly wherever people go:
nobody is rounded before goods are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from safepassage.domain.provenance import Provenance

PPM = 1_000_000


class PeopleGroup(StrEnum):
    """Whom a norm is for, where it is not for everybody."""

    INFANTS = "infants"
    INFANTS_NOT_BREASTFED = "infants_not_breastfed"
    YOUNG_CHILDREN = "young_children"
    WOMEN_GIRLS = "women_girls"
    PREGNANT_BREASTFEEDING = "pregnant_breastfeeding"
    OLDER = "older"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRule:
    """What is known of a group: its name, the group it is part of, and the share planned with unless stated.

    `share_ppm` is None where no share may be assumed: somebody has to count.
    """

    name: str
    within: PeopleGroup | None = None
    share_ppm: int | None = None
    source: str = ""


_BIRTHS = "births of 1.7 % of the people a year"
GROUPS: Mapping[PeopleGroup, GroupRule] = {
    PeopleGroup.INFANTS: GroupRule(
        name="infants of 0 to 5 months", share_ppm=8_000, source=f"six months of {_BIRTHS}",
    ),
    PeopleGroup.INFANTS_NOT_BREASTFED: GroupRule(
        name="infants assessed as not breastfed", within=PeopleGroup.INFANTS,
        source="Operational Guidance on Infant Feeding in Emergencies (2017): assessed one by one",
    ),
    PeopleGroup.YOUNG_CHILDREN: GroupRule(
        name="children of 6 to 23 months", share_ppm=25_000, source=f"eighteen months of {_BIRTHS}",
    ),
    PeopleGroup.WOMEN_GIRLS: GroupRule(
        name="women and girls of 12 to 49 years", share_ppm=250_000,
        source="planning share of women of reproductive age, Minimum Initial Service Package: 25 %",
    ),
    PeopleGroup.PREGNANT_BREASTFEEDING: GroupRule(
        name="pregnant and breastfeeding women", within=PeopleGroup.WOMEN_GIRLS, share_ppm=45_000,
        source=f"nine months of {_BIRTHS}, and a mother for every child under 2",
    ),
    PeopleGroup.OLDER: GroupRule(
        name="persons of 60 years and over", share_ppm=240_000,
        source="23 to 25 % in Ukraine and Russia before 2022",
    ),
}  # fmt: skip
"""Every default share is an assumption: that of the case takes its place."""

APART = tuple(group for group, rule in GROUPS.items() if rule.within is None)
"""Groups that nobody is in two of; the others are parts of one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShare:
    """How many of the people at a place belong to a group: a share in ppm, or a count.

    `place` is "" for the whole case; exactly one of `share_ppm` and `persons` is given.
    """

    place: str
    group: PeopleGroup
    share_ppm: int | None = None
    persons: int | None = None
    provenance: Provenance = Provenance()

    def __post_init__(self) -> None:
        if (self.share_ppm is None) == (self.persons is None):
            raise ValueError(f"{self.group}: either a share or a count")
        if self.persons is not None and not self.place:
            raise ValueError(f"{self.group}: a count is of one place")
        if not 0 <= (self.share_ppm or 0) <= PPM or (self.persons or 0) < 0:
            raise ValueError(f"{self.group}: a share is between 0 and 1, a count at least 0")

    def ppm(self, people: int) -> int:
        """Return the share among so many people, of a count rounded down: 7 persons stay 7 rounded up."""
        if self.persons is None:
            return self.share_ppm or 0
        return min(PPM, self.persons * PPM // people) if people else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """Shares as they are planned with; `assumed` groups have the default share where no place has its own."""

    shares: tuple[GroupShare, ...]
    people: Mapping[str, int]
    assumed: frozenset[PeopleGroup]

    def ppm(self, group: PeopleGroup) -> dict[str, int]:
        """Return the share of a group in ppm by place, that of all others under ""; none stated is nobody."""
        found = {"": 0}
        found.update(
            (row.place, row.ppm(self.people.get(row.place, 0))) for row in self.shares if row.group is group
        )
        return found


def composition(stated: Iterable[GroupShare], people: Mapping[str, int]) -> Composition:
    """Return the shares of a case: those of a place, else of the whole case, else the assumed ones.

    Where stated shares leave less room than the wider ones would take, these get what is left, in the order
    of `GROUPS`: in a home where 95 % are older persons nobody assumes a quarter to be mothers.

    Parameters
    ----------
    people : how many there are, by place; a count is a share of them.
    """
    by_place: dict[str, dict[PeopleGroup, GroupShare]] = {}
    for row in stated:
        by_place.setdefault(row.place, {})[row.group] = row
    default = {group: rule.share_ppm for group, rule in GROUPS.items() if rule.share_ppm is not None}
    own = by_place.pop("", {})
    wide = _filled({group: row.ppm(0) for group, row in own.items()}, default)
    used = {group for named in by_place.values() for group in named} | set(wide)
    rows = [
        GroupShare(place="", group=group, share_ppm=wide.get(group, 0)) for group in GROUPS if group in used
    ]
    for place, all_named in by_place.items():
        if not people.get(place):
            continue
        named = _who_are_there(all_named, people[place])
        here = _filled({group: row.ppm(people[place]) for group, row in named.items()}, wide)
        rows += [
            named.get(group, GroupShare(place=place, group=group, share_ppm=ppm))
            for group, ppm in here.items() if group in named or ppm != wide.get(group)
        ]  # fmt: skip
    rows.sort(key=lambda row: (row.place, row.group))
    return Composition(shares=tuple(rows), people=people, assumed=frozenset(default) - frozenset(own))


def _who_are_there(rows: Mapping[PeopleGroup, GroupShare], people: int) -> dict[PeopleGroup, GroupShare]:
    """Return counts no larger than there is room for: the demand may be stated anew after a count."""
    found, left = dict(rows), people
    for group, row in rows.items():
        if row.persons is not None:
            persons = min(row.persons, left if group in APART else people)
            found[group] = replace(row, persons=persons)
            left -= persons if group in APART else 0
    return found


def _filled(own: Mapping[PeopleGroup, int], wider: Mapping[PeopleGroup, int]) -> dict[PeopleGroup, int]:
    """Return own shares, and of the wider ones as much as there is room for."""
    found, left = dict(own), PPM - sum(own.get(group, 0) for group in APART)
    for group, rule in GROUPS.items():
        if group in own or group not in wider:
            continue
        room = left if rule.within is None else found.get(rule.within, 0)
        found[group] = max(0, min(wider[group], room))
        left -= found[group] if rule.within is None else 0
    return found


def whole_persons(people: int, micro: Mapping[PeopleGroup, int]) -> dict[PeopleGroup | None, int]:
    """Return whole persons by group, the rest under None, that add up to `people`: largest remainders first.

    `micro` are millionths of persons by group; only groups that nobody is in two of can add up.
    """
    exact: dict[PeopleGroup | None, int] = {group: micro.get(group, 0) for group in APART}
    exact[None] = people * PPM - sum(exact.values())
    found = {group: amount // PPM for group, amount in exact.items()}
    missing = people - sum(found.values())
    order = sorted(exact, key=lambda group: -(exact[group] % PPM))
    for group in order[:missing]:
        found[group] += 1
    return found
