"""What the terminal says about what-ifs."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.domain.what_if import Contraflow, Convergent, Loss, Losses, Outcome, Stretch
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.planning import Planned

SHOWN_LOSSES, SHOWN_LINES, SHOWN_JUNCTIONS, SHOWN_AID = 20, 12, 10, 5
SHOWN_ROADS = 4
MINUTE_S = 60
E7 = 10_000_000


def losses_text(losses: Losses, before: Sequence[Outcome], planned: Planned, clock: LocalClock) -> str:
    """Return one paragraph on what the plan is worth without roads, the worst first."""
    names = dict(planned.problem.directions)
    lines = ["If a road is lost (known before anybody leaves; everybody is planned anew without it):"]
    for loss in losses.singles[:SHOWN_LOSSES]:
        lines.append(f"  without {_named(loss.lost[0])} ({_persons(loss.lost[0].persons)} on it):")
        lines.extend(_beside(loss, before, names, clock))
    if losses.pair is not None:
        both = " and ".join(_named(s) for s in losses.pair.lost)
        lines.append(
            f"  worst pair of {losses.pairs_bounded} ranked by bound, {losses.pairs_planned} planned: {both}:"
        )
        lines.extend(_beside(losses.pair, before, names, clock))
    if losses.bridges_unused:
        lines.append(f"  bridges not in use, without which this plan still holds: {losses.bridges_unused}")
    return "\n".join(lines)


def _named(stretch: Stretch) -> str:
    where = f"{stretch.lat_e7 / E7:.4f},{stretch.lon_e7 / E7:.4f}"
    says_so = "bridge" in stretch.name.casefold()
    return f"{'the bridge of ' if stretch.kind == 'bridge' and not says_so else ''}{stretch.name} at {where}"


def _beside(loss: Loss, before: Sequence[Outcome], names: dict[str, str], clock: LocalClock) -> list[str]:
    found = []
    for then, now in zip(before, loss.outcomes, strict=True):
        if (then.served, then.person_s) == (now.served, now.person_s):
            continue
        more = now.unserved - then.unserved
        least = now.unserved_bound - then.unserved
        late = f"{_persons(now.later)} later than {_moment(then.clearance_s, clock)}"
        fewer = "nobody more" if not more else f"{abs(more):,} {'more' if more > 0 else 'fewer'}"
        text = f"    {names[now.direction]}: {late}, {fewer} unserved"
        bound = f"; any plan: at least {now.unserved_bound:,} unserved" if least > 0 else ""
        if now.clearance_bound_s is not None:
            bound += f", as many people not before {_moment(now.clearance_bound_s, clock)}"
        found.append(f"{text}, {_last(now, clock)}{bound}")
    return found or ["    no difference"]


def _persons(number: int) -> str:
    return f"{number:,} person{'' if number == 1 else 's'}" if number else "nobody"


def _last(outcome: Outcome, clock: LocalClock) -> str:
    if outcome.clearance_s is None:
        return "nobody arrives"
    return f"last at {clock.moments(outcome.clearance_s)}"


def _moment(seconds: int | None, clock: LocalClock) -> str:
    return "never" if seconds is None else clock.moments(seconds)


def convergent_text(tree: Convergent, before: Sequence[Outcome], planned: Planned, clock: LocalClock) -> str:
    """Return what a plan without forks gives up, and what guides people on it."""
    names = dict(planned.problem.directions)
    head = "Without forks: one road and one window for every settlement, no choice at a junction"
    lines = [f"{head} (the free plan parts at {tree.forks_before} junctions). Nobody is compelled to go."]
    lines.extend(_given_up(then, now, names, clock) for then, now in zip(before, tree.outcomes, strict=True))
    lines.append(f"  {len(tree.lines)} announcements; the first:")
    for d in tree.lines[:SHOWN_LINES]:
        window = f"{clock.moment(d.from_s)}–{clock.moment(d.until_s)}"
        to = ", ".join(name for name, _ in d.sites)
        lines.append(f"    {window}  {d.name} → {to}, {_persons(d.persons)}: {_some(d.roads)}")
    lines.append(f"  marshals or closures at {len(tree.junctions)} places; the busiest:")
    lines.extend(
        f"    {j.lat_e7 / E7:.4f},{j.lon_e7 / E7:.4f}  stay on {j.stay_on}, not into "
        f"{', '.join(j.not_into[:3])}: {_persons(j.persons)}"
        for j in sorted(tree.junctions, key=lambda j: -j.persons)[:SHOWN_JUNCTIONS]
    )
    return "\n".join(lines)


def _some(roads: tuple[str, ...]) -> str:
    return ", ".join(roads[:SHOWN_ROADS]) + (" …" if len(roads) > SHOWN_ROADS else "")


def _given_up(then: Outcome, now: Outcome, names: dict[str, str], clock: LocalClock) -> str:
    """Say what is given up: beside the free plan, and at most, beside any plan."""
    most = now.served + now.unserved - now.unserved_bound
    text = (
        f"  {names[now.direction]}: {now.served:,} served, {then.served:,} with forks, no plan over {most:,}"
    )
    # Both are found by search: the one without forks may come out better, which then gives up nothing.
    lost = f"gives up {then.served - now.served:,}" if now.served <= then.served else "gives up nothing here"
    text += f" ({lost}, at most {_persons(max(0, most - now.served))})"
    text += f"; {_last(now, clock)}"
    if now.clearance_s is not None:
        text += f", {_shifted(then.clearance_s, now.clearance_s)}"
    if now.clearance_bound_s is not None:
        text += f", no plan that serves as many before {_moment(now.clearance_bound_s, clock)}"
    return text


def contraflow_text(lane: Contraflow, before: Sequence[Outcome], planned: Planned, clock: LocalClock) -> str:
    """Return what a borrowed lane gains and what it costs those who come in."""
    names = dict(planned.problem.directions)
    km = sum(row.length_m for row in lane.lanes) / 1_000
    narrow = min(lane.lanes, key=lambda row: row.outward_veh_h)
    taken = max(row.inward_veh_h for row in lane.lanes)
    head = f"With both lanes of {lane.road} driven outwards on {km:.1f} km: {narrow.outward_veh_h:,} → "
    wide = narrow.outward_veh_h + narrow.inward_veh_h
    lines = [f"{head}{wide:,} vehicles/h where it is narrowest."]
    lines.extend(_changed(then, now, names, clock) for then, now in zip(before, lane.outcomes, strict=True))
    if not _gains(before, lane.outcomes):
        lines.append("  gained: nothing that this plan could use; it is not worth its price")
    lines.append(
        f"  taken: the aid lane, {taken:,} vehicles/h towards the people on {km:.1f} km; "
        "no convoy, empty bus or ambulance comes in there"
    )
    cut = [way for way in lane.aid if way.after_s < 0]
    slower = [way for way in lane.aid if way.after_s >= 0]
    if cut:
        shown = ", ".join(f"{w.origin} → {w.place}" for w in cut[:SHOWN_AID])
        lines.append(f"  ways in that are cut off: {len(cut):,}, of these {shown}")
    lines.extend(
        f"  {w.origin} → {w.place}: {w.before_s // MINUTE_S} → {w.after_s // MINUTE_S} min on free roads"
        for w in slower[:SHOWN_AID]
    )
    if not lane.aid:
        lines.append("  no way in becomes longer: there is another road as fast")
    return "\n".join(lines)


def _changed(then: Outcome, now: Outcome, names: dict[str, str], clock: LocalClock) -> str:
    """Say what the lane changes in one direction, and what no plan with the lane can better."""
    more = now.served - then.served
    served = "as many served" if not more else f"{abs(more):,} {'more' if more > 0 else 'fewer'} served"
    text = f"  {names[now.direction]}: {served}, last arrival {_shifted(then.clearance_s, now.clearance_s)}"
    if then.served and now.served:
        text += f", on average {_shifted(then.person_s // then.served, now.person_s // now.served)}"
    most = now.served + now.unserved - now.unserved_bound
    text += f"; any plan with the lane: at most {most:,} served"
    if now.clearance_bound_s is not None:
        text += f", as many not before {_moment(now.clearance_bound_s, clock)}"
    return text


def _gains(before: Sequence[Outcome], after: Sequence[Outcome]) -> bool:
    """Return whether all directions together serve more, or as many who arrive earlier in sum."""
    served = sum(o.served for o in after) - sum(o.served for o in before)
    return served > 0 or (
        not served and sum(o.person_s for o in after) < sum(o.person_s for o in before)
    )  # fmt: skip


def _shifted(then_s: int | None, now_s: int | None) -> str:
    """Say how much later or earlier, in whole minutes."""
    minutes = round(((now_s or 0) - (then_s or 0)) / MINUTE_S)
    return f"{abs(minutes):,} min {'later' if minutes > 0 else 'earlier'}" if minutes else "as before"
