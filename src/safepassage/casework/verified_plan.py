"""A plan read from the folder it was written to, after the verifier has passed it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safepassage.domain.errors import FormatError, SafePassageError
from safepassage.formats.containers import canonical_json
from safepassage_verify import Verdict, verify_files
from safepassage_verify.files import CLASS, INPUTS, PLAN, UnreadableError, find_plan, refuse_unfinished
from safepassage_verify.written import unlike

CLAIMS = "claims.json"


class NotVerifiedError(SafePassageError):
    """A plan does not pass its verification: nothing is made of it."""

    def __init__(self) -> None:
        super().__init__("This plan does not pass its verification: run `safepassage verify`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFolder:
    """The documents of a plan as bytes, and where they stand."""

    folder: Path
    prefix: str
    inputs: bytes
    plan: bytes

    @property
    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of inputs and plan, by the names that documents beside a plan use."""
        return {
            "inputs_sha256": canonical_json.sha256(self.inputs),
            "plan_sha256": canonical_json.sha256(self.plan),
        }

    def beside(self, name: str) -> Any:
        """Return a document that may lie beside the plan, None where it does not."""
        found = self.bytes_beside(name)
        return None if found is None else canonical_json.decode(found)

    def bytes_beside(self, name: str) -> bytes | None:
        """Return the bytes of a document that may lie beside the plan, None where it does not."""
        path = self.folder / f"{self.prefix}{name}"
        return path.read_bytes() if path.is_file() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPlan(PlanFolder):
    """The documents of a plan that the verifier passes, and what it said."""

    verdict: Verdict


def plan_folder(where: Path) -> PlanFolder:
    """Return the plan of a folder, verified or not.

    Raises
    ------
    FormatError
        When there is no plan that can be read.
    """
    return PlanFolder(**_read(where))


def verdict_on(where: Path) -> Verdict:
    """Return what the verifier says of the plan of a folder.

    Raises
    ------
    FormatError
        When there is no plan that can be read.
    NotVerifiedError
        When the verifier does not pass it.
    """
    try:
        verdict = verify_files(where)
    except UnreadableError as fault:
        raise unreadable(where, fault) from fault
    if not verdict.verified:
        raise NotVerifiedError
    return verdict


def verified_plan(where: Path) -> VerifiedPlan:
    """Return the plan of a folder, which the verifier passes.

    Raises
    ------
    FormatError
        When there is no plan that can be read.
    NotVerifiedError
        When the verifier does not pass it.
    """
    verdict = verdict_on(where)
    return VerifiedPlan(verdict=verdict, **_read(where))


def read_documents(folder: Path, *nouns: str) -> dict[str, bytes]:
    """Return documents of a plan as they were written with it, by name.

    Raises
    ------
    FormatError
        When one is not there, or files of two plans are there.
    NotVerifiedError
        When one is not as it was written.
    """
    found = {noun: folder / CLASS / f"{CLASS}-{noun}.json" for noun in nouns}
    for path in found.values():
        if not path.is_file():
            what = "is not there, so this is no plan"
            raise FormatError(file=str(path), what=what, remedy="give the folder that `plan` wrote")
    path = folder / CLASS / f"{CLASS}-{PLAN}"
    try:
        refuse_unfinished(path)
    except UnreadableError as fault:
        raise unreadable(folder, fault) from fault
    if not {*unlike(path)}.isdisjoint(found.values()):
        raise NotVerifiedError
    return {noun: path.read_bytes() for noun, path in found.items()}


def _read(where: Path) -> dict[str, Any]:
    try:
        path = find_plan(where)
    except UnreadableError as fault:
        raise unreadable(where, fault) from fault
    prefix = path.name.removesuffix(PLAN) if path.name.endswith(PLAN) else ""
    inputs = path.with_name(prefix + INPUTS).read_bytes()
    return {"folder": path.parent, "prefix": prefix, "inputs": inputs, "plan": path.read_bytes()}


def unreadable(where: Path, fault: UnreadableError) -> FormatError:
    """Return what is wrong with the folder of a plan, as the error that the command line prints."""
    if not where.exists():
        remedy = "name the folder that `safepassage plan … -o FOLDER` wrote"
        return FormatError(file=str(where), what="there is no such folder", remedy=remedy)
    return FormatError(file=str(where), what=str(fault).rstrip("."))
