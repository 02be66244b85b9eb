"""Keeps networks that have been read, so that the same file is not read twice.

The key is the SHA-256 of the file together with everything else the network depends on (reader version, table
of defaults, country). A cache file is an uncompressed ``.npz`` of plain arrays, never a pickle, written under
another name and then renamed. A damaged or foreign cache file is ignored and written anew; a folder that
cannot be written to only means that nothing is kept, and the result says so.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.errors import FormatError
from safepassage.domain.network import Arcs, NetworkSource, Nodes, RoadNetwork, Shapes
from safepassage.domain.network_report import LinkNote, ReadCounts, Reading, TagShare

CACHE_VERSION = "1"
"""Changes whenever the layout of a cache file does."""

ENVIRONMENT_VARIABLE = "SAFEPASSAGE_CACHE"
"""Names the folder of the cache; set to nothing, nothing is kept."""

MOST_KEPT = 16
"""How many networks are kept; the longest unwritten goes first."""

_SUFFIX = ".spcache"
_HEAD = "head"
_TABLES: dict[str, Any] = {"nodes": Nodes, "arcs": Arcs, "shapes": Shapes}
# What a damaged zip archive, array or JSON text raises.
_DAMAGE = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, MemoryError, OverflowError),
    *(RuntimeError, zipfile.BadZipFile, zlib.error),
)


class NetworkReader(Protocol):
    """Reads a file; `fingerprint` names all that the result depends on besides the file."""

    @property
    def fingerprint(self) -> str:
        """The version of the reader and of its settings."""
        ...

    def __call__(self, path: Path) -> Reading:
        """Return the network of `path` and what was seen on the way."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedReading:
    """A reading and how it was come by: from the cache or not, and why nothing was kept ("" where it was)."""

    reading: Reading
    from_cache: bool
    cache_file: Path | None = None
    not_kept: str = ""


def default_cache_dir(
    environment: Mapping[str, str] | None = None, platform: str = sys.platform
) -> Path | None:
    """Return the folder for caches of this user, None where the environment asks for no cache."""
    environment = os.environ if environment is None else environment
    if ENVIRONMENT_VARIABLE in environment:
        named = environment[ENVIRONMENT_VARIABLE].strip()
        return Path(named).expanduser() / "networks" if named else None
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or Path.home())
    if platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "safepassage" / "networks"


def load_or_read(path: Path, *, cache_dir: Path | None, reader: NetworkReader) -> CachedReading:
    """Return the network of `path` from `cache_dir`, or read it and keep it there.

    `cache_dir` None keeps nothing. See `default_cache_dir`.

    Raises
    ------
    FormatError
        What the reader raises.
    """
    if cache_dir is None:
        return CachedReading(reading=reader(path), from_cache=False, not_kept="no cache folder is set")
    digest = _digest(path)
    if digest is None:
        return CachedReading(reading=reader(path), from_cache=False, not_kept="the file could not be opened")
    key = hashlib.sha256(f"{CACHE_VERSION}\n{reader.fingerprint}\n{digest}".encode()).hexdigest()
    cache_file = cache_dir / f"{key}{_SUFFIX}"
    kept = load(cache_file)
    if kept is not None and kept.network.source.sha256 == digest:
        return CachedReading(reading=_renamed(kept, path.name), from_cache=True, cache_file=cache_file)
    reading = reader(path)
    if reading.network.source.sha256 != digest:
        what = "the file changed while it was being read"
        raise FormatError(
            file=str(path), what=what, remedy="wait until it has been copied whole and try again"
        )
    why_not = save(reading, cache_file)
    kept_at = None if why_not else cache_file
    return CachedReading(reading=reading, from_cache=False, cache_file=kept_at, not_kept=why_not)


def _digest(path: Path) -> str | None:
    try:
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def _renamed(reading: Reading, name: str) -> Reading:
    """Give a cached network the name its file has today; the bytes are the same whatever it is called."""
    if reading.network.source.file_name == name:
        return reading
    source = replace(reading.network.source, file_name=name)
    return replace(reading, network=replace(reading.network, source=source))


def save(reading: Reading, cache_file: Path) -> str:
    """Write a reading to `cache_file`; return why that was not possible, or "".

    The file appears whole or not at all.
    """
    temporary: str | None = None
    try:
        cache_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=cache_file.parent, suffix=".part")
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, **_columns(reading))
        Path(temporary).replace(cache_file)
        _forget_oldest(cache_file.parent)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        return f"the cache folder cannot be written to ({error.strerror or error})"
    return ""


def _forget_oldest(cache_dir: Path) -> None:
    kept = sorted(cache_dir.glob(f"*{_SUFFIX}"), key=lambda file: file.stat().st_mtime_ns)
    for file in kept[:-MOST_KEPT]:
        file.unlink(missing_ok=True)


def load(cache_file: Path) -> Reading | None:
    """Return what `save` wrote to `cache_file`; None where there is nothing that can be trusted."""
    try:
        # One read: a zip archive is otherwise read in many small pieces.
        archive = np.load(io.BytesIO(cache_file.read_bytes()), allow_pickle=False)
        with archive:
            return _reading({name: archive[name] for name in archive.files})
    except _DAMAGE:
        return None


def _columns(reading: Reading) -> dict[str, Any]:
    network, counts = reading.network, reading.counts
    head = {
        "names": network.names,
        "source": asdict(network.source),
        "counts": asdict(counts),
        "notes": [asdict(note) for note in reading.notes],
    }
    columns: dict[str, Any] = {
        f"{table}.{field.name}": getattr(getattr(network, table), field.name)
        for table, kind in _TABLES.items()
        for field in fields(kind)
    }
    columns[_HEAD] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    return columns


def _reading(columns: Mapping[str, NDArray[Any]]) -> Reading:
    head = json.loads(columns[_HEAD].tobytes())
    tables = {
        table: kind(**{field.name: columns[f"{table}.{field.name}"] for field in fields(kind)})
        for table, kind in _TABLES.items()
    }
    network = RoadNetwork(names=tuple(head["names"]), source=NetworkSource(**head["source"]), **tables)
    counts = head["counts"]
    box = counts["declared_bbox_e7"]
    return Reading(
        network=network,
        counts=ReadCounts(
            seen=tuple((what, number) for what, number in counts["seen"]),
            left_out=tuple((what, number) for what, number in counts["left_out"]),
            missing_tags=tuple(TagShare(**share) for share in counts["missing_tags"]),
            warnings=tuple(counts["warnings"]),
            data_as_of=counts["data_as_of"],
            declared_bbox_e7=None if box is None else tuple(box),
        ),
        notes=tuple(LinkNote(**note) for note in head["notes"]),
    )
