"""PDF from a page template and plain data, set by Typst without a browser, a system font or a network.

Text is data, never markup: it reaches a template as JSON. The same template and data give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from safepassage.formats.containers.markup import Markup, kept_apart, printable

if TYPE_CHECKING:
    from typst import Fonts

_NAME = re.compile(r"[a-z][a-z_]*")


def typeset(
    template: str,
    facts: Mapping[str, Any],
    *,
    title: str,
    language: str = "en",
    stamp: Sequence[str] = (),
    running: str = "",
    foot: str = "",
) -> bytes:
    """Return the PDF of a document.

    Parameters
    ----------
    template
        Name of a file in `templates/paper`, without its ending. It begins with `#import "/page.typ": *` and
        finds everything below in `data`; it can read no file but those beside it.
    facts
        Strings, numbers, booleans, None, and lists and mappings of them; drawings are SVG text.
    title
        What readers of the file call it.
    language
        Code of the language (BCP 47), which sets the direction of writing too.
    stamp
        Words on top of every page: class, EXERCISE, INCOMPLETE.
    running
        Short text at the right of the stamp on every page.
    foot
        Text at the foot of every page, before the count of pages.

    Raises
    ------
    ValueError
        If there is no such template, or it is faulty, or uses what `facts` do not hold.
    """
    frame = {"title": title, "language": language, "stamp": list(stamp), "running": running, "foot": foot}
    pdf, _ = typeset_with_warnings(template, {**facts, **frame})
    return pdf


def typeset_with_warnings(template: str, data: Mapping[str, Any]) -> tuple[bytes, tuple[str, ...]]:
    """Return the PDF, and what the typesetter warns of: fonts it lacks, layouts that do not settle."""
    from typst import Compiler, TypstError  # noqa: PLC0415 - heavy

    folder = resources.files("safepassage.formats") / "templates" / "paper"
    if not _NAME.fullmatch(template) or not (folder / f"{template}.typ").is_file():
        raise ValueError(f"there is no page template {template!r}")
    compiler = Compiler(
        (folder / f"{template}.typ").read_bytes(),
        root=str(folder),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_plain(data), ensure_ascii=False, allow_nan=False)},
    )
    try:
        # The moment of making is left out: it would make two files of one plan differ.
        pdf, warnings = compiler.compile_with_warnings(format="pdf", timestamp=0)
    except TypstError as fault:
        raise ValueError(f"page template {template!r}: {fault.message}") from fault
    assert isinstance(pdf, bytes)  # noqa: S101 - one PDF file, whatever its pages
    return pdf, tuple(warning.message for warning in warnings)


@cache
def _fonts() -> Fonts:
    """Return the fonts inside the typesetter: Libertinus, with Cyrillic and Hebrew, and DejaVu Sans Mono."""
    from typst import Fonts  # noqa: PLC0415 - heavy

    return Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _plain(value: Any) -> Any:
    """Return data as JSON can hold them, text without the signs that no document may hold, and in order."""
    if isinstance(value, str):
        return printable(value) if isinstance(value, Markup) else kept_apart(printable(value))
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    raise ValueError(f"a page cannot show a {type(value).__name__}")
