"""Reads the three files of a plan from a folder."""

from __future__ import annotations

import gc
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from safepassage_verify.verdict import Verdict, Violation
from safepassage_verify.verification import Checked
from safepassage_verify.written import is_unfinished, unlike

PLAN, INPUTS, CERTIFICATE, AID = "plan.json", "inputs.json", "certificate.json", "aid.json"
CLASS = "RESTRICTED"
"""Files carry their class as a prefix of their name, and lie in a folder of that name."""
MOST_BYTES = 2 * 10**9


class UnreadableError(ValueError):
    """A file is missing or is no JSON; `str()` is one sentence that names it."""


def verify_files(plan_path: str | Path, previous: str | Path | None = None) -> Verdict:
    """Return the verdict on a plan on disk, with `inputs.json`, `certificate.json` and `aid.json` beside it.

    Parameters
    ----------
    plan_path
        `plan.json`, or the folder that holds it, or the folder above its `RESTRICTED` folder. A plan without
        `certificate.json` is checked without bounds, one without `aid.json` without trucks.
    previous
        The plan that was gone on from, likewise: what its `aid.json` had announced is held against what the
        plan says had left.

    Raises
    ------
    UnreadableError
        where the plan or its inputs are missing, or a file is no JSON, or files of two plans are there.
    """
    plan_path = path = find_plan(Path(plan_path))
    plan_bytes, plan = _read(path)
    prefix = path.name.removesuffix(PLAN) if path.name.endswith(PLAN) else ""
    inputs_bytes, inputs = _read(path.with_name(prefix + INPUTS))
    certificate_bytes, certificate = _read_beside(path.with_name(prefix + CERTIFICATE), "a certificate")
    aid_bytes, aid = _read_beside(path.with_name(prefix + AID), "a distribution of aid")
    earlier_bytes, earlier = None, None
    if previous is not None:
        path = find_plan(Path(previous))
        prefix = path.name.removesuffix(PLAN) if path.name.endswith(PLAN) else ""
        earlier_bytes, earlier = _read(path.with_name(prefix + AID))
    checked = Checked(
        inputs, plan, certificate, inputs_bytes=inputs_bytes, plan_bytes=plan_bytes,
        certificate_bytes=certificate_bytes,
    )  # fmt: skip
    before = None if earlier_bytes is None else (earlier, earlier_bytes)
    return _as_written(checked.verdict(aid, aid_bytes=aid_bytes, previous=before), plan_path)


def _as_written(verdict: Verdict, path: Path) -> Verdict:
    """Return a verdict that knows which files are not as the list beside the plan has them."""
    others = list[str]()
    for file in unlike(path):
        if file.parent != path.parent or file.suffix != ".json":
            others.append(file.name)
            continue
        message = "is not the file that was written with this plan: the folder may hold files of two plans"
        broken = Violation(code="FILES", where=file.name, message=message)
        verdict = replace(
            verdict, verified=False, violations=(*verdict.violations, broken),
            counts={**verdict.counts, "FILES": verdict.counts.get("FILES", 0) + 1},
        )  # fmt: skip
    return replace(verdict, files_changed=tuple(others))


def refuse_unfinished(path: Path) -> None:
    """Refuse the folder of a plan into which another one was not written to its end.

    Raises
    ------
    UnreadableError
        which says what to do.
    """
    if is_unfinished(path):
        raise UnreadableError(
            f"{path.parent} holds files of two plans: one is being written into it, or that was ended "
            "half-way. Wait, or plan into it again; hand out no file of it."
        )


def _read_beside(path: Path, what: str) -> tuple[bytes | None, Any]:
    """Return the bytes and JSON of a file that may be missing, but not empty of meaning."""
    if not path.exists():
        return None, None
    data, value = _read(path)
    if value is None:
        raise UnreadableError(f"{path} holds null where {what} is expected.")
    return data, value


def find_plan(path: Path) -> Path:
    """Return the plan that a path stands for: the file, or `plan.json` in it or in its RESTRICTED folder."""
    with suppress(OSError):  # whoever reads it says what is wrong with it
        for folder in (path, path / CLASS):
            for name in (f"{CLASS}-{PLAN}", PLAN):
                if (folder / name).is_file():
                    refuse_unfinished(folder / name)
                    return folder / name
        if path.is_dir():
            raise UnreadableError(f"{path} holds no {PLAN}, nor does a RESTRICTED folder in it.")
    return path


def _unreadable(path: Path, error: OSError) -> UnreadableError:
    return UnreadableError(f"{path} cannot be read: {error.strerror or type(error).__name__}.")


def parsed(data: bytes) -> Any:
    """Return JSON in UTF-8; a ValueError where it is none.

    Python looks for rubbish whenever some thousand lists have been made. Parsing leaves none, and to look for
    it takes two thirds of the time that a certificate of many labels does.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        return json.loads(data.decode("utf-8"))
    finally:
        if was_on:
            gc.enable()


def _read(path: Path) -> tuple[bytes, Any]:
    """Return a file's bytes and its parsed JSON."""
    try:
        if path.exists() and not path.is_file():  # a pipe or a device never ends
            raise UnreadableError(f"{path} is no file.")
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableError(f"{path} is larger than {MOST_BYTES} bytes.")
        data = path.read_bytes()
        return data, parsed(data)
    except UnreadableError:
        raise
    except OSError as error:
        raise _unreadable(path, error) from error
    except RecursionError as error:
        raise UnreadableError(f"{path} is nested too deeply to be a plan.") from error
    except ValueError as error:
        raise UnreadableError(f"{path} is not JSON in UTF-8.") from error
