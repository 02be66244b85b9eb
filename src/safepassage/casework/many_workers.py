"""The same pure task for many jobs: in this process, in several, or on a Dask cluster.

Results come in order. A worker that dies takes nothing with it: what it had not finished is done again, and
because a task depends on its arguments alone, nothing changes.
"""

from __future__ import annotations

import copyreg
import multiprocessing
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any

from safepassage.casework.solver_process import WATCH
from safepassage.domain.crew import Job, Result, Shared, alone
from safepassage.domain.errors import SafePassageError

LOCAL = "local:"
THREADED = frozenset({"distributed", "highspy", "ortools", "pyvrp", "scipy.optimize", "typst"})
"""Libraries whose threads outlive a call."""
TWO = 2
AHEAD, LEAST_AHEAD = 2, 16
"""So many jobs a worker are sent before their results are asked for, and at least so many to a cluster."""


def _read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


# Values of the domain hold read-only mappings, which Python lets travel only when told how.
copyreg.pickle(MappingProxyType, lambda mapping: (_read_only, (dict(mapping),)))


class ClusterError(SafePassageError):
    """A cluster cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who works: `workers` processes here, or a Dask cluster.

    `cluster` is the address of a scheduler, or ``local:N`` for one with N worker processes here.
    """

    workers: int = 1
    cluster: str = ""

    @property
    def is_many(self) -> bool:
        """Whether work leaves this process."""
        return bool(self.cluster) or self.workers > 1

    def each(
        self, task: Callable[[Shared, Job], Result], shared: Shared, jobs: Iterable[Job], /
    ) -> Generator[Result]:
        """Yield ``task(shared, job)`` of every job, in order.

        Raises
        ------
        ClusterError
            When the extra `cluster` is not installed or nobody answers at the address.
        """
        if self.cluster:
            return _on_cluster(task, shared, jobs, self.cluster)
        return _in_processes(task, shared, jobs, self.workers) if self.is_many else alone(task, shared, jobs)

    def beside(self, task: Callable[[Job], Result], job: Job, /) -> Callable[[], Result]:
        """Begin a task in a copy of this process, which goes on; return what waits for its result.

        Where there are no other workers, or this process cannot be copied, it is done at once.
        """
        if self.workers < TWO or not may_fork():
            here = task(job)
            return lambda: here
        # What a copy of this process begins with need not travel.
        context = multiprocessing.get_context("fork")
        pool = ProcessPoolExecutor(1, mp_context=context, initializer=_keep, initargs=(_alone, (task, job)))
        future: Future[Result] = pool.submit(_kept, None)

        def waited() -> Result:
            with pool:
                try:
                    return future.result()
                except BrokenProcessPool:
                    return task(job)

        return waited


def _in_processes(
    task: Callable[[Shared, Job], Result], shared: Shared, jobs: Iterable[Job], workers: int
) -> Generator[Result]:
    way = "fork" if may_fork() else "spawn"
    context = multiprocessing.get_context(way)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_keep, initargs=(task, shared))

    def sent(job: Job) -> Future[Result] | None:
        try:
            return pool.submit(_kept, job)
        except BrokenProcessPool:
            return None

    def done(job: Job, future: Future[Result] | None) -> Result:
        try:
            if future is not None:
                return future.result()
        except BrokenProcessPool:
            pass
        # A worker was killed: what is missing is done here.
        return task(shared, job)

    try:
        yield from _in_order(sent, done, jobs, AHEAD * workers)
    finally:
        pool.shutdown(cancel_futures=True)


def may_fork() -> bool:
    """Return whether workers can be copies of this process, with everything that is loaded and made here.

    A copy has one thread: not where other threads may hold locks, nor where a solver keeps threads of its
    own. Elsewhere than on Linux the system's libraries have such threads. Those of OpenBLAS are made for it,
    and what watches over a process holds nothing while it waits.
    """
    threads = sum(thread.name != WATCH for thread in threading.enumerate())
    return sys.platform == "linux" and threads == 1 and THREADED.isdisjoint(sys.modules)


def _in_order(
    sent: Callable[[Job], Any], done: Callable[[Job, Any], Result], jobs: Iterable[Job], ahead: int
) -> Generator[Result]:
    """Yield what comes of jobs in order; `ahead` of them are under way, so that memory does not grow."""
    todo = iter(jobs)
    waiting = deque((job, sent(job)) for job in islice(todo, ahead))
    while waiting:
        yield done(*waiting.popleft())
        waiting.extend((job, sent(job)) for job in islice(todo, 1))


_KEPT: list[Any] = []


def _keep(task: Callable[..., Any], shared: Any) -> None:
    """Hold task and plan in a worker, so that they travel once."""
    _KEPT[:] = [task, shared]


def _kept(job: Any) -> Any:
    task, shared = _KEPT
    return task(shared, job)


def _alone(both: tuple[Callable[[Job], Result], Job], _: None) -> Result:
    task, job = both
    return task(job)


def _on_cluster(
    task: Callable[[Shared, Job], Result], shared: Shared, jobs: Iterable[Job], address: str
) -> Generator[Result]:
    with _client(address) as client:
        there = client.scatter(shared, broadcast=True)

        def sent(job: Job) -> Any:
            return client.submit(task, there, job, pure=False)

        def done(_: Job, future: Any) -> Result:
            found: Result = future.result()
            return found

        ahead = max(LEAST_AHEAD, AHEAD * sum(client.nthreads().values()))
        yield from _in_order(sent, done, jobs, ahead)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    """Yield a client of the cluster at an address, or of one made here."""
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
            yield client
        return
    try:
        client = library.Client(address, timeout="10s")
    except (OSError, ValueError) as fault:
        raise ClusterError(f"No scheduler answers at {address}: {fault}") from None
    with client:
        yield client
