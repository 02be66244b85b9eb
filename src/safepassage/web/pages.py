"""Pages from templates: everything escaped, in the reader's language, with the banner that stands on each."""

from __future__ import annotations

import base64
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from safepassage.domain.access import Person
from safepassage.web import reader_view, rights
from safepassage.web.maps.map_view import map_facts
from safepassage.web.words import KNOWN, LANGUAGES, direction, reviewed, words
from safepassage.web.words.audit_words import judged
from safepassage.web.words.change_words import differing
from safepassage.web.words.changes_said import entered
from safepassage.web.words.chart_words import charted
from safepassage.web.words.dates import dated
from safepassage.web.words.explain_words import explained
from safepassage.web.words.planner_words import planned, titled
from safepassage.web.words.refusal_words import refused
from safepassage.web.words.spoken import spoken

if TYPE_CHECKING:
    # The desk has a planner, whose process imports half of the program: pages need its name only.
    from safepassage.web.desk.desk import Desk

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
    made = Environment(
        loader=PackageLoader("safepassage.web", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["count"] = counted
    made.filters["words"] = _in_words
    made.filters |= {
        "spoken": spoken, "planned": planned, "titled": titled, "judged": judged, "differing": differing,
        "charted": charted, "dated": dated, "entered": entered, "explained": explained, "refused": refused,
    }  # fmt: skip
    return made


def counted(value: int) -> str:
    """Return a number of things as every language of the pages can read it."""
    return f"{value:,}".replace(",", "\u202f")


def _in_words(code: object) -> str:
    """Return a code of a closed list as words."""
    return str(code).replace("_", " ").lower()


def desk_of(request: Request) -> Desk:
    """Return what this server is about."""
    desk: Desk = request.app.state.desk
    return desk


def asking(request: Request) -> Person:
    """Return who asks; only behind a door that needs somebody.

    Raises
    ------
    RuntimeError
        When the address has no such door.
    """
    person: Person | None = getattr(request.state, "person", None)
    if person is None:
        raise RuntimeError("this address stands behind no door")
    return person


def new_id(what: str) -> str:
    """Return a new id of an entry; a form carries it, so that sending it twice records it once."""
    return f"{what}-{base64.b32encode(os.urandom(15)).decode('ascii').lower()}"


def locale_of(request: Request) -> str:
    """Return the language the reader chose, else the first of the browser's that there is, else English."""
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen in KNOWN:
        return chosen
    accepted = request.headers.get("accept-language", "").split(",")
    asked = (part.split(";")[0].strip()[:2] for part in accepted)
    return next((name for name in asked if name in LANGUAGES), "en")


def page(request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page made from the template of that name."""
    desk, locale = desk_of(request), locale_of(request)
    person: Person | None = getattr(request.state, "person", None)
    text = environment().get_template(f"{name}.html").render(
        _=words(locale), locale=locale, direction=direction(locale), reviewed=reviewed(locale),
        languages=LANGUAGES, tabs=TABS, view=reader_view.classes(request),
        tab=request.url.path.strip("/").split("/")[0], case=desk.given.case, person=person, doors=rights,
        can=lambda door: rights.can(person, door, desk.org), kept=desk.kept, new_id=new_id,
        now=desk.clock.named(desk.clock.seconds(desk.now_iso())), seq=desk.folding.size,
        posted=request.method != "GET", shown_class=rights.reach(person, desk.org).name,
        **{**(map_facts(request) if person else {}), **values},
    )  # fmt: skip
    return HTMLResponse(text, status_code=status)
