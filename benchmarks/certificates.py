"""How long the verifier takes to sum a certificate again, apart from the plan beside it.

    python benchmarks/certificates.py FOLDER... --json

Folders hold inputs.json, plan.json and certificate.json, as `benchmarks/evacuation.py --output` or
`safepassage plan` writes them. Inputs and plan are read and the plan's totals taken first; then the clock
starts: the certificate is read, its hash and form are taken, every sum is made again and every claim held
against its sum and the plan. `whole_cpu_s` is the verifier's whole work on the folder. No solver is loaded.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from safepassage_verify import verify_files
from safepassage_verify.canonical import canonical_bytes
from safepassage_verify.certificate import fits
from safepassage_verify.files import CERTIFICATE, INPUTS, PLAN, find_plan, parsed
from safepassage_verify.verdict import Findings
from safepassage_verify.verification import Checked

T = TypeVar("T")


def timed(made: Callable[[], T]) -> tuple[T, float]:
    """Return what a function returns and its processor seconds."""
    began = time.process_time()
    return made(), time.process_time() - began


def summed(checked: Checked, data: bytes) -> bool:
    """Read a certificate and sum it again; return whether it has the agreed form and proves something."""
    certificate, findings = parsed(data), Findings()
    if not fits(certificate, findings) or canonical_bytes(certificate) != data.removesuffix(b"\n"):
        return False
    proven, proved_s = checked.prove(certificate)
    return any(proved_s) or any(row.clearance_s for row in proven.values())


def measured(folder: Path, runs: int) -> dict[str, Any]:
    """Return the row of a folder; the least of some runs, for the machine may be busy."""
    path = find_plan(folder)
    prefix = path.name.removesuffix(PLAN)
    data = {name: path.with_name(prefix + name).read_bytes() for name in (INPUTS, PLAN, CERTIFICATE)}
    inputs, plan = parsed(data[INPUTS]), parsed(data[PLAN])
    whole, whole_s = timed(lambda: verify_files(path))
    checked = Checked(inputs, plan)
    runs_of = [timed(lambda: summed(checked, data[CERTIFICATE])) for _ in range(runs)]
    certificate = parsed(data[CERTIFICATE])
    return {
        "folder": str(folder), "arcs": len(inputs["network"]["arcs"]["tail"]),
        "bounds": len(certificate["bounds"]), "points": len(certificate["envelope"]),
        "priced": len(certificate.get("priced", ())),
        "labels": sum(len(row["labels"]) for row in labelled(certificate)),
        "certificate_mb": len(data[CERTIFICATE]) / 1e6,
        "certificate_cpu_s": min(seconds for _, seconds in runs_of), "whole_cpu_s": whole_s,
        "verified": whole.verified and all(holds for holds, _ in runs_of),
    }  # fmt: skip


def labelled(certificate: Any) -> list[Any]:
    """Return everything in a certificate that lists labels."""
    return [*certificate["bounds"], *(part for point in certificate["envelope"] for part in point["parts"])]


HEADINGS = (
    "arcs",
    "bounds",
    "points",
    "priced",
    "labels",
    "certificate_mb",
    "certificate_cpu_s",
    "whole_cpu_s",
    "verified",
)


def cells(row: dict[str, Any]) -> str:
    """Return the line of a folder."""
    shown = (f"{row[name]:.2f}" if isinstance(row[name], float) else f"{row[name]}" for name in HEADINGS)
    return f"| {' | '.join([row['folder'], *shown])} |"


def main() -> int:
    """Measure all folders; print a table or JSON; 1 if anything was not verified."""
    parser = argparse.ArgumentParser(description="Measure how long certificates take to be summed again.")
    parser.add_argument("folder", type=Path, nargs="+", help="folder of a plan with its certificate")
    parser.add_argument("--runs", type=int, default=3, help="the least of so many is told")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = [measured(folder, options.runs) for folder in options.folder]
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        print(f"| folder | {' | '.join(HEADINGS)} |\n|{'---|' * (len(HEADINGS) + 1)}")
        print("\n".join(map(cells, rows)))
    return 0 if all(row["verified"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
