"""Reception sites by their scarcest resource."""

from __future__ import annotations

from safepassage.domain.aid.needs import Presence
from safepassage.domain.aid.people_groups import PeopleGroup
from safepassage.domain.aid.site_room import RoomLine, RoomNorm, SiteRoom
from safepassage.domain.case import Case, PlaceKind
from safepassage.domain.safeguard import Safeguard


def rooms_of(case: Case, presence: Presence, norms: tuple[RoomNorm, ...]) -> tuple[SiteRoom, ...]:
    """Return the room of every reception site, in the order of the case.

    What a site has stands in the table safeguards; of several rows about one thing the least counts. Where a
    place states a capacity, that is a line, too. A resource nobody stated limits nothing and is named.
    """
    most = {
        place: int(persons.max(initial=0))
        for place, persons in zip(presence.places, presence.persons, strict=True)
    }
    found = []
    for place in case.places:
        if place.kind is not PlaceKind.RECEPTION_SITE:
            continue
        lines = [_line(norm, [row for row in case.safeguards if row.place == place.id]) for norm in norms]
        stated = [c for c in (place.capacity_night_persons, place.capacity_day_persons) if c is not None]
        if stated:
            lines.append(
                RoomLine(resource="stated capacity", unit="persons", amount=min(stated), persons=min(stated))
            )
        found.append(
            SiteRoom(
                place=place.id, persons=most.get(place.id, 0), lines=tuple(lines),
                groups=_groups(presence, place.id),
            )
        )  # fmt: skip
    return tuple(found)


def _groups(presence: Presence, place: str) -> tuple[tuple[PeopleGroup, int], ...]:
    """Return the most persons of each group at a place on any day, without groups of whom nobody is there."""
    if place not in presence.places:
        return ()
    row = presence.places.index(place)
    most = ((group, int(presence.of(group)[row].max(initial=0))) for group in presence.groups)
    return tuple((group, count) for group, count in most if count)


def _line(norm: RoomNorm, rows: list[Safeguard]) -> RoomLine:
    amount = min((r.number for r in rows if r.kind is norm.kind and r.number is not None), default=None)
    persons = None if amount is None else norm.enough_for(amount)
    return RoomLine(resource=norm.resource, unit=norm.unit, amount=amount, persons=persons)
