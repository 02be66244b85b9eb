"""What `plan` says of aid on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from safepassage.domain.aid.commodity import MILLI
from safepassage.domain.aid.distribution import G_PER_T, NANO, REASONS, AidPlan, DriverChange
from safepassage.domain.release import Release
from safepassage.formats.facts.held_facts import held_trucks, said

PERCENT_PPM = 10_000
#: Smaller shares are said in words: what is short of something is never rounded to nothing.
LEAST_PERCENT = 0.1
SHOWN = 3


def aid_lines(aid: AidPlan | None) -> Iterator[str]:
    """Yield what trucks bring in, how far that is from what could be, and what is left short; or nothing."""
    if aid is None:
        return
    totals, goods = aid.totals, {good.id: good for good in aid.problem.goods}
    mass_t = sum(row.milli * goods[row.commodity].mass_g for row in aid.deliveries) / MILLI / G_PER_T
    drops = len({(row.leg, row.place) for row in aid.deliveries})
    places = len({row.place for row in aid.deliveries})
    trucks = len({row.truck for row in aid.deliveries})
    stops = (
        f"{drops:,} {'stop' if drops == 1 else 'stops'} of {trucks} truck-{'day' if trucks == 1 else 'days'}"
    )
    yield (
        f"Aid in: {mass_t:,.1f} t to {places} {'place' if places == 1 else 'places'} in {stops}, "
        f"{totals.driven_m // 1_000:,} km on the roads that the evacuation leaves."
    )
    if totals.driven_at_least_s > 0:
        more = 100 * (totals.driven_s / totals.driven_at_least_s - 1)
        yield f"  driving is at most {more:.1f} % over the least for these loads and stops (by a bound"
        yield "  that the verifier does not check: of loads and hours of a trip, not of exposure or waits)"
    if totals.needed_nano:
        met, most = (100 * n / totals.needed_nano for n in (totals.worth_nano, totals.worth_bound_nano))
        of = "needs" if aid.since is None else "needs that were left"
        yield f"  {met:.1f} % of the {of} by priority are met; with this stock and these trucks no plan"
        yield f"  meets more than {most:.1f} %"
        if aid.problem.behind:
            met, most = _since_the_first(aid)
            yield f"  with all that was brought since the first plan {met:.1f} %, at most {most:.1f} %"
    if totals.least_share_ppm >= 0:
        least, most = (n / PERCENT_PPM for n in (totals.least_share_ppm, totals.least_share_bound_ppm))
        begun = " since the first plan" if aid.problem.behind else ""
        no_more = f"no plan serves each by more than {most:.1f} %" if most >= 0 else "no bound is proved"
        yield f"  least served place in reach{begun}: {least:.1f} %; {no_more}"
    if aid.since is not None:
        yield from _since(aid)
    for row in reasons(aid)[:SHOWN]:
        percent = row["percent"]
        share = f"{percent:.1f} %" if percent >= LEAST_PERCENT else f"less than {LEAST_PERCENT} %"
        yield f"  {share} of the needs are short: {row['text']} ({row['reason']})"
    yield from _help(aid)


def _help(aid: AidPlan) -> Iterator[str]:
    """Yield what would help most at the margin, and for each reason what would bring most of the rest."""
    if aid.remedies:
        yield "  what would help most, in persons times the weight of what they need:"
    for remedy in aid.remedies[:SHOWN]:
        yield f"    {remedy.what} at {remedy.depot}{remedy.when}: {remedy.worth:,}"
    worth, by_good = Counter[tuple[str, str]](), Counter[tuple[str, str, str]]()
    needs = {(need.place, need.commodity, need.due): need for need in aid.problem.needs}
    for row in aid.short:
        need = needs[row.place, row.commodity, row.due]
        short = need.worth * row.milli // need.amount_milli
        worth[row.reason, row.place] += short
        by_good[row.reason, row.place, row.commodity] += short
    fixes: dict[tuple[str, str], str] = {}
    for fix in sorted(aid.fixes, key=lambda fix: -by_good[fix.reason, fix.place, fix.commodity]):
        fixes.setdefault((fix.reason, fix.place), fix.what)
    shown: set[str] = set()
    for reason, place in sorted(worth, key=lambda key: (-worth[key], key)):
        what = fixes.get((reason, place), "")
        if what and worth[reason, place] and reason not in shown:  # not for less than one person's need
            shown.add(reason)
            yield f"  {place}: {what} ({reason})"
    if shown:
        yield "  by place, good and reason all of it: column remedy of RESTRICTED-aid-needs.csv"


def call_lines(team: Release) -> Iterator[str]:
    """Yield whom to call at once: drivers under way whose road has closed; nothing where there is none."""
    for truck in held_trucks(team):
        first, *more = said(truck)
        yield first
        yield from (f"  {line}" for line in more)


def _since_the_first(aid: AidPlan) -> tuple[float, float]:
    """Return per cent of needs by priority since the first plan: met, and met by any plan at most."""
    behind, totals = aid.problem.behind, aid.totals
    before, whole = sum(row.met_nano for row in behind), sum(row.worth for row in behind) * NANO
    whole += totals.needed_nano
    return 100 * (before + totals.worth_nano) / whole, 100 * (before + totals.worth_bound_nano) / whole


def _told(row: DriverChange) -> str:
    """Return in words what a driver has to be told."""
    before, after = (" ".join(dict.fromkeys(stop[1] for stop in stops)) for stops in (row.before, row.after))
    if before != after:
        return f"{row.truck}: {before or 'no trip'}; now {after or 'no trip'}"
    late_min = round((row.after[0][0] - row.before[0][0]) / 60)
    when = f", first {abs(late_min)} min {'later' if late_min > 0 else 'sooner'}" if late_min else ""
    loads = [sorted(stop[1:] for stop in stops) for stops in (row.before, row.after)]
    return f"{row.truck}: {after} as announced{when}{', with other loads' if loads[0] != loads[1] else ''}"


def _since(aid: AidPlan) -> Iterator[str]:
    since = aid.since
    assert since is not None  # noqa: S101 - asked by the caller
    yield f"  since the earlier plan: {len(since.drivers)} trucks drive otherwise, {since.same} as announced"
    yield from (f"    {_told(row)}" for row in since.drivers[:SHOWN])
    if since.brought:
        goods = {good.id: good for good in aid.problem.goods}
        received_g = sum(row.received_milli * goods[row.commodity].mass_g for row in since.brought) // MILLI
        lost_g = sum(
            (row.dispatched_milli - row.received_milli) * goods[row.commodity].mass_g for row in since.brought
        ) // MILLI  # fmt: skip
        counted = sum(row.counted for row in since.brought)
        yield (
            f"  brought or on its way: {received_g / G_PER_T:,.1f} t on {len(since.brought):,} lines of "
            f"waybills, {counted:,} of them counted on arrival; {lost_g / G_PER_T:,.1f} t less came than left"
        )


def aid_data(aid: AidPlan | None) -> dict[str, Any]:
    """Return what is printed of aid with `--json`, nothing without any."""
    return {} if aid is None else {"aid": {**asdict(aid.totals), "reasons": reasons(aid)}}


def reasons(aid: AidPlan) -> list[dict[str, Any]]:
    """Return the share of all needs that is short, by reason, the largest first."""
    needs = {(need.place, need.commodity, need.due): need for need in aid.problem.needs}
    found: dict[str, int] = {}
    for row in aid.short:
        need = needs[row.place, row.commodity, row.due]
        lost = need.worth * NANO - need.worth_nano(need.amount_milli - row.milli)
        found[row.reason] = found.get(row.reason, 0) + lost
    whole = max(1, aid.totals.needed_nano)
    return [
        {"reason": reason, "text": REASONS[reason], "percent": 100 * lost / whole}
        for reason, lost in sorted(found.items(), key=lambda kv: (-kv[1], kv[0]))
    ]
