"""Findings of a part that is checked as a plan of its own, under the place where it stands."""

from __future__ import annotations

from safepassage_verify.verdict import Findings


class Named(Findings):
    """Notes what is wrong under other names: each of `names` is (as it is called, as it is said)."""

    def __init__(self, findings: Findings, *names: tuple[str, str]) -> None:
        super().__init__()
        self._under, self._names = findings, names

    def add(self, code: str, where: str, message: str) -> None:
        """Note a violation."""
        for old, new in self._names:
            where = where.replace(old, new)
        self._under.add(code, where, message)

    def add_uncounted(self, code: str, number: int) -> None:
        """Note further violations of a code."""
        self._under.add_uncounted(code, number)

    def checked(self, code: str, number: int = 1) -> None:
        """Note that things were checked."""
        self._under.checked(code, number)

    def require(self, code: str, where: str, *, holds: bool, message: str) -> None:
        """Note a check, and a violation unless it holds."""
        self._under.checked(code)
        if not holds:
            self.add(code, where, message)

    @property
    def total(self) -> int:
        """Number of violations so far."""
        return self._under.total
