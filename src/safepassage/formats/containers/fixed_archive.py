"""Zip archives whose bytes depend on nothing but their contents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

# The earliest time a zip archive can state.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def archive(parts: Mapping[str, bytes], *, compressed: bool = False) -> bytes:
    """Pack `parts` (name to bytes), in their order, with a fixed time and permissions.

    Small parts are better stored: compressed bytes may differ between versions of the compressor.
    """
    stream = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(stream, "w", method, compresslevel=6) as packed:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            packed.writestr(entry, content, compress_type=method)
    return stream.getvalue()
