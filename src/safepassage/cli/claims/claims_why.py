"""`safepassage claims why`: which claims made a stretch what it is, and which of them carries the plan."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safepassage.casework.claims_seen import seen
from safepassage.casework.differences import difference_lines
from safepassage.casework.reading import read_case_input
from safepassage.casework.verified_plan import CLAIMS, NotVerifiedError, PlanFolder, verified_plan
from safepassage.cli.claims.claims_weighed import Scales
from safepassage.cli.outcome import Outcome, listed
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage.domain.case import Case, RoadSelector, SelectorKind
from safepassage.domain.claims.picture import Closure, HazardEvent
from safepassage.domain.claims.values import fold
from safepassage.domain.claims.withdrawal import Withdrawal
from safepassage.domain.errors import FormatError
from safepassage.domain.network import RoadNetwork
from safepassage.engines.hazard_picture import Roads
from safepassage.engines.overlay import overlay, roads_named
from safepassage.formats.claims import claims_json
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.claims_facts import age_in_words, local_time
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.planning import StoppingRule
from safepassage.withdrawal import Answer

PERCENT_PPM = 10_000
TRIED = (SelectorKind.LINK, SelectorKind.PLACE, SelectorKind.REF, SelectorKind.NAME)
"""What a name without a colon may mean, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """A stretch and what bears on it; `arcs` are positions in the network."""

    name: str
    arcs: tuple[int, ...]
    events: tuple[HazardEvent, ...]
    closures: tuple[Closure, ...]
    entered: tuple[str, ...]

    @property
    def claims(self) -> tuple[str, ...]:
        """All claims that bear on it, those that close it first."""
        said = [c for closure in self.closures for c in closure.claims]
        said += [c for event in self.events for c in event.claims]
        return tuple(dict.fromkeys(said))


def run(options: argparse.Namespace) -> Outcome:
    """Answer for one road or place of a plan that passes its verification."""
    try:
        found = verified_plan(options.plan)
    except NotVerifiedError:
        text = "This plan does not pass its verification, so nothing is explained: run `safepassage verify`."
        return Outcome(code=NOT_VERIFIED, text=text, data={"error": text}, to_stderr=True)
    documents = _documents(found)
    scales = _scales(options, documents)
    stretch = _stretch(options.thing, scales)
    clock = LocalClock.of(documents["inputs"])
    ledger = {
        c["id"]: {**c, "published_local": local_time(c["published"], clock)}
        for c in documents["claims"]["claims"]
    }
    lines = [
        *_head(stretch, documents["claims"], clock),
        *_said(stretch, ledger, local_time(documents["claims"]["as_of"], clock)),
    ]
    weighed: tuple[Withdrawal, ...] = ()
    if stretch.claims and not options.quick:
        weighed = _weighed(stretch, scales, documents, found.inputs)
        names = {row["id"]: row["name"] for row in documents["inputs"]["directions"]}
        lines += _if_false(weighed, names, clock)
    data = {
        "thing": stretch.name, "arcs": list(stretch.arcs), "entered": list(stretch.entered),
        "events": [claims_json.event_row(event) for event in stretch.events],
        "closures": [asdict(closure) for closure in stretch.closures],
        "claims": [ledger[name] for name in stretch.claims], "withdrawals": [asdict(w) for w in weighed],
    }  # fmt: skip
    return Outcome(code=OK, text=listed(lines), data=data)


def _documents(found: PlanFolder) -> dict[str, Any]:
    claims = found.beside(CLAIMS)
    if claims is None:
        raise FormatError(
            file=str(found.folder), what="this plan was made without claims",
            remedy="plan with a ledger: `safepassage plan CASE --claims LEDGER -o OUT`",
        )  # fmt: skip
    plan, inputs = canonical_json.decode(found.plan), canonical_json.decode(found.inputs)
    return {"plan": plan, "inputs": inputs, "claims": claims}


def _scales(options: argparse.Namespace, documents: Mapping[str, Any]) -> Scales:
    """Return what planning again needs: the case that the plan was made from, and its claims."""
    document, made = documents["claims"], documents["plan"]["made_with"]
    folder = options.case or Path(document["made_from"]["case"])
    if not folder.exists():
        raise FormatError(
            file=str(folder), what="the case that this plan was made from is not there any more",
            remedy="say where it is with --case CASE",
        )  # fmt: skip
    own = document["made_from"]["network"]
    given = read_case_input(folder, options.network or (Path(own) if own else None))
    if given.case is None or given.network is None:
        raise FormatError(
            file=str(folder), what="the case cannot be read any more", remedy="run `safepassage check CASE`"
        )
    network = given.network.network
    claims = seen(
        claims_json.parsed_ledger(document), given.case, Roads(network), without=document["without"],
        made_from=document["made_from"],
    )  # fmt: skip
    stop = StoppingRule(work=made["work_limit"])
    return Scales(network=network, entered=given.case, claims=claims, stop=stop, seed=made["seed"])


