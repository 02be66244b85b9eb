"""The options of `safepassage access` and `safepassage referral`."""

from __future__ import annotations

import argparse
from pathlib import Path

from safepassage.cli.log.store_parser import Command
from safepassage.cli.movement.movement_parser import (
    at_option,
    files_option,
    said_by_option,
    store_option,
    who_option,
)
from safepassage.domain.access_work.incident import CATEGORIES
from safepassage.domain.access_work.request import AccessReply, RequesterKind


def access_options(command: Command) -> None:
    """Add the actions on requests for access and on access incidents."""
    asked = _access(command("request", "Record that an organisation asks for access."), "request")
    asked.add_argument("--organisation", required=True, metavar="NAME", help="who asks")
    asked.add_argument(
        "--kind", required=True, choices=tuple(one.value for one in RequesterKind), help="what it is"
    )
    asked.add_argument("--to", required=True, metavar="PARTY", help="who is asked")
    asked.add_argument("--purpose", required=True, help="what for")
    asked.add_argument("--place", required=True, help="where to")
    window = "hours asked for (ISO 8601 with offsets); repeatable"
    asked.add_argument("--window", action="append", default=[], metavar="FROM/UNTIL", help=window)
    asked.add_argument("--standing", action="store_true", help="holds until it is closed")
    answer = _access(command("answer", "Record what was answered."), "request")
    answer.add_argument(
        "--answer", required=True, choices=tuple(one.value for one in AccessReply), help="what it is"
    )
    said_by_option(answer)
    answer.add_argument("--read-back", action="store_true", help="what was heard was read back and confirmed")
    answer.add_argument("--text", default="", help="what was said, in its words")
    close = _access(command("close", "Record how a request ended."), "request")
    close.add_argument("--outcome", required=True, help="how it ended")
    listed = command("requests", "List requests with answers and ages; those older than 72 hours are late.")
    store_option(listed)
    at_option(listed, "the time at which ages are reckoned (default: now)")
    incident = _access(command("incident", "Record an access incident, without persons."), "")
    numbers = "; ".join(f"{n} {name}" for n, name in enumerate(CATEGORIES, start=1))
    incident.add_argument("--category", required=True, type=int, metavar="1-9", help=numbers)
    incident.add_argument("--place", required=True, help="where")
    incident.add_argument("--description", required=True, help="what happened")
    incident.add_argument("--reported-by", required=True, metavar="FUNCTION", help="on whose word")
    counted = command("incidents", "Count incidents in the nine categories; write them as rows.")
    store_option(counted)
    counted.add_argument("-o", "--output", type=Path, metavar="FILE", help="CSV to write, with a signed list")
    counted.add_argument("--by", default="", metavar="FUNCTION", help="who exports, by function (with -o)")
    counted.add_argument("--why", default="", help="why (with -o)")


def referral_options(command: Command) -> None:
    """Add the actions on referrals."""
    made = _access(
        command("make", "Write a referral down for the actor responsible; stored sealed."), "referral"
    )
    made.add_argument("--file", type=Path, required=True, metavar="FILE", help="the record (TOML)")
    hand = _access(command("hand", "Record that it was handed over, and write it."), "referral")
    said_by_option(hand)
    hand.add_argument("--reference", default="", metavar="NUMBER", help="number that the recipient gave it")
    files_option(hand)
    close = _access(command("close", "Record what became of it."), "referral")
    close.add_argument("--outcome", required=True, help="what became of it, without a word on the person")
    listed = command("list", "List referrals, without what is in them.")
    store_option(listed)
    at_option(listed, "the time at which ages are reckoned (default: now)")
    slips = command("slips", "Write slips that people keep: where they are, whom to call, a token.")
    slips.add_argument("--site", required=True, metavar="NAME", help="where they are given out")
    slips.add_argument("--hotline", required=True, metavar="NUMBER", help="whom to call")
    slips.add_argument("--languages", default="en,uk,ru", help="languages, with commas (default: en,uk,ru)")
    slips.add_argument("--series", default="A", metavar="LETTERS", help="letters of the tokens (default: A)")
    slips.add_argument("--first", type=int, default=1, metavar="N", help="first number (default: 1)")
    slips.add_argument("--count", type=int, default=4, metavar="N", help="how many (default: 4)")
    slips.add_argument("--exercise", action="store_true", help="stamp them EXERCISE")
    slips.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="PDF to write")


def _access(parser: argparse.ArgumentParser, noun: str) -> argparse.ArgumentParser:
    store_option(parser)
    if noun:
        parser.add_argument(noun, metavar="ID", help=f"short name of the {noun}")
    at_option(parser, "when it happened (ISO 8601 with offset; default: now)")
    parser.add_argument("--id", default="", help="idempotency key: the same event again adds nothing")
    who_option(parser)
    return parser
