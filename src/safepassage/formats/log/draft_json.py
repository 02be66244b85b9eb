"""Drafts of entries as JSON objects, one a line: how programs hand reports to `safepassage log append`."""

from __future__ import annotations

import json
from typing import Any

from safepassage.domain.log.entry import Draft
from safepassage.domain.release import SensitivityClass

MAX_LINE_BYTES = 1024 * 1024
_TEXTS = ("id", "org", "by", "why", "kind", "about", "undoes", "key_id")


def read(line: bytes, defaults: dict[str, str]) -> Draft:
    """Return the draft of one line; fields it leaves out come from `defaults`.

    Raises
    ------
    ValueError
        When the line is no draft; `str()` says why.
    """
    if len(line) > MAX_LINE_BYTES:
        raise ValueError("the line is longer than any entry may be")
    try:
        document = json.loads(line.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("the line is nested too deep") from None
    if not isinstance(document, dict):
        raise ValueError("the line is no JSON object")  # noqa: TRY004 - data, not a caller
    return of_document(defaults | document)


def of_document(document: dict[str, Any]) -> Draft:
    """Return the draft of a JSON object.

    Raises
    ------
    ValueError
        When a field is missing, unknown or does not fit.
    """
    unknown = sorted(set(document) - {*_TEXTS, "class", "body", "private"})
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no field of an entry")
    missing = [name for name in ("id", "org", "by", "why", "kind", "body") if name not in document]
    if missing:
        raise ValueError(f"{missing[0]!r} is missing")
    if any(not isinstance(document.get(name, ""), str) for name in (*_TEXTS, "class")):
        raise ValueError("a field that has to be text is not")
    if any(not isinstance(document.get(name, {}), dict) for name in ("body", "private")):
        raise ValueError("`body` and `private` have to be objects")
    named = document.get("class", SensitivityClass.RESTRICTED.name)
    if named not in SensitivityClass.__members__:
        raise ValueError(f"`class` must be one of {', '.join(SensitivityClass.__members__)}")
    texts = {name: document[name] for name in _TEXTS if name in document}
    return Draft(
        **texts,
        body=document["body"],
        private=document.get("private", {}),
        sensitivity=SensitivityClass[named],
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands there twice")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number")
