"""Passwords and recovery codes: Argon2id, slow on purpose, two at a time, the same effort for unknown names.

Parameters: OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane), the memory that two logins at once
can take on a field laptop while it plans.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from safepassage.domain.access import LONGEST_PASSWORD, RECOVERY_CODES, SHORTEST_PASSWORD
from safepassage.domain.errors import RefusedError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)
_CODE_BYTES = 10
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$UUKcD5faFWTOlcQU359CNw$art8Hs4fLBFBcakpsFdFTDXPdDSVRy7zR+3SoUUNoG4"
"""A hash that no password has: unknown names take as long as known ones."""


def hashed(password: str) -> str:
    """Return the hash of a new password.

    Raises
    ------
    RefusedError
        When it is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise RefusedError(f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")
    with _AT_ONCE:
        return _HASHER.hash(password)


def fits(password: str, known_hash: str | None) -> bool:
    """Tell whether a password is the one hashed; None stands for a name that nobody has."""
    with _AT_ONCE:
        try:
            _HASHER.verify(known_hash or _NOBODY, password[: LONGEST_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False
    return known_hash is not None


def recovery_codes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return new codes to be written down, and their hashes to be kept.

    A code holds 80 random bits, which nobody tries out: a plain hash is enough.
    """
    codes = tuple(
        base64.b32encode(os.urandom(_CODE_BYTES)).decode("ascii").lower() for _ in range(RECOVERY_CODES)
    )
    return codes, tuple(_code_hash(code) for code in codes)


def used_code(code: str, hashes: tuple[str, ...]) -> int | None:
    """Return which of the hashes a recovery code is, to be struck out; None where it is none of them."""
    given = _code_hash(code.strip().lower())
    found = [place for place, known in enumerate(hashes) if hmac.compare_digest(given, known)]
    return found[0] if found else None


def _code_hash(code: str) -> str:
    return hashlib.sha256(f"safepassage recovery code {code}".encode()).hexdigest()
