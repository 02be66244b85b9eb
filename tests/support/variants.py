"""Documents with one small thing changed, and what a checker says of each, short enough to be kept."""

from __future__ import annotations

import copy
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Path = tuple[str | int, ...]


def leaves(value: Any, at: Path = ()) -> Iterator[Path]:
    """Yield the path of everything in a document that can be changed, in order."""
    if at:
        yield at
    pairs = sorted(value.items()) if isinstance(value, dict) else []
    pairs = list(enumerate(value)) if isinstance(value, list) else pairs
    for key, child in pairs:
        yield from leaves(child, (*at, key))


def chosen(document: Any) -> list[Path]:
    """Return the paths that are changed: of each kind the first and the last."""
    kinds: dict[Path, list[Path]] = {}
    for path in leaves(document):
        kinds.setdefault(tuple("*" if isinstance(step, int) else step for step in path), []).append(path)
    return sorted({p for found in kinds.values() for p in (found[0], found[-1])}, key=str)


def changes(value: Any) -> list[tuple[str, Any]]:
    """Return what a value is changed to, each with a name."""
    if isinstance(value, bool):
        return [("not", not value)]
    if isinstance(value, int):
        return [("+1", value + 1), ("-1", value - 1)]
    if isinstance(value, str):
        return [("~", f"{value}~")]
    if isinstance(value, list) and value:
        return [("cut", value[:-1]), ("twice", [value[0], *value])]
    return []


def change_one(document: Any, chance: random.Random) -> None:
    """Change one value somewhere in a document: by one, or to what another number of it is, or nearly."""
    paths = list(leaves(document))
    *path, last = chance.choice(paths)
    at = document
    for step in path:
        at = at[step]
    options = [value for _, value in changes(at[last])]
    if type(at[last]) is int:
        other = document
        for step in chance.choice(paths):
            other = other[step]
        near = other if type(other) is int else 0
        options += [2 * at[last], at[last] // 2, near, near, near + 1, near - 1]
    at[last] = chance.choice(options or [at[last]])


def variants(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield a document with one thing changed, again and again, each with a name."""
    for path in chosen(document):
        inner = document
        for step in path:
            inner = inner[step]
        for name, value in changes(inner):
            changed = copy.deepcopy(document)
            at = changed
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = value
            yield f"{'.'.join(map(str, path))} {name}", changed


def told(name: str, said: Any, codes: Callable[[Any], str]) -> str:
    """Return one line: what was changed, what it broke, and a hash of all that was said."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return f"{name}: {codes(said) or 'holds'} {hashlib.sha256(text.encode()).hexdigest()[:6]}"
