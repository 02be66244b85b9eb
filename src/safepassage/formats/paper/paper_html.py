"""A document for paper as one page of HTML that loads nothing, needs no script and prints as it looks."""

from __future__ import annotations

from safepassage.formats.containers.markup import Markup
from safepassage.formats.paper.page_templates import content_policy, environment, inline
from safepassage.formats.paper.paper import Paper


def write(paper: Paper, *, rules: str = "") -> bytes:
    """Return the page; `rules` style its drawings."""
    templates = environment()
    style = Markup(inline(templates, "paper.css", wide=paper.wide, counted=paper.counted) + Markup(rules))
    page = templates.get_template("paper.html").render(
        paper=paper, style=style, policy=content_policy(styles=(style,))
    )
    return page.encode("utf-8")
