"""Holds the files of a plan against the list that was written with them: one plan, whole, as it was written.

The list lies beside the plan. Before files of another plan are moved into a folder it says that it is not
complete, and once all are there it says so, with their hashes. A folder without a list is as good as its
files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

LIST = "files.json"
CLASSES = ("RESTRICTED", "PUBLIC")
"""Folders that hold files of a plan, which have their class in front of their names, too."""


def is_unfinished(plan: Path) -> bool:
    """Tell whether writing into the folder of a plan has begun and not ended."""
    return _list_beside(plan).get("complete") is False


def unlike(plan: Path) -> Iterator[Path]:
    """Yield the files of a plan that are there, but not as they were written with it."""
    listed = _list_beside(plan).get("files")
    for name, sha256 in sorted(listed.items()) if isinstance(listed, dict) else ():
        parts = PurePosixPath(name).parts
        path = plan.parent.parent.joinpath(*parts)
        own = parts[:1] in {(folder,) for folder in CLASSES} and ".." not in parts
        if own and isinstance(sha256, str) and path.is_file() and _sha256(path) != sha256:
            yield path


def _list_beside(plan: Path) -> dict[str, Any]:
    """Return the list of files beside a plan; nothing where there is none that can be read."""
    folder = plan.parent
    try:
        found = json.loads((folder / f"{CLASSES[0]}-{LIST}").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and folder.name == CLASSES[0] else {}


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
