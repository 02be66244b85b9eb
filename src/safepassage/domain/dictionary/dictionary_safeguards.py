"""Data dictionary: safeguards, the optional table that the plan audit reads beside the plan."""

from __future__ import annotations

from safepassage.domain.dictionary.dictionary_rows import PROVENANCE, Column, Table, ValueType
from safepassage.domain.release import SensitivityClass
from safepassage.domain.safeguard import ANSWERS, SafeguardKind

_RESTRICTED = SensitivityClass.RESTRICTED


def _text(name: str, type_: ValueType, meaning: str, example: str, maximum: int = 200) -> Column:
    return Column(
        name=name, field=name, type=type_, maximum=maximum, meaning=meaning, sensitivity=_RESTRICTED,
        example=example,
    )  # fmt: skip


SAFEGUARDS = Table(
    name="safeguards",
    noun="Safeguard",
    meaning="What was asked, told, agreed and provided so that people are protected, for the plan audit. "
    "What is not here is not assessed.",
    columns=(
        Column(name="id", field="id", type=ValueType.ID, required=True, meaning="Short name; once here.",
               sensitivity=_RESTRICTED, example="notice-1"),
        Column(name="kind", field="kind", type=ValueType.WORD, required=True, allowed=tuple(SafeguardKind),
               meaning="What the row records; the page on the audit says which rule reads it.",
               sensitivity=_RESTRICTED, example="notice"),
        Column(name="answer", field="answer", type=ValueType.WORD, allowed=ANSWERS,
               meaning="The answer. Empty: nobody has answered.", sensitivity=_RESTRICTED, example="yes"),
        Column(name="number", field="number", type=ValueType.WHOLE, minimum=0, maximum=10**9,
               unit="as the kind says", meaning="The number, in the unit that the kind names.",
               sensitivity=_RESTRICTED, example="40"),
        Column(name="place", field="place", type=ValueType.REFERENCE, refers_to="places",
               meaning="The place it is about. Empty: all.", sensitivity=_RESTRICTED, example="alder"),
        Column(name="direction", field="direction", type=ValueType.REFERENCE, refers_to="directions",
               meaning="The direction it is about. Empty: all.", sensitivity=_RESTRICTED, example=""),
        _text("party", ValueType.TEXT, "The party or organisation it concerns, never a private person.",
              "party A"),
        _text("roads", ValueType.TEXTS, "Roads it is about, by the label on the map. Empty: all.", "R200"),
        Column(name="at", field="at_s", type=ValueType.TIME, meaning="When it was said, sent or asked.",
               sensitivity=_RESTRICTED, example="2030-05-12 08:00"),
        Column(name="until", field="until_s", type=ValueType.TIME,
               meaning="Until when it holds, or when it is looked at again.", sensitivity=_RESTRICTED,
               example=""),
        _text("languages", ValueType.TEXTS, "Languages of a notice.", "en"),
        _text("channels", ValueType.TEXTS, "Ways by which a notice went out.", "radio; leaflets"),
        _text("text", ValueType.TEXT, "What was said, in your words; for a threshold its name.", "", 1000),
        _text("document", ValueType.TEXT, "Number of the document that holds it.", "", 1000),
        *PROVENANCE,
    ),
)  # fmt: skip
