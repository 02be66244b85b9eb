"""Modules and functions stay short enough to be read in one sitting."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.support.rules import broken_by

ROOT = Path(__file__).resolve().parents[2]
MODULE_LINES = 600
FUNCTION_LINES = 60
SOURCES = sorted(path for part in ("src", "tools") for path in (ROOT / part).rglob("*.py"))


def long_functions(source: str) -> list[str]:
    """Name the functions whose code, without their docstring, is over the budget."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            documented = ast.get_docstring(node) is not None
            docstring_lines = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
            lines = (node.end_lineno or 0) - node.lineno + 1 - docstring_lines
            if lines > FUNCTION_LINES:
                found.append(f"{node.name}: {lines} lines")
    return found


def over_budget(path: Path) -> list[str]:
    source = path.read_text("utf-8")
    lines = len(source.splitlines())
    if lines <= FUNCTION_LINES:
        return []
    return [*([f"{lines} lines"] if lines > MODULE_LINES else []), *long_functions(source)]


def test_modules_and_their_functions_are_within_budget():
    assert broken_by(SOURCES, over_budget, ROOT) == {}


def test_the_budget_check_sees_a_long_function():
    source = "def f():\n    'doc'\n" + "    x = 1\n" * FUNCTION_LINES
    assert long_functions(source) == [f"f: {FUNCTION_LINES + 1} lines"]
