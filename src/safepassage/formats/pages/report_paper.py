"""The report of a plan as a document for paper, read off the page, part for part."""

from __future__ import annotations

from importlib import resources

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release
from safepassage.formats.facts.release_stamp import stamp_words
from safepassage.formats.pages import report_html
from safepassage.formats.paper import paper_of_page, paper_pdf
from safepassage.formats.paper.paper import Paper, drawing_rules

DRAWN = frozenset(
    {"ground", "frame", "graticule", "road", "state", "cross", "area", "outline", "hatch-line", "line",
     "casing", "flow", "core", "arrow", "mark", "end", "letter", "town", "served", "crossing", "depot",
     "leader", "label", "beyond", "scale", "curve", "arrivals", "rule", "tick", "bound", "demand",
     "strong", "unit", "note", "when", "hour", "frontier", "point"}
)  # fmt: skip
"""Classes of what is drawn on the maps and charts of the report."""


def write(release: Release, layers: MapLayers) -> bytes:
    """Return the report as PDF."""
    page = report_html.write(release, layers).decode("utf-8")
    return paper_pdf.write(paper(release, page), rules=rules())


def paper(release: Release, page: str) -> Paper:
    """Return the document of a report that was written as a page."""
    return Paper(
        title=paper_of_page.title(page),
        language="en",
        stamp=stamp_words(release),
        running=f"for the {release.audience.name.replace('_', ' ').lower()} only",
        foot=str(release.inputs["network"]["attribution"]),
        blocks=paper_of_page.blocks(page),
    )


def rules() -> str:
    """Return how the drawings of the report look, without variables."""
    source = resources.files("safepassage.formats") / "templates" / "report.css"
    return drawing_rules(source.read_text(encoding="utf-8"), DRAWN)
