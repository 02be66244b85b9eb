"""Templates of pages: everything is escaped, and a page loads nothing but what stands in it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from safepassage.formats.containers.markup import Markup, escaped, kept_apart

_LONGEST_WORD = 24
"""A cell with a longer word may break it anywhere, so that nothing is cut at the edge of a page."""


@cache
def environment() -> Environment:
    """Return the templates of this package, compiled once; a name that a template misspells is an error."""
    templates = Environment(
        loader=PackageLoader("safepassage.formats", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finished,
    )
    templates.filters["count"] = _count
    templates.tests["long"] = _is_long
    return templates


def _finished(value: Any) -> Any:
    """Return what stands on the page; all languages of pages are read from the left."""
    return value if hasattr(value, "__html__") else escaped(kept_apart(str(value)))


def _count(value: int) -> str:
    return f"{value:,}"


def _is_long(text: str) -> bool:
    return any(len(word) > _LONGEST_WORD for word in text.split())


def inline(templates: Environment, name: str, **values: Any) -> Markup:
    """Return a style sheet or script as it will stand inside the page."""
    return Markup(templates.get_template(name).render(**values))


def content_policy(styles: Iterable[str] = (), scripts: Iterable[str] = ()) -> str:
    """Return a content policy that allows these inline parts by their hash, and nothing from anywhere."""
    return (
        f"default-src 'none'; style-src {_digests(styles)}; script-src {_digests(scripts)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digests(parts: Iterable[str]) -> str:
    found = [base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in parts]
    return " ".join(f"'sha256-{digest}'" for digest in found) or "'none'"
