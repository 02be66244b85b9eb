"""Keys of a store: from passphrase or key file to those of the file, of organisations and of fields.

Passphrases are stretched with Argon2id (RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes); a
key file holds 256 random bits and needs none of it. All further keys are derived with HKDF-SHA256 (RFC
5869), each for one purpose. Fields are sealed with AES-256-GCM; what they belong to is authenticated with
them, so that a sealed field cannot be moved to another entry.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safepassage.domain.errors import StoreError
from safepassage.domain.log.entry import Sealed
from safepassage.formats.log.log_record import canonical

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12
KEY_FILE_MARK = "safepassage-key-1:"
SHORTEST_PASSPHRASE = 12
_PASSES, _MEMORY_KIB, _LANES = 3, 65536, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What opens a store: a passphrase, or the 32 bytes of a key file."""

    passphrase: str = ""
    key: bytes = b""

    def __post_init__(self) -> None:
        if bool(self.passphrase) == bool(self.key):
            raise ValueError("a store is opened with a passphrase or with a key file")
        if self.key and len(self.key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")

    def __repr__(self) -> str:
        return "Secret(…)"


def new_key_file() -> str:
    """Return the text of a new key file."""
    return f"{KEY_FILE_MARK}{os.urandom(KEY_BYTES).hex()}\n"


def secret_of_file(text: str) -> Secret:
    """Return the secret that a file holds: a key, or a passphrase on its first line.

    Raises
    ------
    StoreError
        When there is nothing in it.
    """
    line = text.split("\n", 1)[0].strip("\r")
    if line.startswith(KEY_FILE_MARK):
        try:
            return Secret(key=bytes.fromhex(line.removeprefix(KEY_FILE_MARK)))
        except ValueError:
            raise StoreError("The key file is damaged: use a copy of it.") from None
    if not line:
        raise StoreError("The key file is empty: `safepassage store init` writes one.")
    return Secret(passphrase=line)


def require_long(secret: Secret) -> Secret:
    """Return what is to seal something new, unless whoever finds it could guess it.

    Raises
    ------
    StoreError
        When its passphrase is too short.
    """
    if secret.passphrase and len(secret.passphrase) < SHORTEST_PASSPHRASE:
        raise StoreError(f"The passphrase is too short: take at least {SHORTEST_PASSPHRASE} characters.")
    return secret


def root_key(secret: Secret, salt: bytes) -> bytes:
    """Return the 32 bytes from which all keys of one store are derived."""
    if secret.key:
        return derived(secret.key, salt, "root")
    return hash_secret_raw(
        secret.passphrase.encode("utf-8"),
        salt,
        time_cost=_PASSES,
        memory_cost=_MEMORY_KIB,
        parallelism=_LANES,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def derived(key: bytes, salt: bytes, purpose: str) -> bytes:
    """Return a key for one purpose."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose.encode("utf-8")).derive(key)


def wrap(key: bytes, secret: bytes, belongs_to: Mapping[str, Any]) -> bytes:
    """Return secret bytes sealed under a key, bound to what they belong to."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, canonical(belongs_to))


def unwrap(key: bytes, wrapped: bytes, belongs_to: Mapping[str, Any]) -> bytes:
    """Return the secret bytes of `wrap`.

    Raises
    ------
    StoreError
        When the key is another, or the bytes were changed or moved.
    """
    try:
        return AESGCM(key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], canonical(belongs_to))
    except (InvalidTag, ValueError):
        raise StoreError("A sealed part cannot be opened: the key is another, or it was altered.") from None


def seal(key: bytes, key_id: str, private: Mapping[str, Any], belongs_to: Mapping[str, Any]) -> Sealed:
    """Return personal data sealed for one entry."""
    wrapped = wrap(key, canonical(private), belongs_to)
    return Sealed(key_id=key_id, nonce=wrapped[:NONCE_BYTES].hex(), data=wrapped[NONCE_BYTES:].hex())


def unseal(key: bytes, sealed: Sealed, belongs_to: Mapping[str, Any]) -> dict[str, Any]:
    """Return the personal data of an entry.

    Raises
    ------
    StoreError
        As `unwrap`.
    """
    opened = unwrap(key, bytes.fromhex(sealed.nonce + sealed.data), belongs_to)
    document: dict[str, Any] = json.loads(opened)
    return document
