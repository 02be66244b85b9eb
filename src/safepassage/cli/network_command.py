"""`safepassage network`: what is in a road network."""

from __future__ import annotations

import argparse
import time

from safepassage.casework.reading import read_network
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import OK
from safepassage.domain.network_report import NetworkReport


def run(options: argparse.Namespace) -> Outcome:
    """Read a network and describe it."""
    from safepassage.engines.network_report import describe  # noqa: PLC0415

    started = time.monotonic()
    reading, problems = read_network(options.file, country=options.country, cached=not options.no_cache)
    report = describe(reading.network, reading.counts)
    seconds = round(time.monotonic() - started, 2)
    lines = [problems_text(problems), _text(report, seconds)]
    data = {**report.to_json(), "problems": problems_json(problems), "seconds": seconds}
    return Outcome(code=OK, text="\n".join(line for line in lines if line), data=data)


def _text(report: NetworkReport, seconds: float) -> str:
    west, south, east, north = (value / 1e7 for value in report.bbox_e7)
    largest = ", ".join(f"{n:,}" for n in report.component_sizes[:3])
    strong = f"{report.strong_share_ppm / 10_000:.1f} % of nodes can be reached from one another by car"
    km = report.length_m / 1000
    lines = [
        f"{report.file_name} ({report.kind}), sha256 {report.sha256}",
        f"{report.nodes:,} nodes, {report.arcs:,} arcs, {report.stretches:,} stretches, {km:,.0f} km",
        f"longitude {west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}",
        *(
            f"  {c.road_class:<14} {c.stretches:>8,} stretches {c.length_m / 1000:>10,.1f} km"
            for c in report.classes
        ),
        f"{report.components:,} components, the largest of {largest} nodes; {strong}",
    ]
    lines.extend(_more(report))
    lines.append(f"{report.attribution}")
    lines.append(f"read in {seconds} s")
    return "\n".join(line for line in lines if line)


def _more(report: NetworkReport) -> list[str]:
    tags = [f"  {row.tag:<12} {row.missing_ppm / 10_000:5.1f} %" for row in report.counts.missing_tags]
    left_out = [f"  {what}: {count:,}" for what, count in report.counts.left_out if count]
    return [
        *(["tags missing, so that class defaults are used:", *tags] if tags else []),
        *(["left out:", *left_out] if left_out else []),
        *(f"note: {text}" for text in report.warnings),
    ]
