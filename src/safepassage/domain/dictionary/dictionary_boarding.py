"""Data dictionary: how long people take to board and to get off, by group."""

from __future__ import annotations

from safepassage.domain.dictionary.dictionary_rows import Column, ValueType
from safepassage.domain.release import SensitivityClass

_RESTRICTED = SensitivityClass.RESTRICTED
_ASSUMPTION = "assumption of this project, to be reviewed by the planning team"
_OBSERVED = (
    "city buses with low floors stand 15 s where nobody is hindered, 28 to 137 s where somebody with a "
    "mobility aid or load is (Kostyniuk and D'Souza, Transportation Research Board 2020); to be reviewed by "
    "the planning team, lifts take longer"
)
_HELPED = (
    ("assisted", "a person who needs help", _OBSERVED),
    ("wheelchair", "a wheelchair user", _OBSERVED),
    ("stretcher", "a person on a stretcher", _ASSUMPTION),
)

BOARDING = (
    Column(
        name="load_base_min",
        field="load_base_s",
        type=ValueType.NUMBER,
        unit="min",
        scale=60,
        default="5",
        minimum=0,
        maximum=240,
        meaning="Loading time of a vehicle, beside the time per person.",
        sensitivity=_RESTRICTED,
        source=_ASSUMPTION,
        example="5",
    ),
    Column(
        name="load_per_person_s",
        field="load_per_person_s",
        type=ValueType.WHOLE,
        unit="s",
        default="6",
        minimum=0,
        maximum=3600,
        meaning="Loading time per person, with luggage.",
        sensitivity=_RESTRICTED,
        source="twice the 2.5 to 3 s of city buses (Transit Capacity and Quality of Service Manual), for "
        "luggage",
        example="6",
    ),
    Column(
        name="unload_base_min",
        field="unload_base_s",
        type=ValueType.NUMBER,
        unit="min",
        scale=60,
        default="3",
        minimum=0,
        maximum=240,
        meaning="Unloading time of a vehicle, beside the time per person.",
        sensitivity=_RESTRICTED,
        source=_ASSUMPTION,
        example="3",
    ),
    Column(
        name="unload_per_person_s",
        field="unload_per_person_s",
        type=ValueType.WHOLE,
        unit="s",
        default="3",
        minimum=0,
        maximum=3600,
        meaning="Unloading time per person.",
        sensitivity=_RESTRICTED,
        source=_ASSUMPTION,
        example="3",
    ),
    *(
        Column(
            name=f"{verb}_more_{group}_s",
            field=f"{verb}_more_{group}_s",
            type=ValueType.WHOLE,
            unit="s",
            default=default,
            minimum=0,
            maximum=3600,
            meaning=f"Seconds that {whom} takes to {does}, beyond `{verb}_per_person_s`. "
            "0: no longer than anybody.",
            sensitivity=_RESTRICTED,
            source=source,
            example=default,
        )
        for verb, does, defaults in (
            ("load", "board and be secured", ("13", "122", "180")),
            ("unload", "get off", ("13", "122", "120")),
        )
        for (group, whom, source), default in zip(_HELPED, defaults, strict=True)
    ),
)
"""Settings of loading and unloading."""
