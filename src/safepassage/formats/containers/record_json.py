"""Frozen records as plain JSON values and back, driven by annotations; a union names its member in `is`."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

TAG = "is"
NESTED_TOO_DEEP = 32


def to_plain(record: Any) -> Any:
    """Return a record as dictionaries, lists and scalars; fields that hold their default are left out."""
    return _writer(record.__class__)(record)


@cache
def _writer(kind: type) -> Callable[[Any], Any]:
    """Return what writes values of a class; found once, because a ledger has thousands of one class."""
    if is_dataclass(kind):
        return _written
    if issubclass(kind, Enum):
        return _named if issubclass(kind, int) else _valued
    return _listed if issubclass(kind, tuple) else _as_it_is


def _written(record: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {TAG: record.__class__.__name__}
    for name, default in _defaults(record.__class__):
        value = getattr(record, name)
        if value != default:
            plain[name] = _writer(value.__class__)(value)
    return plain


def _named(record: Enum) -> str:
    return record.name


def _valued(record: Enum) -> Any:
    return record.value


def _listed(record: tuple[Any, ...]) -> list[Any]:
    return [_writer(item.__class__)(item) for item in record]


def _as_it_is(record: Any) -> Any:
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
    try:
        return _reader(kind)(plain, depth)
    except _UnfitError:
        return _explained(kind, plain, where, depth)


class _UnfitError(Exception):
    """A value does not fit; which field it is and why is looked for afterwards, by reading again."""


_Reader = Callable[[Any, int], Any]


@cache
def _reader(kind: Any) -> _Reader:
    """Return what reads values of a type and says nothing of where one does not fit; made once for each."""
    members = _members(kind)
    if members is not None:
        return _union_reader(members)
    if is_dataclass(kind):
        return _record_reader(kind)
    if get_origin(kind) is tuple:
        return _tuple_reader(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        names = {member.name if issubclass(kind, int) else member.value: member for member in kind}
        return lambda plain, _: _or_unfit(names.get(plain) if plain.__class__ is str else None)
    return lambda plain, _: _scalar(kind, plain)


def _or_unfit(value: Any) -> Any:
    if value is None:
        raise _UnfitError
    return value


def _scalar(kind: Any, plain: Any) -> Any:
    if plain.__class__ is kind and kind in _SCALARS:
        return plain
    if kind is float and plain.__class__ is int:
        return float(plain)
    raise _UnfitError


_SCALARS = frozenset({str, int, float, bool})


def _union_reader(members: tuple[Any, ...]) -> _Reader:
    named = {m.__name__: m for m in members if isinstance(m, type) and is_dataclass(m)}
    first = next(iter(named.values())) if len(named) == 1 else None
    other = next(m for m in members if m is not type(None))

    def read(plain: Any, depth: int) -> Any:
        if plain is None and type(None) in members:
            return None
        if not named:
            return _reader(other)(plain, depth + 1)
        name = plain.get(TAG) if plain.__class__ is dict else None
        chosen = named.get(name) if name.__class__ is str else None
        return _reader(_or_unfit(chosen or first))(plain, depth + 1)

    return read


def _tuple_reader(args: tuple[Any, ...]) -> _Reader:
    if len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004 - tuple[T, ...] has two arguments

        def read_all(plain: Any, depth: int) -> tuple[Any, ...]:
            if plain.__class__ is not list:
                raise _UnfitError
            reader = _reader(args[0])
            return tuple([reader(item, depth + 1) for item in plain])

        return read_all

    def read(plain: Any, depth: int) -> tuple[Any, ...]:
        if plain.__class__ is not list or len(plain) != len(args):
            raise _UnfitError
        return tuple(_reader(kind)(item, depth + 1) for kind, item in zip(args, plain, strict=True))

    return read


def _record_reader(kind: Any) -> _Reader:
    readers = {name: _hints(kind)[name] for name in (field.name for field in fields(kind))}

    def read(plain: Any, depth: int) -> Any:
        if plain.__class__ is not dict or depth > NESTED_TOO_DEEP:
            raise _UnfitError
        values = {}
        for name, value in plain.items():
            if name != TAG:
                values[name] = _reader(_or_unfit(readers.get(name)))(value, depth + 1)
        try:
            return kind(**values)
        except (ValueError, TypeError):
            raise _UnfitError from None

    return read


def _explained(kind: Any, plain: Any, where: str, depth: int) -> Any:
    """Read again, step by step, to say what does not fit."""
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
        return _explained(chosen, plain, where, depth + 1)
    return _explained(next(m for m in members if m is not type(None)), plain, where, depth + 1)


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
            values[field.name] = _explained(hints[field.name], plain[field.name], place, depth + 1)
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
        return tuple(_explained(args[0], item, f"{where}[{i}]", depth + 1) for i, item in enumerate(plain))
    if len(args) != len(plain):
        raise ValueError(f"{where}: must have {len(args)} items")
    pairs = zip(args, plain, strict=True)
    return tuple(_explained(a, item, f"{where}[{i}]", depth + 1) for i, (a, item) in enumerate(pairs))


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
