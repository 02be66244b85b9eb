"""Frozen records as plain JSON values and back, driven by annotations; a union names its member in `is`."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

TAG = "is"
NESTED_TOO_DEEP = 32


def to_plain(record: Any) -> Any:
    """Return a record as dictionaries, lists and scalars; fields that hold their default are left out."""
    if is_dataclass(record):
        plain: dict[str, Any] = {TAG: type(record).__name__}
        for name, default in _defaults(record.__class__):
            value = getattr(record, name)
            if value != default:
                plain[name] = to_plain(value)
        return plain
    if isinstance(record, Enum):
        return record.name if isinstance(record, int) else record.value
    if isinstance(record, tuple):
        return [to_plain(item) for item in record]
    return record


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


def from_plain(kind: Any, plain: Any, where: str = "", depth: int = 0) -> Any:
    """Return the record of a type that a plain value stands for.

    Raises
    ------
    ValueError
        When the value does not fit; `str()` names the field and what is wrong.
    """
    if depth > NESTED_TOO_DEEP:
        raise ValueError(f"{where}: is nested too deep")
    members = _members(kind)
    if members is not None:
        return _of_union(members, plain, where, depth)
    if is_dataclass(kind):
        return _of_record(kind, plain, where, depth)
    if get_origin(kind) is tuple:
        return _of_tuple(get_args(kind), plain, where, depth)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _of_enum(kind, plain, where)
    return _of_scalar(kind, plain, where)


def _members(kind: Any) -> tuple[Any, ...] | None:
    return get_args(kind) if get_origin(kind) in {Union, types.UnionType} else None


def _of_union(members: tuple[Any, ...], plain: Any, where: str, depth: int) -> Any:
    if plain is None and type(None) in members:
        return None
    named: dict[str, Any] = {m.__name__: m for m in members if isinstance(m, type) and is_dataclass(m)}
    if named:
        name = plain.get(TAG) if isinstance(plain, Mapping) else None
        if name not in named and len(named) > 1:
            raise ValueError(f"{where}: `{TAG}` must be one of {', '.join(sorted(named))}")
        chosen = named.get(str(name)) or next(iter(named.values()))
        return from_plain(chosen, plain, where, depth + 1)
    return from_plain(next(m for m in members if m is not type(None)), plain, where, depth + 1)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _of_record(kind: Any, plain: Any, where: str, depth: int) -> Any:
    if not isinstance(plain, Mapping):
        raise ValueError(f"{where or kind.__name__}: must be an object")  # noqa: TRY004 - data, not a caller
    hints = _hints(kind)
    unknown = sorted(set(plain) - set(hints) - {TAG})
    if unknown:
        raise ValueError(f"{where}: {unknown[0]!r} is no field of {kind.__name__}")
    values = {}
    for field in fields(kind):
        place = f"{where}.{field.name}".lstrip(".")
        if field.name in plain:
            values[field.name] = from_plain(hints[field.name], plain[field.name], place, depth + 1)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise ValueError(f"{place}: is missing")
    try:
        return kind(**values)
    except ValueError as fault:
        raise ValueError(f"{where or kind.__name__}: {fault}") from fault


def _of_tuple(args: tuple[Any, ...], plain: Any, where: str, depth: int) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        raise ValueError(f"{where}: must be a list")  # noqa: TRY004 - data, not a caller
    if len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004 - tuple[T, ...] has two arguments
        return tuple(from_plain(args[0], item, f"{where}[{i}]", depth + 1) for i, item in enumerate(plain))
    if len(args) != len(plain):
        raise ValueError(f"{where}: must have {len(args)} items")
    pairs = zip(args, plain, strict=True)
    return tuple(from_plain(a, item, f"{where}[{i}]", depth + 1) for i, (a, item) in enumerate(pairs))


def _of_enum(kind: type[Enum], plain: Any, where: str) -> Enum:
    for member in kind:
        if plain == (member.name if issubclass(kind, int) else member.value):
            return member
    words = ", ".join(str(m.name if issubclass(kind, int) else m.value) for m in kind)
    raise ValueError(f"{where}: must be one of {words}")


def _of_scalar(kind: Any, plain: Any, where: str) -> Any:
    wanted = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    fits = type(plain) is kind or (kind is float and type(plain) is int)
    if kind not in wanted or not fits:
        raise ValueError(f"{where}: must be {wanted.get(kind, kind)}")
    return kind(plain)
