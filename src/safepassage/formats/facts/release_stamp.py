"""The words that stand on every page of what is written from a release."""

from __future__ import annotations

from safepassage.domain.release import Release


def stamp_words(release: Release) -> tuple[str, ...]:
    """Return class, EXERCISE and INCOMPLETE, as they stand on every page of a document."""
    marks = (("EXERCISE", release.plan["exercise"]), ("INCOMPLETE", not release.plan["complete"]))
    return (release.sensitivity.name, *(word for word, on in marks if on))
