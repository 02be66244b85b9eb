"""Who is signed in: tokens kept as hashes in memory, ended by time, by sign-out and with the program."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass

from safepassage.domain.access import ATTEMPT_RULES, SESSION_RULES

MOST_SESSIONS = 10_000
MOST_NAMES = 10_000


@dataclass(slots=True)
class Session:
    """One sign-in of a person: when it began and was last used, in seconds."""

    person: str
    begun_s: int
    used_s: int


class Sessions:
    """Sign-ins by the hash of their token; safe for several threads."""

    def __init__(self) -> None:
        self._by_hash: dict[str, Session] = {}
        self._lock = threading.Lock()

    def begin(self, person: str, now_s: int) -> str:
        """Return the token of a new session; it is shown once and kept nowhere."""
        token = base64.urlsafe_b64encode(os.urandom(SESSION_RULES.token_bytes)).decode().rstrip("=")
        with self._lock:
            self._sweep(now_s)
            self._by_hash[_hash(token)] = Session(person=person, begun_s=now_s, used_s=now_s)
        return token

    def person(self, token: str, now_s: int, *, used: bool = True) -> str:
        """Return whose session this is, "" where it is none or has ended; its use keeps it going.

        What a page asks by itself, while nobody may sit before it, is no use.
        """
        with self._lock:
            key = _hash(token)
            found = self._by_hash.get(key)
            if found is None:
                return ""
            if SESSION_RULES.is_over(begun_s=found.begun_s, used_s=found.used_s, now_s=now_s):
                del self._by_hash[key]
                return ""
            if used:
                found.used_s = now_s
            return found.person

    def end(self, token: str) -> None:
        """End a session."""
        with self._lock:
            self._by_hash.pop(_hash(token), None)

    def end_all(self, person: str, *, but: str = "") -> int:
        """End every session of a person, but the one with a token; return how many there were."""
        kept = _hash(but)
        with self._lock:
            found = self._by_hash.items()
            gone = [key for key, session in found if session.person == person and key != kept]
            for key in gone:
                del self._by_hash[key]
        return len(gone)

    def _sweep(self, now_s: int) -> None:
        over = [
            key for key, s in self._by_hash.items()
            if SESSION_RULES.is_over(begun_s=s.begun_s, used_s=s.used_s, now_s=now_s)
        ]  # fmt: skip
        for key in over:
            del self._by_hash[key]
        while len(self._by_hash) >= MOST_SESSIONS:
            del self._by_hash[min(self._by_hash, key=lambda key: self._by_hash[key].used_s)]


class Attempts:
    """How often somebody tried lately, by name and by address; of too many the longest ago are forgotten."""

    def __init__(self) -> None:
        self._by_name: OrderedDict[str, deque[int]] = OrderedDict()
        self._lock = threading.Lock()

    def allowed(self, name: str, now_s: int) -> bool:
        """Tell whether one more attempt may be made, and count it if so."""
        with self._lock:
            times = self._by_name.setdefault(name, deque(maxlen=ATTEMPT_RULES.most + 1))
            self._by_name.move_to_end(name)
            while len(self._by_name) > MOST_NAMES:
                self._by_name.popitem(last=False)
            fine = ATTEMPT_RULES.is_allowed(times, now_s=now_s)
            if fine:
                times.append(now_s)
        return fine

    def forget(self, name: str) -> None:
        """Forget the attempts under a name that has signed in."""
        with self._lock:
            self._by_name.pop(name, None)


def _hash(token: str) -> str:
    return hashlib.sha256(f"safepassage session {token}".encode()).hexdigest()
