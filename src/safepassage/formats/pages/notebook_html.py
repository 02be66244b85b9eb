"""A case, a plan and its claims as notebooks show them: words, a table and a map as a picture in the page.

A notebook's page belongs to others: nothing here has a style, an id or a script of its own, and nothing is
loaded.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

from safepassage.domain.case import Case
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.network import RoadNetwork
from safepassage.domain.release import Audience, Release
from safepassage.formats.containers.markup import Markup, element, joined
from safepassage.formats.facts.claims_facts import ClaimsFacts
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.movements import Movements
from safepassage.formats.facts.people_facts import PeopleFacts
from safepassage.formats.facts.register import Register
from safepassage.formats.facts.release_stamp import stamp_words
from safepassage.formats.maps import case_map
from safepassage.formats.maps.map_drawing import PlanMap
from safepassage.formats.pages import report_paper
from safepassage.formats.paper.paper import with_style

_MAP_PX = "820"


def picture(svg: Markup, alt: str) -> Markup:
    """Return a drawing as a picture whose bytes stand in the page; its style touches nothing beside it."""
    data = base64.b64encode(with_style(svg, report_paper.rules()).encode()).decode()
    return element("img", {"src": f"data:image/svg+xml;base64,{data}", "alt": alt, "width": _MAP_PX})


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Markup:
    """Return a plain table."""
    head = element("tr", {}, *(element("th", {}, text) for text in heads))
    body = (element("tr", {}, *(element("td", {}, cell) for cell in row)) for row in rows)
    return element("table", {}, element("thead", {}, head), element("tbody", {}, *body))


def case(given: Case, network: RoadNetwork, layers: MapLayers) -> str:
    """Return a case: who wants to go where, what there is to drive with, and the map."""
    seats = sum(kind.count * kind.seats for kind in given.fleet)
    facts = (
        f"{len(given.places)} places, {sum(kind.count for kind in given.fleet)} vehicles with {seats:,} seats"
    )
    return joined((
        _title(given.title, ("EXERCISE",) if given.exercise else ()),
        element("p", {}, f"{facts}. Roads as reported at {given.as_of}."),
        table(("Persons", "answer"), ((f"{n:,}", name) for name, n in case_map.answers(given))),
        picture(case_map.drawing(given, network, layers), f"Map of the case {given.title}"),
        element("p", {}, f"Map data: {given.attribution}"),
    ))  # fmt: skip


def plan(release: Release, layers: MapLayers) -> str:
    """Return a plan: how many arrive by when against the bound, what limits it, and the map."""
    release.require(Audience.PLANNING_TEAM)
    register = Register(release)
    movements = Movements(release, register)
    people = PeopleFacts(release, register, movements)
    drawn = PlanMap(release, layers, register=register, movements=movements, people=people).draw()
    rows = [
        (d.name, f"{d.demand:,}", f"{d.served:,}", f"{d.unserved:,}", d.clearance or "–", d.bound or "–",
         "; ".join(d.limits))
        for d in people.directions()
    ]  # fmt: skip
    heads = (
        "Direction",
        "Want to go",
        "Arrive",
        "Not served",
        "Last arrival",
        "No plan before",
        "What limits it",
    )
    hold = people.hold()
    checks = sum(release.verification["checks"].values())
    return joined((
        _title(str(release.plan["title"]), stamp_words(release)),
        table(heads, rows),
        element("p", {}, f"Do not move now is always an option: {hold.persons:,} persons where they are need "
                f"{hold.water_l_day:,} litres of water and {hold.food_kg_day:,} kg of food a day."),
        element("p", {}, f"Checked by the independent verifier: {checks:,} checks, none failed. Bounds hold "
                f"in this model, with roads as reported at {people.as_of()}. {people.clock.legend}."),
        picture(drawn.picture, f"Map of the plan {release.plan['title']}"),
        element("p", {}, f"Map data: {release.inputs['network']['attribution']}"),
    ))  # fmt: skip


def claims(release: Release, drawn: Markup | None = None) -> str:
    """Return the claims of a plan's ledger with whose word each is; nothing in it is a finding."""
    release.require(Audience.PLANNING_TEAM)
    said = ClaimsFacts(release, LocalClock.of(release.inputs))
    rows = [
        (c.id, f"“{c.words}”", c.chain, c.letters, c.age, f"{c.standing}; {c.effect}") for c in said.claims()
    ]
    heads = ("Id", "Word for word", "Whose word, origin first", "Grade", "Age", "What it does here")
    text = "Versions stand side by side with equal weight; not reported is neither good nor bad news."
    parts = [_title("Claims", stamp_words(release)), element("p", {}, text)]
    if drawn is not None:
        parts.append(picture(drawn, "Map of reported events, each as its source says"))
    parts.append(table(heads, rows) if rows else element("p", {}, "There is no claim."))
    return joined(parts)


def _title(text: str, stamp: Sequence[str]) -> Markup:
    return element("p", {}, element("b", {}, text), *(f" · {word}" for word in stamp))
