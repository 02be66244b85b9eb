"""How long does it take from a new report to the roads it changes? A ledger of claims on 100,000 stretches.

    python benchmarks/hazard_delta.py [--arcs 100000] [--claims 1000] [--reports 100] [--seed 0] [--json]

A grid of roads with the wanted number of directed arcs, a ledger with claims of every kind and precision, and
then reports that come in one after the other, each accepted by a person: ledger entry, picture, and the list
of arcs whose low, central or high hazard differs. The first picture is timed apart. The last field is made
anew at the end and compared with the one that the deltas led to.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.ledger import ClaimDecided, ClaimProposed, Entry, Ledger, ReportFiled
from safepassage.domain.claims.values import (
    Chain,
    Link,
    PlaceReference,
    Report,
    SourceGrade,
    Span,
    TimeSpan,
)
from safepassage.domain.claims.words import Decision, OriginKind, PlacePrecision, Predicate, TimePrecision
from safepassage.domain.network import RoadNetwork
from safepassage.engines.hazard_picture import Roads, delta, field, narrowed, picture
from safepassage.testing.grid_roads import grid_network

EPOCH, HORIZON_S = 1_900_000_000, 86_400
KINDS = (
    Predicate.SHELLING,
    Predicate.AIR_OR_DRONE_ATTACK,
    Predicate.SMALL_ARMS_FIRE,
    Predicate.LOOTING,
    Predicate.FIRE_ON_EVACUEES,
)
PRECISIONS = {
    PlacePrecision.EXACT: 0.5,
    PlacePrecision.NEAR: 0.3,
    PlacePrecision.DISTRICT: 0.15,
    PlacePrecision.PROVINCE: 0.05,
}
"""How often reports are so exact (an assumption, about as in event data; printed apart)."""


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--arcs", type=int, default=100_000)
    parser.add_argument("--claims", type=int, default=1_000)
    parser.add_argument("--reports", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    found = measure(args.arcs, args.claims, args.reports, args.seed)
    if args.json:
        print(json.dumps({"machine": platform.platform(), **found}, indent=1))
        return 0
    print(f"{found['arcs']:,} arcs, {args.claims:,} claims before, {args.reports} reports; same field: "
          f"{found['same_field']}")  # fmt: skip
    print(f"first picture and field: {found['first_cpu_ms']:.0f} ms of a processor\n")
    print("| reports | arcs changed, median | processor ms, median | 95 % | worst | wall ms, 95 % |")
    print("|---|---|---|---|---|---|")
    for row in found["rows"]:
        print(
            f"| {row['kind']} ({row['n']}) | {row['arcs']:,.0f} | "
            f"{' | '.join(f'{ms:.1f}' for ms in row['cpu_ms'])} | {row['wall_ms']:.1f} |"
        )
    return 0


def measure(arcs: int, claims: int, reports: int, seed: int) -> dict[str, Any]:
    """Return the times of a stream of reports on one network."""
    rng = np.random.default_rng(seed)
    network = grid_network(arcs)
    roads, known = Roads(network), {}  # type: ignore[var-annotated]
    ledger = Ledger().after(*(e for n in range(claims) for e in entries(claim_of(n, network, rng))))
    started = time.process_time()
    now = seen(ledger, roads, known)
    held = field(now, roads, HORIZON_S)
    first_ms = (time.process_time() - started) * 1e3
    rows = []
    for n in range(claims, claims + reports):
        report, claim = claim_of(n, network, rng)
        wall, cpu = time.perf_counter(), time.process_time()
        ledger = ledger.after(*entries((report, claim)))
        after = seen(ledger, roads, known)
        news = delta(now, after, held, roads)
        spent = (time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3
        held, now = held.after(news), after
        rows.append((claim.places[0].precision.name.lower(), len(news.arcs), *spent))
    anew = field(seen(ledger, roads, {}), roads, HORIZON_S)
    return {
        "arcs": len(network.arcs),
        "first_cpu_ms": first_ms,
        "same_field": bool((anew.ppm == held.ppm).all()),
        "rows": [summary("all", rows)]
        + [summary(kind, [r for r in rows if r[0] == kind]) for kind in sorted({r[0] for r in rows})],
    }


def summary(kind: str, rows: Sequence[tuple[str, int, float, float]]) -> dict[str, Any]:
    """Return median, 95 % and worst of some reports."""
    cpu = np.quantile([r[2] for r in rows], [0.5, 0.95, 1.0]).tolist()
    return {
        "kind": kind,
        "n": len(rows),
        "arcs": float(np.median([r[1] for r in rows])),
        "cpu_ms": cpu,
        "wall_ms": float(np.quantile([r[3] for r in rows], 0.95)),
    }


def seen(ledger: Ledger, roads: Roads, known: Any) -> Any:
    """Return the picture on these roads."""
    return narrowed(picture(ledger, epoch_utc_s=EPOCH, horizon_s=HORIZON_S, known=known), roads)


def entries(made: tuple[Report, CivilianClaim]) -> list[Entry]:
    """Return the entries of a report whose one claim a person accepted."""
    report, claim = made
    acts = (
        ReportFiled(report=report),
        ClaimProposed(claim=claim),
        ClaimDecided(claim=claim.id, decision=Decision.ACCEPTED),
    )
    return [Entry(at="2030-03-17T17:46:40Z", by="desk", act=act) for act in acts]


def claim_of(n: int, network: RoadNetwork, rng: np.random.Generator) -> tuple[Report, CivilianClaim]:
    """Return report n and its claim: kind, place, precision, side and age drawn by chance."""
    precision = PlacePrecision(int(rng.choice([int(p) for p in PRECISIONS], p=list(PRECISIONS.values()))))
    node = int(rng.integers(len(network.nodes)))
    place = PlaceReference(
        name=f"place {node}", precision=precision, lat_e7=int(network.nodes.lat_e7[node]),
        lon_e7=int(network.nodes.lon_e7[node]),
    )  # fmt: skip
    kind, ended = KINDS[int(rng.integers(len(KINDS)))], EPOCH - int(rng.integers(0, 86_400))
    text = f"report {n}: {kind} at {place.name}"
    report = Report(outlet=f"outlet {n % 23}", text=text, published="", received="2030-03-17T17:00:00Z")
    origin = Link(name=f"origin {n % 41}", kind=OriginKind.MONITOR, side=("", "A", "B")[n % 3])
    claim = CivilianClaim(
        report=report.id, span=Span(start=0, end=len(text), text=text),
        chain=Chain(links=(Link(name=report.outlet), origin)), predicate=kind, places=(place,),
        times=(TimeSpan(from_utc_s=ended - 3_600, until_utc_s=ended, precision=TimePrecision.HOUR),),
        uttered="2030-03-17",
    )  # fmt: skip
    return report, replace(claim, source_grade=SourceGrade(letter="BCD"[n % 3], set_by="desk"))


if __name__ == "__main__":
    raise SystemExit(main())
