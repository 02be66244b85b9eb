"""Turn functions of arrays and numbers into machine code when first called, kept between runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Return the function compiled by numba: no fast-math, no threads, cached beside its module."""
    return cast("Function", numba.njit(cache=True, fastmath=False, parallel=False)(function))
