"""A safeguard: one thing that was asked, told, agreed or provided so that people are protected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safepassage.domain.provenance import Provenance


class SafeguardKind(StrEnum):
    """What a row records; which rule of the plan audit reads it is said in the reference of the audit."""

    DIRECTION_CLOSED = "direction_closed"
    AID_FOR_STAYERS = "aid_for_stayers"
    NOTICE = "notice"
    NOTIFICATION = "notification"
    EMERGENCY = "emergency"
    REVISION = "revision"
    ACKNOWLEDGEMENT = "acknowledgement"
    LEAD_DECISION = "lead_decision"
    WHO_MAY_LEAVE = "who_may_leave"
    AID_IN = "aid_in"
    RELAYED_TO_UNITS = "relayed_to_units"
    ELIGIBILITY_FILTER = "eligibility_filter"
    OCCUPIED_TERRITORY = "occupied_territory"
    INDEPENDENT_MONITOR = "independent_monitor"
    ACCESS_REQUEST = "access_request"
    ACCESS_WINDOW = "access_window"
    CARERS_COUNTED = "carers_counted"
    ANNOUNCED_CALL = "announced_call"
    FLOOR_M2 = "floor_m2"
    WATER_L_DAY = "water_l_day"
    WATER_POINTS = "water_points"
    TOILETS = "toilets"
    BEDS = "beds"
    STAY_HOURS = "stay_hours"
    REST_STOPS_MIN = "rest_stops_min"
    MEALS = "meals"
    WAY_STATION = "way_station"
    WATER_ML_PERSON_H = "water_ml_person_h"
    NIGHT_MOVEMENT = "night_movement"
    EXPLOSIVE_HAZARD = "explosive_hazard"
    MILITARY_USE = "military_use"
    ARMED_ESCORT = "armed_escort"
    EMBLEM_USE = "emblem_use"
    MARKING = "marking"
    MEDICS = "medics"
    AMBULANCES = "ambulances"
    CARE_MIN = "care_min"
    MET_NEED_PERCENT = "met_need_percent"
    ACCESS_REASON = "access_reason"
    RETURN_RECORD = "return_record"
    INFO_SHEET = "info_sheet"
    RECIPIENT = "recipient"
    EXIT_ON_ORDER = "exit_on_order"
    COERCION_ASKED = "coercion_asked"
    CROSSING_PERSONS_H = "crossing_persons_h"
    VETTING = "vetting"
    TRAFFICKING_CHECK = "trafficking_check"
    GUARDIAN_AND_STAFF = "guardian_and_staff"
    THRESHOLD = "threshold"


ANSWERS = ("yes", "no", "unknown", "comment", "objection")


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard:
    """One row: of what kind, about which place, direction, party or road, with the answer or the number.

    `at_s` and `until_s` are seconds from the start of the case, before it negative, None where not stated.
    `answer` is "" where nobody has answered. `number` is in the unit that the kind names.
    """

    id: str
    kind: SafeguardKind
    answer: str = ""
    number: int | None = None
    place: str = ""
    direction: str = ""
    party: str = ""
    roads: tuple[str, ...] = ()
    at_s: int | None = None
    until_s: int | None = None
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    text: str = ""
    document: str = ""
    provenance: Provenance = Provenance()
