"""Whether an acknowledged report is ever lost or doubled: stopped programs, lost power, bad and full disks.

    python benchmarks/durability.py [--long] [--stops N] [--http N] [--images N] [--faults N] [--json]
                                    [--slice N --keep FILE [--through http]]

- *stops*: `safepassage log append` is stopped with SIGKILL while it records; the next run sends again what
  was not acknowledged, and some of what was.
- *http*: `safepassage serve` is stopped in the same way while eight connections hand in reports; a report and
  its claim stand together or not at all.
- *images*: the system calls of the same command are recorded with strace; at each of them the disk is put
  together as it could be after power was lost then: what was synchronised, and none, all, a random half or
  random 512-byte sectors of what was not. The store opens each image and must hold what was acknowledged.
- *faults*: under the encryption, the k-th write or synchronisation fails, for k = 1, 2, …: an error, a
  full disk after half a write, or a disk that stays full for a while; the sender tries again. Then the
  command itself writes under a limit of file size, in growing steps.

Each part runs once as in the product, where nothing may be lost or doubled, and once with a durability
switched off (acknowledged early, or `synchronous=NORMAL`), where losses must show, or the harness could not
see them. Short form: about three minutes; `--long` has 1,000 stops of either kind, 20,000 images, 500 faults.
`--slice N --keep FILE` makes the next N stops, by far the longest part, with a seed of their own, and adds
them to FILE; with `--through http` those of the server.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import disk_faults
import hard_stops
import http_stops
import power_loss
import slices

SHORT = {"stops": 25, "http": 6, "images": 900, "faults": 60}
LONG = {"stops": 1000, "http": 1000, "images": 20_000, "faults": 500}
Part = Callable[..., dict[str, int]]
PARTS: dict[str, Part] = {
    "stops": hard_stops.run,
    "http": http_stops.run,
    "images": power_loss.run,
    "faults": disk_faults.run,
}
FEWEST_BARE = {"http": 4}
"""How often a part is tried with durability off; 20 times where nothing else is said."""
FAULTS = ("lost", "doubled", "torn", "broken")


def main() -> int:
    """Run the parts; 1 when something was lost or doubled, or the harness could not see a loss."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--long", action="store_true", help="the numbers a release is judged by")
    for name in PARTS:
        parser.add_argument(f"--{name}", type=int, help=f"how many {name} (0: none)")
    parser.add_argument("--through", choices=("command", "http"), default="command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    slices.add_options(parser)
    options = parser.parse_args()
    if options.keep:
        return _stops_in_slices(options)
    found, good = {}, True
    for name, part in PARTS.items():
        given = getattr(options, name)
        count = (LONG if options.long else SHORT)[name] if given is None else given
        if not count:
            continue
        with tempfile.TemporaryDirectory(dir=_folder(name)) as folder:
            kept = part(Path(folder), count, options.seed, durable=True)
        with tempfile.TemporaryDirectory(dir=_folder(name)) as folder:
            fewest = FEWEST_BARE.get(name, 20)
            bare = part(Path(folder), max(fewest, count // 20), options.seed, durable=False)
        found[name] = {"durable": kept, "durability off": bare}
        good &= not any(kept.get(fault) for fault in FAULTS) and bool(bare["lost"])
        for label, row in found[name].items():
            text = ", ".join(f"{value} {key}" for key, value in row.items())
            print(f"{name}, {label}: {text}", file=sys.stderr if options.json else sys.stdout, flush=True)
    if options.json:
        print(json.dumps(found))
    return 0 if good else 1


def _stops_in_slices(options: argparse.Namespace) -> int:
    """Make the next slice of the stops that are still to be made, and print the sum of all slices."""
    part = "http" if options.through == "http" else "stops"
    given = getattr(options, part)
    count = (LONG if options.long else SHORT)[part] if given is None else given
    first, last = slices.following(options, 0, count)
    row: dict[str, int] = {}
    if last > first:
        with tempfile.TemporaryDirectory(dir=_folder(part)) as folder:
            row = PARTS[part](Path(folder), last - first, options.seed + first, durable=True)
    total = slices.added(options, first, last, row)
    print(json.dumps(total) if options.json else f"{part}, durable: {dict(total)}")
    return int(any(total[fault] for fault in FAULTS))


def _folder(name: str) -> str | None:
    """Images and faults need no disk, and are many; stops are made on the real one."""
    memory = Path("/dev/shm")
    return str(memory) if name not in {"stops", "http"} and memory.is_dir() else None


if __name__ == "__main__":
    sys.exit(main())
