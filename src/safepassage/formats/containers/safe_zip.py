"""Zip archives from strangers: looked at before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass

from safepassage.domain.problem import Problem, Where
from safepassage.formats.containers.tabular import error

MAX_ENTRIES = 2_000
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_RATIO = 200
RATIO_MATTERS_BYTES = 8 * 1024 * 1024
"""Small files of repeated bytes may shrink by any factor without harm."""

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeZip:
    """An archive whose directory was found harmless; entries are read up to their stated size."""

    where: Where
    archive: zipfile.ZipFile

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the entries, in the order of the directory."""
        return tuple(self.archive.namelist())

    def read(self, name: str) -> bytes | Problem:
        """Return an entry's bytes, or a problem where it is damaged or absent."""
        try:
            return self.archive.read(name)
        except (
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            RuntimeError,
            # A directory that points before the beginning of the file.
            ValueError,
            OSError,
        ) as fault:
            return damaged(self.where, f"its part {name} cannot be unpacked ({type(fault).__name__})")


def damaged(where: Where, what: str) -> Problem:
    """Return the problem of an archive or workbook that is not whole."""
    return error(
        "FILE_DAMAGED",
        where,
        f"the file is damaged or incomplete: {what}",
        "copy it again from where it came, or open it in a spreadsheet program and save it anew",
    )


def open_zip(data: bytes, where: Where) -> SafeZip | Problem:
    """Return an archive after a look at its directory, or a problem: damaged, encrypted, or a zip bomb."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as fault:
        return damaged(where, f"{fault}")
    entries = archive.infolist()
    if any(entry.flag_bits & 0x1 for entry in entries):
        return password(where)
    if any(entry.compress_type not in _METHODS for entry in entries):
        return damaged(where, "it is packed in an unusual way")
    unpacked = sum(entry.file_size for entry in entries)
    ratio = unpacked / max(1, len(data))
    if len(entries) > MAX_ENTRIES:
        return _bomb(where, f"it has {len(entries):,} parts, more than {MAX_ENTRIES:,}")
    if unpacked > MAX_UNPACKED_BYTES:
        return _bomb(where, f"it would unpack to {unpacked:,} bytes, more than {MAX_UNPACKED_BYTES:,}")
    if unpacked > RATIO_MATTERS_BYTES and ratio > MAX_RATIO:
        return _bomb(where, f"it would unpack to {ratio:,.0f} times its size, more than {MAX_RATIO} times")
    return SafeZip(where=where, archive=archive)


def _bomb(where: Where, what: str) -> Problem:
    return error(
        "FILE_TOO_LARGE",
        where,
        f"the file was not opened: {what} (a zip bomb, or formatting far beyond the data)",
        "copy the rows you need into a fresh workbook",
    )


def password(where: Where) -> Problem:
    """Return the problem of a file that needs a password."""
    return error(
        "FILE_PASSWORD",
        where,
        "the file is protected with a password",
        "open it in your spreadsheet program, remove the password and save it again",
    )
