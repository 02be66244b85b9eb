"""A case, its plan and its claims in a notebook: a cell shows what its last line is, with a map, offline.

::

    from safepassage import notebook
    case = notebook.example()      # or notebook.read("my-case")
    plan = case.plan()
    plan.claims
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from safepassage import example as built_in
from safepassage.casework.aided import begin_aid
from safepassage.casework.claims_seen import ClaimsInput, seen
from safepassage.casework.layers import map_layers
from safepassage.casework.many_workers import may_fork
from safepassage.casework.reading import CaseInput, read_case_input
from safepassage.casework.sheets import sheet_papers
from safepassage.casework.solver_room import SolverRoom, nothing
from safepassage.casework.verified import documents_of
from safepassage.domain.case import Case
from safepassage.domain.errors import SafePassageError
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.network import RoadNetwork
from safepassage.domain.release import Audience, Release
from safepassage.domain.situation import Situation
from safepassage.engines.hazard_picture import Roads
from safepassage.engines.release import release
from safepassage.formats.claims import ledger_json
from safepassage.formats.maps import case_map, own_way_map
from safepassage.formats.pages import notebook_html
from safepassage.formats.paper import paper_pdf
from safepassage.formats.paper.sheet_texts import sheet_texts
from safepassage.planning import StoppingRule, make_plan

CLAIMS = "claims.jsonl"


class NotebookError(SafePassageError):
    """A case has faults, or a plan does not hold; the message says so."""


def example() -> CaseShown:
    """Return the built-in example, an exercise."""
    return read(built_in.path())


def read(case: str | Path, network: str | Path | None = None) -> CaseShown:
    """Return a case with its roads and, where it brings a ledger, its claims.

    Raises
    ------
    NotebookError
        When the case has errors; the message has them all.
    """
    folder = Path(case)
    found = read_case_input(folder, None if network is None else Path(network))
    if found.malformed or found.case is None or found.network is None:
        raise NotebookError("\n".join(f"{p.where}: {p.message}" for p in found.problems))
    roads = found.network.network
    own = folder / CLAIMS
    claims = None
    if own.is_file():
        ledger, _ = ledger_json.read(own.read_bytes(), file=CLAIMS)
        claims = seen(ledger, found.case, Roads(roads), without=(), made_from={})
    return CaseShown(_given=found, case=found.case, network=roads, claims_input=claims)


def _room() -> SolverRoom:
    """Return a room for solvers, in a fresh process where the threads of a notebook are in the way of a copy.

    A fresh process runs the file once more that was run, if it is one: not where that is a script.
    """
    return SolverRoom(fresh=not may_fork() and not hasattr(sys.modules["__main__"], "__file__"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseShown:
    """A case as it was handed in; `case` and `network` are the values that the engines take."""

    _given: CaseInput
    case: Case
    network: RoadNetwork
    claims_input: ClaimsInput | None = None

    def _layers(self) -> MapLayers:
        picture = None if self.claims_input is None else self.claims_input.picture
        return map_layers(self.network, self.case, self._given.background, picture)

    def plan(self, *, work: int | None = None, seed: int = 0) -> PlanShown:
        """Return a plan that the independent verifier passes; the same work and seed give the same plan.

        Raises
        ------
        NotebookError
            When the plan does not hold. Please report it.
        """
        claims = self.claims_input
        situation = Situation(case=self.case if claims is None else claims.case)
        work = self.case.settings.work_limit if work is None else work
        with _room() as room:
            stop = StoppingRule(work=work, prices=partial(room.prices, nothing), bounds=room.bounds)
            planned = make_plan(self.network, situation, stop=stop, seed=seed)
            aid = begin_aid(room, situation.current(), planned.problem, planned.plan.schedule)()
        _, parsed, verdict = documents_of(planned, aid)
        if not verdict.verified:
            raise NotebookError(
                f"The plan does not hold: {verdict.violations[0].message}. Please report this."
            )
        said = {} if claims is None else claims.document
        team = release(*parsed, Audience.PLANNING_TEAM, claims=said)
        lost = tuple(room.lines())
        return PlanShown(_of=self, _layers=self._layers(), release=team, made_without=lost)

    def _repr_html_(self) -> str:
        return notebook_html.case(self.case, self.network, self._layers())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanShown:
    """A verified plan; `release` is what the planning team may see of it.

    `made_without` says which answers of solvers were lost; the plan was verified without them.
    """

    _of: CaseShown
    _layers: MapLayers
    release: Release
    made_without: tuple[str, ...] = ()

    @property
    def claims(self) -> ClaimsShown:
        """The claims that the plan rests on."""
        return ClaimsShown(_plan=self)

    def sheet(self, vehicle: str, language: str = "en") -> bytes:
        """Return the sheet of a vehicle's driver as PDF."""
        texts = sheet_texts()[language]
        papers = sheet_papers(self.release, self._layers, texts, kinds=("vehicles",), only=(vehicle,))
        return paper_pdf.write(next(iter(papers.values())), rules=own_way_map.RULES)

    def _repr_html_(self) -> str:
        return notebook_html.plan(self.release, self._layers)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClaimsShown:
    """The claims of a plan, with a map of what they put on the ground."""

    _plan: PlanShown

    def _repr_html_(self) -> str:
        of, layers = self._plan._of, self._plan._layers  # noqa: SLF001 - values of one module
        drawn = case_map.drawing(of.case, of.network, layers) if layers.areas else None
        return notebook_html.claims(self._plan.release, drawn)
