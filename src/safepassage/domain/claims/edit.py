"""A better reading of the same words: what a person may change in a proposed claim, and what nobody can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from safepassage.domain.claims.claim import CivilianClaim, Claim
from safepassage.domain.claims.values import Quantity
from safepassage.domain.claims.words import ForcesPredicate, Modality, Polarity, Predicate

Words = TypeVar("Words", Predicate, ForcesPredicate, Polarity, Modality)
EDITABLE = ("predicate", "polarity", "modality", "low", "high", "unit")
"""Fields that may be changed; words, chain and report stay as they came in."""


def edited(claim: Claim, changes: Mapping[str, str]) -> Claim:
    """Return a claim with some fields changed; `low`, `high` and `unit` are those of its first quantity.

    A claim about forces stays one, whatever its predicate: it cannot come by a place.

    Raises
    ------
    ValueError
        When a field cannot be changed or a value is none of its kind; `str()` says which are.
    """
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise ValueError(f"{unknown[0]!r} cannot be changed; these can: {', '.join(EDITABLE)}")
    if "predicate" in changes:
        claim = _with_predicate(claim, changes["predicate"])
    if "polarity" in changes:
        claim = replace(claim, polarity=_word(Polarity, changes["polarity"]))
    if "modality" in changes:
        claim = replace(claim, modality=_word(Modality, changes["modality"]))
    if {"low", "high", "unit"} & set(changes):
        claim = replace(claim, quantities=_quantities(claim, changes))
    return claim


def _with_predicate(claim: Claim, value: str) -> Claim:
    if isinstance(claim, CivilianClaim):
        return replace(claim, predicate=_word(Predicate, value))
    return replace(claim, predicate=_word(ForcesPredicate, value))


def _word(words: type[Words], value: str) -> Words:
    plain = value.strip().lower().replace(" ", "_")
    try:
        return words(plain)
    except ValueError:
        raise ValueError(f"{value!r} is none of: {', '.join(words)}") from None


def _quantities(claim: Claim, changes: Mapping[str, str]) -> tuple[Quantity, ...]:
    first = claim.quantities[0] if claim.quantities else None
    low = _number(changes["low"]) if "low" in changes else first.low if first else None
    high = _number(changes["high"]) if "high" in changes else first.high if first else None
    unit = changes.get("unit", "").strip() or (first.unit if first else "persons")
    if low is None and high is None:
        return claim.quantities[1:]
    text = first.text if first else claim.span.text
    return (Quantity(low=low, high=high, unit=unit, text=text), *claim.quantities[1:])


def _number(value: str) -> float | None:
    plain = value.replace(",", "").strip()
    try:
        return float(plain) if plain else None
    except ValueError:
        raise ValueError(f"{value!r} is no number") from None
