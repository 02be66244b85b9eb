"""The options of `safepassage store` and `safepassage log`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Command = Callable[[str, str], argparse.ArgumentParser]
"""Makes the parser of one action from its name and what it does."""


def store_options(command: Command) -> None:
    """Add the actions on a store as a whole."""
    init = command("init", "Make a new store: one encrypted file.")
    _opens(init)
    init.add_argument("--org", required=True, help="short name of your organisation")
    _who(init)
    init.add_argument(
        "--make-key-file", action="store_true", help="also write a new key file under --key-file"
    )
    backup = command("backup", "Write a consistent encrypted copy while others go on writing.")
    _opens(backup)
    _output(backup, "backup to write")
    restore = command(
        "restore", "Make a store of a backup; it goes on under a new log that names the old one."
    )
    restore.add_argument("backup", type=Path, metavar="BACKUP", help="a backup of a store")
    _key(restore)
    _output(restore, "store to make")
    _who(restore)
    purge = command(
        "purge", "Delete keys of personal data, so that it can never be read again; the log stays whole."
    )
    _opens(purge)
    purge.add_argument(
        "--older-than", type=int, metavar="DAYS", help="delete the keys that sealed nothing for DAYS"
    )
    purge.add_argument(
        "--key-id", action="append", default=[], metavar="KEY", help="delete this key; repeatable"
    )
    purge.add_argument(
        "--also", action="append", default=[], type=Path, metavar="BACKUP", help="delete them there, too"
    )
    _who(purge)
    migrate = command(
        "migrate", "Take a claims ledger into the store, or the store to a server; never twice."
    )
    _opens(migrate)
    migrate.add_argument("--ledger", type=Path, metavar="FILE", help="ledger file, one entry a line")
    migrate.add_argument("--to", type=Path, metavar="SERVER", help=".toml file that names a server")
    _who(migrate)
    _office_options(command)


def _office_options(command: Command) -> None:
    """Add people, exchange and the server."""
    person = command("person", "Give a person a role, or end it.")
    _opens(person)
    person.add_argument("person", metavar="PERSON", help="function or short name, in small letters")
    person.add_argument("--role", required=True, help="planner, approver, liaison, field or viewer")
    person.add_argument("--end", action="store_true", help="the person has no role any more")
    person.add_argument(
        "--password", action="store_true", help="ask for a new password, print recovery codes"
    )
    _who(person)
    everybody = command("people", "Print who has which role.")
    _opens(everybody)
    send = command(
        "send", "Write an encrypted bundle of the log for another office, to be carried on a stick."
    )
    _opens(send)
    _bundle_key(send)
    _output(send, "bundle to write")
    known = "checkpoint of what the other office has; leaves that out; repeatable"
    send.add_argument("--known", action="append", default=[], type=Path, metavar="CHECKPOINT", help=known)
    receive = command("receive", "Take what is new in a bundle into the store, each log checked.")
    _opens(receive)
    receive.add_argument("bundle", type=Path, metavar="BUNDLE", help="bundle of another office")
    _bundle_key(receive)
    receive.add_argument("--by", required=True, metavar="FUNCTION", help="who does it, by function")
    sql = command(
        "server-sql", "Print what the administrator of a PostgreSQL server runs for an organisation."
    )
    sql.add_argument("--tenant", required=True, metavar="NAME", help="the organisation, in small letters")
    sql.add_argument("--login", required=True, metavar="NAME", help="the login that the program uses")


def map_options(command: Command) -> None:
    """Add the actions on the map of a server."""
    sql = command("map-sql", "Print what the administrator of a server with PostGIS runs for the shared map.")
    sql.add_argument("--tenant", required=True, metavar="NAME", help="the organisation, in small letters")
    sql.add_argument("--login", required=True, metavar="NAME", help="the login that the program uses")
    taken = command("map-import", "Stream the roads of an OpenStreetMap extract to a server.")
    _server(taken)
    taken.add_argument("extract", type=Path, metavar="EXTRACT", help=".osm.pbf or .osm file")
    near = command("map-near", "Print what on the map of a server lies nearest to a point.")
    _server(near)
    near.add_argument("--at", required=True, metavar="LON,LAT", help="degrees")
    near.add_argument("--layer", default="roads", metavar="NAME", help="default: roads")
    near.add_argument("--most", type=int, default=10, metavar="N", help="default: 10")
    tile = command("map-tile", "Write a vector tile of the map of a server.")
    _server(tile)
    tile.add_argument("tile", metavar="Z/X/Y", help="zoom, column and row")
    tile.add_argument("--layer", default="roads", metavar="NAME", help="default: roads")
    _output(tile, "tile to write")


def _server(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("server", type=Path, metavar="SERVER", help=".toml file that names a server")


def log_options(command: Command) -> None:
    """Add the actions on the log of a store."""
    append = command("append", "Record what happened; each line of output says that it is on disk.")
    _opens(append)
    _draft(append)
    show = command("show", "Print the entries in order.")
    _opens(show)
    show.add_argument("--kind", default="", help="only entries of this kind")
    show.add_argument("--about", default="", help="only entries about this")
    show.add_argument("--until", default="", metavar="TIME", help="what was recorded by then (ISO 8601, UTC)")
    show.add_argument("--private", action="store_true", help="also personal data whose key is here")
    conflicts = command("conflicts", "Print what offices wrote apart about the same thing, side by side.")
    _opens(conflicts)
    undo = command("undo", "Take an entry back by a further entry; both stay.")
    _opens(undo)
    undo.add_argument("id", metavar="ID", help="id of the entry")
    _who(undo)
    verify = command(
        "verify", "Say whether the log is consistent, cut, forked or altered, and at which entry."
    )
    _opens(verify)
    verify.add_argument("--against", type=Path, metavar="CHECKPOINT", help="what a partner holds")
    written = command("export", "Write what one audience may see of the log; recorded and signed.")
    _opens(written)
    audiences = ("public", "partners", "restricted")
    written.add_argument("--audience", required=True, choices=audiences, help="who may read it")
    _output(written, "file to write, one entry a line")
    _who(written)
    export = command("check-export", "Check files that an office released against their signed list.")
    export.add_argument("export", type=Path, metavar="LIST", help="the list, beside its files")
    export.add_argument("--public-key", default="", metavar="KEY", help="key of the office, as you know it")
    checkpoint = command("checkpoint", "Write a signed statement of the log for a partner to keep.")
    _opens(checkpoint)
    _output(checkpoint, "checkpoint to write")


def audit_options(parser: argparse.ArgumentParser) -> None:
    """Add what records a sheet, its overrides and its manifest in a store."""
    parser.add_argument(
        "--store", type=Path, metavar="STORE", help="store that records the sheet and each override"
    )
    _key(parser)
    parser.add_argument("--by", default="", metavar="FUNCTION", help="who audits, by function (with --store)")
    parser.add_argument("--why", default="", help="why (with --store)")
    parser.add_argument(
        "--keep-manifest", action="store_true", help="keep the manifest in the store, sealed, until a purge"
    )


def release_options(release: argparse.ArgumentParser) -> None:
    """Add the options of a release."""
    release.add_argument("plan", type=Path, metavar="PLAN", help="folder that `plan` wrote")
    who = ("public", "partners", "party-a", "party-b", "restricted")
    release.add_argument("--audience", required=True, choices=who, help="who may read it")
    release.add_argument("--store", type=Path, required=True, metavar="STORE", help="store that records it")
    _key(release)
    _output(release, "folder to write to")
    _who(release)


def ledger_options(action: argparse.ArgumentParser) -> None:
    """Let a command on claims work on a store."""
    action.add_argument("--store", action="store_true", help="LEDGER is a store, not a ledger file")
    _key(action)


def _draft(append: argparse.ArgumentParser) -> None:
    append.add_argument(
        "--lines", metavar="FILE", default="", help="JSON objects, one a line; - reads standard input"
    )
    append.add_argument("--kind", default="", metavar="WORD.WORD", help="what kind of entry it is")
    append.add_argument("--by", default="", metavar="FUNCTION", help="who, by function")
    append.add_argument("--why", default="", help="why")
    append.add_argument("--about", default="", metavar="ID", help="what it is about")
    append.add_argument("--id", default="", help="idempotency key: the same entry again adds nothing")
    append.add_argument(
        "--class", dest="sensitivity", default="RESTRICTED", help="highest class of what it holds"
    )
    append.add_argument("--body", default="{}", metavar="JSON", help="what happened, as a JSON object")
    append.add_argument(
        "--private", default="", metavar="FILE", help="JSON object of personal data, stored sealed"
    )
    append.add_argument("--key-id", default="", metavar="KEY", help="key that seals it (default: one a day)")


def _opens(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("store", type=Path, metavar="STORE", help="store file, or .toml that names a server")
    _key(parser)


def _key(parser: argparse.ArgumentParser) -> None:
    text = "what opens the store (else SAFEPASSAGE_KEY_FILE, or a passphrase is asked for)"
    parser.add_argument("--key-file", type=Path, metavar="FILE", help=text)


def _bundle_key(parser: argparse.ArgumentParser) -> None:
    text = "key file or passphrase that both offices hold"
    parser.add_argument("--bundle-key", type=Path, required=True, metavar="FILE", help=text)


def _output(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help=text)


def _who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, metavar="FUNCTION", help="who does it, by function")
    parser.add_argument("--why", required=True, help="why")
