"""What an entry of the log says, in a few words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from safepassage.web.words import Words
from safepassage.web.words.sentences import fitted, spaced

ACTS = {
    "ReportFiled": "report filed",
    "ClaimProposed": "claim proposed",
    "ClaimDecided": "claim decided",
    "ClaimCorrected": "claim read better",
    "ClaimRetracted": "claim retracted by its source",
    "GradeSet": "claim graded",
    "ClaimsLinked": "claims linked",
    "GapNoted": "open question noted",
    "GapAnswered": "open question answered",
}
"""What was done to the ledger of claims."""
SENTENCES = (
    *(f"{act}: {{words}}" for act in ACTS.values()),
    "{name}: {persons} served",
    "{id}: {role} (ended)",
    "{id}: {role}, ended",
    "{id}: {role}",
    "{road} reported {status} ({name})",
    "area {name} ({kind})",
    "entry {id}",
)
"""What entries say, and how they are handed to a translator; the first that fits is taken."""
_WORDS = frozenset({"role", "status", "kind"})


def said(kind: str, body: Mapping[str, Any]) -> str:
    """Return what an entry says, in a few words."""
    if kind in {"claims.entry", "situation.event"}:
        try:
            line = json.loads(str(body.get("line", "")))
        except ValueError:
            return ""
        return _claim(line.get("act", {})) if kind == "claims.entry" else event_said(line.get("change", {}))
    if kind == "plan.accepted":
        who = "; ".join(f"{d['name']}: {d['served']:,} served" for d in body.get("directions", ()))
        return f"{str(body.get('plan_sha256', ''))[:12]} · {who}"
    if kind == "audit.overridden":
        return f"{body.get('rule')} · {str(body.get('plan_sha256', ''))[:12]}"
    if kind == "access.person_set":
        ended = "" if body.get("active") else " (ended)"
        return f"{body.get('person')}: {body.get('role')}{ended}"
    if kind == "setting.set":
        return f"{body.get('name')} = {body.get('value')}"
    if kind == "log.undone":
        return ", ".join(f"entry {row['seq']}" for row in body.get("undone", ()))
    return str(body.get("movement", ""))


def _claim(act: Mapping[str, Any]) -> str:
    name = ACTS.get(str(act.get("is")), "")
    claim = act.get("claim", "")
    if isinstance(claim, Mapping):
        return f"{name}: “{claim.get('span', {}).get('text', '')[:160]}”"
    if "report" in act and isinstance(act["report"], Mapping):
        return f"{name}: {act['report'].get('outlet', '')}"
    return f"{name}: {act.get('decision', '')} {claim}".replace("  ", " ")


def event_said(change: Mapping[str, Any]) -> str:
    """Return what a change of the situation says."""
    status, area = change.get("status"), change.get("area")
    if isinstance(status, Mapping):
        roads = "; ".join(f"{r.get('kind')}:{r.get('value')}" for r in status.get("roads", ()))
        said_by = status.get("provenance", {}).get("source", "")
        return f"{roads} reported {str(status.get('status', '')).replace('_', ' ').lower()} ({said_by})"
    if isinstance(area, Mapping):
        return f"area {area.get('name', '')} ({str(area.get('kind', '')).replace('_', ' ')})"
    return str(change.get("is", ""))


def entered(text: str, said_as: Words) -> str:
    """Return what an entry says in the reader's language; quoted words and whatever is unknown stay."""
    if text.startswith("“"):
        return text
    plan, dot, directions = text.partition(" · ")
    if dot and directions.endswith(" served"):
        return plan + dot + "; ".join(entered(one, said_as) for one in directions.split("; "))
    return fitted(text, said_as, SENTENCES, _field)


def _field(name: str, value: str, said_as: Words) -> str:
    return said_as(value) if name in _WORDS else spaced(value) if name == "persons" else value
