"""Annotated articles as the PolNeAR project writes them (text beside brat stand-off), one annotator each.

Newell, Margolin, Ruths, "An Attribution Relations Corpus for Political News" (LREC 2018). Lines of a file are
in no order, some are empty, a span may be in pieces, some articles have several annotators: the first counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROLES = {"Source": "source", "Cue": "cue", "Content": "content"}
Pieces = tuple[tuple[int, int], ...]


class Article(NamedTuple):
    """A text and its attributions: for each role the pieces that it stands in, as offsets."""

    name: str
    text: str
    attributions: tuple[dict[str, Pieces], ...]


def articles(folder: Path) -> Iterator[Article]:
    """Yield the articles of a split (a folder with `text` and `attributions`), by name."""
    files = sorted((folder / "attributions").glob("*.ann"))
    for path in sorted((folder / "text").glob("*.txt")):
        annotated = [f for f in files if f.name.rpartition("_")[0] == path.stem]
        if annotated:
            text = path.read_text(encoding="utf-8")
            yield Article(path.stem, text, _attributions(annotated[0].read_text(encoding="utf-8")))


def _attributions(stand_off: str) -> tuple[dict[str, Pieces], ...]:
    spans: dict[str, Pieces] = {}
    events: list[str] = []
    for line in stand_off.splitlines():
        cells = line.split("\t")
        if len(cells) < 2:
            continue
        if cells[0].startswith("T"):
            _, _, places = cells[1].partition(" ")
            pairs = (piece.split() for piece in places.split(";"))
            spans[cells[0]] = tuple((int(a), int(b)) for a, b in pairs)
        elif cells[0].startswith("E"):
            events.append(cells[1])
    return tuple(_event(event, spans) for event in events)


def _event(event: str, spans: dict[str, Pieces]) -> dict[str, Pieces]:
    found: dict[str, Pieces] = {}
    for part in event.split():
        role, _, name = part.partition(":")
        role = ROLES.get(role.rstrip("0123456789"), "")
        if role and name in spans:
            found[role] = (*found.get(role, ()), *spans[name])
    return found


def letters(text: str, pieces: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Return the offsets of the letters and digits of a span: punctuation at its ends does not count."""
    return frozenset(i for a, b in pieces for i in range(a, b) if text[i].isalnum())