def _stretch(thing: str, scales: Scales) -> _Stretch:
    selector, arcs = _found(thing, scales.network, scales.entered)
    claims, wanted = scales.claims, set(arcs)
    roads = Roads(scales.network)
    laid = overlay(scales.network, claims.case)
    closing = {m.id: m.arcs for m in laid.modifications if m.kind == "road_status"}
    return _Stretch(
        name=str(selector), arcs=arcs,
        events=tuple(e for e in claims.picture.events if wanted & set(roads.reached(e)[0].tolist())),
        closures=tuple(
            c for c in claims.picture.closures if wanted & set(closing.get(f"claim:{c.selector}", ()))
        ),
        entered=tuple(
            f"{m.text} ({m.source or 'no source stated'})" for m in laid.modifications
            if wanted & set(m.arcs) and m.used and not m.id.startswith("claim:")
        ),
    )  # fmt: skip


def _found(thing: str, network: RoadNetwork, case: Case) -> tuple[RoadSelector, tuple[int, ...]]:
    kind, colon, value = thing.partition(":")
    tried = [(known, thing) for known in TRIED]
    if colon and kind in set(SelectorKind):
        tried = [(SelectorKind(kind), value)]
    tried += [(SelectorKind.PLACE, p.id) for p in case.places if fold(p.name) == fold(thing)]
    for known, name in tried:
        selector = RoadSelector(kind=known, value=name.strip())
        arcs = roads_named(network, case, selector)
        if arcs:
            return selector, arcs
    raise FormatError(
        file="THING", what=f"{thing!r} is no road or place of the network",
        remedy="name a link, a crossing or place, a road number or a road name, as in the tables of the case",
    )  # fmt: skip


def _head(stretch: _Stretch, document: Mapping[str, Any], clock: LocalClock) -> list[str]:
    at = clock.moments(clock.seconds(document["as_of"]))
    found = [p for e in stretch.events for p in e.slices]
    worst = [
        max((getattr(p, f"{name}_ppm") for p in found), default=0) for name in ("low", "central", "high")
    ]
    rows = [f"{stretch.name}, {len(stretch.arcs)} directed stretches, as reported at {at}"]
    if found:
        rows.append(
            "chance of harm while passing the place, worst hours: "
            + " / ".join(f"{ppm / PERCENT_PPM:.2g} %" for ppm in worst)
            + " (optimistic / expected / precautionary)"
        )
    else:
        rows.append("no claim speaks of harm to travellers here, which is not a report that there is none")
    if document["without"]:
        rows.append(f"planned without: {', '.join(document['without'])}")
    return rows


def _said(stretch: _Stretch, ledger: Mapping[str, Any], as_of: str) -> list[str]:
    lines = []
    for closure in stretch.closures:
        lines += ["Closed, because:", *_cards(closure.claims, ledger, as_of)]
        if closure.against:
            lines += ["Without effect, for no claim opens a road:", *_cards(closure.against, ledger, as_of)]
    for event in stretch.events:
        low, central, high = (min(99, round(100 * p)) for p in event.belief)
        how = "" if event.reviewed else ", not accepted: precautionary layer only"
        contested = ", contested" if event.contested else ""
        what = f"{event.predicate.replace('_', ' ').capitalize()} near {event.place}"
        lines.append(f"{what}: so with {low}–{central}–{high} %{contested}{how}, because:")
        lines += _cards(event.claims, ledger, as_of)
    if stretch.entered:
        lines += [
            "Entered in the case itself, not from the ledger:",
            *(f"  {row}" for row in stretch.entered),
        ]
    return lines


def _cards(names: Iterable[str], ledger: Mapping[str, Any], as_of: str) -> list[str]:
    rows = []
    for name in names:
        row = ledger[name]
        age = age_in_words(row["published_local"], as_of)
        via = f", via {', '.join(row['chain'][:-1])}" if len(row["chain"]) > 1 else ""
        who = f"{row['chain'][-1]}{via}; {row['grade']}, {row['decision']}, {age}"
        rows.append(f"  {name}  “{row['words']}” ({who})")
    return rows


def _weighed(
    stretch: _Stretch, scales: Scales, documents: Mapping[str, Any], inputs: bytes
) -> tuple[Withdrawal, ...]:
    if not documents["claims"]["comparable"] or scales.asked(()) != inputs:
        raise FormatError(
            file=str(documents["claims"]["made_from"]["case"]),
            what="this is not the case the plan was made from, or it went on from another plan or was picked",
            remedy="plan again, or use --quick to see the claims alone",
        )  # fmt: skip
    base: Answer = inputs_json.parse(documents["inputs"]), plan_json.parsed_schedule(documents["plan"])
    return scales.weighed(stretch.claims, base)


def _if_false(weighed: Iterable[Withdrawal], names: Mapping[str, str], clock: LocalClock) -> list[str]:
    lines = ["If it were false (planned again without it and those that repeat it):"]
    for row in weighed:
        first, *rest = difference_lines(row.difference, names, clock)
        why = "" if row.planned else ": the network is the same to the byte"
        lines += [f"  {', '.join(row.claims)}: {first}{why}", *(f"    {line}" for line in rest)]
    return lines
