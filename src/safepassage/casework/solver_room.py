"""The process in which a command looks for prices and plans aid: their answers may be lost, a plan never.

Solvers of linear and integer programs are libraries of others. They may hang, take all memory or crash; then
the plan is made without what they were asked for, is verified as every plan, and says so.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import ParamSpec, Self, TypeVar, cast

from safepassage.casework.many_workers import may_fork
from safepassage.casework.solver_process import Ended, SolverProcess
from safepassage.domain.crew import Beside, Job, NoAnswerError, Result, at_once
from safepassage.domain.plan import Certificate, PricedBound
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.price_sheet import Guide
from safepassage.engines.bounds.certify import BEST_CUTS, Behind, Served, certify
from safepassage.engines.pricing import Priced, load, price

P = ParamSpec("P")
R = TypeVar("R")

PRICES = "joint prices"
LIMIT_S = 900.0
"""Hard limit for one task. Tasks stop by work they count, mostly within seconds: this is for what hangs."""
MEMORY_BYTES = 6 * 2**30
"""Hard limit for what a task may take."""


Bounds = tuple[PricedBound, ...]


def nothing() -> None:
    """Do nothing."""


class SolverRoom:
    """Runs tasks in a process of their own and remembers what went wrong; `None` stands for no answer.

    On Linux the process is a copy of this one. Where that cannot be made (other threads run here, or a solver
    is loaded), tasks run in this process, without limits; on other systems a fresh process is begun. Another
    copy of this one, which may be lost itself, asks nobody: tasks run there. With `fresh` a fresh process is
    begun on every system: for one that goes on for days, with threads and pipes of its own. What the process
    is to have at hand it loads while nothing is asked of it (`loading`).
    """

    def __init__(
        self, *, limit_s: float = LIMIT_S, memory_bytes: int = MEMORY_BYTES, fresh: bool = False,
        loading: Callable[[], object] = load,
    ) -> None:  # fmt: skip
        self._limit_s, self._memory_bytes, self.faults = limit_s, memory_bytes, list[str]()
        self._owner, copied = os.getpid(), may_fork() and not fresh
        self._fresh, self._others = fresh, set[SolverProcess[object]]()
        self._process: SolverProcess[object] | None = None
        self._under_way: Callable[[], object] = nothing
        self._loading = loading
        if copied or fresh or sys.platform != "linux":
            self._process = SolverProcess(memory_bytes=memory_bytes, copied=copied)
            self.ahead(loading)

    def begin(
        self, what: str, task: Callable[P, R], *arguments: P.args, **options: P.kwargs
    ) -> Callable[[], R | None]:
        """Begin a pure task; return what waits for its result, None where it came to no end.

        What was begun before is waited for first. `what` names the task in faults.
        """
        if self._process is None or os.getpid() != self._owner:
            here = task(*arguments, **options)
            return lambda: here
        self._under_way()
        ended = self._process.begin(_answered, task, arguments, options)

        @cache
        def answer() -> R | None:
            return cast("R | None", self._answer(what, ended(self._limit_s, _any)))

        self._under_way = answer
        return answer

    def _answer(self, what: str, ended: Ended[object]) -> object:
        if not ended.finished:
            why = ended.fault or f"no answer within {self._limit_s:,.0f} s"
            self.faults.append(f"{what}: {why}")
            return None
        return ended.last

    def ahead(self, loading: Callable[[], object]) -> None:
        """Have the other process load something while nothing is asked of it."""
        if self._process is not None and os.getpid() == self._owner:
            self._under_way()
            loaded = self._process.begin(_answered, loading, (), {})
            self._under_way = lambda: loaded(LIMIT_S, _any)

    def beside(self, task: Callable[[Job], Result], job: Job, /) -> Callable[[], Result]:
        """Begin a task that this process does itself where the other one comes to no end."""
        if self._process is None or os.getpid() != self._owner:
            return at_once(task, job)
        self._under_way()
        ended = self._process.begin(_answered, task, (job,), {})

        @cache
        def answer() -> Result:
            found = ended(self._limit_s, _any)
            return cast("Result", found.last) if found.finished else task(job)

        self._under_way = answer
        return answer

    def ask(self, what: str, task: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R | None:
        """Return what a pure task returns, None where it came to no end; `what` names it in faults."""
        return self.begin(what, task, *arguments, **options)()

    def without(self, what: str, task: Callable[[Beside], R]) -> R | None:
        """Return what a task makes that has programs solved in other processes; None if it needs a lost one.

        What is begun while the process is busy with another program of the task is done in a copy of this
        one, where it can be made. A task that does without a lost program (`NoAnswerError`) has a part less,
        as the faults say.
        """
        before, waiting = len(self.faults), list[object]()

        def solved(solving: Callable[[Job], Result], job: Job, /) -> Callable[[], Result]:
            begin = self._begin_apart if waiting else self.begin
            begun, asked = begin(what, _answer_of, solving, job), object()
            waiting.append(asked)

            def answer() -> Result:
                found = begun()
                if asked in waiting:
                    waiting.remove(asked)
                if found is None:
                    raise NoAnswerError
                return found[0]

            return answer

        try:
            made = task(solved)
        except NoAnswerError:
            return None
        self.faults[before:] = [f"part of {fault}" for fault in self.faults[before:]]
        return made

    def begin_whole(
        self, what: str, task: Callable[..., R], *arguments: object, loading: Callable[[], object] = nothing
    ) -> Callable[[], R | None]:
        """Begin a task that has programs solved `beside`, in a process of its own; return what waits for it.

        That process has a room as this one is, in which `loading` is done, and so may lose programs as
        `without` has it; lost itself, it is the whole that has no answer. The process is a copy of this one
        where it can be made; where this room has no process, the task is done here.
        """
        if not self._has_process:
            here = self.without(what, lambda beside: task(*arguments, beside=beside))
            return lambda: here
        limits = self._limit_s, self._memory_bytes
        copied = may_fork() and not self._fresh
        other = SolverProcess[object](memory_bytes=self._memory_bytes, has_others=True)
        ended = other.begin_with(_made_whole, what, task, arguments, loading, limits, copied=copied)
        asked = self._awaited(what, other, ended)

        @cache
        def answer() -> R | None:
            found = asked()
            if found is None:
                return None
            made, faults = cast("tuple[R | None, list[str]]", found)
            self.faults += faults
            return made

        return answer

    def _begin_apart(
        self, what: str, task: Callable[P, R], *arguments: P.args, **options: P.kwargs
    ) -> Callable[[], R | None]:
        """Begin a task in another copy of this process; in this room where none can be made."""
        if not self._has_process or not may_fork():
            return self.begin(what, task, *arguments, **options)
        other = SolverProcess[object](memory_bytes=self._memory_bytes)
        asked = self._awaited(what, other, other.begin_with(_answered, task, arguments, options, copied=True))
        return lambda: cast("R | None", asked())

    def _awaited(
        self, what: str, other: SolverProcess[object], ended: Callable[..., Ended[object]]
    ) -> Callable[[], object]:
        """Return what waits for the answer of another process, which ends with it or with this room."""
        self._others.add(other)

        @cache
        def answer() -> object:
            found = self._answer(what, ended(self._limit_s, _any))
            other.close()
            self._others.discard(other)
            return found

        return answer

    def bounds(
        self, problem: PlanningProblem, served: Mapping[str, Served], /, *, points: int | None = None,
        emptied_s: Sequence[Mapping[str, int]] = (),
    ) -> tuple[Certificate, Behind]:  # fmt: skip
        """Return bounds for what a schedule serves; weaker ones, by no solver, where it came to no end."""
        found = self.ask(BEST_CUTS, certify, problem, served, points=points, emptied_s=emptied_s)
        if found is not None:
            return found
        return certify(problem, served, points=points, emptied_s=emptied_s, solver=False)

    def begin_bounds(
        self, problem: PlanningProblem, served: Mapping[str, Served], /, *,
        emptied_s: Sequence[Mapping[str, int]] = (),
    ) -> Callable[[], tuple[Certificate, Behind]]:  # fmt: skip
        """Begin with `bounds` in another copy of this process; return what waits for them.

        The room is free meanwhile. Where this process cannot be copied they are asked for at once.
        """
        if not self._has_process or not may_fork():
            found = self.bounds(problem, served, emptied_s=emptied_s)
            return lambda: found
        asked = self._begin_apart(BEST_CUTS, certify, problem, served, emptied_s=emptied_s)
        return cache(lambda: asked() or certify(problem, served, emptied_s=emptied_s, solver=False))

    def prices(
        self, meanwhile: Callable[[], None], problem: PlanningProblem, *, after: Sequence[str] = ()
    ) -> Priced | None:
        """Return the joint prices of a problem, None where it has none or they were not found.

        While they are looked for in the other process, this one does something `meanwhile`. What they prove
        is found there while this process plans; it proves nothing where that is lost. Then the other process
        loads modules `after`: by name, as a function from one of them would have it load them at once.
        """
        asked = self.begin_prices(problem, after=after)
        meanwhile()
        return asked()

    def begin_prices(
        self, problem: PlanningProblem, *, after: Sequence[str] = ()
    ) -> Callable[[], Priced | None]:
        """Begin to look for the joint prices of a problem; return what waits for them, as `prices` has it."""
        if self._process is None or os.getpid() != self._owner:
            return lambda: price(problem)
        self._under_way()
        parts = _Parts(self._process.begin_parts(_priced, problem, after), self._limit_s)
        self._under_way = parts.all

        def part(n: int) -> object:
            found = parts.part(n)
            if len(parts.came) <= n and parts.fault not in self.faults:
                self.faults.append(parts.fault)
            return found

        def answer() -> Priced | None:
            guide = cast("Guide | None", part(0))
            return None if guide is None else Priced(guide, lambda: cast("Bounds | None", part(1)) or ())

        return answer

    def lines(self) -> list[str]:
        """Say what was not answered: what is told beside was made and verified without it."""
        return [f"MADE WITHOUT {fault}. What is written was verified without it." for fault in self.faults]

    def give_up(self) -> None:
        """Give up what is being asked, after an exception cut the waiting short; the next is asked afresh."""
        self._end_others()
        if self._process is not None and self._process.busy:
            self._process.close()
            self._under_way = nothing
            self.ahead(self._loading)

    def __enter__(self) -> Self:
        """Return the room, whose process ends with the block."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """End the process, whatever happened."""
        self.close()

    def close(self) -> None:
        """End the process, and what it had begun beside."""
        self._end_others()
        if self._process is not None:
            self._process.close()

    def _end_others(self) -> None:
        for other in self._others:
            other.close()
        self._others.clear()

    @property
    def _has_process(self) -> bool:
        """Whether there is another process to ask, which a copy of this one has not."""
        return self._process is not None and os.getpid() == self._owner


class _Parts:
    """The results of one task as they come; what did not come stays away."""

    def __init__(self, wait: Callable[..., Ended[object]], limit_s: float) -> None:
        self._wait, self._limit_s, self._over = wait, limit_s, False
        self.came, self.fault = list[object](), ""

    def part(self, n: int) -> object:
        """Wait for the n-th result and return it, None where it does not come."""
        while len(self.came) <= n and not self._over:
            self._more(next_one=True)
        return self.came[n] if n < len(self.came) else None

    def all(self) -> None:
        """Wait until the task has ended."""
        while not self._over:
            self._more(next_one=False)

    def _more(self, *, next_one: bool) -> None:
        before = len(self.came)
        ended = self._wait(self._limit_s, self._take, next_one)
        self._over = not next_one or ended.finished or len(self.came) == before
        if self._over and not ended.finished:
            self.fault = f"{PRICES}: {ended.fault or f'no answer within {self._limit_s:,.0f} s'}"

    def _take(self, result: object) -> bool:
        self.came.append(result)
        return True


def _priced(problem: PlanningProblem, after: Sequence[str]) -> Iterator[object]:
    """Yield what prices say to those who plan, then what they prove."""
    found = price(problem)
    yield None if found is None else found.guide
    yield () if found is None else found.prove()
    for name in after:
        import_module(name)


def _answered(
    task: Callable[..., object], arguments: tuple[object, ...], options: dict[str, object]
) -> Iterator[object]:
    yield task(*arguments, **options)


def _made_whole(
    what: str, task: Callable[..., R], arguments: tuple[object, ...], loading: Callable[[], object],
    limits: tuple[float, int],
) -> Iterator[tuple[R | None, list[str]]]:  # fmt: skip
    """Yield what a task makes that has programs solved in a room of its own, and the faults of that room."""
    with SolverRoom(limit_s=limits[0], memory_bytes=limits[1], loading=loading) as room:
        made = room.without(what, lambda beside: task(*arguments, beside=beside))
        yield made, room.faults


def _answer_of(task: Callable[[Job], Result], job: Job) -> tuple[Result]:
    """Return what a task returns, None included, as what is not lost."""
    return (task(job),)


def _any(_result: object) -> bool:
    return True
