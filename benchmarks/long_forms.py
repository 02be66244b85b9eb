"""All long forms, one after the other, as they are run before a release.

    python benchmarks/long_forms.py [--list] [--only NAME] [--keep FOLDER]

What can go on from where it was stopped keeps its results in FOLDER (default: `long-forms` in the folder
where it is run) and goes on from there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FORMS: dict[str, list[str]] = {
    "mutation-audit": ["mutation.py", "audit", "--results", "{keep}/mutation-audit.jsonl"],
    "mutation-verifier": ["mutation.py", "verifier", "--slow", "--results", "{keep}/mutation-verifier.jsonl"],
    "mutation-releases": ["mutation.py", "releases", "--results", "{keep}/mutation-releases.jsonl"],
    "fuzz": ["fuzz.py", "--failures", "{keep}/fuzz", "--keep", "{keep}/fuzz.jsonl"],
    "fuzz-guided": [
        "fuzz.py",
        "--cases",
        "0",
        "--guided",
        "60",
        "--failures",
        "{keep}/fuzz",
        "--keep",
        "{keep}/fuzz-guided.jsonl",
        "XML",
        "KML",
        "CAP",
        "bundle",
    ],
    "stops": ["durability.py", "--long", "--keep", "{keep}/stops.jsonl"],
    "stops-http": ["durability.py", "--long", "--through", "http", "--keep", "{keep}/stops-http.jsonl"],
    "durability": ["durability.py", "--long", "--stops", "0", "--http", "0"],
    "exchange": ["exchange.py", "--keep", "{keep}/exchange.jsonl"],
    "store": ["store.py"],
}
"""Name: the script beside this file and its arguments."""


def command(name: str, keep: Path) -> list[str]:
    """Return the command of one long form."""
    script, *arguments = FORMS[name]
    return [sys.executable, str(HERE / script), *(one.replace("{keep}", str(keep)) for one in arguments)]


def main() -> int:
    """Run the long forms; 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--list", action="store_true", help="print the commands and run nothing")
    parser.add_argument("--only", choices=sorted(FORMS), action="append")
    parser.add_argument("--keep", type=Path, default=Path("long-forms"))
    options = parser.parse_args()
    failed = []
    for name in options.only or FORMS:
        line = command(name, options.keep)
        print(f"{name}: {' '.join(line)}", flush=True)
        if options.list:
            continue
        options.keep.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        if subprocess.run(line, check=False).returncode:
            failed.append(name)
        print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
