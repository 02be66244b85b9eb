"""Turn functions of arrays and numbers into machine code when first called, kept between runs.

What is kept holds the code of all functions that are called, of other modules too, and values of constants.
numba looks at the function's own file only, so a stamp of all of these is kept with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from enum import Enum
from hashlib import sha256
from pickle import UnpicklingError
from types import ModuleType
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba import types
from numba.core.caching import IndexDataCacheFile
from numba.core.dispatcher import Dispatcher
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return the function compiled by numba: no fast-math, no threads, cached beside its module."""
    return cast("Function", _kept(numba.njit(cache=True, fastmath=False, parallel=False)(function)))


def unlocked(function: Function) -> Function:
    """Return the function compiled for threads side by side, each of which writes to its own arrays."""
    dispatcher = numba.njit(cache=True, fastmath=False, parallel=False, nogil=True)(function)
    return cast("Function", _kept(dispatcher))


def inner(function: Function) -> Function:
    """Return the function compiled for callers that are compiled themselves: half the time to compile it."""
    # Not among the options that numba's types know.
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    dispatcher = numba.njit(cache=True, fastmath=False, parallel=False, **options)(function)
    return cast("Function", _kept(dispatcher))


def woven(function: Function) -> Function:
    """Return the function compiled into the machine code of its callers: arrays are handed on for nothing."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}
    dispatcher = numba.njit(cache=True, fastmath=False, parallel=False, **options)(function)
    return cast("Function", _kept(dispatcher))


def inlined(function: Function) -> Function:
    """Return the function compiled into its callers: small steps of inner loops."""
    options: dict[str, Any] = {"inline": "always"}
    dispatcher = numba.njit(cache=True, fastmath=False, parallel=False, **options)(function)
    return cast("Function", _kept(dispatcher))


def load(*functions: Any) -> None:
    """Load the machine code that was kept of compiled functions, as else their first calls do."""
    for dispatcher in functions:
        cache, codegen = dispatcher._cache, dispatcher.targetctx.codegen()  # noqa: SLF001 - numba has no way
        with suppress(OSError):
            for key in cache._cache_file._load_index():  # noqa: SLF001
                if key == cache._index_key(key[0], codegen):  # noqa: SLF001 - made for this machine
                    dispatcher.compile(key[0])


def _lent(_typing: Any, arrays: Any) -> Any:
    """Return a named tuple of arrays whose holders are not counted, for a loop that calls many functions.

    Whoever calls the loop holds the arrays meanwhile.
    """

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = args[0]
        for i, kind in enumerate(signature.args[0].types):
            array = context.make_array(kind)(context, builder, builder.extract_value(value, i))
            array.meminfo = context.get_constant_null(types.voidptr)
            value = builder.insert_value(value, array._getvalue(), i)  # noqa: SLF001 - numba's own way
        return value

    return arrays(arrays), write


lent: Any = intrinsic(_lent)


def _kept(dispatcher: Any) -> Any:
    """Keep machine code while all stands that went into it, where there is room for it.

    A full disk costs the time to compile again, and nothing else.
    """
    cache = dispatcher._cache  # noqa: SLF001 - numba has no setting for either
    keep = cache.save_overload
    cache._cache_file = _Index(cache._cache_file, dispatcher)  # noqa: SLF001

    def keep_if_there_is_room(*args: Any) -> None:
        with suppress(OSError):
            keep(*args)

    cache.save_overload = keep_if_there_is_room
    return dispatcher


class _Index(IndexDataCacheFile):
    """What is kept of a function, as long as its module and all that is compiled into it stay as they are."""

    def __init__(self, file: Any, dispatcher: Any) -> None:
        vars(self).update(vars(file))
        self.of_file: object = file._source_stamp  # noqa: SLF001
        self._dispatcher, self._whole = dispatcher, False

    def _load_index(self) -> Any:
        self._look()
        # What was kept for a class that has another name since cannot be read, nor what was cut off.
        with suppress(AttributeError, ImportError, EOFError, UnpicklingError):
            return super()._load_index()  # type: ignore[no-untyped-call]
        return {}

    def _save_index(self, overloads: Any) -> None:
        self._look()
        super()._save_index(overloads)  # type: ignore[no-untyped-call]

    def _look(self) -> None:
        # When the function was made its module had not been read to the end.
        if not self._whole:
            options = repr(self._dispatcher.targetoptions)
            self._source_stamp: Any = (self.of_file, options, _stamp(self._dispatcher.py_func.__globals__))
            self._whole = True


_STAMPS: dict[str, str] = {}


def _stamp(names: Mapping[str, Any]) -> str:
    """Return what changes when anything does that a module has taken from others, or one of its constants."""
    module = names["__name__"]
    if module not in _STAMPS:
        values = [(name, value) for name, value in names.items() if not name.startswith("__")]
        rows = (f"{name} {row}" for name, value in values for row in _rows(value, module))
        _STAMPS[module] = sha256("\n".join(rows).encode()).hexdigest()
    return _STAMPS[module]


def _rows(value: Any, module: str) -> Iterator[str]:
    """Yield what stands for a value of a module that its compiled functions may have in them."""
    if isinstance(value, np.ndarray):
        yield sha256(value.tobytes()).hexdigest()
    elif isinstance(value, int | float | str | bytes | tuple | np.generic):
        yield repr(value)
    elif isinstance(value, Dispatcher):
        file = cast("Any", value)._cache._cache_file  # noqa: SLF001
        yield str(getattr(file, "of_file", ""))
        if value.py_func.__module__ != module:
            yield _stamp(value.py_func.__globals__)
    elif isinstance(value, ModuleType) and value.__name__.startswith(_PACKAGE):
        yield _stamp(vars(value))
    elif isinstance(value, type):
        yield repr(getattr(value, "_fields", ""))
        yield repr(list(value)) if issubclass(value, Enum) else ""


_PACKAGE = __name__.partition(".")[0] + "."
