"""The page of an estimate: one self-contained HTML file, without scripts, nothing loaded from anywhere."""

from __future__ import annotations

from itertools import pairwise

from safepassage.domain.estimate_sheet import EstimateSheet
from safepassage.domain.network import RoadNetwork
from safepassage.formats.containers.markup import printable
from safepassage.formats.facts.elapsed_clock import ElapsedClock, elapsed, in_words
from safepassage.formats.maps.curve_drawing import Curve, CurveChart, time_span
from safepassage.formats.maps.estimate_map import EstimateMap
from safepassage.formats.maps.map_flows import WIDEST_PX, WIDTHS
from safepassage.formats.paper.page_templates import content_policy, environment, inline

SHOWN_ROADS, SHOWN_EXITS = 15, 25


def write(page: EstimateSheet, network: RoadNetwork) -> bytes:
    """Return the page of a verified estimate.

    Raises
    ------
    ValueError
        When the sheet does not say that its plan was verified.
    """
    if not page.checks or not page.sha256:
        raise ValueError("an estimate is written only after its plan passed the verifier")
    templates = environment()
    style = inline(templates, "report.css", stamp={"sensitivity": "RESTRICTED", "exercise": False})
    own = inline(templates, "estimate.css")
    text = templates.get_template("estimate.html").render(
        style=style, own_style=own, policy=content_policy(styles=(style, own)), page=page,
        title=printable(page.title), map=EstimateMap(page, network).draw(), curve=_curve(page),
        needed="" if page.clearance_s is None else in_words(page.clearance_s),
        bound="" if page.bound_s is None else in_words(page.bound_s),
        gap="" if page.gap_ppm is None else f"{page.gap_ppm / 10_000:.1f}",
        widths=_widths(), elapsed=elapsed, shown_roads=SHOWN_ROADS, shown_exits=SHOWN_EXITS,
    )  # fmt: skip
    return text.encode("utf-8")


def _curve(page: EstimateSheet) -> object:
    curve = Curve(
        name="Out of the area", position=0, demand=page.persons, served=page.served, arrivals=page.arrivals,
        envelope=page.envelope, clearance_s=page.clearance_s, bound_s=page.bound_s,
    )  # fmt: skip
    last = time_span([curve], max(page.clearance_s or 1, 1) * 2)
    return CurveChart(curve, ElapsedClock.new(), last).draw()


def _widths() -> list[tuple[str, float]]:
    steps = [(f"{low:,} – {high:,}" if low else f"up to {high:,}", width)
             for (low, _), (high, width) in pairwise(WIDTHS)]  # fmt: skip
    return [*steps, (f"over {WIDTHS[-1][0]:,}", WIDEST_PX)]
