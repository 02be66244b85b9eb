"""The one sheet of a plan without forks: who leaves when on which road, and where marshals stand."""

from __future__ import annotations

from collections.abc import Mapping

from safepassage.domain.what_if import Convergent
from safepassage.formats.containers.markup import printable
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.paper.page_templates import content_policy, environment, inline

E7 = 10_000_000


def write(
    tree: Convergent, clock: LocalClock, directions: Mapping[str, str], *, title: str, exercise: bool,
    attribution: str,
) -> bytes:  # fmt: skip
    """Return one self-contained HTML file; it loads nothing and needs no script."""
    templates = environment()
    style = inline(templates, "report.css", stamp={"sensitivity": "RESTRICTED", "exercise": exercise})
    own = inline(templates, "one_sheet.css")
    groups = [
        {
            "name": name,
            "lines": [line for line in tree.lines if line.direction == key],
            "junctions": [j for j in tree.junctions if j.direction == key],
        }
        for key, name in directions.items()
    ]
    page = templates.get_template("one_sheet.html").render(
        style=style, own_style=own, policy=content_policy(styles=(style, own)), title=printable(title),
        exercise=exercise, groups=groups, legend=clock.legend, attribution=attribution,
        moment=clock.moments, place=lambda j: f"{j.lat_e7 / E7:.4f}, {j.lon_e7 / E7:.4f}",
    )  # fmt: skip
    return page.encode("utf-8")
