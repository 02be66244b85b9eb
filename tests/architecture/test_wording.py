"""What people read uses no vocabulary of weapons for places and persons, and promises no safety."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.support.rules import broken_by

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
AVOIDED = re.compile(
    r"\b(targets?|enem(?:y|ies)|kill(?:s|ed)?|strikes?|cleared|deconflict\w*"
    r"|safe (?:route|road|corridor)s?)\b",
    re.IGNORECASE,
)
# What a module has to hold for an avoided word to stand in it, however its texts are put together.
MAY_BE_AVOIDED = re.compile(AVOIDED.pattern.replace(r"safe (?:route|road|corridor)s?", "safe"), re.IGNORECASE)
# Names that a file format gives to its own parts; nobody reads them.
FORMAT_NAMES = {"Target"}
TEXTS = sorted(
    path
    for folder in (SOURCE, ROOT / "docs")
    for path in folder.rglob("*")
    # Files of other projects are kept as they were published.
    if "vendor" not in path.parts
    if path.suffix in {".html", ".j2", ".md", ".csv", ".toml", ".txt", ".css", ".js", ".xml"}
)


def visible_strings(source: str) -> list[tuple[int, str]]:
    """Return the strings of a module that could be shown: all but docstrings."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = (
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings
    )
    return [(node.lineno, node.value) for node in constants if isinstance(node.value, str)]


def avoided_in_code(path: Path) -> list[tuple[int, str]]:
    source = path.read_text("utf-8")
    shown = visible_strings(source) if MAY_BE_AVOIDED.search(source) else []
    return [(line, text) for line, text in shown if text not in FORMAT_NAMES and AVOIDED.search(text)]


def avoided_in_text(path: Path) -> list[str]:
    """Attributes of HTML tags are not shown and may use the language's own words."""
    return [found[0] for found in AVOIDED.finditer(re.sub(r"<[^>]*>", " ", path.read_text("utf-8")))]


def test_messages_avoid_the_words_we_do_not_use():
    assert broken_by(SOURCE.rglob("*.py"), avoided_in_code, SOURCE) == {}


def test_pages_and_data_avoid_the_words_we_do_not_use():
    assert broken_by([ROOT / "README.md", *TEXTS], avoided_in_text, ROOT) == {}


def test_the_check_sees_an_avoided_word():
    assert visible_strings('"""A safe route."""\nx = "a safe route"\n') == [(2, "a safe route")]
    assert MAY_BE_AVOIDED.search('x = "a safe " "route"')
    assert AVOIDED.search("the lower-exposure route; no targeting") is None
