"""One test a rule, for all files at once: whoever breaks it is named, with what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any


def broken_by(files: Iterable[Path], finds: Callable[[Path], Any], root: Path) -> dict[str, Any]:
    """Return what a rule finds in each file where it finds anything; an empty list of files is an error."""
    files = list(files)
    assert files, f"no file under {root} to hold the rule against"
    found = ((str(path.relative_to(root)), finds(path)) for path in files)
    return {name: what for name, what in found if what}
