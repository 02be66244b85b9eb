"""The commands and their options."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from safepassage import __version__
from safepassage.cli import siting_parser, worlds_parser
from safepassage.cli.log import store_parser
from safepassage.cli.movement import access_parser, movement_parser
from safepassage.domain.objectives import objective_order

EXAMPLE_OUTPUT = Path("safepassage-demo")
MOST_WORK, MOST_SECONDS = 10**12, 10**8
MOST_WEIGHED = 100
MOST_PERSONS, MOST_PER_CAR, MOST_POINTS = 10**8, 100, 100
DEFAULT_PORT, MOST_PORT = 8017, 65_535
SHEET_LANGUAGES = ("en", "uk", "ru")


class UsageError(Exception):
    """The command line cannot be understood; `str()` says why, `usage` how it is written."""

    def __init__(self, message: str, usage: str) -> None:
        self.usage = usage
        super().__init__(message)


class Parser(argparse.ArgumentParser):
    """Raises what is wrong with the command line, so that it can be said as JSON, too."""

    def error(self, message: str) -> NoReturn:
        """Raise a UsageError."""
        raise UsageError(f"{self.prog}: {message}", self.format_usage())


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog="safepassage",
        description="Plan evacuation both ways from a road network and a case, with a proven bound; offline.",
        epilog="A plan is a proposal for people to decide on. A notification is not a permission.",
    )
    parser.add_argument("--version", action="version", version=f"safepassage {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _demo(commands)
    _init(commands)
    _check(commands)
    _network(commands)
    _estimate(commands)
    _plan(commands)
    _sheets(commands)
    _what_if(commands)
    _needs(commands)
    _site(commands)
    _matrix(commands)
    _verify(commands)
    _explain(commands)
    _audit(commands)
    _worlds(commands)
    _simulate(commands)
    _regions(commands)
    _claims(commands)
    _release(commands)
    _store(commands)
    _log(commands)
    _movement(commands)
    _alert(commands)
    _access(commands)
    _serve(commands)
    _doctor(commands)
    return parser


if TYPE_CHECKING:
    # The class has no public name, and is generic in the stubs only.
    Commands = argparse._SubParsersAction[Parser]  # noqa: SLF001


def _command(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    return parser


def _demo(commands: Commands) -> None:
    parser = _command(commands, "demo", "Plan the built-in example and say where the report is.")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=EXAMPLE_OUTPUT,
        help=f"folder to write to (default: {EXAMPLE_OUTPUT})",
    )
    _planning_options(parser)
    worlds_parser.judge_options(parser, _whole)


def _init(commands: Commands) -> None:
    parser = _command(commands, "init", "Write a filled-in template of a case to start from.")
    parser.add_argument("case", type=Path, metavar="CASE", help="folder, or workbook with --xlsx, to create")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--xlsx", action="store_true", help="write one .xlsx workbook instead of a folder")
    form.add_argument("--example", action="store_true", help="write the built-in example as a folder")


def _check(commands: Commands) -> None:
    parser = _command(commands, "check", "Check a case and print all problems at once.")
    _case(parser)


def _network(commands: Commands) -> None:
    parser = _command(commands, "network", "Read a road network and report what is in it.")
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=".osm.pbf, .osm, .osm.gz, or a folder with nodes.csv and links.csv",
    )
    parser.add_argument("--country", default="", help="country of the speed defaults, for example UA")
    parser.add_argument("--no-cache", action="store_true", help="read the file anew and keep nothing")


def _plan(commands: Commands) -> None:
    parser = _command(commands, "plan", "Plan a case, verify the plan and write it.")
    _case(parser)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, help="folder to write RESTRICTED/ and PUBLIC/ to"
    )
    _planning_options(parser)
    _claims_used(parser)
    parser.add_argument(
        "--weigh", type=_whole(0, MOST_WEIGHED), default=0, metavar="N",
        help="plan again without each of the N claims that weigh most (default: 0, with --news 1)",
    )  # fmt: skip
    parser.add_argument(
        "--layers", action="store_true",
        help="plan again in the optimistic, central and precautionary layer; say whether the corridors hold",
    )  # fmt: skip
    _beside(parser)
    worlds_parser.hedge_options(parser, _whole)
    worlds_parser.judge_options(parser, _whole)
    _news(parser)


def _sheets(commands: Commands) -> None:
    text = "Write sheets for drivers, settlements and reception sites, to print."
    parser = _command(commands, "sheets", text)
    add = parser.add_argument
    add("plan", type=Path, metavar="OUT", help="folder that `plan` wrote")
    add("--language", choices=SHEET_LANGUAGES, default="en", help="language of the sheets (default: en)")
    add(
        "--vehicle", action="append", default=[], metavar="ID",
        help="only the sheet of this vehicle or truck-day (repeatable)",
    )  # fmt: skip
    add(
        "--place", action="append", default=[], metavar="ID",
        help="only the sheet of this settlement or site (repeatable)",
    )  # fmt: skip
    add("--kind", choices=("vehicles", "trucks", "settlements", "sites"), help="only sheets of this kind")
    add("--phone", default="", metavar="NUMBER", help="the one number to call (default: the case's hotline)")
    add(
        "--case", type=Path, metavar="CASE",
        help="case of the plan: with its roads' shapes, sheets say left and right",
    )  # fmt: skip
    add("--network", type=Path, metavar="FILE", help="road network of the case, if not its own")
    add("-o", "--output", type=Path, help="folder to write to (default: OUT/RESTRICTED/sheets)")


def _claims_used(parser: argparse.ArgumentParser) -> None:
    """Add the ledger that a plan rests on, and what to leave out of it."""
    parser.add_argument(
        "--claims", type=Path, metavar="LEDGER",
        help="ledger of claims to plan with (default: claims.jsonl in the case folder, if it is there)",
    )  # fmt: skip
    store_parser.ledger_options(parser)
    parser.add_argument(
        "--news", action="append", type=Path, default=[], metavar="FILE",
        help="text to read claims from, as proposals nobody has reviewed (repeatable; needs the extra nlp)",
    )  # fmt: skip
    parser.add_argument(
        "--without", action="append", default=[], metavar="SOURCE",
        help="plan without a claim (c-…), an origin or an outlet of the ledger, and say what differs",
    )  # fmt: skip


def _beside(parser: argparse.ArgumentParser) -> None:
    """Add plans beside the plan."""
    parser.add_argument(
        "--frontier", type=_whole(1, MOST_POINTS), metavar="N",
        help="look for up to N plans that trade exposure against clearance; each is verified",
    )  # fmt: skip
    parser.add_argument(
        "--pick", type=_whole(1, MOST_POINTS), metavar="K",
        help="write the K-th plan of the frontier (default: the plan of the case, or one that betters it)",
    )  # fmt: skip
    parser.add_argument(
        "--by", type=_order, metavar="OBJECTIVES",
        help="write the plan of the frontier that these objectives choose, in this order, for example "
        "exposure,arrivals,clearance (also: tail); persons served always come first",
    )  # fmt: skip
    parser.add_argument(
        "--slack", type=_whole(0, 100), default=1, metavar="PERCENT",
        help="how far from its best an objective of --by may lie before the next one decides (default 1)",
    )  # fmt: skip


def _news(parser: argparse.ArgumentParser) -> None:
    """Add what has happened since an earlier plan."""
    news = parser.add_argument_group("going on from a plan that is under way")
    news.add_argument("--previous", type=Path, metavar="OUT", help="folder of the plan to go on from")
    news.add_argument(
        "--at", default="", metavar="TIME", help="the time now: what left before it stays as it was"
    )
    for option, metavar, text in (
        (
            "--close",
            "ROAD",
            "a road or crossing is closed from now on: ref:R200, name:…, place:ID (repeatable)",
        ),
        ("--lost", "VEHICLE", "a vehicle cannot be counted on from now on: bus-003 (repeatable)"),
        ("--no-answer", "ID", "a party has not answered for this arrangement or vehicle (repeatable)"),
        ("--window", "ID=HOURS", "new hours of an arrangement, crossing or link (repeatable)"),
        (
            "--count",
            "PLACE:GROUP:DIRECTION=PERSONS",
            "a group was counted anew, with those who have left (repeatable)",
        ),
    ):
        news.add_argument(option, action="append", default=[], metavar=metavar, help=text)


def _estimate(commands: Commands) -> None:
    parser = _command(commands, "estimate", "Say how long an area takes to empty, with a proven bound.")
    add, most = parser.add_argument, MOST_PERSONS
    add(
        "--network",
        type=Path,
        required=True,
        help=".osm.pbf, .osm, .osm.gz, or a folder with nodes and links",
    )
    add(
        "--area", required=True, metavar="AREA",
        help="POLYGON ((lon lat, …)), a GeoJSON or KML file (file#name: one feature), or a name on the map",
    )  # fmt: skip
    add("--population", type=_whole(0, most), metavar="N", help="persons in the area, spread by road density")
    add("--grid", type=Path, metavar="FILE", help="population grid instead: GeoPackage, GeoJSON or CSV")
    add(
        "--exits",
        default="",
        metavar="POINTS",
        help="LAT,LON;… or a file of points that people have to reach",
    )
    add("--links", type=Path, metavar="FILE", help="CSV of trains, boats and footbridges that lead out")
    add("--checkpoints", type=Path, metavar="FILE", help="CSV of places where everybody is stopped")
    add(
        "--persons-per-car", type=_whole(1, MOST_PER_CAR), default=3, metavar="N",
        help="persons in each car (default: 3)",
    )  # fmt: skip
    add("--title", default="", help="name of the area on the page")
    add("-o", "--output", type=Path, help="folder to write the page, the plan and its certificate to")


def _what_if(commands: Commands) -> None:
    parser = _command(
        commands,
        "what-if",
        "Compare the plan with what it is without roads, without forks, with a lane more.",
    )
    _case(parser)
    _claims_used(parser)
    add = parser.add_argument
    add(
        "--losses", action="store_true", help="without each bridge in use, each busy road, and the worst pair"
    )
    add("--convergent", action="store_true", help="with one road for every settlement and no forks")
    add(
        "--contraflow", default="", metavar="ROAD", help="with the lane that leads in on ROAD driven outwards"
    )
    add("-o", "--output", type=Path, help="folder to write the facts, and the plan without forks, to")


def _needs(commands: Commands) -> None:
    parser = _command(commands, "needs", "Say what people need by place and day, and how far the stock goes.")
    _case(parser)
    siting_parser.needs_options(parser, _whole)


def _site(commands: Commands) -> None:
    text = "Say where to stand, so that people on foot reach it, with a proven bound."
    parser = _command(commands, "site", text)
    _case(parser)
    siting_parser.site_options(parser, _whole)
    siting_parser.region_option(parser, _whole)


def _matrix(commands: Commands) -> None:
    text = "Say how long it takes between many places, closures, weights and hours respected."
    parser = _command(commands, "matrix", text)
    _case(parser)
    siting_parser.matrix_options(parser, _whole)
    siting_parser.region_option(parser, _whole)


def _case(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", type=Path, metavar="CASE", help="case folder or .xlsx workbook")
    parser.add_argument("--network", type=Path, help="road network to use instead of the one the case names")


def _planning_options(parser: argparse.ArgumentParser) -> None:
    siting_parser.region_option(parser, _whole)
    parser.add_argument(
        "--field-devices",
        action="store_true",
        help="also write GPX and KMZ files for phones, one per route of people and of trucks",
    )
    parser.add_argument(
        "--seed",
        type=_whole(-MOST_WORK, MOST_WORK),
        default=0,
        help="seed recorded with the plan (default: 0)",
    )
    parser.add_argument(
        "--work-limit",
        type=_whole(0, MOST_WORK),
        help="stop after looking at so many arcs (same result everywhere)",
    )
    parser.add_argument(
        "--time-limit",
        type=_whole(0, MOST_SECONDS),
        metavar="SECONDS",
        help="stop after so many seconds (recorded)",
    )


def _order(text: str) -> tuple[str, ...]:
    try:
        return objective_order(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


def _whole(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers in a range: what a plan can record."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {most}")
        return int(text)

    return read


def _verify(commands: Commands) -> None:
    parser = _command(commands, "verify", "Check a written plan independently of the planner.")
    parser.add_argument(
        "plan", type=Path, metavar="OUT", help="folder a plan was written to, or its plan file"
    )
    parser.add_argument(
        "--previous", type=Path, metavar="EARLIER", default=None,
        help="the plan that it goes on from: hold what had left against what that had announced",
    )  # fmt: skip


def _explain(commands: Commands) -> None:
    parser = _command(commands, "explain", "Say why a corridor is what it is, and what would change it.")
    parser.add_argument(
        "plan", type=Path, metavar="OUT", help="folder a plan was written to, or a rule: SP-08"
    )
    parser.add_argument(
        "thing",
        nargs="?",
        default="",
        metavar="THING",
        help="corridor id or place id (default: list the corridors)",
    )
    parser.add_argument("--direction", default="", help="direction id, where a place has corridors both ways")
    parser.add_argument(
        "--via",
        default="",
        metavar="LAT,LON;…",
        help="compare with your own way through these points, in order",
    )


def _worlds(commands: Commands) -> None:
    parser = _command(commands, "worlds", "Run a verified plan through many worlds that keep to the reports.")
    worlds_parser.worlds_options(parser, _whole)


def _regions(commands: Commands) -> None:
    text = "Plan several cases on one network, each on its region, and say on which roads the plans meet."
    parser = _command(commands, "regions", text)
    worlds_parser.regions_options(parser, _whole)
    siting_parser.region_option(parser, _whole)


def _simulate(commands: Commands) -> None:
    text = "Run a verified plan in SUMO, a simulator of traffic by others, and compare (extra `simulate`)."
    worlds_parser.simulate_options(_command(commands, "simulate", text), _whole)


def _audit(commands: Commands) -> None:
    parser = _command(commands, "audit", "Hold a verified plan against rules of law, standards and practice.")
    add = parser.add_argument
    add("plan", type=Path, metavar="OUT", help="folder a plan was written to")
    add("--case", type=Path, metavar="CASE", help="case of the plan, with its table safeguards")
    add("--manifest", type=Path, metavar="FILE", help="who travels together, as anonymous groups (JSON)")
    add("--overrides", type=Path, metavar="FILE", help="who goes on although a rule is not kept, and why")
    add("-o", "--output", type=Path, help="folder to write the sheet to (default: beside the plan)")
    store_parser.audit_options(parser)


def _claims(commands: Commands) -> None:
    parser = commands.add_parser(
        "claims", help="Work on a ledger of claims.", description="Work on a ledger of claims."
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _extract(actions)
    _import(actions)
    conflicts = _command(actions, "conflicts", "Print what contradicts what, and who says it, side by side.")
    table = _command(actions, "table", "Write the claims that wait for a decision as a table to fill in.")
    decide = _command(actions, "decide", "Take the decisions of a filled-in table into the ledger.")
    review = _command(actions, "review", "Ask about one claim after the other on this terminal.")
    for action in (conflicts, table, decide, review):
        action.add_argument("ledger", type=Path, metavar="LEDGER", help="ledger file, one entry a line")
        store_parser.ledger_options(action)
    table.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="CSV or .xlsx to write"
    )
    table.add_argument("--all", action="store_true", help="also the claims that were decided")
    _why(actions)
    _refer(actions)
    decide.add_argument(
        "--table", type=Path, required=True, metavar="FILE", help="the filled-in CSV or .xlsx"
    )
    for action in (decide, review):
        action.add_argument("--by", required=True, metavar="FUNCTION", help="who decides, by function")


def _refer(actions: Commands) -> None:
    parser = _command(actions, "refer", "Write one incident against civilians down for one recipient.")
    add = parser.add_argument
    add("ledger", type=Path, metavar="LEDGER", help="ledger file, one entry a line")
    add("claim", metavar="CLAIM", help="id of the claim that reports the incident: c-…")
    add("--to", required=True, metavar="RECIPIENT", help="organisation that the record is for")
    add("--purpose", required=True, help="what it is passed on for")
    consent = parser.add_mutually_exclusive_group(required=True)
    consent.add_argument("--consent", default="", metavar="NUMBER", help="number of the source's consent")
    consent.add_argument("--published", default="", metavar="WHERE", help="where it was published anyway")
    add("--until", default="", metavar="DAY", help="day on which the consent ends")
    add("-o", "--output", type=Path, required=True, help="folder to write RESTRICTED/ to")


def _import(actions: Commands) -> None:
    parser = _command(actions, "import", "Take rows, road status, alerts or event data into the queue.")
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="CSV, .xlsx, GeoJSON or CAP 1.2 XML")
    add(
        "--as",
        dest="kind",
        choices=("rows", "logie", "cap", "ucdp", "incidents"),
        required=True,
        help="what it is",
    )
    add(
        "--into",
        dest="ledger",
        type=Path,
        required=True,
        metavar="LEDGER",
        help="ledger to put proposals into",
    )
    add("--outlet", metavar="NAME", help="who handed it on (default: the file's name, or the alert's sender)")
    store_parser.ledger_options(parser)


def _why(actions: Commands) -> None:
    parser = _command(actions, "why", "Say which claims made a road or place what it is in a plan.")
    add = parser.add_argument
    add("thing", metavar="THING", help="link, crossing, place, road number or name: r004, ref:H07, place:ID")
    add("--plan", type=Path, required=True, metavar="OUT", help="folder a plan was written to")
    add("--case", type=Path, metavar="CASE", help="case of the plan (default: where it was when planned)")
    add("--network", type=Path, metavar="FILE", help="road network of the case, if not its own")
    add("--quick", action="store_true", help="list the claims, and do not plan again without each")


def _release(commands: Commands) -> None:
    text = "Write what one audience may know of a verified plan; recorded, signed, small numbers hidden."
    store_parser.release_options(_command(commands, "release", text))


def _store(commands: Commands) -> None:
    text = "Keep everything that happened in one encrypted file."
    parser = commands.add_parser("store", help=text, description=text)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    store_parser.store_options(partial(_command, actions))
    store_parser.map_options(partial(_command, actions))


def _log(commands: Commands) -> None:
    text = "Record, read and check what happened, entry by entry."
    parser = commands.add_parser("log", help=text, description=text)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    store_parser.log_options(partial(_command, actions))


def _movement(commands: Commands) -> None:
    text = "Notify movements, record answers, follow them by radio, look back on them."
    parser = commands.add_parser("movement", help=text, description=text)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    movement_parser.movement_options(partial(_command, actions))


def _access(commands: Commands) -> None:
    parts = (
        (
            "access",
            "Record requests for access, their answers, and access incidents.",
            access_parser.access_options,
        ),
        (
            "referral",
            "Pass on to who is responsible; slips that people keep.",
            access_parser.referral_options,
        ),
    )
    for name, text, options in parts:
        parser = commands.add_parser(name, help=text, description=text)
        options(partial(_command, parser.add_subparsers(dest="action", required=True, metavar="ACTION")))


def _alert(commands: Commands) -> None:
    text = "Warn the public in the Common Alerting Protocol 1.2; change it, take it back."
    parser = commands.add_parser("alert", help=text, description=text)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    movement_parser.alert_options(partial(_command, actions))


def _extract(actions: Commands) -> None:
    parser = _command(actions, "extract", "Propose claims from a text, with whose words each is.")
    parser.add_argument(
        "--language", choices=("en", "ru", "uk"), default="",
        help="language of the text (default: by its letters; Russian and Ukrainian are experimental)",
    )  # fmt: skip
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="plain text, HTML, PDF, or CSV with a column text")
    add("--date", default="", metavar="TIME", help="when it was published; relative times count from it")
    add("--outlet", default="", metavar="NAME", help="who published it (default: dateline, else the file)")
    places = parser.add_mutually_exclusive_group()
    places.add_argument("--case", type=Path, metavar="CASE", help="case whose places are known by name")
    places.add_argument(
        "--gazetteer", type=Path, metavar="FILE", help="CSV of places: name, lat, lon, kind, alternates"
    )
    add("--actors", type=Path, metavar="FILE", help="CSV of who speaks for whom: name, kind, side")
    add("--into", type=Path, metavar="LEDGER", help="ledger to put the proposals into")
    add(
        "--model", type=_whole(1, MOST_PORT), default=0, metavar="PORT",
        help="let a language model that this computer serves propose more (public texts only; default: none)",
    )  # fmt: skip
    store_parser.ledger_options(parser)


def _serve(commands: Commands) -> None:
    parser = _command(commands, "serve", "Show a case in a browser on this computer, and work on it there.")
    add = parser.add_argument
    add("case", type=Path, nargs="?", metavar="CASE", help="case folder or workbook (default: the example)")
    add("--network", type=Path, help="road network to use instead of the one the case names")
    add("--store", type=Path, metavar="FILE", help="store to keep everything in (default: nothing is kept)")
    add("--key-file", type=Path, metavar="FILE", help="key file that opens the store")
    add(
        "--shared-map", type=Path, metavar="FILE",
        help="server (as for `store map-import`) whose layers the map's addresses answer with, too",
    )  # fmt: skip
    add(
        "--lan", metavar="ADDRESS",
        help="address of this computer in the local network to be asked under, too; needs --store",
    )  # fmt: skip
    add(
        "--port", type=_whole(0, MOST_PORT), default=DEFAULT_PORT, metavar="N",
        help=f"port on this computer, 0 for any (default: {DEFAULT_PORT})",
    )  # fmt: skip


def _doctor(commands: Commands) -> None:
    _command(commands, "doctor", "Check this installation and say what is missing.")
