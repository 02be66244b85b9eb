"""The options of `safepassage needs`, `safepassage site` and `safepassage matrix`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Whole = Callable[[int, int], Callable[[str], int]]
"""Makes a reader of whole numbers in a range."""
MOST_DAYS, MOST_SITES, MOST_WALK_M, MOST_AVOID = 366, 5_000, 100_000, 1_000_000
MOST_PERSONS, MOST_SECONDS, MOST_MINUTES = 10**8, 10**8, 10**6
MOST_KM = 2_000


def needs_options(parser: argparse.ArgumentParser, whole: Whole) -> None:
    """Add the options of needs."""
    add = parser.add_argument
    add("--plan", type=Path, metavar="OUT", help="folder of a plan: who arrives is counted at the sites")
    add("--days", type=whole(1, MOST_DAYS), default=7, metavar="N", help="days looked at (default: 7)")
    add(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="CSV or .xlsx to write, one row a place, day and good",
    )


def site_options(parser: argparse.ArgumentParser, whole: Whole) -> None:
    """Add the options of sites."""
    add = parser.add_argument
    add(
        "--for", dest="purpose", choices=("distribution", "assembly", "desk", "medical", "water"),
        help="what people come for: sets how far they walk and for how many a point has room",
    )  # fmt: skip
    add(
        "--aim", choices=("median", "cover", "centre", "fair"), default="cover",
        help="cover: fewest without a site in reach; median: least walking; centre: least longest walk; "
        "fair: least longest walk first, then least walking",
    )  # fmt: skip
    add("--count", type=whole(1, MOST_SITES), default=3, metavar="N", help="sites, existing ones included")
    add("--to", type=whole(1, MOST_SITES), metavar="N", help="also for every number of sites up to this one")
    add("--walk-limit-m", type=whole(1, MOST_WALK_M), metavar="M", help="longest walk (default: 5000)")
    add(
        "--room", type=whole(1, MOST_PERSONS), metavar="N",
        help="for how many persons a site has room where its place states no capacity by day",
    )  # fmt: skip
    add("--no-room", action="store_true", help="every site has room for all, whatever is stated")
    add(
        "--avoid", type=whole(0, MOST_AVOID), default=10, metavar="N",
        help="a metre on which harm is certain counts as N metres more (default: 10; 0 weighs no hazard)",
    )  # fmt: skip
    add(
        "--at",
        default="settlement",
        metavar="KINDS",
        help="kinds of places where one could stand, with commas",
    )
    add(
        "--existing",
        action="append",
        default=[],
        metavar="ID",
        help="a site that stands already (repeatable)",
    )
    add(
        "--time-limit",
        type=whole(1, MOST_SECONDS),
        default=60,
        metavar="SECONDS",
        help="for each number of sites",
    )
    add("-o", "--output", type=Path, metavar="OUT", help="folder for a page with the map, and GeoJSON")


def matrix_options(parser: argparse.ArgumentParser, whole: Whole) -> None:
    """Add the options of tables of travel times."""
    add = parser.add_argument
    words = "kinds of places or ids, with commas"
    add("--from", dest="origins", default="settlement", metavar="WORDS", help=words)
    add("--to", dest="destinations", default="reception_site", metavar="WORDS", help=words)
    add(
        "--after-min", type=whole(0, MOST_MINUTES), default=0, metavar="N",
        help="minutes after the start of the case at which all set out",
    )  # fmt: skip
    add("--weight-t", type=whole(1, 100), metavar="T", help="weight of the vehicle, for bridges and roads")
    add(
        "--keep-off-percent", type=whole(1, 100), metavar="P",
        help="keep off roads on which harm is this probable at any time",
    )  # fmt: skip
    add("-o", "--output", type=Path, metavar="FILE", help="CSV to write, one row a pair")


def region_option(parser: argparse.ArgumentParser, whole: Whole) -> None:
    """Add the option that cuts a region out of a country."""
    parser.add_argument(
        "--region-km", type=whole(1, MOST_KM), metavar="N",
        help="of a large extract keep the roads within N km of the places, and the larger ones within 5 N km",
    )  # fmt: skip
