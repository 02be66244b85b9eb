"""What differs between two plans, sentence by sentence, in the reader's language."""

from __future__ import annotations

from safepassage.formats.facts.change_facts import OTHER_WAY
from safepassage.web.words import Words
from safepassage.web.words.dates import dated
from safepassage.web.words.planner_words import in_field
from safepassage.web.words.sentences import fitted

SENTENCES = (
    "Nobody must be told anew: all {count} announced movements stay.",
    (
        "{vehicles} movements must be told anew ({persons} person moves differently); {count} announced "
        "movements stay as they are."
    ),
    (
        "{vehicles} movement must be told anew ({persons} person moves differently); {count} announced "
        "movements stay as they are."
    ),
    (
        "{vehicles} movements must be told anew ({persons} persons move differently); {count} announced "
        "movements stay as they are."
    ),
    (
        "{vehicles} movement must be told anew ({persons} persons move differently); {count} announced "
        "movements stay as they are."
    ),
    (
        "Made afresh from now: that saves {minutes} person-minutes, with {vehicles} movements told anew, "
        "not {count}."
    ),
    (
        "A plan made afresh from now would save {minutes} person-minutes, with {vehicles} movements told "
        "anew, not {count}."
    ),
    "A plan made afresh from now would gain nothing, with {vehicles} movements told anew, not {count}.",
    "the plan stays the same, movement for movement",
    "the plan changes: {vehicles} movements, {persons} person moves differently",
    "the plan changes: {vehicles} movement, {persons} person moves differently",
    "the plan changes: {vehicles} movements, {persons} persons move differently",
    "the plan changes: {vehicles} movement, {persons} persons move differently",
    "{name}: {what} served, last arrival {when}, person-minutes {more}",
    "persons on roads: {names} and {count} more roads",
    "persons on roads: {names}",
    "{count} of {persons}, last {when}",
    "{vehicles} cars, {persons} persons, {name}, leaving {when} to {until}",
    "{vehicles} cars, {persons} persons, {name}, leaving {when}",
    "{vehicles} car, {persons} persons, {name}, leaving {when}",
    "{vehicles} car, {persons} person, {name}, leaving {when}",
    "{who}, {persons} persons, {name}, leaving {when}",
    "{persons} persons, {name}, leaving {when}",
    "{who}, {persons} person, {name}, leaving {when}",
    "{persons} person, {name}, leaving {when}",
    "{who}, empty, {name}, leaving {when}",
)
"""The first that fits is taken."""
BECOMES = ("withdrawn", "diverted", "changed", "new", OTHER_WAY)
"""What becomes of an announced movement."""
COMPARED = (
    "people who can arrive", "last arrival", "no plan before", "exposure, person-hours of certain harm",
    "least served settlement", "changed", "other times",
)  # fmt: skip
"""What two plans are compared by, and how it may differ."""


def differing(text: str, said: Words) -> str:
    """Return a sentence on what differs; one that is not known stays as it is."""
    return fitted(text, said, SENTENCES, _field)


def _field(name: str, value: str, said: Words) -> str:
    return dated(value, said) if name == "until" else in_field(name, value, said)
