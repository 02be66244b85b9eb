"""Ed25519 signatures (RFC 8032) over canonical bytes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from safepassage.formats.log.log_record import canonical

SEED_BYTES = 32


def new_seed() -> bytes:
    """Return the secret half of a new signing key."""
    return os.urandom(SEED_BYTES)


def public_key(seed: bytes) -> str:
    """Return the public half, as 64 hexadecimal digits."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def sign(seed: bytes, document: Mapping[str, Any]) -> str:
    """Return the signature of a document, as 128 hexadecimal digits."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(canonical(document)).hex()


def is_signed(public: str, document: Mapping[str, Any], signature: str) -> bool:
    """Tell whether the holder of a key signed a document."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), canonical(document))
    except (InvalidSignature, ValueError):
        return False
    return True
