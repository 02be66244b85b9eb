"""A release is the part of a plan that one audience may see; writers accept a release, never a plan."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Any, Self


class SensitivityClass(IntEnum):
    """Who may see a field; a higher class is seen by fewer."""

    PUBLIC = 0
    PARTNERS = 1
    PARTIES = 2
    RESTRICTED = 3


class Audience(Enum):
    """A reader of releases, with the highest class that reader may see."""

    PUBLIC = ("public", SensitivityClass.PUBLIC)
    PARTNERS = ("partners", SensitivityClass.PARTNERS)
    PARTY_A = ("party-a", SensitivityClass.PARTIES)
    PARTY_B = ("party-b", SensitivityClass.PARTIES)
    PLANNING_TEAM = ("restricted", SensitivityClass.RESTRICTED)

    @property
    def may_see(self) -> SensitivityClass:
        """The highest class of field this audience may see."""
        return self.value[1]

    @property
    def word(self) -> str:
        """The audience as it is written on a command line."""
        return self.value[0]

    def sees(self, sensitivity: SensitivityClass) -> bool:
        """Tell whether a field of this class is shown to this audience.

        Parties see what is public and what is addressed to parties; what partners share with each other
        (needs, capacities, stocks) is not theirs.
        """
        if self.may_see is SensitivityClass.PARTIES and sensitivity is SensitivityClass.PARTNERS:
            return False
        return sensitivity <= self.may_see


STATEMENT = "This is information, not a permission, and not a guarantee of safety."
"""Stands on everything that leaves the planning team."""


NOUNS = ("inputs", "plan", "certificate", "verification")
"""The documents a release is made of."""
BESIDE = ("generated_from", "changes", "claims", "frontier", "aid", "worlds", "simulation")
DOCUMENTS = (*NOUNS, *BESIDE, "audit", "figures", "stamp")
"""All that a release may have in it; `BESIDE` goes with the plan."""

_P, _S, _R = SensitivityClass.PUBLIC, SensitivityClass.PARTNERS, SensitivityClass.RESTRICTED


def _classes(sensitivity: SensitivityClass, fields: str) -> dict[str, SensitivityClass]:
    return dict.fromkeys(fields.split(), sensitivity)


# Fields for parties (class PARTIES) come with the notification itself: a party may see one route and window,
# and nothing of needs, so no field of the whole documents is theirs.
_CLASSES: dict[str, dict[str, SensitivityClass]] = {
    "inputs": _classes(_P, "exercise") | _classes(_R, "schema class case_id title epoch as_of horizon_s"),
    "inputs.directions": _classes(_P, "id name"),
    "inputs.notice": _classes(_P, "hotline languages"),
    "inputs.time_zones": _classes(_S, "label offset_s"),
    "inputs.clock_change": _classes(_S, "at_s offset_s"),
    "inputs.network": _classes(_S, "attribution schematic")
    | _classes(_R, "source_sha256 profiles hazard hazard_events hazard_layer timetables waiting"),
    "inputs.network.nodes": _classes(_S, "id lon_e7 lat_e7"),
    "inputs.network.arcs": _classes(_S, "tail head length_m travel_s modes max_weight_kg label")
    | _classes(_R, "capacity_mveh_h persons_h directions empty_ok gate"),
    "inputs.places": _classes(
        _R, "id name kind node pickup_node release_s direction capacity_persons exposure_cap_ppm_s"
    ),
    "inputs.places.admin": _classes(_R, "adm1_name adm1_pcode adm2_name adm2_pcode pcode"),
    "inputs.demand": _classes(_R, "place direction group persons basis"),
    "inputs.fleet": _classes(
        _R,
        "id type base_node seats wheelchair stretcher units_mveh weight_kg available_from_s available_until_s"
        " max_duty_s spare_seats",
    ),
    "inputs.rules": _classes(
        _R,
        "burst_mveh burst_persons junction_wait_max_s exposure_cap_ppm_s persons_per_car car_units_mveh"
        " car_weight_kg load_base_s load_per_person_s unload_base_s unload_per_person_s movement_windows"
        " spare_seat_percent",
    ),
    "inputs.rules.help_times": _classes(_R, "group load_s unload_s"),
    "plan": _classes(_R, "schema class case_id title exercise epoch as_of horizon_s inputs_sha256 complete"),
    "plan.made_with": _classes(_R, "version seed work_limit time_limit_s"),
    "plan.routes": _classes(_R, "from_node to_node arcs"),
    "plan.cars": _classes(_R, "id place direction site route reserve departures"),
    "plan.vehicles": _classes(_R, "id"),
    "plan.vehicles.legs": _classes(_R, "id route depart_s waits arrive_s"),
    "plan.vehicles.legs.load": _classes(_R, "place group direction persons reserve after site"),
    "plan.link_rides": _classes(_R, "id arc depart_s"),
    "plan.link_rides.load": _classes(_R, "place group direction persons reserve after site"),
    "plan.unserved": _classes(_R, "place direction group persons reason detail"),
    "plan.reserves": _classes(_R, "place group direction persons reserved"),
    "plan.directions": _classes(
        _R,
        "name persons_demand persons_served persons_unserved persons_reserved clearance_s clearance_bound_s"
        " gap_ppm bound_kind unserved_bound exposure_person_ppm_s min_share_ppm exposure_layers",
    ),
    "plan.corridors": _classes(
        _R,
        "id direction place site route length_m travel_s exposure_ppm_s capacity_veh_h bottleneck_arc"
        " bottleneck_reason alternative alternative_shared_ppm no_alternative cut_arcs",
    ),
    "plan.hold": _classes(_R, "place persons water_l_day food_kg_day"),
    "plan.basis": _classes(_R, "kind id text source grade as_of"),
    "plan.modifications": _classes(_R, "id kind text source arcs from_s to_s used"),
    "plan.not_assessed": _classes(_R, "code text"),
    "plan.binding": _classes(_R, "direction kind text arcs places"),
    "certificate": _classes(_R, "schema class inputs_sha256"),
    "certificate.bounds": _classes(
        _R, "id direction kind commodity persons horizon_s phi clearance_s labels extension"
    ),
    "certificate.envelope": _classes(_R, "direction t_s persons_at_most"),
    "certificate.envelope.parts": _classes(_R, "commodity phi labels extension"),
    "verification": _classes(
        _R, "schema class verified checks inputs_sha256 plan_sha256 certificate_sha256 recomputed"
    ),
    "verification.violations": _classes(_R, "code where message"),
}

FIELD_CLASSES: Mapping[str, Mapping[str, SensitivityClass]] = MappingProxyType(
    {noun: MappingProxyType(fields) for noun, fields in _CLASSES.items()}
)
"""Noun (its path in the documents) to field to class. What is not listed here is RESTRICTED."""


def class_of(noun: str, field: str) -> SensitivityClass:
    """Return the class of one field; RESTRICTED where the table does not know it."""
    return FIELD_CLASSES.get(noun, {}).get(field, SensitivityClass.RESTRICTED)


def frozen_tree(value: Any) -> Any:
    """Copy a tree of dicts and lists into read-only mappings and tuples."""
    if isinstance(value, Mapping):
        return MappingProxyType({str(key): frozen_tree(child) for key, child in value.items()})
    if isinstance(value, list | tuple):
        if set(map(type, value)) <= {int, str, bool, type(None)}:
            return tuple(value)
        return tuple(frozen_tree(child) for child in value)
    return value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Release:
    """The documents of one verified plan, cut to what `audience` may see, as read-only trees.

    `inputs`, `plan`, `certificate` and `verification` have the keys of the documented files; a field that the
    audience may not see is absent. `changes` is what differs from the plan that was gone on from, `claims`
    what the plan knows of claims, `frontier` the plans beside it, `aid` what trucks bring in; they are
    empty where there are none and for readers who may not see them. So are `worlds` and `simulation`: what
    comes of the plan in many worlds, and in a simulator. `audit` is the sheet of the plan audit,
    which the planning team alone sees. `figures` are the numbers for this audience, if any were made; `stamp`
    has the class, the time of the data, the hash of the plan and the statement that goes with everything.
    `generated_from` names the files and their SHA-256 and is empty for readers who may not know them.
    """

    audience: Audience
    inputs: Mapping[str, Any]
    plan: Mapping[str, Any]
    certificate: Mapping[str, Any]
    verification: Mapping[str, Any]
    generated_from: Mapping[str, str]
    changes: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    frontier: Mapping[str, Any] = field(default_factory=dict)
    audit: Mapping[str, Any] = field(default_factory=dict)
    aid: Mapping[str, Any] = field(default_factory=dict)
    worlds: Mapping[str, Any] = field(default_factory=dict)
    simulation: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Any] = field(default_factory=dict)
    stamp: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _refuse_audit(self)
        for name in DOCUMENTS:
            object.__setattr__(self, name, frozen_tree(getattr(self, name)))

    def along(self, **documents: Mapping[str, Any]) -> Self:
        """Return this release with other documents in it; those that stay are not copied once more.

        Raises
        ------
        ValueError
            When it may not have them, or no release has any of that name.
        """
        found = copy(self)
        for name, document in documents.items():
            if name not in DOCUMENTS:
                raise ValueError(f"a release has no {name}")
            object.__setattr__(found, name, frozen_tree(document))
        _refuse_audit(found)
        return found

    @property
    def sensitivity(self) -> SensitivityClass:
        """The class to stamp on what is written from this release."""
        return self.audience.may_see

    def require(self, audience: Audience) -> None:
        """Refuse to be written for anybody but `audience`.

        Raises
        ------
        ValueError
            When this release was made for another audience.
        """
        if self.audience is not audience:
            raise ValueError(
                f"this writer needs a release for {audience.name}, got one for {self.audience.name}"
            )


def _refuse_audit(given: Release) -> None:
    if given.audit and given.audience is not Audience.PLANNING_TEAM:
        raise ValueError("the sheet of an audit goes into no release for others")
