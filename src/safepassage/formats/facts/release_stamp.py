"""The words that stand on every page of what is written from a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.domain.release import Release


def stamp_words(release: Release) -> tuple[str, ...]:
    """Return class, EXERCISE and INCOMPLETE, as they stand on every page of a document."""
    return (release.sensitivity.name, *plan_marks(release.plan))


def plan_marks(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """Return EXERCISE and INCOMPLETE, as far as they are true of a plan."""
    marks = (("EXERCISE", plan["exercise"]), ("INCOMPLETE", not plan["complete"]))
    return tuple(word for word, on in marks if on)
