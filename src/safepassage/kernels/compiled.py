"""Turn functions of arrays and numbers into machine code when first called, kept between runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return the function compiled by numba: no fast-math, no threads, cached beside its module."""
    return cast("Function", numba.njit(cache=True, fastmath=False, parallel=False)(function))


def inner(function: Function) -> Function:
    """Return the function compiled for callers that are compiled themselves: half the time to compile it."""
    # Not among the options that numba's types know.
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast("Function", numba.njit(cache=True, fastmath=False, parallel=False, **options)(function))
