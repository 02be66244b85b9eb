"""`safepassage log show | undo | verify | checkpoint`: read the log, check it, sign what it says."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from safepassage.cli.log import bundles, store_file
from safepassage.cli.outcome import Outcome, listed
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage.domain.errors import StoreError
from safepassage.domain.log import merge
from safepassage.domain.log.entry import Entry
from safepassage.domain.log.finding import Checkpoint, Finding, Verdict
from safepassage.domain.release import Audience
from safepassage.formats.log import checkpoint_json, log_export
from safepassage.formats.log.log_record import thawed
from safepassage.store import checking, exports
from safepassage.store.event_store import EventStore


def run(options: argparse.Namespace) -> Outcome:
    """Run one of the commands."""
    actions: dict[str, Callable[[argparse.Namespace], Outcome]] = {
        "show": _show,
        "conflicts": _conflicts,
        "undo": _undo,
        "export": _export,
        "verify": _verify,
        "checkpoint": _checkpoint,
    }
    return actions[options.action](options)


def _show(options: argparse.Namespace) -> Outcome:
    """Print entries, oldest first, log by log."""
    until_ms = _milliseconds(options.until) if options.until else None
    with store_file.opened(options, writes=False) as store:
        chosen = [
            _plain(store, entry, private=options.private)
            for entry in store.all_entries()
            if (until_ms is None or entry.at_ms <= until_ms)
            and options.kind in {"", entry.kind}
            and options.about in {"", entry.about}
        ]
    return Outcome(code=OK, text="\n".join(_line(entry) for entry in chosen), data={"entries": chosen})


def _milliseconds(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise StoreError(f"{text!r} is no time: write it as 2026-11-25T14:30:00Z.") from None
    return round(at.replace(tzinfo=at.tzinfo or UTC).timestamp() * 1000)


def _plain(store: EventStore, entry: Entry, *, private: bool) -> dict[str, Any]:
    plain = {
        name: getattr(entry, name)
        for name in ("log", "seq", "at_ms", "id", "org", "by", "why", "kind", "about", "undoes")
    }
    plain |= {"class": entry.sensitivity.name, "body": thawed(entry.body)}
    if entry.sealed is not None:
        opened = store.private(entry) if private else None
        plain["private"] = opened if opened is not None else f"sealed with {entry.sealed.key_id}"
    return plain


def _line(entry: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(entry["at_ms"] / 1000, tz=UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    body = json.dumps(entry["body"], ensure_ascii=False)
    more = "".join(f" {name} {entry[name]}" for name in ("about", "undoes", "private") if entry.get(name))
    head = f"{entry['log'][:8]} {entry['seq']} {at} {entry['kind']} [{entry['class']}] {entry['id']}{more}"
    return listed((head, f"    {entry['by']} ({entry['org']}): {entry['why']}", f"    {body}"))


def _conflicts(options: argparse.Namespace) -> Outcome:
    """Print what nobody has settled yet."""
    with store_file.opened(options, writes=False) as store:
        found: list[dict[str, Any]] = [
            {
                "about": conflict.about,
                "kind": conflict.kind,
                "entries": [_plain(store, entry, private=False) for entry in conflict.entries],
            }
            for conflict in merge.conflicts(store.all_entries())
        ]
    parts = [f"{one['about']} ({one['kind']}):\n" + "\n".join(map(_line, one["entries"])) for one in found]
    remedy = "Record what holds, about the same thing and of the same kind: that settles it."
    text = "\n\n".join([*parts, remedy] if parts else ["No conflicts."])
    return Outcome(code=OK, text=text, data={"conflicts": found})


def _export(options: argparse.Namespace) -> Outcome:
    """Write what one audience may see of the log, recorded first, with a signed list beside it."""
    audience = next(one for one in Audience if one.word == options.audience)
    with store_file.opened(options) as store:
        order = merge.merged(store.all_entries())
        lines = [line for entry in order if (line := log_export.line(entry, audience))]
        data = b"".join(lines)
        last_ms = max(entry.at_ms for entry in order)
        stamp = log_export.stamp(audience, data_time_ms=last_ms)
        receipt, manifest = exports.record_export(
            store, stamp, {options.output.name: data}, by=options.by, why=options.why
        )
    bundles.write_new(options.output, data)
    bundles.write_new(options.output.with_name(f"{options.output.name}-export.json"), manifest)
    text = f"{len(lines)} of {len(order)} entries written to {options.output}; entry {receipt.seq} says so."
    return Outcome(code=OK, text=text, data={"entries": len(lines), "seq": receipt.seq})


def _undo(options: argparse.Namespace) -> Outcome:
    """Record that an entry is taken back."""
    with store_file.opened(options) as store:
        org = store_file.own_org(store)
        receipt = store.undo(options.id, by=options.by, why=options.why, org=org)
    text = f"Entry {receipt.seq} takes {options.id} back."
    return Outcome(code=OK, text=text, data={"id": receipt.id, "seq": receipt.seq, "undoes": options.id})


def _verify(options: argparse.Namespace) -> Outcome:
    """Check every log; compare one with a checkpoint."""
    checkpoint: Checkpoint | None = None
    if options.against is not None:
        checkpoint = checkpoint_json.read(options.against.read_bytes(), file=options.against.name)
    with store_file.opened(options, writes=False) as store:
        if checkpoint is not None:
            checking.require_signed(checkpoint, lambda log: checking.key_of_log(store.backend, log))
        findings = checking.check_all(store.backend, checkpoint)
    good = all(finding.verdict is Verdict.CONSISTENT for finding in findings)
    text = "\n".join(finding.sentence for finding in findings)
    data = {"consistent": good, "logs": [_finding(finding) for finding in findings]}
    return Outcome(code=OK if good else NOT_VERIFIED, text=text, data=data)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "log": finding.log,
        "verdict": finding.verdict.value,
        "size": finding.size,
        "head": finding.head,
        "first_seq": finding.first_seq or None,
        "last_seq": finding.last_seq or None,
        "reason": finding.reason,
    }


def _checkpoint(options: argparse.Namespace) -> Outcome:
    """Sign what the log says and write it."""
    with store_file.opened(options, writes=False) as store:
        checkpoint = checking.make_checkpoint(store, store_file.now_ms())
    options.output.write_bytes(checkpoint_json.write(checkpoint))
    said = f"{options.output}: {checkpoint.size} entries, head {checkpoint.head[:16]}."
    text = f"{said} Give it to a partner to keep."
    return Outcome(code=OK, text=text, data={"size": checkpoint.size, "head": checkpoint.head})
