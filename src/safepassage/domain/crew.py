"""Who does a task, for many jobs or beside: alone here, or by whatever has the same form."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import ParamSpec, Protocol, TypeVar

Shared = TypeVar("Shared")
Job = TypeVar("Job")
Result = TypeVar("Result")
P = ParamSpec("P")
Answer = TypeVar("Answer")


class Each(Protocol):
    """Yields ``task(shared, job)`` of every job, in order.

    A task depends on its arguments alone, so who does it changes nothing. Jobs after the last result that is
    asked for may have been begun, or not. Task, `shared` and jobs may travel to other processes.
    """

    def __call__(
        self, task: Callable[[Shared, Job], Result], shared: Shared, jobs: Iterable[Job], /
    ) -> Generator[Result]:
        """Yield the results; closed, begin nothing more."""
        ...


def alone(task: Callable[[Shared, Job], Result], shared: Shared, jobs: Iterable[Job], /) -> Generator[Result]:
    """Yield ``task(shared, job)`` of every job, each made when it is asked for."""
    for job in jobs:
        yield task(shared, job)


class NoAnswerError(Exception):
    """A task that was begun beside came to no end, and nobody did it again."""


class Beside(Protocol):
    """Begins ``task(job)`` and returns what waits for its result.

    A task depends on its job alone, so who does it, and when, changes nothing. Who does it may be lost: then
    waiting raises `NoAnswerError`, and whoever can do without the result goes on.
    """

    def __call__(self, task: Callable[[Job], Result], job: Job, /) -> Callable[[], Result]:
        """Begin; whoever is given the result asks for it once it is needed."""
        ...


def at_once(task: Callable[[Job], Result], job: Job, /) -> Callable[[], Result]:
    """Do a task here, at once."""
    result = task(job)
    return lambda: result


class Begin(Protocol):
    """Begins a pure task and returns what waits for its result, None where it came to no end.

    `what` names the task in faults.
    """

    def __call__(
        self, what: str, task: Callable[P, Answer], *arguments: P.args, **options: P.kwargs
    ) -> Callable[[], Answer | None]:
        """Begin; whoever is given the answer asks for it once it is needed."""
        ...


def begun_here(
    what: str,  # noqa: ARG001 - nothing is lost here that would need a name
    task: Callable[P, Answer],
    *arguments: P.args,
    **options: P.kwargs,
) -> Callable[[], Answer | None]:
    """Do a task here, at once: it has an answer, or ends this process too."""
    answer = task(*arguments, **options)
    return lambda: answer
