"""Turn functions of arrays and numbers into machine code when first called, kept between runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

import numba
from numba import types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return the function compiled by numba: no fast-math, no threads, cached beside its module."""
    return cast("Function", _forgiving(numba.njit(cache=True, fastmath=False, parallel=False)(function)))


def unlocked(function: Function) -> Function:
    """Return the function compiled for threads side by side, each of which writes to its own arrays."""
    dispatcher = numba.njit(cache=True, fastmath=False, parallel=False, nogil=True)(function)
    return cast("Function", _forgiving(dispatcher))


def inner(function: Function) -> Function:
    """Return the function compiled for callers that are compiled themselves: half the time to compile it."""
    # Not among the options that numba's types know.
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    dispatcher = numba.njit(cache=True, fastmath=False, parallel=False, **options)(function)
    return cast("Function", _forgiving(dispatcher))


def woven(function: Function) -> Function:
    """Return the function compiled into the machine code of its callers: arrays are handed on for nothing."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": True}
    dispatcher = numba.njit(cache=True, fastmath=False, parallel=False, **options)(function)
    return cast("Function", _forgiving(dispatcher))


def inlined(function: Function) -> Function:
    """Return the function compiled into its callers: small steps of inner loops."""
    options: dict[str, Any] = {"inline": "always"}
    dispatcher = numba.njit(cache=True, fastmath=False, parallel=False, **options)(function)
    return cast("Function", _forgiving(dispatcher))


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


def _forgiving(dispatcher: Any) -> Any:
    """Let a full disk cost the time to compile again, and nothing else: what cannot be kept is not kept."""
    keep = dispatcher._cache.save_overload  # noqa: SLF001 - numba has no setting for this

    def keep_if_there_is_room(*args: Any) -> None:
        with suppress(OSError):
            keep(*args)

    dispatcher._cache.save_overload = keep_if_there_is_room  # noqa: SLF001
    return dispatcher
