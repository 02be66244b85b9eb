"""Cut a verified plan to what one audience may see; a plan that was not verified is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from safepassage.domain.audit_sheet import holding
from safepassage.domain.figures import PARTY_VALID_S, Figures
from safepassage.domain.release import STATEMENT, Audience, Release, SensitivityClass, class_of

Document = Mapping[str, Any]
SHOWN_OF_TABLES = ("title", "rows", "columns", "persons")


class AuditHoldError(ValueError):
    """The plan was not audited, or a rule is not kept and nobody has taken responsibility for it."""


class UnverifiedPlanError(ValueError):
    """The plan has not passed the verifier, or is not the one that passed."""


def release(
    inputs: Document,
    plan: Document,
    certificate: Document,
    verification: Document,
    audience: Audience,
    *,
    changes: Document | None = None,
    claims: Document | None = None,
    frontier: Document | None = None,
) -> Release:
    """Return what `audience` may see of the four documents of one plan, and of what goes with it if anything.

    Raises
    ------
    UnverifiedPlanError
        When the verification does not say `verified`, lists violations, or belongs to other documents.
    """
    _require_verified(inputs, plan, certificate, verification)
    limit = audience.may_see
    documents = {
        "inputs": inputs,
        "plan": plan,
        "certificate": certificate,
        "verification": verification,
    }
    return Release(
        audience=audience,
        generated_from=_hashes(verification) if limit >= SensitivityClass.RESTRICTED else {},
        changes=dict(changes or {}) if limit >= SensitivityClass.RESTRICTED else {},
        claims=dict(claims or {}) if limit >= SensitivityClass.RESTRICTED else {},
        frontier=dict(frontier or {}) if limit >= SensitivityClass.RESTRICTED else {},
        stamp=_stamp(inputs, verification, audience),
        **{noun: _restricted(noun, document, audience) for noun, document in documents.items()},
    )


def _stamp(inputs: Document, verification: Document, audience: Audience) -> dict[str, str]:
    """Return what stands on everything that leaves; a party's copy says for whom and until when it is."""
    stamp = {
        "class": audience.may_see.name,
        "audience": audience.word,
        "data_time": str(inputs.get("as_of", "")),
        "plan_sha256": str(verification["plan_sha256"]),
        "statement": STATEMENT,
    }
    if audience.may_see is SensitivityClass.PARTIES and stamp["data_time"]:
        until = datetime.fromisoformat(stamp["data_time"]) + timedelta(seconds=PARTY_VALID_S)
        stamp["valid_until"] = until.strftime("%Y-%m-%dT%H:%M:%SZ")
    return stamp


def with_audit(given: Release, audit: Document) -> Release:
    """Return the planning team's release with the sheet of the audit of its plan.

    Raises
    ------
    ValueError
        When the release is for others, or the sheet is of another plan.
    """
    if audit.get("plan_sha256") != given.stamp["plan_sha256"]:
        raise ValueError("the audit is of another plan")
    return given.along(audit=audit)


def with_figures(given: Release, figures: Figures, audit: Document) -> Release:
    """Return a release with the figures made for its audience; without an audit of this plan there is none.

    Raises
    ------
    ValueError
        When they were made for another one.
    AuditHoldError
        When the sheet is of another plan, or names a rule that is not kept and not overridden.
    """
    if audit.get("plan_sha256") != given.stamp["plan_sha256"]:
        raise AuditHoldError("the audit is of another plan")
    held = holding(audit)
    if held:
        raise AuditHoldError(f"not kept and not overridden: {', '.join(held)}")
    if figures.audience is not given.audience:
        raise ValueError(f"these figures are for {figures.audience.name}, not for {given.audience.name}")
    # By name, so that what a table gains later goes nowhere by itself.
    numbers = {
        "tables": [{name: getattr(table, name) for name in SHOWN_OF_TABLES} for table in figures.tables],
        "places": [asdict(place) for place in figures.places],
        "not_before_s": figures.not_before_s,
    }
    return given.along(figures=numbers)


def with_aid(given: Release, aid: Document) -> Release:
    """Return a release with the distribution of aid beside the plan; others than the team see nothing of it.

    Raises
    ------
    ValueError
        When it was made beside another plan.
    """
    if aid.get("plan_sha256") != given.stamp["plan_sha256"]:
        raise ValueError("this distribution was made beside another plan")
    seen = given.audience.may_see >= SensitivityClass.RESTRICTED
    return given.along(aid=aid if seen else {})


def with_judges(given: Release, worlds: Document, simulation: Document) -> Release:
    """Return the planning team's release with what worlds and a simulator say of its plan, each if asked.

    Raises
    ------
    ValueError
        When they judge another plan, or the release is for others.
    """
    if given.audience is not Audience.PLANNING_TEAM:
        raise ValueError("what judges say of a plan goes into no release for others")
    for judged in (worlds, simulation):
        if judged and judged["plan_sha256"] != given.stamp["plan_sha256"]:
            raise ValueError("another plan was judged")
    return given.along(worlds=worlds, simulation=simulation)


def canonical_bytes(document: Document) -> bytes:
    """Return a document as canonical JSON: UTF-8, keys sorted, no spaces, one line without its line end."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _is_named_by(document: Document, sha256: object) -> bool:
    """Tell whether `sha256` is the hash of the document's file, written with or without a line end."""
    text = canonical_bytes(document)
    return sha256 in {hashlib.sha256(text).hexdigest(), hashlib.sha256(text + b"\n").hexdigest()}


def _hashes(verification: Document) -> dict[str, str]:
    return {f"{noun}.json": str(verification[f"{noun}_sha256"]) for noun in ("inputs", "plan", "certificate")}


def _require_verified(
    inputs: Document, plan: Document, certificate: Document, verification: Document
) -> None:
    if verification.get("verified") is not True or verification.get("violations"):
        raise UnverifiedPlanError("the plan did not pass the verifier, so nothing is written from it")
    for noun, document in (("plan", plan), ("certificate", certificate)):
        if document.get("inputs_sha256") != verification.get("inputs_sha256"):
            raise UnverifiedPlanError(f"the {noun} was made from other inputs than those the verifier read")
    for noun, document in (("inputs", inputs), ("plan", plan), ("certificate", certificate)):
        if not _is_named_by(document, verification.get(f"{noun}_sha256")):
            raise UnverifiedPlanError(f"{noun}.json is not the one the verifier read")


def _restricted(noun: str, document: Document, audience: Audience) -> dict[str, Any]:
    """Copy the fields of `document` that an audience sees; tables in it are nouns of their own."""
    if audience.may_see >= SensitivityClass.RESTRICTED:
        return dict(document)
    kept: dict[str, Any] = {}
    for field, value in document.items():
        below = f"{noun}.{field}"
        if isinstance(value, Mapping):
            child = _restricted(below, value, audience)
            if child:
                kept[field] = child
        elif _is_table(value):
            rows = [_restricted(below, row, audience) for row in value]
            if any(rows):
                kept[field] = rows
        elif audience.sees(class_of(noun, field)):
            kept[field] = value
    return kept


def _is_table(value: object) -> bool:
    return isinstance(value, Sequence) and any(isinstance(row, Mapping) for row in value)
