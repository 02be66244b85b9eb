"""What a plan and its audit rest on: the legal-basis sheet, each claim with its id, source and document."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.audit.given import Given
from safepassage.domain.audit_sheet import BasisRow


def rests_on(data: Given) -> tuple[BasisRow, ...]:
    """Return reports and statuses that the plan uses, arrangements, and answers that a document backs.

    What the plan only shows and does not use, and its own assumptions, are not among them.
    """
    return (*_claims(data), *_arrangements(data), *_answers(data))


def _claims(data: Given) -> Iterator[BasisRow]:
    for row in data.plan["basis"]:
        kind = str(row["kind"])
        if kind != "assumption" and not kind.endswith("_shown_only"):
            yield BasisRow(
                id=row["id"], kind=kind, text=row.get("text", ""), source=row.get("source", ""),
                grade=row["grade"], as_of=row["as_of"],
            )  # fmt: skip


def _arrangements(data: Given) -> Iterator[BasisRow]:
    for a in data.arrangements():
        yield BasisRow(
            id=a.id, kind=a.kind.value, text=f"{a.name or a.id}: {a.status.value}",
            source=a.provenance.source or a.announced_by, as_of=a.provenance.as_of,
            legal_basis=a.legal_basis, document=a.document,
        )  # fmt: skip


def _answers(data: Given) -> Iterator[BasisRow]:
    for row in data.safeguards:
        if row.document:
            yield BasisRow(
                id=row.id, kind=row.kind.value, text=row.answer or row.text, source=row.provenance.source,
                as_of=row.provenance.as_of, document=row.document,
            )  # fmt: skip
