"""Who says so and when: what every noun that was handed in carries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who says so and when.

    `source` is text, the grades are A-F and 1-6 ("" where not graded), `report` is a report's id, `as_of` an
    ISO time.
    """

    source: str = ""
    source_grade: str = ""
    information_grade: str = ""
    report: str = ""
    as_of: str = ""
    note: str = ""
