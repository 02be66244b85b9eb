"""The picture as a whole: events in space and time, closures that only close, and what is not assessed."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.ledger import Ledger, Standing
from safepassage.domain.claims.picture import Closure, HazardEvent, HazardPicture, HazardSlice, Unplaced
from safepassage.domain.claims.values import fold
from safepassage.domain.claims.words import Decision, Predicate
from safepassage.engines.hazard_picture import policy
from safepassage.engines.hazard_picture.believe import Event, belief, denies, events

STATUS = "status"
CLOSING = frozenset({"NOT_PASSABLE", "CLOSED"})
OPENING = frozenset({"PASSABLE", "OPEN"})
ROADS = frozenset({Predicate.ROAD_STATUS, Predicate.CROSSING_STATUS, Predicate.EXPLOSIVE_HAZARD})
Range = tuple[float, float, float]


def picture(
    ledger: Ledger, *, epoch_utc_s: int, horizon_s: int, without: frozenset[str] = frozenset()
) -> HazardPicture:
    """Return what the claims that count mean for travellers in [0, horizon_s) from the epoch on.

    `without` names origins or claims to leave out: "plan without this source" is the same call with one more
    word. A claim that nobody has reviewed raises the precautionary values only; a claim never opens a road.
    """
    standings = [s for s in ledger.counting() if not _left_out(s, without)]
    found, unplaced = [], []
    spent: dict[tuple[str, str], int] = {}
    for event in events(standings, epoch_utc_s):
        if event.place.lat_e7 is None or event.place.precision not in policy.RADIUS_M:
            reason = "no position" if event.place.lat_e7 is None else "named too roughly for a map"
            unplaced += [Unplaced(claim=s.claim.id, reason=reason) for s in event.standings]
        elif _may_weigh(event, spent):
            found.append(_hazard(event, epoch_utc_s, horizon_s))
        else:
            reason = "not reviewed, and this origin has raised enough today"
            unplaced += [Unplaced(claim=s.claim.id, reason=reason) for s in event.standings]
    return HazardPicture(
        events=tuple(e for e in found if e is not None),
        closures=closures(standings),
        unplaced=tuple(unplaced),
    )


def _left_out(standing: Standing, without: frozenset[str]) -> bool:
    claim = standing.claim
    names = {claim.id, *(fold(link.name) for link in claim.chain.links)}
    return bool(names & {fold(name) for name in without} | ({claim.id} & without))


def _may_weigh(event: Event, spent: dict[tuple[str, str], int]) -> bool:
    """Tell whether an event may raise the picture: unreviewed ones only so many per origin and day."""
    if event.reviewed:
        return True
    keys = {(fold(s.claim.chain.origin.name), s.claim.uttered[:10]) for s in event.standings}
    if any(spent.get(key, 0) >= policy.MOST_UNREVIEWED for key in keys):
        return False
    for key in keys:
        spent[key] = spent.get(key, 0) + 1
    return True


def _hazard(event: Event, epoch_utc_s: int, horizon_s: int) -> HazardEvent | None:
    place = event.place
    radius_m = policy.RADIUS_M[place.precision]
    believed = belief(event.reviewed) if event.reviewed else (0.0, 0.0, 0.0)
    affirming = [s for s in event.reviewed if not denies(s.claim)]
    if affirming and len(affirming) < len(event.reviewed):
        # Contradiction widens and never averages away: precaution hears those who affirm.
        believed = (believed[0], believed[1], max(believed[2], belief(affirming)[2]))
    if len(event.reviewed) < len(event.standings):
        # What nobody reviewed only widens upwards, and only so far.
        doubt = min(policy.UNREVIEWED_P, belief(event.standings)[2])
        believed = (believed[0], believed[1], max(believed[2], doubt))
    slices = _slices(event, believed, radius_m, epoch_utc_s, horizon_s)
    if not slices or place.lat_e7 is None or place.lon_e7 is None:
        return None
    return HazardEvent(
        id=f"{event.predicate}|{place.key}", predicate=str(event.predicate), place=place.name,
        lat_e7=place.lat_e7, lon_e7=place.lon_e7, radius_m=radius_m, belief=believed, slices=slices,
        claims=tuple(s.claim.id for s in event.standings),
        origins=tuple(sorted({s.claim.chain.origin.name for s in event.standings})),
        reviewed=bool(event.reviewed), contested=event.contested,
    )  # fmt: skip


def _slices(
    event: Event, believed: Range, radius_m: int, epoch_utc_s: int, horizon_s: int
) -> tuple[HazardSlice, ...]:
    """Return the hazard over the grid: probability, times how much of the uncertain area it reaches, fading.

    Over an area of radius R around an event that harms within r, the chance to be within reach is (r / R)².
    Each slice has the value at its beginning, so that fading never runs ahead.
    """
    kind = policy.KINDS[event.predicate]
    dilution = min(1.0, (kind.reach_m / radius_m) ** 2)
    floor = policy.FLOOR_PPM if event.predicate in policy.REGION_WIDE and believed[2] > 0 else 0
    step = max(1, horizon_s // policy.SLICES) if kind.half_life_h else horizon_s
    last_utc_s = _last_seen(event.standings, epoch_utc_s)
    found = []
    for start in range(0, horizon_s, step):
        age_h = max(0.0, (epoch_utc_s + start - last_utc_s) / policy.HOUR_S)
        fades = [1.0] * 3 if kind.half_life_h is None else [0.5 ** (age_h / h) for h in kind.half_life_h]
        low, central, high = (
            round(policy.PPM * p * kind.p * dilution * fade) for p, fade in zip(believed, fades, strict=True)
        )
        high = max(high, floor)
        if high >= policy.LEAST_PPM:
            until = min(horizon_s, start + step)
            found.append(
                HazardSlice(from_s=start, until_s=until, low_ppm=low, central_ppm=central, high_ppm=high)
            )
    return tuple(found)


def _last_seen(standings: Sequence[Standing], epoch_utc_s: int) -> int:
    """Return until when the event was said to go on; without a time, it goes on now."""
    ends = [t.until_utc_s for s in standings for t in s.claim.times if t.until_utc_s is not None]
    return min(epoch_utc_s, max(ends, default=epoch_utc_s))


def closures(standings: Sequence[Standing]) -> tuple[Closure, ...]:
    """Return the roads and crossings that accepted claims close; claims that would open them stand beside."""
    closing: dict[str, list[str]] = {}
    opening: dict[str, list[str]] = {}
    for standing in standings:
        claim = standing.claim
        if not isinstance(claim, CivilianClaim) or standing.decision != Decision.ACCEPTED:
            continue
        for place in claim.places if claim.predicate in ROADS else ():
            if place.selector:
                closes = _closes(claim)
                if closes is not None:
                    (closing if closes else opening).setdefault(place.selector, []).append(claim.id)
    return tuple(
        Closure(selector=road, claims=tuple(sorted(ids)), against=tuple(sorted(opening.get(road, ()))))
        for road, ids in sorted(closing.items())
    )


def _closes(claim: CivilianClaim) -> bool | None:
    """Tell whether a claim closes a road (True), would open it (False), or neither (None)."""
    no = claim.polarity == claim.polarity.NEGATED
    if claim.predicate == Predicate.EXPLOSIVE_HAZARD:
        return None if no else True
    word = dict(claim.arguments).get(STATUS, "").upper()
    if word in CLOSING:
        return None if no else True
    return None if word not in OPENING else bool(no)
