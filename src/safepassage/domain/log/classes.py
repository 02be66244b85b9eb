"""The class of every field of the entries this program writes; an entry is as sensitive as its highest field.

A kind or field that is not listed is RESTRICTED: forgetting to tag something hides it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from safepassage.domain.release import SensitivityClass

_P, _S, _A, _R = SensitivityClass

_CLASSES: dict[str, dict[str, SensitivityClass]] = {
    "log.opened": {"org": _S, "public_key": _P, "nonce": _P, "continues": _S},
    "log.undone": {"undone": _S},
    "log.forked": {"log": _S, "size": _S, "head": _S, "found": _S},
    "key.deleted": {"org": _S, "key_id": _S},
    "access.person_set": {"person": _R, "role": _R, "active": _R},
    "claims.entry": {"line": _R},
    # Verdicts of law go to nobody outside the planning team, nor does who took responsibility for what.
    "audit.made": dict.fromkeys(
        ("plan_sha256", "sheet_sha256", "data_time", "with_case", "verdicts", "holding"), _R
    ),
    "audit.overridden": dict.fromkeys(("rule", "plan_sha256", "verdict", "at"), _R),
    "audit.manifest_kept": dict.fromkeys(("plan_sha256", "manifest_sha256"), _R),
    "export.made": {
        "audience": _S,
        "class": _P,
        "data_time": _S,
        "plan_sha256": _R,
        "files": _R,
        "statement": _P,
        "valid_until": _S,
        "case_id": _R,
        "tables": _R,
    },
}
ENTRY_CLASSES: Mapping[str, Mapping[str, SensitivityClass]] = MappingProxyType(
    {kind: MappingProxyType(fields) for kind, fields in _CLASSES.items()}
)
"""Kind of entry to field of its body to class."""


def highest_class(kind: str, body: Mapping[str, Any]) -> SensitivityClass:
    """Return the highest class among the fields that a body holds; PUBLIC for an empty one."""
    known = ENTRY_CLASSES.get(kind, {})
    classes = (known.get(field, SensitivityClass.RESTRICTED) for field in body)
    return max(classes, default=SensitivityClass.PUBLIC)


def shown(kind: str, body: Mapping[str, Any], limit: SensitivityClass) -> dict[str, Any]:
    """Return the fields of a body that a reader of this class may see."""
    known = ENTRY_CLASSES.get(kind, {})
    return {
        field: value
        for field, value in body.items()
        if known.get(field, SensitivityClass.RESTRICTED) <= limit
    }
