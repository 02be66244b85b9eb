"""Puts files into a folder: each whole or not at all, restricted ones for their owner only."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path, PurePosixPath

from safepassage.domain.errors import FormatError
from safepassage_verify.written import LIST, is_unfinished

RESTRICTED, PUBLIC = "RESTRICTED", "PUBLIC"
MANIFEST = f"{RESTRICTED}-{LIST}"
OWNER_ONLY_FOLDER, OWNER_ONLY_FILE = 0o700, 0o600


def write_files(output: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """Write files (name with folder to bytes) and the list of them, all or none; return paths by purpose."""
    _write_together(output, files)
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
    if folder.name == RESTRICTED:
        _forget(folder.parent, [f"{RESTRICTED}/{name}" for name in files])
    _write_beside(folder, files)


def _write_beside(folder: Path, files: Mapping[str, bytes]) -> None:
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
    # Listed first: what is listed and never came does no harm, what is not listed would outlive its plan.
    _list(output, _listed(output) | dict.fromkeys(files))
    for folder, inside in by_folder.items():
        _write_beside(folder, inside)


Listed = Mapping[str, str | None]
"""SHA-256 of files by name with folder; None of those that are made anew, or later, than the plan."""


def _listed(output: Path) -> dict[str, str | None]:
    """Return what the list of files in the folder of a plan says; nothing where there is no such list."""
    try:
        found = json.loads((output / RESTRICTED / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    files = found.get("files") if isinstance(found, dict) else found
    if isinstance(files, list):  # as an earlier version wrote it
        return {name: None for name in files if isinstance(name, str)}
    return files if isinstance(files, dict) else {}


def _list(output: Path, files: Listed) -> None:
    """Write the list of files again; where it was not complete, it is not."""
    complete = not is_unfinished(output / RESTRICTED / MANIFEST)
    _write_beside(output / RESTRICTED, {MANIFEST: _list_of(files, complete=complete)})


def _list_of(files: Listed, *, complete: bool) -> bytes:
    """Return the list of files, which says whether all of them are there."""
    document = {"complete": complete, "files": dict(sorted(files.items()))}
    return f"{json.dumps(document, indent=1)}\n".encode()


def _forget(output: Path, names: Iterable[str]) -> None:
    """Say in the list of files that some are made anew: nobody holds them against their hashes."""
    listed = _listed(output)
    anew = [name for name in names if listed.get(name) is not None]
    if anew:
        _list(output, listed | dict.fromkeys(anew))


def write_public(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files for anybody into a folder, each whole or not at all; never through a link.

    Raises
    ------
    FormatError
        When something else is where the folder or a file has to be.
    """
    _refuse_what_is_in_the_way([folder], [folder / name for name in files])
    _make_folder(folder, restricted=False)
    _forget(folder.parent, [f"{folder.name}/{name}" for name in files])
    for name, data in files.items():
        part = folder / f".{name}.part"
        _write_part(part, data, 0o644)
        part.replace(folder / name)


def _write_together(output: Path, files: Mapping[str, bytes]) -> None:
    """Write all files beside their places, then move all of them there: on a full disk nothing is changed.

    While they are moved the list of files says that it is not complete. Whoever is ended then leaves files of
    two plans: nobody reads them as one, and the next plan takes the place of both.

    Raises
    ------
    FormatError
        When something else is where a folder or file has to be; nothing was written.
    OSError
        When the disk is full or the folder cannot be written to; nothing was written.
    """
    names = {RESTRICTED, *(str(Path(name).parent) for name in files)}
    folders = [output, *(output / name for name in sorted(names))]
    _refuse_what_is_in_the_way([output.resolve(), *folders[1:]], [output / name for name in files])
    made: list[Path] = []
    parts: list[tuple[Path, Path]] = []
    with ExitStack() as stack:
        try:
            for folder in folders:
                made.extend(_make_folder(folder, restricted=RESTRICTED in folder.relative_to(output).parts))
            stack.enter_context(_alone_in(output))
            earlier = _listed(output)
            _remove_parts({*folders[1:], *((output / name).parent for name in earlier if _is_own(name))})
            for name, suffix, data in _steps(files, earlier):
                path = output / name
                parts.append((path.with_name(f".{path.name}{suffix}"), path))
                _write_part(parts[-1][0], data, OWNER_ONLY_FILE if name.startswith(RESTRICTED) else 0o644)
        except BaseException:
            _undo([part for part, _ in parts], made)
            raise
        (begun, manifest), *moves = parts
        begun.replace(manifest)
        _remove_stale(output, [name for name in earlier if name not in files])
        for part, path in moves:
            part.replace(path)


def _steps(files: Mapping[str, bytes], earlier: Listed) -> list[tuple[str, str, bytes]]:
    """Return name, end of the name beside its place, and bytes of all that is moved: from list to list."""
    listed = f"{RESTRICTED}/{MANIFEST}"
    hashes = {name: sha256(data).hexdigest() for name, data in files.items()}
    begun = _list_of({**earlier, **dict.fromkeys(files)}, complete=False)
    whole = _list_of(hashes, complete=True)
    rows = [(name, ".part", data) for name, data in files.items()]
    return [(listed, ".begun.part", begun), *rows, (listed, ".part", whole)]


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


def _remove_stale(output: Path, names: Iterable[str]) -> None:
    """Remove what an earlier plan wrote here by its own list, and nothing else."""
    for name in names:
        if _is_own(name):
            with suppress(OSError, ValueError):
                (output / name).unlink()


def _remove_parts(folders: Iterable[Path]) -> None:
    """Remove what a plan that was ended had written, and not yet moved to its place."""
    for folder in folders:
        for part in folder.glob(".*.part"):
            if part.name.startswith((f".{RESTRICTED}-", f".{PUBLIC}-")):
                with suppress(OSError):
                    part.unlink()


def _is_own(name: str) -> bool:
    """Whether a name in the list of files is one of the folders and names that a plan writes."""
    path = PurePosixPath(name)
    return (
        ".." not in path.parts
        and path.parts[:1] in {(RESTRICTED,), (PUBLIC,)}
        and path.name.startswith((f"{RESTRICTED}-", f"{PUBLIC}-"))
    )
