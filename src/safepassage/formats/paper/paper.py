"""A document for paper: titles, words, rows and drawings in order, before it is known how they are set.

One description becomes a page of HTML and a PDF, so that what is on the one is on the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias

from safepassage.formats.containers.markup import Markup, printable

PLAIN, LEAD, NOTE, LOUD = "plain", "lead", "note", "loud"
TONES = (PLAIN, LEAD, NOTE, LOUD)
"""Running text; a first sentence; small print; what must not be missed, in a frame."""
HUNDRED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A title of a part; `level` is 2 or 3."""

    block: ClassVar[str] = "heading"
    text: str
    level: int = 2

    def __post_init__(self) -> None:
        if self.level not in {2, 3}:
            raise ValueError("a heading inside a document is of level 2 or 3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A paragraph in one of the tones."""

    block: ClassVar[str] = "words"
    text: str
    tone: str = PLAIN

    def __post_init__(self) -> None:
        if self.tone not in TONES:
            raise ValueError(f"a tone is one of {', '.join(TONES)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Names and what they are, one pair a row; large where the reader has to find them at arm's length."""

    block: ClassVar[str] = "pairs"
    rows: tuple[tuple[str, str], ...]
    large: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list of sentences."""

    block: ClassVar[str] = "items"
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table; its head is repeated on every page.

    `widths` are shares of the width by column, 0 for as wide as its words; `numbers` are columns set to the
    right, `strong` columns in bold.
    """

    block: ClassVar[str] = "rows"
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    strong: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.heads) for row in self.rows):
            raise ValueError("every row has as many cells as there are heads")
        if self.widths and len(self.widths) != len(self.heads):
            raise ValueError("there are as many widths as heads")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing as SVG without references; `alt` says what it shows, `percent` is its share of the width."""

    block: ClassVar[str] = "picture"
    svg: Markup
    alt: str
    caption: str = ""
    percent: int = HUNDRED

    def __post_init__(self) -> None:
        if not 1 <= self.percent <= HUNDRED or not self.alt:
            raise ValueError("a picture needs a share of the width and words for those who cannot see it")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """What follows begins on a page of its own."""

    block: ClassVar[str] = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A legend: small drawings as SVG and what they stand for."""

    block: ClassVar[str] = "key"
    rows: tuple[tuple[Markup, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Parts of equal weight beside each other, each in a frame where `framed`."""

    block: ClassVar[str] = "beside"
    parts: tuple[tuple[Block, ...], ...]
    framed: bool = False


Block: TypeAlias = "Heading | Words | Pairs | Items | Rows | Picture | NewPage | Key | Beside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document in one language.

    `stamp` stands on top of every page (class, EXERCISE, INCOMPLETE), `running` beside it, `foot` below.
    `code` is a square drawing beside the title, `code_text` what it says. A `wide` document lies on its
    side; pages are numbered where `counted`; `points` is the size of
    its letters on paper.
    """

    title: str
    language: str
    stamp: tuple[str, ...]
    blocks: tuple[Block, ...]
    subtitle: str = ""
    running: str = ""
    foot: str = ""
    code: Markup = Markup()  # noqa: RUF009 - immutable
    code_text: str = ""
    wide: bool = False
    counted: bool = True
    points: int = 10

    def texts(self) -> Iterator[str]:
        """Yield every text that a reader has to find, in whatever form the document is set."""
        yield from (self.title, self.subtitle, *self.stamp, self.running, self.foot, self.code_text)
        for block in self.blocks:
            yield from _texts_of(block)


def _texts_of(block: Block) -> Iterator[str]:
    match block:
        case Heading() | Words():
            yield block.text
        case Pairs():
            yield from (text for pair in block.rows for text in pair)
        case Items():
            yield from block.rows
        case Rows():
            yield from (*block.heads, *(cell for row in block.rows for cell in row))
        case Picture():
            yield block.caption
        case Key():
            yield from (text for _, text in block.rows)
        case Beside():
            yield from (text for part in block.parts for inner in part for text in _texts_of(inner))


def facts_of(block: Block) -> dict[str, Any]:
    """Return a block as plain data, with its kind as `block`."""
    return {"block": block.block, **{f.name: getattr(block, f.name) for f in fields(block)}}


_SVG = "http://www.w3.org/2000/svg"
_ROOT = re.compile(r":root\s*\{(.*?)\}", re.DOTALL)
_VARIABLE = re.compile(r"--([\w-]+)\s*:\s*([^;]+);")
_RULE = re.compile(r"([^{}@]+)\{([^{}]*)\}")


def drawing_rules(style: str, classes: frozenset[str]) -> str:
    """Return the rules of a style sheet that begin with one of the classes, with its variables filled in.

    A drawing that leaves its page takes its style along; programs that draw SVG know no variables of CSS.
    """
    known: Mapping[str, str] = dict(_VARIABLE.findall("".join(_ROOT.findall(style))))
    kept = []
    for selectors, rule in _RULE.findall(style.partition("@media")[0]):
        chosen = [s.strip() for s in selectors.split(",") if _first_class(s) in classes]
        if chosen:
            filled = re.sub(r"var\(--([\w-]+)\)", lambda found: known.get(found[1], "#000"), rule)
            kept.append(f"{','.join(chosen)}{{{filled.strip()}}}")
    return "".join(kept)


def _first_class(selector: str) -> str:
    found = re.search(r"\.([\w-]+)", selector)
    return found[1] if found else ""


def with_style(svg: Markup, rules: str) -> Markup:
    """Return a drawing with a style of its own, in a face that every typesetter here has."""
    own = f"text{{font-family:'Libertinus Serif',serif}}{rules}"
    styled = svg.replace(">", f"><style>{printable(own)}</style>", 1)
    return Markup(styled if "xmlns=" in styled else styled.replace("<svg", f'<svg xmlns="{_SVG}"', 1))
