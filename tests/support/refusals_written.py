"""Every clause that the domain, the store and readers of files refuse with, where pages show it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import safepassage
from tests.support.words_used import skeleton

ROOT = Path(safepassage.__file__).parent
MODULES = (
    "casework/sheets", "domain/access", "domain/claims/ledger", "domain/claims/values", "domain/log/entry",
    "domain/movement/checks", "domain/movement/form", "domain/movement/lifecycle",
    "domain/movement/particulars", "domain/movement/rules", "formats/case/case_times",
    "formats/claims/cap_alert",
    "formats/claims/field_rows", "formats/claims/intake", "formats/claims/report_text",
    "formats/containers/safe_xml", "formats/containers/safe_zip", "formats/containers/tabular",
    "formats/containers/xlsx_in", "formats/geometry/geometry", "formats/geometry/geometry_geojson",
    "formats/geometry/geometry_in", "formats/geometry/geometry_xml", "formats/movement/movement_draft",
    "formats/movement/movement_file", "store/audits", "store/event_store", "store/exchange",
    "store/group_commit", "store/movement_events", "store/passwords", "store/people",
)  # fmt: skip
SAID_AT = {
    "CellError": (1, 2), "error": (2, 3), "warning": (2, 3), "Fault": (), "FormatError": (),
    "TransitionError": (0, 1, 2), "StoreError": (0,), "RefusedError": (0,), "SheetError": (0,),
    "_RefusedLogError": (0,), "ValueError": (0,),
    "_holds": (1, 2), "_remark": (1, 2),
}  # fmt: skip
"""What is called with clauses, and in which places they stand; keywords of `SAID_AS` everywhere."""
SAID_AS = frozenset({"what", "remedy", "message", "hint"})
KEPT_AS = re.compile(r"what|why|remedy|message|hint|[A-Z]+_HINT|_NEXT")
"""Variables that hold clauses until they are said."""


def clauses() -> dict[str, str]:
    """Return each clause with {} for what is filled in, and the module that says it."""
    found: dict[str, str] = {}
    for name in MODULES:
        for node in ast.walk(ast.parse((ROOT / f"{name}.py").read_text("utf-8"))):
            texts = _said(node) if isinstance(node, ast.Call) else _kept(node)
            for text in filter(None, texts):
                if re.search("[a-z]{2}", text):
                    found.setdefault(text.rstrip("."), name)
    return found


def _kept(node: ast.AST) -> Iterator[str | None]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if KEPT_AS.fullmatch(name):
            for one in value.values if isinstance(value, ast.Dict) else [value]:
                yield from _branches(one)
        case ast.Assign(
            targets=[ast.Tuple(elts=[ast.Name(id="message"), _])], value=ast.Tuple(elts=elements)
        ):
            for one in elements:
                yield from _branches(one)


def _said(call: ast.Call) -> Iterator[str | None]:
    name = getattr(call.func, "attr", getattr(call.func, "id", "")).lstrip("_")
    name = name if name in SAID_AT else f"_{name}"
    if name in SAID_AT:
        nodes = [call.args[at] for at in SAID_AT[name] if at < len(call.args)]
        nodes += [word.value for word in call.keywords if word.arg in SAID_AS]
        for node in nodes:
            yield from _branches(node)


def _branches(node: ast.expr) -> Iterator[str | None]:
    if isinstance(node, ast.IfExp):
        yield from _branches(node.body)
        yield from _branches(node.orelse)
    else:
        yield skeleton(node)
