"""XML from strangers: no document types, no entities, bounded depth; then a plain element tree."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from xml.parsers import expat

from safepassage.domain.errors import FormatError
from safepassage.domain.problem import Problem, Where
from safepassage.formats.containers.safe_zip import damaged
from safepassage.formats.containers.tabular import error

MAX_DEPTH = 200


class _UnsafeXmlError(ValueError):
    """A document type or a bottomless nesting; never leaves this module."""


def local(tag: str) -> str:
    """Return a tag or attribute name without its namespace."""
    return tag.rpartition("}")[2]


def guarded(
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
    *,
    doctype: str = "",
) -> expat.XMLParserType:
    """Return a parser that refuses document types and unbounded depth and calls the three handlers.

    A declaration of the document type `doctype` that only names an outside file is let pass; the file is not
    read.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = 0

    def refuse(*_: object) -> None:
        raise _UnsafeXmlError("document type")

    def on_doctype(name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset or not doctype or name != doctype:
            refuse()

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise _UnsafeXmlError("depth")
        start(tag, attributes)

    def on_end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        end(tag)

    parser.StartDoctypeDeclHandler = on_doctype
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = text
    return parser


def feed(parser: expat.XMLParserType, data: bytes, where: Where, part: str) -> Problem | None:
    """Run a document through a guarded parser; return what is wrong with it, if anything.

    A handler's own FormatError is let pass: it says better than this what is wrong.
    """
    try:
        parser.Parse(data, True)
    except _UnsafeXmlError as fault:
        return error(
            "FILE_UNSAFE_XML",
            where,
            f"{part} holds a {fault} declaration, which no workbook or map file needs"
            if "document" in str(fault)
            else f"{part} is nested more than {MAX_DEPTH} deep",
            "export the file again from the program that made it; do not trust where it came from",
        )
    except FormatError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as fault:
        return damaged(where, f"{part} is not well-formed XML ({fault})")
    return None


def parse(data: bytes, where: Where, part: str) -> ET.Element | Problem:
    """Return the root element of a document, with namespaced tags as `{uri}tag`, or a problem."""
    builder = ET.TreeBuilder()

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start(_braced(tag), {_braced(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        builder.end(_braced(tag))

    def text(chunk: str) -> None:
        builder.data(chunk)

    found = feed(guarded(start, end, text), data, where, part)
    return found if found is not None else builder.close()


def _braced(tag: str) -> str:
    return "{" + tag if "}" in tag else tag
