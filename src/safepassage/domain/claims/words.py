"""The closed vocabularies of a claim. Codes are what files hold; people read sentences."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Polarity(StrEnum):
    """Whether a claim says that something is so or that it is not."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"


class Modality(StrEnum):
    """How a claim was put forward by its origin."""

    ASSERTED = "asserted"
    DENIED = "denied"
    ALLEGED = "alleged"
    INTENDED = "intended"
    CONDITIONAL = "conditional"
    UNKNOWN = "unknown"


class Medium(StrEnum):
    """Through what a report or statement came."""

    WIRE = "wire"
    NEWSPAPER = "newspaper"
    BROADCAST = "broadcast"
    STATEMENT = "statement"
    SOCIAL_POST = "social_post"
    INTERVIEW = "interview"
    DOCUMENT = "document"
    FIELD_REPORT = "field_report"
    TABLE = "table"
    ALERT = "alert"
    UNKNOWN = "unknown"


class OriginKind(StrEnum):
    """What the origin of a claim is; decides how far its word about itself reaches."""

    PARTY = "party"
    HUMANITARIAN = "humanitarian"
    MONITOR = "monitor"
    LOCAL = "local"
    PRESS = "press"
    ANALYST = "analyst"
    UNKNOWN = "unknown"


class Interest(StrEnum):
    """Whether a claim serves the side of its origin; a statement against interest weighs more."""

    SERVES = "serves"
    AGAINST = "against"
    NEITHER = "neither"
    UNKNOWN = "unknown"


class PlacePrecision(IntEnum):
    """How exactly a claim says where, in the seven steps of event coding (UCDP GED codebook, where_prec)."""

    EXACT = 1
    NEAR = 2
    DISTRICT = 3
    PROVINCE = 4
    LINE_OR_REGION = 5
    COUNTRY = 6
    OPEN_SEA_OR_AIR = 7


class TimePrecision(StrEnum):
    """How exactly a claim says when."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    VAGUE = "vague"


class LinkKind(StrEnum):
    """How one claim stands to another."""

    CONTRADICTS = "contradicts"
    CORROBORATES_INDEPENDENTLY = "corroborates_independently"
    CORROBORATES_DEPENDENTLY = "corroborates_dependently"
    RESTATES = "restates"
    QUALIFIES = "qualifies"
    HAZARD_TO = "hazard_to"


class Decision(StrEnum):
    """What a person decided about a proposed claim; unverifiable is not the same as not yet verified."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNVERIFIABLE = "unverifiable"


class Predicate(StrEnum):
    """What kind of thing a civilian claim is about; the slot that contradiction and hazard are decided by."""

    ROAD_STATUS = "road_status"
    CROSSING_STATUS = "crossing_status"
    SHELLING = "shelling"
    AIR_OR_DRONE_ATTACK = "air_or_drone_attack"
    SMALL_ARMS_FIRE = "small_arms_fire"
    FIRE_ON_EVACUEES = "fire_on_evacuees"
    EXPLOSIVE_HAZARD = "explosive_hazard"
    LOOTING = "looting"
    PERSONS_LEFT = "persons_left"
    PERSONS_REMAIN = "persons_remain"
    PERSONS_SHELTERED = "persons_sheltered"
    PERSONS_HARMED = "persons_harmed"
    EVACUATION_ANNOUNCED = "evacuation_announced"
    PASSAGE_ANNOUNCED = "passage_announced"
    ZONE_ANNOUNCED = "zone_announced"
    AID_DELIVERED = "aid_delivered"
    ACCESS_CONSTRAINT = "access_constraint"
    COMPLIANCE = "compliance"
    OTHER = "other"


class ForcesPredicate(StrEnum):
    """What a claim about forces is about: kept as text with magnitude, never with a place on a map."""

    AREA_UNDER_CONTROL = "area_under_control"
    SETTLEMENTS_UNDER_CONTROL = "settlements_under_control"
    PERSONNEL = "personnel"
    MOVEMENT = "movement"
    OPERATION = "operation"
    OTHER = "other"
