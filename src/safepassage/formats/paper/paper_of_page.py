"""A page of ours as a document for paper: what stands on the page stands in the document, part for part.

The report grows with every question a plan answers. Its PDF is therefore read off the page itself, so that no
part can be on the screen and not on paper. It reads pages that this package wrote, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from safepassage.formats.containers.markup import Markup
from safepassage.formats.paper.paper import (
    LEAD,
    LOUD,
    NOTE,
    PLAIN,
    Beside,
    Block,
    Heading,
    Items,
    Key,
    Pairs,
    Picture,
    Rows,
    Words,
)

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_PLACE = "\ue000{}\ue001"
_PLACED = re.compile("\ue000(\\d+)\ue001")
_LETTER = re.compile(r"<text\b[^>]*>([^<]*)</text>")
_LABEL = re.compile(r'aria-label="([^"]*)"')
_VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "col"})
_BLOCKS = frozenset(
    {"section", "article", "aside", "div", "header", "main", "figure", "table", "ul", "ol", "dl", "p",
     "h1", "h2", "h3", "h4", "footer"}
)  # fmt: skip
_APART = _BLOCKS | {"li", "dt", "dd", "br", "span", "b", "small", "sup", "td", "th"}
"""Tags whose words stand apart from those around them."""
_TONES = {
    "lead": LEAD, "big": LEAD, "caption": NOTE, "proof": NOTE, "keys": NOTE, "exercise": LOUD, "sub": NOTE,
}  # fmt: skip
_BESIDE = {"options": True, "curves": False, "two": False, "versions": True, "panels": False}
"""Classes of parts that stand beside each other, and whether each is framed."""


@dataclass(slots=True)
class _Node:
    """A tag with what stands in it, in order: text and tags."""

    tag: str
    classes: frozenset[str] = frozenset()
    inside: list[_Node | str] = field(default_factory=list)

    def nodes(self) -> list[_Node]:
        return [child for child in self.inside if isinstance(child, _Node)]

    def find(self, tag: str) -> Iterator[_Node]:
        """Yield the tags of a name, wherever in it, in order."""
        for child in self.nodes():
            if child.tag == tag:
                yield child
            else:
                yield from child.find(tag)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = _Node("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = next((value or "" for name, value in attrs if name == "class"), "")
        node = _Node(tag, frozenset(classes.split()))
        self._open[-1].inside.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def blocks(page: str) -> tuple[Block, ...]:
    """Return the blocks of the `<main>` of a page, its first heading left out."""
    reader = _PageBlocks(page)
    return tuple(reader.blocks())


def title(page: str) -> str:
    """Return the first heading of a page."""
    reader = _PageBlocks(page)
    return reader.title()


class _PageBlocks:
    """Reads one page; drawings are taken out first, for they have a grammar of their own."""

    def __init__(self, page: str) -> None:
        self._drawings: list[str] = _SVG.findall(page)
        numbers = iter(range(len(self._drawings)))
        reader = _Reader()
        reader.feed(_SVG.sub(lambda _: _PLACE.format(next(numbers)), page))
        reader.close()
        self._main = next(reader.root.find("main"))

    def title(self) -> str:
        return self._text(next(self._main.find("h1")))

    def blocks(self) -> Iterator[Block]:
        yield from self._within(self._main)

    def _text(self, node: _Node | str, *, skip: frozenset[str] = frozenset()) -> str:
        """Return the words in a node; a drawing within words stands for the letters drawn in it."""
        text = re.sub(r"\s+", " ", self._raw(node, skip)).strip()
        return re.sub(r"([(\[“]) | (?=[.,;:)\]”])", r"\1", text)

    def _raw(self, node: _Node | str, skip: frozenset[str]) -> str:
        if isinstance(node, str):
            return _PLACED.sub(lambda found: " ".join(_LETTER.findall(self._drawings[int(found[1])])), node)
        if node.tag in skip or node.tag in {"script", "style"}:
            return ""
        text = "".join(self._raw(child, skip) for child in node.inside)
        if node.tag == "q":
            return f"“{text}”"
        return f" {text} " if node.tag in _APART else text

    def _within(self, node: _Node) -> Iterator[Block]:
        """Yield the blocks of a container; words in it without a tag of their own are a paragraph."""
        loose: list[_Node | str] = []
        for child in node.inside:
            if isinstance(child, _Node) and child.tag in _BLOCKS:
                yield from self._loose(loose)
                loose = []
                yield from self._block(child)
            else:
                loose.append(child)
        yield from self._loose(loose)

    def _loose(self, parts: Sequence[_Node | str]) -> Iterator[Block]:
        text = self._text(_Node("span", inside=list(parts)))
        if text:
            yield Words(text=text)

    def _block(self, node: _Node) -> Iterator[Block]:
        beside = next((name for name in _BESIDE if name in node.classes), "")
        if node.tag == "h1":
            return
        if node.tag in {"h2", "h3", "h4"}:
            yield Heading(text=self._text(node), level=2 if node.tag == "h2" else 3)
        elif node.tag == "p":
            tone = next((tone for name, tone in _TONES.items() if name in node.classes), PLAIN)
            yield from (Words(text=text, tone=tone) for text in [self._text(node)] if text)
        elif node.tag in {"ul", "ol"}:
            yield from self._list(node)
        elif node.tag == "dl":
            yield from self._pairs(node)
        elif node.tag == "table":
            yield from self._table(node)
        elif node.tag == "figure":
            yield from self._figure(node)
        elif beside:
            parts = tuple(tuple(self._part(child)) for child in node.nodes())
            yield Beside(parts=parts, framed=_BESIDE[beside])
        elif self._is_inline(node):
            yield from self._loose(node.inside)
        else:
            yield from self._within(node)

    def _part(self, node: _Node) -> Iterator[Block]:
        """Yield the blocks of one of the parts beside each other."""
        if node.tag in {"figure", "table", "ul", "dl", "p"}:
            yield from self._block(node)
        elif self._is_inline(node):
            yield from (Words(text=text) for child in node.inside for text in [self._text(child)] if text)
        else:
            yield from self._within(node)

    def _is_inline(self, node: _Node) -> bool:
        return not any(child.tag in _BLOCKS for child in node.nodes())

    def _list(self, node: _Node) -> Iterator[Block]:
        items = [child for child in node.nodes() if child.tag == "li"]
        if "legend" in node.classes:
            yield Key(rows=tuple(self._sample(item) for item in items))
        elif items:
            yield Items(rows=tuple(self._text(item) for item in items))

    def _sample(self, item: _Node) -> tuple[Markup, str]:
        flat = _Node("span", inside=[child for child in item.inside if isinstance(child, _Node)])
        drawn = next(_PLACED.finditer(self._flat(item)), None)
        svg = self._drawings[int(drawn[1])] if drawn else "<svg viewBox='0 0 1 1'></svg>"
        return Markup(svg), self._text(flat)

    def _flat(self, node: _Node | str) -> str:
        return node if isinstance(node, str) else "".join(map(self._flat, node.inside))

    def _pairs(self, node: _Node) -> Iterator[Block]:
        """Yield each pair of a list of terms as words, and the lists within as lists."""
        for pair in node.nodes() if any(child.tag == "div" for child in node.nodes()) else [node]:
            yield Words(text=self._text(pair, skip=frozenset({"ul"})))
            for inner in pair.find("ul"):
                yield from self._list(inner)

    def _figure(self, node: _Node) -> Iterator[Block]:
        caption = " ".join(self._text(child) for child in node.find("figcaption"))
        for found in _PLACED.finditer(self._flat(_Node("span", inside=_without_captions(node)))):
            svg = self._drawings[int(found[1])]
            label = _LABEL.search(svg)
            alt = label[1] if label else caption
            yield Picture(svg=Markup(svg), alt=alt or "drawing", caption=caption)

    def _table(self, node: _Node) -> Iterator[Block]:
        heads = [cell for head in node.find("thead") for cell in _cells(head)]
        body = [_cells(row) for part in (list(node.find("tbody")) or [node]) for row in part.find("tr")]
        rows = [tuple(self._text(cell) for cell in cells) for cells in body]
        if not heads:
            yield Pairs(rows=tuple((row[0], " ".join(row[1:])) for row in rows if row))
            return
        width = len(heads)
        numbers = tuple(at for at, head in enumerate(heads) if head.classes & {"n", "number"})
        strong = (0,) if body and body[0] and body[0][0].tag == "th" else ()
        yield Rows(
            heads=tuple(self._text(head) for head in heads),
            rows=tuple((*row, *[""] * (width - len(row)))[:width] for row in rows),
            numbers=numbers, strong=strong,
        )  # fmt: skip


def _without_captions(node: _Node) -> list[_Node | str]:
    return [child for child in node.inside if not (isinstance(child, _Node) and child.tag == "figcaption")]


def _cells(row: _Node) -> list[_Node]:
    return [cell for cell in _walk(row) if cell.tag in {"td", "th"}]


def _walk(node: _Node) -> Iterator[_Node]:
    for child in node.nodes():
        yield child
        yield from _walk(child)
