"""The same pure task for many slices: in this process, in several, or on a Dask cluster.

Results come in order. A worker that dies takes nothing with it: what it had not finished is done again, and
because a task depends on its arguments alone, nothing changes.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from safepassage.domain.errors import SafePassageError

T = TypeVar("T")
LOCAL = "local:"


class ClusterError(SafePassageError):
    """A cluster cannot be used."""


def mapped(
    task: Callable[..., T],
    shared: Any,
    slices: Sequence[tuple[int, int]],
    *,
    workers: int = 1,
    cluster: str = "",
) -> list[T]:
    """Return ``task(shared, first, last)`` of every slice, in order.

    `cluster` is the address of a Dask scheduler, or ``local:N`` for one with N worker processes here.

    Raises
    ------
    ClusterError
        When the extra `cluster` is not installed or nobody answers at the address.
    """
    if cluster:
        return _on_cluster(task, shared, slices, cluster)
    if workers <= 1 or len(slices) <= 1:
        return [task(shared, *bounds) for bounds in slices]
    return _in_processes(task, shared, slices, workers)


def _in_processes(
    task: Callable[..., T], shared: Any, slices: Sequence[tuple[int, int]], workers: int
) -> list[T]:
    found: dict[int, T] = {}
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(
            workers, mp_context=context, initializer=_keep, initargs=(task, shared)
        ) as pool:
            futures = {n: pool.submit(_kept, *bounds) for n, bounds in enumerate(slices)}
            for n, future in futures.items():
                found[n] = future.result()
    except BrokenProcessPool:
        # A worker was killed: what is missing is done here.
        for n, bounds in enumerate(slices):
            if n not in found:
                found[n] = task(shared, *bounds)
    return [found[n] for n in range(len(slices))]


_KEPT: list[Any] = []


def _keep(task: Callable[..., Any], shared: Any) -> None:
    """Hold task and plan in a worker, so that they travel once."""
    _KEPT[:] = [task, shared]


def _kept(first: int, last: int) -> Any:
    task, shared = _KEPT
    return task(shared, first, last)


def _on_cluster(
    task: Callable[..., T], shared: Any, slices: Sequence[tuple[int, int]], address: str
) -> list[T]:
    try:
        import distributed  # noqa: PLC0415 - optional, and heavy
    except ImportError:
        remedy = "install the extra: pip install 'safepassage[cluster]'"
        raise ClusterError(f"--cluster needs Dask: {remedy}") from None
    # The library is typed in part only.
    library: Any = distributed
    if address.startswith(LOCAL):
        count = address.removeprefix(LOCAL)
        if not count.isdecimal() or not int(count):
            raise ClusterError(f"{address!r} is no local cluster: write local:2 for two workers here.")
        options = {"n_workers": int(count), "threads_per_worker": 1, "dashboard_address": None}
        with library.LocalCluster(host="127.0.0.1", **options) as here, library.Client(here) as client:
            return _asked(client, task, shared, slices)
    try:
        with library.Client(address, timeout="10s") as client:
            return _asked(client, task, shared, slices)
    except (OSError, ValueError) as fault:
        raise ClusterError(f"No scheduler answers at {address}: {fault}") from None


def _asked(client: Any, task: Callable[..., T], shared: Any, slices: Sequence[tuple[int, int]]) -> list[T]:
    there = client.scatter(shared, broadcast=True)
    futures = [client.submit(task, there, first, last, pure=False) for first, last in slices]
    found: list[T] = client.gather(futures)
    return found
