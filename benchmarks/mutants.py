"""Small changes of a Python source, one at a time: what a mutation test puts into a module.

Kinds: `boundary` (< for <=), `comparison` (== for !=), `arithmetic` (+ for -), `boolean` (and for or, True
for False, a dropped not), `constant` (a whole number plus one, a compared word spoilt), `statement` (one
that is left out), `return` (None instead of what is no truth value). Docstrings, annotations and words that
are only said stay.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}  # fmt: skip
LEFT_OUT = (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break)
Change = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change: its number in the module, its kind, where it is, and the text before and after."""

    number: int
    kind: str
    line: int
    function: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """What is stable when lines move: the function and the change."""
        return f"{self.function}: {self.before} -> {self.after}"


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a source, in order."""
    found = []
    tree = ast.parse(source)
    for number, (kind, node, function, change) in enumerate(_changes(tree)):
        before = ast.unparse(node)
        saved = _copy(node)
        words = [(part, part.value) for part in ast.walk(node) if isinstance(part, ast.Constant)]
        change()
        found.append(
            Mutant(number=number, kind=kind, line=node.lineno, function=function,
                   before=_short(before), after=_short(_said(node))),
        )  # fmt: skip
        _restore(node, saved)
        for part, value in words:
            part.value = value
    return found


def mutated(source: str, number: int) -> ast.Module:
    """Return the tree of a source with its mutant of this number; unchanged for -1."""
    tree = ast.parse(source)
    if number == -1:
        return tree
    for at, (_, _, _, change) in enumerate(_changes(tree)):
        if at == number:
            change()
            return ast.fix_missing_locations(tree)
    raise ValueError(f"there is no mutant {number}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:87]}..."


def _copy(node: ast.AST) -> dict[str, object]:
    return {
        name: list(value) if isinstance(value, list) else value for name, value in ast.iter_fields(node)
    } | {"class": node.__class__}


def _restore(node: ast.AST, saved: dict[str, object]) -> None:
    node.__class__ = saved.pop("class")  # type: ignore[assignment]
    for name in list(node._fields):
        if name in saved:
            setattr(node, name, saved[name])
    for name, value in saved.items():
        setattr(node, name, value)


def _said(node: ast.AST) -> str:
    return ast.unparse(ast.fix_missing_locations(node))


def _changes(tree: ast.Module) -> Iterator[tuple[str, ast.expr | ast.stmt, str, Change]]:
    """Yield kind, node, name of the function around it and the change, in order of the source."""
    yield from _below(tree, "")


def _below(node: ast.AST, function: str) -> Iterator[tuple[str, ast.expr | ast.stmt, str, Change]]:
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params", "format_spec"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_docstring(child):
                continue
            inside = function
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inside = f"{function}.{child.name}".lstrip(".")
            if isinstance(child, ast.expr | ast.stmt):
                for kind, change in _of(child):
                    yield kind, child, inside or "<module>", change
            yield from _below(child, inside)


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _of(node: ast.expr | ast.stmt) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield "arithmetic", lambda: setattr(node, "op", ARITHMETIC[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield "boolean", lambda: setattr(node, "op", other())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        if isinstance(node.op, ast.Not):
            yield "boolean", lambda: setattr(node, "operand", ast.UnaryOp(ast.Not(), node.operand))
        else:
            yield "arithmetic", lambda: setattr(node, "op", ast.UAdd())
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node)
    if isinstance(node, LEFT_OUT):
        yield "statement", lambda: _leave_out(node)
    elif isinstance(node, ast.Return) and node.value is not None and not _is_told_apart_anyway(node.value):
        yield "return", lambda: setattr(node, "value", ast.Constant(None))


def _of_comparison(node: ast.Compare) -> Iterator[tuple[str, Change]]:
    for at, op in enumerate(node.ops):
        for kind, table in (("boundary", BOUNDARY), ("comparison", OPPOSITE)):
            if type(op) in table:
                yield kind, lambda at=at, table=table: node.ops.__setitem__(at, table[type(node.ops[at])]())  # type: ignore[misc]
    for word in (node.left, *node.comparators):
        for part in word.elts if isinstance(word, ast.Set | ast.Tuple) else [word]:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield "constant", lambda part=part: setattr(part, "value", f"{part.value}~")  # type: ignore[misc]


def _of_constant(node: ast.Constant) -> Iterator[tuple[str, Change]]:
    if isinstance(node.value, bool):
        yield "boolean", lambda: setattr(node, "value", not node.value)
    elif isinstance(node.value, int):
        yield "constant", lambda: setattr(node, "value", int(str(node.value)) + 1)


def _is_told_apart_anyway(node: ast.expr) -> bool:
    """Tell whether None instead changes nothing, or less than the opposite does, which is tried too."""
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


def _leave_out(node: ast.stmt) -> None:
    node.__class__ = ast.Pass  # type: ignore[assignment]
