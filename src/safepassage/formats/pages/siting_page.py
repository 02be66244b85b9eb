"""The page of points to stand at: map with catchments, what each further point buys, who is left out."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from safepassage.domain.network import RoadNetwork
from safepassage.domain.siting import NO_LIMIT, SitingAim, SitingPlan
from safepassage.domain.siting_sheet import SitingSheet
from safepassage.formats.containers.markup import printable
from safepassage.formats.maps.siting_map import SitingMap
from safepassage.formats.paper.page_templates import content_policy, environment, inline

_MOST_LEFT_OUT = 40

UNITS = {
    SitingAim.MEDIAN: "metres walked by all together, whoever is left out counting twice the limit",
    SitingAim.COVER: "persons without a point in reach that has room",
    SitingAim.CENTRE: "metres, the longest walk",
    SitingAim.FAIR: "metres walked by all together, nobody further than the least longest walk",
}


class Step(NamedTuple):
    """One row of what the next point buys."""

    points: int
    value: int
    bound: int
    proved: bool
    gap_percent: str
    buys: int | None
    left_out: int
    mean_m: int
    longest_m: int


def steps(sheet: SitingSheet) -> list[Step]:
    """Return what each number of points reaches, and what it buys beside the one before."""
    everybody = int(sheet.problem.persons.sum())
    found = []
    for before, plan in pairwise((None, *sheet.plans)):
        assert plan is not None  # noqa: S101 - only the first of the pairs is empty
        walkers = max(1, everybody - plan.persons_left_out)
        found.append(
            Step(
                len(plan.chosen), plan.value, plan.bound, plan.proved, f"{plan.gap_ppm / 10_000:.1f}",
                None if before is None else _bought(before, plan), plan.persons_left_out,
                plan.person_metres // walkers, plan.longest_m,
            )
        )  # fmt: skip
    return found


def _bought(before: SitingPlan, plan: SitingPlan) -> int:
    return before.value - plan.value


def write(sheet: SitingSheet, network: RoadNetwork) -> bytes:
    """Return the page: one self-contained HTML file without scripts, nothing loaded from anywhere."""
    templates = environment()
    style = inline(templates, "report.css", stamp={"sensitivity": "RESTRICTED", "exercise": sheet.exercise})
    own, estimate = inline(templates, "siting.css"), inline(templates, "estimate.css")
    left = [
        (sheet.client_names[i], sheet.left_out(i))
        for i in range(len(sheet.problem.clients))
        if sheet.left_out(i)
    ]
    left.sort(key=lambda row: (-row[1], row[0]))
    text = templates.get_template("siting.html").render(
        style=style, own_style=estimate + own, policy=content_policy(styles=(style, estimate + own)),
        sheet=sheet, title=printable(sheet.title), steps=steps(sheet), unit=UNITS[sheet.shown.aim],
        rows=_rows(sheet), left=left[:_MOST_LEFT_OUT], more_left=max(0, len(left) - _MOST_LEFT_OUT),
        map=SitingMap(sheet, network).draw(), persons=int(sheet.problem.persons.sum()), no_limit=NO_LIMIT,
    )  # fmt: skip
    return text.encode("utf-8")


def _rows(sheet: SitingSheet) -> list[tuple[str, int, int, bool, bool]]:
    """Return name, persons, room, whether it is full and whether it stands already, of each chosen point."""
    found = []
    for site in sheet.shown.chosen:
        served, room = sheet.shown.served(site), sheet.room(site)
        full = room != NO_LIMIT and served >= room
        found.append((sheet.site_names[site], served, room, full, site in sheet.problem.existing))
    return found
