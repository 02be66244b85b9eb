"""The options of `safepassage movement`."""

from __future__ import annotations

import argparse
from pathlib import Path

from safepassage.cli.log.store_parser import Command
from safepassage.domain.movement.words import Answer, Channel, Condition, YesNo

_CHANNELS = tuple(one.value for one in Channel)


def movement_options(command: Command) -> None:
    """Add the actions on movements."""
    _paper_options(command)
    _answer_options(command)
    _course_options(command)
    _view_options(command)


def _paper_options(command: Command) -> None:
    for name, text in (
        ("draft", "Draft a movement from a plan's corridor, or from a file alone."),
        ("revise", "Change a movement; after anybody was told this is a new revision."),
    ):
        made = _recorded(command(name, text))
        made.add_argument(
            "--file", type=Path, metavar="FILE", help="particulars, TOML or JSON; they win over the plan"
        )
        made.add_argument("--plan", type=Path, metavar="OUT", help="folder that `plan` wrote")
        made.add_argument("--corridor", default="", metavar="ID", help="corridor of that plan")
        leg = "leg of a vehicle that goes in this convoy, as in the schedule; repeatable"
        made.add_argument("--leg", action="append", default=[], metavar="ID", help=leg)
        made.add_argument("--convoy", default="", metavar="NAME", help="aid convoy of that plan")
        made.add_argument(
            "--day", type=int, default=1, metavar="N", help="with --convoy: day of the plan, from 1"
        )
    _recorded(command("check", "Say what is missing; mark the movement as checked if nothing holds it."))
    _recorded(command("submit", "Hand a checked movement to whoever releases it."))
    consent = _recorded(
        command("consent", "Record what the organisation that moves agrees to tell a recipient.")
    )
    _recipient(consent)
    consent.add_argument(
        "--fields", required=True, help="numbers or words of the form, with commas; all; none"
    )
    consent.add_argument("--given-by", required=True, metavar="FUNCTION", help="who agreed, by function")
    consent.add_argument("--document", default="", metavar="NUMBER", help="number of the paper that says so")
    send = _recorded(
        command("send", "Record that a recipient is told, and write its copy; by a second person.")
    )
    _recipient(send)
    said_by_option(send, person_required=False)
    files_option(send)
    send.add_argument("--cancellation", action="store_true", help="tell that the movement is cancelled")
    cancel = _recorded(command("cancel", "Record that a movement will not take place."))
    cancel.add_argument("--reason", required=True, help="why it will not")


def _answer_options(command: Command) -> None:
    answer = _recorded(command("acknowledge", "Record what a recipient answered, by whatever way it came."))
    answer.add_argument(
        "--answer", choices=tuple(one.value for one in Answer), default=Answer.NOTED.value,
        help="noted, or comment, agreed (a safe passage only), objection, read (no answer yet)",
    )  # fmt: skip
    objection = _recorded(command("object", "Record that a recipient objects."))
    for parser in (answer, objection):
        _recipient(parser)
        said_by_option(parser)
        _revision(parser)
        parser.add_argument(
            "--read-back", action="store_true", help="what was heard was read back and confirmed"
        )
        parser.add_argument("--reference", default="", metavar="NUMBER", help="number of the answer")
        parser.add_argument("--text", default="", help="what was said, in its words")
    relay = _recorded(command("relay", "Record whether a recipient's units on the way were told."))
    _recipient(relay)
    said_by_option(relay)
    _revision(relay)
    relay.add_argument(
        "--units-told", required=True, choices=tuple(one.value for one in YesNo), help="what it says"
    )
    relay.add_argument("--text", default="", help="what was said, in its words")


def _course_options(command: Command) -> None:
    for name, text in (
        ("go", "Record the lead's decision to go."),
        ("no-go", "Record the decision not to go."),
    ):
        decided = _recorded(command(name, text))
        decided.add_argument(
            "--lead", required=True, metavar="FUNCTION", help="the lead that the movement names"
        )
        decided.add_argument("--despite", default="", metavar="REASON", help="why, with questions open")
    depart = _recorded(command("depart", "Record that it left, or that a site opened."))
    arrive = _recorded(command("arrive", "Record that it arrived, or that a site was given up as planned."))
    for parser in (depart, arrive):
        said_by_option(parser, person_required=False)
        parser.add_argument("--persons", type=int, metavar="N", help="persons counted")
    waypoint = _recorded(command("waypoint", "Record a report from under way."))
    said_by_option(waypoint)
    waypoint.add_argument("--point", default="", metavar="ID", help="point of the route it reports from")
    waypoint.add_argument(
        "--condition", choices=tuple(one.value for one in Condition), default=Condition.PASSED.value,
        help="how it is (default: passed)",
    )  # fmt: skip
    waypoint.add_argument("--text", default="", help="what was said")
    abort = _recorded(command("abort", "Record that it was broken off under way."))
    said_by_option(abort, person_required=False)
    abort.add_argument("--reason", required=True, help="why")
    incident = _recorded(command("incident", "Record that something happened to it."))
    said_by_option(incident, person_required=False)
    incident.add_argument("--text", required=True, help="what happened")
    incident.add_argument("--ends", action="store_true", help="the movement is over by it")
    step = _recorded(command("escalate", "Record that a step of an alarm was taken, and what came of it."))
    step.add_argument("--alarm", required=True, metavar="CODE", help="alarm, as `overdue` prints it")
    step.add_argument("--step", required=True, metavar="N", help="number of the step")
    step.add_argument("--outcome", required=True, help="what came of it")
    close = _recorded(command("close", "Close a movement with a review."))
    close.add_argument("--review", required=True, help="how it went")
    close.add_argument("--left", type=int, metavar="N", help="persons who left")
    close.add_argument("--arrived", type=int, metavar="N", help="persons who arrived")
    close.add_argument("--unaccounted", default="", help="where each of the others is")
    close.add_argument("--lessons", default="", help="what was learned")
    undo = command("undo", "Take an event of a movement back by a further entry, if nothing rests on it.")
    store_option(undo)
    undo.add_argument("entry", metavar="ENTRY", help="id of the entry")
    who_option(undo)


