"""Canonical JSON: the one way to write a value, so that its hash means something."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def canonical_bytes(value: Any) -> bytes | None:
    """Return UTF-8 JSON with sorted keys and no spaces, or None where the value has no such form."""
    try:
        text = json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
        )
        return text.encode("utf-8")
    except (TypeError, ValueError, RecursionError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
