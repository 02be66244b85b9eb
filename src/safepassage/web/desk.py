"""What the pages are about: one case that is worked on."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.casework.reading import CaseInput
from safepassage.domain.case import Case
from safepassage.domain.errors import SafePassageError
from safepassage.domain.map_layers import MapLine
from safepassage.domain.network import RoadNetwork


class DeskError(SafePassageError):
    """A case cannot be worked on in the pages; the message says why."""


@dataclass(slots=True, kw_only=True)
class Desk:
    """One case as it was handed in, with its roads and lines for orientation."""

    entered: Case
    network: RoadNetwork
    background: tuple[MapLine, ...]

    @classmethod
    def of(cls, given: CaseInput) -> Desk:
        """Return the desk of a case that was read.

        Raises
        ------
        DeskError
            When the case has faults that forbid to go on.
        """
        if given.malformed or given.case is None or given.network is None:
            raise DeskError("The case has faults: run `safepassage check` to see them all.")
        return cls(entered=given.case, network=given.network.network, background=given.background)
