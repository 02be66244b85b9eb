"""Puts files into a folder: each whole or not at all, restricted ones for their owner only."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath

from safepassage.domain.errors import FormatError

RESTRICTED, PUBLIC = "RESTRICTED", "PUBLIC"
MANIFEST = f"{RESTRICTED}-files.json"
OWNER_ONLY_FOLDER, OWNER_ONLY_FILE = 0o700, 0o600


def write_files(output: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """Write files (name with folder to bytes) and the list of them, all or none; return paths by purpose."""
    manifest = (json.dumps(sorted(files), indent=1) + "\n").encode()
    _write_together(output, {**files, f"{RESTRICTED}/{MANIFEST}": manifest})
    return {_purpose(name): str(output / name) for name in files}


def refuse_output(output: Path) -> None:
    """Refuse a folder for a plan in whose place something else is, before the work is done.

    Raises
    ------
    FormatError
        When a link or file is there.
    """
    _refuse_what_is_in_the_way([output, output / RESTRICTED], [])


def write_beside(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write restricted files into a folder, for their owner only; each appears whole or not at all."""
    _make_folder(folder, restricted=True)
    for name, data in files.items():
        part = folder / f".{name}.part"
        _write_part(part, data, OWNER_ONLY_FILE)
        part.replace(folder / name)


def write_later(output: Path, files: Mapping[str, bytes]) -> None:
    """Write restricted files into the folder of a plan that is there; they go when another plan comes.

    Names have their folder in front, as in the plan's list of files, which they are added to.
    """
    by_folder: dict[Path, dict[str, bytes]] = {}
    for name, data in files.items():
        by_folder.setdefault((output / name).parent, {})[Path(name).name] = data
    for folder, inside in by_folder.items():
        write_beside(folder, inside)
    manifest = output / RESTRICTED / MANIFEST
    listed = sorted({*_listed(manifest), *files})
    write_beside(manifest.parent, {manifest.name: (json.dumps(listed, indent=1) + "\n").encode()})


def _listed(manifest: Path) -> list[str]:
    """Return the names in a list of files; none where there is no such list."""
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []


def write_public(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files for anybody into a folder, each whole or not at all; never through a link.

    Raises
    ------
    FormatError
        When something else is where the folder or a file has to be.
    """
    _refuse_what_is_in_the_way([folder], [folder / name for name in files])
    _make_folder(folder, restricted=False)
    for name, data in files.items():
        part = folder / f".{name}.part"
        _write_part(part, data, 0o644)
        part.replace(folder / name)


def _write_together(output: Path, files: Mapping[str, bytes]) -> None:
    """Write all files beside their places, then move all of them there: on a full disk nothing is changed.

    Raises
    ------
    FormatError
        When something else is where a folder or file has to be; nothing was written.
    OSError
        When the disk is full or the folder cannot be written to; nothing was written.
    """
    folders = [output, *(output / name for name in sorted({str(Path(name).parent) for name in files}))]
    _refuse_what_is_in_the_way([output.resolve(), *folders[1:]], [output / name for name in files])
    made: list[Path] = []
    parts: list[tuple[Path, Path]] = []
    with ExitStack() as stack:
        try:
            for folder in folders:
                made.extend(_make_folder(folder, restricted=RESTRICTED in folder.relative_to(output).parts))
            stack.enter_context(_alone_in(output))
            for name, data in files.items():
                path = output / name
                part = path.with_name(f".{path.name}.part")
                parts.append((part, path))
                _write_part(part, data, OWNER_ONLY_FILE if name.startswith(RESTRICTED) else 0o644)
        except BaseException:
            _undo([part for part, _ in parts], made)
            raise
        _remove_stale(output, set(files))
        for part, path in parts:
            part.replace(path)


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Have two that write plans into one folder do so one after the other, where the system can."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a disk of the network may know no such locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _refuse_what_is_in_the_way(folders: Iterable[Path], files: Iterable[Path]) -> None:
    """A link in place of a folder would lead restricted files somewhere that others can read."""
    for folder in folders:
        if folder.is_symlink() or (os.path.lexists(folder) and not folder.is_dir()):
            what = "a link or file is there, where a folder of the plan has to be"
            raise FormatError(file=str(folder), what=what, remedy="remove it, or give another output folder")
    for file in files:
        if file.is_dir() and not file.is_symlink():
            what = "a folder is there, where a file of the plan has to be"
            raise FormatError(file=str(file), what=what, remedy="remove it, or give another output folder")


def _make_folder(folder: Path, *, restricted: bool) -> list[Path]:
    """Make a folder and those above it, RESTRICTED ones for their owner only; return those that are new."""
    missing = [f for f in (folder, *folder.parents) if not f.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER if restricted else 0o777)
    if restricted:
        try:
            folder.chmod(OWNER_ONLY_FOLDER)
        except PermissionError:
            what = "the folder belongs to somebody else, who could read the plan"
            raise FormatError(file=str(folder), what=what, remedy="give another output folder") from None
    return missing


def _write_part(part: Path, data: bytes, mode: int) -> None:
    """Write a new file, never into one or through a link that is there under its name."""
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
    except OSError as error:
        # Failed writes name no file of their own.
        raise OSError(error.errno, error.strerror, str(part)) from error


def _undo(parts: Iterable[Path], folders: Iterable[Path]) -> None:
    for part in parts:
        with suppress(OSError):
            part.unlink()
    for folder in sorted(folders, key=lambda f: -len(f.parts)):
        with suppress(OSError):
            folder.rmdir()


def _purpose(name: str) -> str:
    return name.split("/", 1)[1].removeprefix(f"{RESTRICTED}-").removeprefix(f"{PUBLIC}-")


def _remove_stale(output: Path, kept: set[str]) -> None:
    """Remove what an earlier plan wrote here by its own list, and nothing else."""
    for name in _listed(output / RESTRICTED / MANIFEST):
        if name not in kept and _is_own(PurePosixPath(name)):
            with suppress(OSError, ValueError):
                (output / name).unlink()


def _is_own(path: PurePosixPath) -> bool:
    """Whether a name in the list of files is one of the folders and names that a plan writes."""
    return (
        ".." not in path.parts
        and path.parts[:1] in {(RESTRICTED,), (PUBLIC,)}
        and path.name.startswith((f"{RESTRICTED}-", f"{PUBLIC}-"))
    )
