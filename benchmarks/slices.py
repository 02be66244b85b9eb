"""Long forms in slices: what was done is kept in a file, one line a slice, and adds up."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what names the slice and the file."""
    parser.add_argument("--slice", type=int, default=0, metavar="N", help="only the next N")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="file of what was done, and go on from it")


def following(options: argparse.Namespace, first: int, last: int) -> tuple[int, int]:
    """Return the range that comes next: after what the file holds, no longer than the slice, up to `last`."""
    done = max((row["last"] for row in _rows(options.keep)), default=first)
    begin = min(last, max(first, done))
    return begin, min(last, begin + options.slice) if options.slice else last


def added(options: argparse.Namespace, first: int, last: int, counts: Mapping[str, int]) -> Counter[str]:
    """Add a slice to the file; return the sum of all its slices, or of this one where there is no file."""
    if options.keep is None:
        return Counter(counts)
    if last > first:
        with options.keep.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"first": first, "last": last, "counts": dict(counts)}) + "\n")
    return sum((Counter(row["counts"]) for row in _rows(options.keep)), Counter())


def _rows(keep: Path | None) -> list[dict[str, object]]:
    if keep is None or not keep.is_file():
        return []
    return [json.loads(line) for line in keep.read_text(encoding="utf-8").splitlines()]
