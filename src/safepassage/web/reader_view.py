"""How a reader wants pages to look: kept as words in a cookie of this server, and as classes of the page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request

VIEW = "view"
"""The cookie; it holds nothing but words of `CHOICES`."""
CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "text": ("text as usual", "larger text", "very large text"),
        "contrast": ("colours as usual", "high contrast"),
        "motion": ("motion as the computer has it", "no motion"),
    }
)
"""What may be chosen, by name of the choice; the first is how pages are without one."""
_CLASSES = {
    "larger text": "larger",
    "very large text": "largest",
    "high contrast": "contrast",
    "no motion": "still",
}


def view_of(request: Request) -> dict[str, str]:
    """Return what a reader chose, by name of the choice."""
    words = request.cookies.get(VIEW, "").split(".")
    return {
        name: next((one for one in values if _CLASSES.get(one, "-") in words), values[0])
        for name, values in CHOICES.items()
    }


def kept(chosen: Mapping[str, str]) -> str:
    """Return what the cookie holds for a choice; what cannot be chosen is left out."""
    return ".".join(_CLASSES[value] for name in CHOICES if (value := chosen.get(name, "")) in _CLASSES)


def classes(request: Request) -> str:
    """Return the classes of a page as its reader wants it."""
    return kept(view_of(request)).replace(".", " ")