def _view_options(command: Command) -> None:
    status = command("status", "Say where a movement, or every movement, stands, now or at a moment.")
    store_option(status)
    status.add_argument("movement", nargs="?", default="", metavar="ID", help="the movement (default: all)")
    silent = command("no-reply", "List who has not answered, for how long, and whom to ask again.")
    overdue = command(
        "overdue", "List what is overdue, and the steps that are due. Ends with 7 when anything is."
    )
    rows = command("safeguards", "Write what the log knows of parties and answers, for the plan audit.")
    for parser in (silent, overdue, rows):
        store_option(parser)
    rows.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="CSV to write")
    for parser in (status, silent, overdue, rows):
        at_option(parser, "the time at which ages are reckoned; what happened by then counts (default: now)")
        known = "what this office provably held at that moment, by times of receipt"
        parser.add_argument("--known-at", default="", metavar="TIME", help=known)
    copy = command("copy", "Show what a recipient sees, or write again what it was sent, and prove it.")
    store_option(copy)
    _movement(copy)
    copy.add_argument(
        "--to", default="", metavar="RECIPIENT", help="whose copy (default: the office's whole form)"
    )
    copy.add_argument(
        "--sent", default="", metavar="ENTRY", help="as sent by this entry; hashes are compared"
    )
    files_option(copy)
    sees = command("who-sees", "Say for each field which recipients see it, and why the others do not.")
    store_option(sees)
    _movement(sees)
    desk = command("desk", "Write the log sheet, check-in timetable and report for a radio desk.")
    store_option(desk)
    _movement(desk)
    desk.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="folder to write to")


def alert_options(command: Command) -> None:
    """Add the actions on public alerts."""
    for name, text in (
        ("issue", "Issue a public alert: a closed road, announced hours, a delay."),
        ("update", "Change an alert; names every message before it."),
        ("cancel", "Take an alert back."),
    ):
        made = command(name, text)
        store_option(made)
        made.add_argument("alert", metavar="ID", help="short name of the alert")
        at_option(made, "when it is sent (default: now)")
        who_option(made)
        made.add_argument(
            "-o", "--output", type=Path, required=True, metavar="FOLDER", help="folder to write to"
        )
        if name == "cancel":
            made.add_argument("--reason", required=True, help="why, for whoever receives it")
        else:
            made.add_argument("--file", type=Path, required=True, metavar="FILE", help="what it says (TOML)")
        if name == "issue":
            status = ("Actual", "Exercise", "Test", "Draft")
            made.add_argument("--status", required=True, choices=status, help="how it is meant")
    listed = command("list", "Print every alert and where it stands.")
    store_option(listed)


def _recorded(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add what every event needs."""
    store_option(parser)
    _movement(parser)
    at_option(parser, "when it happened (ISO 8601 with offset; default: now)")
    parser.add_argument("--id", default="", help="idempotency key: the same event again adds nothing")
    who_option(parser)
    return parser


def store_option(parser: argparse.ArgumentParser) -> None:
    """Add the store and what opens it."""
    parser.add_argument("store", type=Path, metavar="STORE", help="store file, or .toml that names a server")
    text = "what opens the store (else SAFEPASSAGE_KEY_FILE, or a passphrase is asked for)"
    parser.add_argument("--key-file", type=Path, metavar="FILE", help=text)


def _movement(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("movement", metavar="ID", help="short name of the movement")


def who_option(parser: argparse.ArgumentParser) -> None:
    """Add who does it, and why."""
    parser.add_argument("--by", required=True, metavar="FUNCTION", help="who does it, by function")
    parser.add_argument("--why", required=True, help="why")


def at_option(parser: argparse.ArgumentParser, text: str) -> None:
    """Add a time."""
    parser.add_argument("--at", default="", metavar="TIME", help=text)


def _recipient(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", required=True, metavar="RECIPIENT", help="the recipient, by its short name")


def _revision(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--revision", type=int, metavar="N", help="which one (default: the last it was sent)")


def said_by_option(parser: argparse.ArgumentParser, *, person_required: bool = True) -> None:
    """Add by what way something was said, and by whom."""
    parser.add_argument("--channel", required=True, choices=_CHANNELS, help="by what way")
    parser.add_argument(
        "--person",
        required=person_required,
        default="",
        metavar="FUNCTION",
        help="who said or took it, by function",
    )


def files_option(parser: argparse.ArgumentParser) -> None:
    """Add the folder to write to."""
    """Add by what way something was said, and by whom."""
    """Add a time."""
    """Add who does it, and why."""
    """Add the store and what opens it."""
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="folder to write the copy to")
