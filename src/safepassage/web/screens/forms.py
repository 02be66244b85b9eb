"""What a form brings: short texts and one file, within limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartParser
from starlette.requests import Request

LONGEST = 10_000
LARGEST_FILE = 16 * 1024 * 1024
MOST_FIELDS = 60
LARGEST_FIELD = 4 * LONGEST
"""In bytes, of which a character takes four at most."""

# What is handed in may name people: it stays in memory, never in a temporary file that nobody sealed.
MultiPartParser.spool_max_size = LARGEST_FILE + 1


class FormError(Exception):
    """A field of a form cannot be used: which one, and what to do."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields of a form as trimmed text, and its files as (name, bytes)."""

    fields: Mapping[str, str]
    files: tuple[tuple[str, bytes], ...] = field(default=())

    def text(self, name: str, default: str = "") -> str:
        """Return a field, the default where it is empty."""
        return self.fields.get(name, "") or default

    def needed(self, name: str, message: str) -> str:
        """Return a field that must not be empty.

        Raises
        ------
        FormError
            When it is.
        """
        found = self.fields.get(name, "")
        if not found:
            raise FormError(name, message)
        return found


async def form_of(request: Request, *, files: int = 0) -> Form:
    """Read a form.

    Raises
    ------
    HTTPException
        When it is larger than any form of these pages.
    """
    fields: dict[str, str] = {}
    found: list[tuple[str, bytes]] = []
    async with request.form(max_files=files, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                data = await value.read(LARGEST_FILE + 1)
                if len(data) > LARGEST_FILE:
                    raise HTTPException(413, "The file is too large.")
                if value.filename and data:
                    found.append((plain_name(value.filename), data))
            elif len(value) > LONGEST:
                raise HTTPException(413, "A field is too long.")
            else:
                fields[name] = value.strip()
    return Form(fields=fields, files=tuple(found))


def plain_name(name: str) -> str:
    """Return the last part of a file's name without control signs: it is shown, never opened."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable())[:120] or "file"
