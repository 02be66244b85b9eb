"""Every error that this package raises on purpose.

::

    SafePassageError (Exception)
    └── FormatError (also ValueError)   a file cannot be read: what is wrong, where, how to mend it

Faults in a planner's tables are values (`safepassage.domain.problem.Problem`), not errors: they are collected
and printed together. A `FormatError` is for input that has no rows to point at: a corrupt, truncated or
foreign file.
"""

from __future__ import annotations


class SafePassageError(Exception):
    """The root of the errors a caller may want to catch."""


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
        super().__init__(f"{place}: {what}{'; ' + remedy if remedy else ''}.")
