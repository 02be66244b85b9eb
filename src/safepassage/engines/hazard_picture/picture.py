"""The picture as a whole: events in space and time, closures that only close, and what is not assessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import MutableMapping, Sequence
from dataclasses import replace

from safepassage.domain.claims.ledger import Ledger, ReportFiled, Standing
from safepassage.domain.claims.picture import HazardEvent, HazardPicture, HazardSlice, Unplaced
from safepassage.domain.claims.values import fold
from safepassage.engines.hazard_picture import policy
from safepassage.engines.hazard_picture.believe import Event, belief, denies, events
from safepassage.engines.hazard_picture.closing import closures

DENIAL = "a denial that nobody reviewed lowers nothing"
NO_ROOM = "not reviewed, and this source has raised enough today"
FADED = "faded, or spread over too wide a place to count"
Range = tuple[float, float, float]
Known = MutableMapping[tuple[object, ...], tuple[Event, HazardEvent | None]]
"""Events worked out before and what they rested on: a picture with one claim more needs one event more."""


def picture(
    ledger: Ledger,
    *,
    epoch_utc_s: int,
    horizon_s: int,
    without: frozenset[str] = frozenset(),
    known: Known | None = None,
) -> HazardPicture:
    """Return what the claims that count mean for travellers in [0, horizon_s) from the epoch on.

    `without` names origins or claims to leave out: "plan without this source" is the same call with one more
    word. A claim that nobody has reviewed raises the precautionary values only; a claim never opens a road.
    `known` is filled and used to do nothing twice; it changes nothing about the result.
    """
    standings = [s for s in ledger.counting() if not without or not left_out(s, without)]
    found: list[HazardEvent] = []
    unplaced: list[Unplaced] = []
    room, kept = _Room(ledger), {} if known is None else known
    for event in events(standings, epoch_utc_s):
        reason = _unplaced(event)
        if reason:
            unplaced += _set_aside(event.standings, reason)
            continue
        weighing, charged = (event, ()) if event.reviewed else room.take(event, unplaced)
        hazard = _once(kept, weighing, (epoch_utc_s, horizon_s), charged)
        if hazard is not None:
            found.append(hazard)
        else:
            unplaced += _set_aside(weighing.standings, FADED)
    return HazardPicture(events=tuple(found), closures=closures(standings), unplaced=tuple(unplaced))


def _set_aside(standings: Sequence[Standing], reason: str) -> list[Unplaced]:
    return [Unplaced(claim=s.claim.id, reason=reason) for s in standings]


def left_out(standing: Standing, without: frozenset[str]) -> bool:
    """Tell whether a claim is named to be left out, itself or by anybody in its chain."""
    claim = standing.claim
    names = {claim.id, *(fold(link.name) for link in claim.chain.links)}
    return bool(names & {fold(name) for name in without} | ({claim.id} & without))


def _unplaced(event: Event) -> str:
    """Return why an event cannot be put on the map, "" where it can."""
    if event.place.lat_e7 is None:
        return "no position"
    return "" if event.place.precision in policy.RADIUS_M else "named too roughly for a map"


class _Room:
    """How many events of a source and day may still weigh before anybody reviewed them.

    A source is the origin and, because names of origins are cheap, the outlet. The day is the one on which
    the report was filed, which nobody outside can choose.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._reports, self._spent = ledger.reports, Counter[str]()
        filed = [(e.act.report.id, e.at[:10]) for e in ledger.entries if isinstance(e.act, ReportFiled)]
        self._day = dict(filed)

    def take(self, event: Event, aside: list[Unplaced]) -> tuple[Event, tuple[str, ...]]:
        """Return the event with the claims that have room, and whose room they take; put others aside."""
        allowed, charged = [], dict[str, None]()
        for standing in event.standings:
            keys = self._sources(standing)
            if denies(standing.claim):
                aside += _set_aside([standing], DENIAL)
            elif all(self._spent[key] < policy.MOST_UNREVIEWED for key in keys):
                allowed.append(standing)
                charged |= dict.fromkeys(keys)
            else:
                aside += _set_aside([standing], NO_ROOM)
        self._spent.update(tuple(charged))
        return replace(event, standings=tuple(allowed)), tuple(charged)

    def _sources(self, standing: Standing) -> tuple[str, ...]:
        report = self._reports[standing.claim.report]
        day, origin = self._day[report.id], standing.claim.chain.origin.name
        return tuple(dict.fromkeys(f"{fold(name)} {day}" for name in (origin, report.outlet)))


def _once(known: Known, event: Event, grid: tuple[int, int], charged: tuple[str, ...]) -> HazardEvent | None:
    key = (event.predicate, event.place.key, event.reviewed, *grid)
    before = known.get(key)
    if before is None or not _same(before[0], event):
        known[key] = before = (event, _hazard(event, *grid))
    found = before[1]
    return found if found is None or not charged else replace(found, charged=charged)


def _same(a: Event, b: Event) -> bool:
    """Tell whether two events rest on the same; the same values are mostly the same objects."""
    if len(a.standings) != len(b.standings) or a.place != b.place:
        return False
    return all(one is other or one == other for one, other in zip(a.standings, b.standings, strict=True))


def _hazard(event: Event, epoch_utc_s: int, horizon_s: int) -> HazardEvent | None:
    place = event.place
    radius_m = policy.RADIUS_M[place.precision]
    if not event.standings or place.lat_e7 is None or place.lon_e7 is None:
        return None
    slices = _slices(event, believed := _believed(event), radius_m, epoch_utc_s, horizon_s)
    if not slices:
        return None
    origins = {s.claim.chain.origin.name for s in event.standings}
    return HazardEvent(
        id=f"{event.predicate}|{place.key}" + ("" if event.reviewed else "|not reviewed"),
        predicate=str(event.predicate), place=place.name, lat_e7=place.lat_e7, lon_e7=place.lon_e7,
        radius_m=radius_m, belief=believed, slices=slices, claims=tuple(s.claim.id for s in event.standings),
        origins=tuple(sorted(origins)), reviewed=event.reviewed, contested=event.contested,
    )  # fmt: skip


def _believed(event: Event) -> Range:
    """Return what to believe: contradiction widens and never averages away, doubt only widens upwards."""
    low, central, high = belief(event.standings)
    if not event.reviewed:
        return 0.0, 0.0, min(policy.UNREVIEWED_P, high)
    if event.contested:
        # Precaution hears those who affirm.
        high = max(high, belief(event.affirming)[2])
    return low, central, high


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
    step = slice_s(horizon_s) if kind.half_life_h else horizon_s
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


def slice_s(horizon_s: int) -> int:
    """Return for how long a fading hazard is held constant."""
    return max(1, horizon_s // policy.SLICES)


def _last_seen(standings: Sequence[Standing], epoch_utc_s: int) -> int:
    """Return until when the event was said to go on; without a time, it goes on now."""
    ends = [t.until_utc_s for s in standings for t in s.claim.times if t.until_utc_s is not None]
    return min(epoch_utc_s, max(ends, default=epoch_utc_s))
