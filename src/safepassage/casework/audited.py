"""The audit sheet of a plan, from its documents and the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from safepassage.audit import AuditInput, audit
from safepassage.domain.audit_sheet import Override
from safepassage.domain.case import Case
from safepassage.domain.manifest import Manifest
from safepassage.domain.release import Audience, Release
from safepassage.engines.release import release
from safepassage.formats.containers import canonical_json
from safepassage.formats.sheets import audit_files


def audited(
    documents: Mapping[str, bytes], *, case: Case | None, public: Mapping[str, str],
    manifest: Manifest | None = None, overrides: Iterable[Override] = (),
) -> bytes:  # fmt: skip
    """Return the sheet of a plan, as the canonical bytes of its document."""
    given = AuditInput(
        inputs=canonical_json.decode(documents["inputs"]), plan=canonical_json.decode(documents["plan"]),
        plan_sha256=canonical_json.sha256(documents["plan"]), thresholds=audit_files.thresholds(),
        case=case, manifest=manifest, public=public,
        aid=canonical_json.decode(documents["aid"]) if "aid" in documents else None,
    )  # fmt: skip
    return audit_files.write_json(audit(given, overrides))


def public_release(documents: Mapping[str, bytes], verification: Mapping[str, Any]) -> Release | None:
    """Return what the public may see of a plan; None for one without a certificate, which is not released."""
    if "certificate" not in documents:
        return None
    inputs, plan, certificate = (
        canonical_json.decode(documents[name]) for name in ("inputs", "plan", "certificate")
    )
    return release(inputs, plan, certificate, verification, Audience.PUBLIC)
