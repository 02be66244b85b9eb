"""Canonical JSON: the same value gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def encode(document: Any) -> bytes:
    """Return UTF-8 JSON with sorted keys, no spaces and one final line break.

    Raises
    ------
    ValueError
        When the document holds a float that is not finite.
    """
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return (text + "\n").encode("utf-8")


def decode(data: bytes) -> Any:
    """Return the value of canonical JSON."""
    return json.loads(data)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as hexadecimal text."""
    return hashlib.sha256(data).hexdigest()
