"""Random events for a plan that is under way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from safepassage.domain.case import Case, Interval, RoadSelector, RoadStatus, RoadStatusWord, SelectorKind
from safepassage.domain.network import RoadNetwork
from safepassage.domain.plan import Schedule
from safepassage.domain.situation import (
    DemandCounted,
    RoadStatusReported,
    Unanswered,
    VehicleLost,
    WindowsMoved,
)
from safepassage.testing.draws import Draws

WORDS = (RoadStatusWord.NOT_PASSABLE,) * 2 + (RoadStatusWord.RESTRICTED, RoadStatusWord.UNKNOWN)


def random_now_s(draws: Draws, schedule: Schedule, horizon_s: int, after_s: int) -> int:
    """A second after `after_s`, mostly while something is under way."""
    times = [d.depart_s for c in schedule.cars for d in c.departures]
    times += [t for v in schedule.vehicles for leg in v.legs for t in (leg.depart_s, leg.arrive_s)]
    times += [ride.depart_s for ride in schedule.link_rides]
    later = sorted({t for t in times if t > after_s})
    if later and draws.chance(80):
        return max(
            after_s + 1, draws.pick(later[: len(later) // 2 + 1]) + draws.pick((-30, 0, 1, 20, 60, 200))
        )
    return draws.between(after_s + 1, max(after_s + 1, horizon_s - 1))


def random_change(draws: Draws, case: Case, network: RoadNetwork, now_s: int) -> Any:
    """A closure, a vehicle lost, a new count, a window moved or a party that does not answer; or None."""
    maker = draws.pick((_closure, _closure, _loss, _count, _window, _silence))
    return maker(draws, case, network, now_s)


def _closure(draws: Draws, case: Case, network: RoadNetwork, now_s: int) -> Any:
    links = sorted({str(name) for name in network.arcs.link})
    roads = tuple(
        RoadSelector(kind=SelectorKind.LINK, value=draws.pick(links)) for _ in range(draws.between(1, 2))
    )
    end_s = case.settings.horizon_s
    if now_s >= end_s:
        return None
    interval = Interval(from_s=now_s, until_s=end_s)
    status = RoadStatus(id=f"event-{now_s}", roads=roads, status=draws.pick(WORDS), interval=interval)
    return RoadStatusReported(status=status)


def _loss(draws: Draws, case: Case, network: RoadNetwork, now_s: int) -> Any:
    placed = {p.id for p in case.places if p.lon_e7 is not None or p.node}
    kinds = [k for k in case.fleet if k.count and k.base in placed]
    if not kinds:
        return None
    kind = draws.pick(kinds)
    return VehicleLost(vehicle=f"{kind.id}-{draws.between(1, kind.count):03d}", from_s=now_s)


def _count(draws: Draws, case: Case, network: RoadNetwork, now_s: int) -> Any:
    if not case.demand:
        return None
    place, times = draws.pick(case.demand).place, draws.pick((1, 2, 3))
    parts = draws.pick((1, 1, 2))
    rows = tuple(replace(r, persons=r.persons * times // parts) for r in case.demand if r.place == place)
    return DemandCounted(place=place, rows=rows)


def _window(draws: Draws, case: Case, network: RoadNetwork, now_s: int) -> Any:
    ids = [a.id for a in case.arrangements] + [link.id for link in case.transit_links]
    ids += [p.id for p in case.places if p.open_windows]
    if not ids:
        return None
    start_s = draws.between(0, case.settings.horizon_s - 2)
    end_s = draws.between(start_s + 1, case.settings.horizon_s)
    return WindowsMoved(of=draws.pick(ids), windows=(Interval(from_s=start_s, until_s=end_s),))


def _silence(draws: Draws, case: Case, network: RoadNetwork, now_s: int) -> Any:
    if not case.arrangements:
        return None
    return Unanswered(arrangement=draws.pick(case.arrangements).id, from_s=now_s)
