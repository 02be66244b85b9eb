"""Plans again without claims: the case as it was entered, the ledger without them, the same flow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from safepassage.casework.claims_seen import ClaimsInput, seen
from safepassage.casework.differences import difference_lines
from safepassage.casework.many_workers import Crew
from safepassage.cli.claims.layers_weighed import layers_lines
from safepassage.cli.claims.zones_weighed import zone_lines
from safepassage.domain.case import Case
from safepassage.domain.claims.picture import HazardEvent
from safepassage.domain.claims.withdrawal import Difference, Withdrawal
from safepassage.domain.network import RoadNetwork
from safepassage.domain.situation import Situation
from safepassage.engines.hazard_picture import Roads
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.plan import inputs_json
from safepassage.planning import Planned, StoppingRule, answered, problem_of
from safepassage.withdrawal import Answer, copies, difference, weigh_withdrawals

TRIES = 2
"""So many plans are made at most for each claim whose withdrawal is asked for."""
BESIDE = Crew(workers=2)
"""Who plans without the first claim while this process plans with all."""


@dataclass(slots=True, kw_only=True)
class Scales:
    """A case as entered, its claims, and how its plan was made."""

    network: RoadNetwork
    entered: Case
    claims: ClaimsInput
    stop: StoppingRule
    seed: int
    _roads: Roads | None = field(default=None, init=False)
    _ahead: Callable[[], tuple[tuple[str, ...], Answer] | None] | None = field(default=None, init=False)

    def case(self, names: tuple[str, ...]) -> Case:
        """Return the case with the picture of all claims but some, and but those that the plan left out."""
        return self._seen((*self.claims.document["without"], *names)) if names else self.claims.case

    def whole(self) -> Answer:
        """Plan with all claims, those that were left out included."""
        return self._planned(self._seen(()))

    def _seen(self, without: tuple[str, ...]) -> Case:
        self._roads = self._roads or Roads(self.network)
        return seen(self.claims.ledger, self.entered, self._roads, without=without, made_from={}).case

    def _planned(self, case: Case) -> Answer:
        return answered(self.network, Situation(case=case), stop=self.stop, seed=self.seed)

    def asked(self, names: tuple[str, ...]) -> bytes:
        """Return the bytes of the problem without some claims."""
        problem = problem_of(self.network, Situation(case=self.case(names)))
        return canonical_json.encode(inputs_json.document(problem))

    def answered(self, names: tuple[str, ...]) -> Answer:
        """Plan without some claims, unless that is done already."""
        known = None if self._ahead is None else self._ahead()
        return known[1] if known is not None and known[0] == names else self._planned(self.case(names))

    def begin(self) -> None:
        """Begin in another process to plan without the claim that is sure to be asked for first.

        Nothing changes in what comes out: a plan depends on its case alone.
        """
        self._ahead = BESIDE.beside(_first_without, self)

    def first_without(self) -> tuple[tuple[str, ...], Answer] | None:
        """Return the first claims without which the problem is another, and the plan that answers it."""
        with_all = self.asked(())
        for name in self._ranked():
            together = copies(self.claims.ledger, name)
            if self.asked(together) != with_all:
                return together, self._planned(self.case(together))
        return None

    def weighed(self, names: tuple[str, ...], base: Answer) -> tuple[Withdrawal, ...]:
        """Return what becomes of a plan without each of some claims."""
        return weigh_withdrawals(self.claims.ledger, names, base, asked=self.asked, answered=self.answered)

    def heaviest(self, most: int, base: Answer) -> tuple[Withdrawal, ...]:
        """Return what becomes of a plan without the claims that close or raise most and change roads.

        Where a plan stays the same, one more is looked for: at most twice as many plans are made.
        """
        found: list[Withdrawal] = []
        for name in self._ranked():
            planned = [w for w in found if w.planned]
            changing = sum(w.difference.movements > 0 for w in planned)
            if changing >= most or len(planned) >= TRIES * most:
                break
            if not any(name in w.claims for w in found):
                found.extend(self.weighed((name,), base))
        return tuple(w for w in found if w.planned)

    def _ranked(self) -> Iterator[str]:
        """Yield the gravest claim of the texts, then those that close, then others by what they raise."""
        picture = self.claims.picture
        news = list(self._by_what_they_raise(self._of_news()))
        yield from news[:1]
        for closure in picture.closures:
            yield from closure.claims
        yield from news[1:]
        yield from self._by_what_they_raise(e for e in picture.events if e.reviewed)

    def _of_news(self) -> Iterator[HazardEvent]:
        news = set(self.claims.news)
        claims = self.claims.ledger.claims
        return (
            e for e in self.claims.picture.events if any(claims[c].claim.report in news for c in e.claims)
        )

    def _by_what_they_raise(self, events: Iterable[HazardEvent]) -> Iterator[str]:
        rows = [(-max(p.high_ppm for p in e.slices), e.id, e) for e in events if e.slices]
        for _, _, event in sorted(rows, key=lambda row: row[:2]):
            yield from event.claims


def _first_without(scales: Scales) -> tuple[tuple[str, ...], Answer] | None:
    return scales.first_without()


def weighed_document(scales: Scales, planned: Planned, *, most: int, compare: bool) -> dict[str, Any]:
    """Return the document of the claims, with what the plan would be without some, or with those left out.

    A plan that goes on from another one, or was picked from a frontier, is not compared: how it was made
    would hide what a claim changes.
    """
    base = planned.problem, planned.plan.schedule
    names, clock = dict(planned.problem.directions), LocalClock.of(inputs_json.document(planned.problem))

    def rows(what: Difference) -> list[str]:
        return difference_lines(what, names, clock)

    document = scales.claims.document
    left_out = bool(document["without"]) and compare
    return document | {
        "comparable": compare,
        "compared": rows(difference(scales.whole(), base)) if left_out else [],
        "withdrawals": [
            {"claims": list(w.claims), "lines": rows(w.difference)}
            for w in (scales.heaviest(most, base) if compare else ())
        ],
    }


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def claims_lines(document: Mapping[str, Any]) -> list[str]:
    """Return what a terminal says of the claims of a plan, nothing where there are none."""
    if not document:
        return []
    events, closures = document["events"], document["closures"]
    pending = sum(not event["reviewed"] for event in events)
    counts = (
        f"{_counted(len(closures), 'road or crossing', 'roads or crossings')} closed by accepted ones",
        f"{_counted(len(events) - pending, 'event')} weighed",
        f"{pending} not reviewed (precautionary layer only)",
        _counted(len(document["conflicts"]), "conflict"),
        _counted(len(document["gaps"]), "open question"),
    )
    lines = [f"Claims: {len(document['claims'])}; {', '.join(counts)}."]
    if document["compared"]:
        lines.append(f"Without {', '.join(document['without'])}:")
        lines.extend(f"  {line}" for line in document["compared"])
    words = {row["id"]: row["words"] for row in document["claims"]}
    for row in document["withdrawals"]:
        first = row["claims"][0]
        lines.append(f"If “{words[first]}” ({first}) were false, planned again:")
        lines.extend(f"  {line}" for line in row["lines"])
    return [*lines, *layers_lines(document["layers"]), *zone_lines(document["zones"])]
