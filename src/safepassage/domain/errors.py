"""Every error that this package raises on purpose.

::

    SafePassageError (Exception)
    ├── StoreError                      a store cannot be opened, read or written
    │   ├── StorageError                the disk or the server failed; what was not acknowledged is sent again
    │   └── RefusedError                one draft cannot be recorded; others can
    ├── HistoryError                    a case does not go on from the earlier plan it is said to
    ├── TransitionError                 something cannot happen to a movement or request as it stands
    ├── NoSuchPlanError                 a plan was picked that a frontier does not have
    └── FormatError (also ValueError)   a file cannot be read: what is wrong, where, how to mend it
        └── TableError                  tables with faults, all of which it carries

Faults in a planner's tables are values (`safepassage.domain.problem.Problem`), not errors: they are collected
and printed together. A `FormatError` is for input that has no rows to point at: a corrupt, truncated or
foreign file. Where a caller asks for a value and not for problems, a `TableError` carries them all.
"""

from __future__ import annotations

from safepassage.domain.problem import Problem, Severity


class SafePassageError(Exception):
    """The root of the errors a caller may want to catch."""


class StoreError(SafePassageError):
    """A store could not be opened, read or written; `str()` is one sentence that says what to do."""


class StorageError(StoreError):
    """The disk or the server failed in the middle of the work; nothing of it was acknowledged."""


class RefusedError(StoreError):
    """One draft cannot be recorded: its id stands there with other content, or its key was deleted."""


class HistoryError(SafePassageError, ValueError):
    """An earlier plan cannot be gone on from; `str()` says in one clause why."""


class TransitionError(SafePassageError, ValueError):
    """What cannot happen to a movement or request as it stands; `str()` says what, why, and what to do.

    Parameters
    ----------
    what : what was to be recorded ("go", "an answer of side-a").
    why : why it cannot be, a clause without a full stop.
    remedy : what can be done, a clause without a full stop.
    """

    def __init__(self, what: str, why: str, remedy: str) -> None:
        self.what, self.why, self.remedy = what, why, remedy
        super().__init__(f"Not recorded: {what}: {why}; {remedy}.")


class NoSuchPlanError(SafePassageError, ValueError):
    """A frontier has no plan of the number that was picked; `str()` says how many it has."""


class FormatError(SafePassageError, ValueError):
    """A file could not be read; `str()` is one sentence that names the file, the fault and the remedy.

    Parameters
    ----------
    file : the file's name as the user gave it.
    where : the place inside the file ("block 17", "line 3, column 9"), or "".
    what : what is wrong, a clause without a full stop.
    remedy : how to mend it, a clause without a full stop, or "".
    """

    def __init__(self, *, file: str, what: str, where: str = "", remedy: str = "") -> None:
        self.file, self.where, self.what, self.remedy = file, where, what, remedy
        place = f"{file}, {where}" if where else file
        end = "" if remedy.endswith("?") else "."
        super().__init__(f"{place}: {what}{'; ' + remedy if remedy else ''}{end}")


class TableError(FormatError):
    """Tables from which nothing could be made; `problems` are all faults found, errors and warnings.

    `str()` names the first error and how many others there are.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        if not errors:
            raise ValueError("a TableError needs at least one problem that is an error")
        first, others = errors[0], len(errors) - 1
        more = f" (and {others} more errors)" if others else ""
        super().__init__(
            file=first.where.file,
            where=str(first.where)[len(first.where.file) :].lstrip(", "),
            what=first.message,
            remedy=first.hint + more,
        )
