"""Pages from templates: everything escaped, in the reader's language, with the banner that stands on each."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from safepassage.web.desk import Desk
from safepassage.web.map_view import map_facts
from safepassage.web.words import LANGUAGES, direction, words

TABS = (
    ("situation", "Situation"),
    ("plan", "Plan"),
    ("movements", "Movements"),
    ("changes", "Changes"),
    ("settings", "Settings"),
)
"""Path and name of each tab, in order; keys 1 to 5 open them."""
LANGUAGE = "language"
"""The cookie that holds the language; it holds nothing else."""


@cache
def environment() -> Environment:
    """Return the templates of the pages; a name that a template misspells is an error."""
    return Environment(
        loader=PackageLoader("safepassage.web", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def desk_of(request: Request) -> Desk:
    """Return what this server is about."""
    desk: Desk = request.app.state.desk
    return desk


def locale_of(request: Request) -> str:
    """Return the language the reader chose, else the first of the browser's that there is, else English."""
    asked = [request.cookies.get(LANGUAGE, "")]
    asked += [
        part.split(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").split(",")
    ]
    return next((name for name in asked if name in LANGUAGES), "en")


def page(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page made from the template of that name."""
    desk, locale = desk_of(request), locale_of(request)
    text = environment().get_template(f"{name}.html").render(
        _=words(locale), locale=locale, direction=direction(locale), languages=LANGUAGES, tabs=TABS,
        tab=request.url.path.strip("/").split("/")[0], case=desk.entered,
        **{**map_facts(request), **values},
    )  # fmt: skip
    return HTMLResponse(text, status_code=status)
