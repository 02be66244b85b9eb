"""`safepassage alert`: warn the public of a closed road, announced hours or a delay, and take it back."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from safepassage.cli.log import bundles, store_file
from safepassage.cli.movement.movement_time import given_utc_s
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK
from safepassage.domain.errors import FormatError, StoreError
from safepassage.domain.log import merge
from safepassage.domain.public_alert import AlertInfo, AlertStatus, MessageType, PublicAlert, followed
from safepassage.domain.release import STATEMENT, Audience
from safepassage.formats.access import alert_file, alert_log, cap_out
from safepassage.formats.movement.movement_file import iso
from safepassage.store import exports
from safepassage.store.event_store import EventStore

_TYPES = {"issue": MessageType.ALERT, "update": MessageType.UPDATE, "cancel": MessageType.CANCEL}
ACTIONS = (*_TYPES, "list")


def run(options: argparse.Namespace) -> Outcome:
    """Run one of the commands on alerts."""
    return _list(options) if options.action == "list" else _issue(options)


def _issue(options: argparse.Namespace) -> Outcome:
    """Record a message and its export, then write it."""
    with store_file.opened(options) as store:
        org = store_file.own_org(store)
        chain = alert_log.chains(merge.standing(store.all_entries())).get(options.alert, ())
        try:
            alert = _message(options, chain, org)
            followed(chain, alert)
        except FormatError:
            raise
        except ValueError as fault:
            raise StoreError(f"Nothing was issued: {fault}.") from None
        data = cap_out.write(alert)
        name = f"PUBLIC-{alert.identifier}.xml"
        draft = alert_log.draft(alert, chain=options.alert, org=org, by=options.by, why=options.why)
        receipt = store.append(draft)
        manifest = _exported(store, alert, {name: data}, options)
    folder = options.output
    folder.mkdir(parents=True, exist_ok=True)
    bundles.write_new(folder / name, data)
    bundles.write_new(folder / f"PUBLIC-{alert.identifier}-export.json", manifest)
    text = f"{alert.type.value} {alert.identifier} written to {folder / name}; entry {receipt.seq} says so."
    return Outcome(
        code=OK, text=text, data={"identifier": alert.identifier, "file": name, "seq": receipt.seq}
    )


def _message(options: argparse.Namespace, chain: tuple[PublicAlert, ...], org: str) -> PublicAlert:
    """Return the message of a command; it goes on from the whole chain before it."""
    kind = _TYPES[options.action]
    if kind is not MessageType.ALERT and not chain:
        raise ValueError(f"there is no alert {options.alert}")
    status = chain[0].status if chain else AlertStatus(options.status)
    infos: tuple[AlertInfo, ...] = ()
    if kind is not MessageType.CANCEL:
        infos = alert_file.read(options.file.read_bytes(), file=options.file.name)
        infos = tuple(replace(one, sender_name=one.sender_name or org) for one in infos)
    return PublicAlert(
        identifier=f"{org}.{options.alert}.{len(chain) + 1}",
        sender=org,
        sent_utc_s=given_utc_s(options.at),
        status=status,
        type=kind,
        note=options.reason if kind is MessageType.CANCEL else "",
        references=() if kind is MessageType.ALERT else tuple(one.reference for one in chain),
        infos=infos,
    )


def _exported(
    store: EventStore, alert: PublicAlert, files: dict[str, bytes], options: argparse.Namespace
) -> bytes:
    audience = Audience.PUBLIC
    stamp = {
        "class": audience.may_see.name,
        "audience": audience.word,
        "data_time": iso(alert.sent_utc_s),
        "statement": STATEMENT,
    }
    return exports.record_export(store, stamp, files, by=options.by, why=options.why)[1]


def _list(options: argparse.Namespace) -> Outcome:
    """Print every alert and where it stands."""
    with store_file.opened(options, writes=False) as store:
        chains = alert_log.chains(merge.standing(store.all_entries()))
    rows: list[dict[str, Any]] = [
        {
            "alert": name,
            "messages": [one.identifier for one in chain],
            "stands": chain[-1].type.value,
            "sent": iso(chain[-1].sent_utc_s),
        }
        for name, chain in sorted(chains.items())
    ]
    lines = [
        f"{row['alert']}: {row['stands']}, {len(row['messages'])} messages, last {row['sent']}"
        for row in rows
    ]
    return Outcome(code=OK, text="\n".join(lines or ["No alerts."]), data={"alerts": rows})
