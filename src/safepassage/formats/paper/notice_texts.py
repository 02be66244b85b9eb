"""What the public notice says, in each language it can be written in."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """The notice in one language; `call` stands before the telephone number."""

    language: str
    exercise: str
    heading: str
    lead: str
    directions: str
    stay: str
    rights_heading: str
    rights: tuple[str, ...]
    wait: str
    call: str
    no_number: str


@cache
def notice_texts() -> dict[str, NoticeText]:
    """Return the texts by language code; the first is used where a case asks for none of them."""
    source = resources.files("safepassage.formats") / "templates" / "notice_texts.toml"
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        code: NoticeText(language=code, **(table | {"rights": tuple(table["rights"])}))
        for code, table in tables.items()
    }
