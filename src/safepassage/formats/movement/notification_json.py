"""One recipient's copy of a notification as canonical JSON: what is sent, and what its hash proves."""

from __future__ import annotations

from typing import Any

from safepassage.domain.movement.copies import NotificationCopy
from safepassage.domain.movement.form import BY_NUMBER
from safepassage.formats.containers.canonical_json import encode
from safepassage.formats.log.log_record import thawed

SCHEMA = "safepassage/notification/1"


def document(copy: NotificationCopy) -> dict[str, Any]:
    """Return a copy as plain JSON; times in seconds since 1970 (UTC), positions in 1e-7 degrees."""
    recipient = copy.recipient
    return {
        "schema": SCHEMA,
        "class": copy.sensitivity.name,
        "movement": copy.movement,
        "revision": copy.revision,
        "kind": copy.kind.value,
        "recipient": None if recipient is None else {"id": recipient.id, "name": recipient.name},
        "cancellation": copy.cancellation,
        "exercise": copy.exercise,
        "valid_until_utc_s": copy.valid_until_utc_s,
        "statement": copy.statement,
        "fields": [
            {
                "number": number,
                "label": one.label.en,
                "label_ru": one.label.ru,
                "label_uk": one.label.uk,
                "value": thawed(copy.fields.get(number)),
            }
            for number, one in BY_NUMBER.items()
            if number in copy.fields or number in copy.blank
        ],
    }


def write(copy: NotificationCopy) -> bytes:
    """Return the copy; the same copy gives the same bytes."""
    return encode(document(copy))
