"""Every violation code with its meaning; the reference page is held against this table by a test."""

from __future__ import annotations

from types import MappingProxyType

CODES = MappingProxyType(
    {
        # the files
        "SCHEMA": "a field is missing, of the wrong type or outside its range",
        "CANONICAL": "a file is not written as canonical JSON",
        "INPUTS": "the snapshot contradicts itself",
        "REFERENCE": "something is named that the snapshot or the plan does not have, or has twice",
        "HASH": "the plan or the certificate was not made from these inputs",
        "HEADER": "a field copied from the inputs differs from them",
        "SIZE": "the plan is too large to be checked on one machine",
        "INTERNAL": "the verifier itself failed; nothing is verified",
        # roads
        "ROUTE": "the arcs of a route do not follow one another from its first to its last node",
        "MODE": "a road, track or path is used by something it does not carry",
        "DIRECTION": "an arc is used by a direction that may not use it",
        "EMPTY": "an empty vehicle uses an arc that is closed to empty vehicles",
        "WEIGHT": "a vehicle outweighs an arc's limit",
        "CLOSED": "an arc is entered while closed, or closes before it is left",
        "TIMETABLE": "an arc with a timetable is entered at another second, or by too many persons",
        "CAPACITY": "more vehicle units enter an arc in some interval than its capacity and one burst allow",
        "PERSON_CAPACITY": "more persons enter an arc in some interval than its capacity and one burst allow",
        "WAIT": "a wait at a junction is longer than the limit",
        "STORAGE": "more units wait at a waiting place than it stores",
        "HORIZON": "a movement ends after the horizon",
        "MOVEMENT_WINDOW": "a movement does not lie within one movement window",
        # vehicles and people
        "ENDS": "cars do not start at their place or do not end at their site",
        "RELEASE": "people depart, or loading begins, before their release time",
        "CAR_LOAD": "a car carries nobody or more than it holds",
        "CHAIN": "a vehicle's leg does not start where the vehicle is",
        "ARRIVAL": "a stated arrival is not the one that follows from departure, waits and travel times",
        "DWELL": "a leg departs before unloading and loading are done",
        "AVAILABILITY": "a vehicle is used before or after it is available",
        "DUTY": "a vehicle is on duty for longer than its limit",
        "SEATS": "more persons are aboard than there are places of their kind",
        "SPARE_SEATS": "a vehicle keeps fewer seats free than the rule of the case says",
        "GROUP": "a group travels in a way that is not its own",
        "BOARDING": "people board elsewhere than at their place's pick-up node",
        "TRANSFER": "people change where, when or how they cannot, or their numbers differ before and after",
        "SITE": "a journey does not end at a reception site of its direction",
        "SITE_CAPACITY": "a site receives more persons, reserves included, than it holds",
        "STAYS": "people are moved who stay or have not decided",
        "CONSERVATION": "served and unserved do not add up to the demand of a place, direction and group",
        "RESERVE": "a reserve is larger than the undecided, or its row differs from the movements",
        "REASON": "people are left unserved without a reason code",
        "EXPOSURE_CAP": "a journey exceeds the exposure cap",
        "HISTORY": "what had happened before now is not in the plan as it was, or more departs before now",
        # stated numbers
        "TOTALS": "a stated number of a direction is not the recomputed one",
        "COMPLETE": "`complete` does not say whether everybody decided is served",
        "CORRIDOR": "a corridor's length, time, exposure, capacity or alternative is not the recomputed one",
        "HOLD": "`hold` is not for all people of every place",
        # the certificate
        "BOUND_SUM": "a stated sum is not the recomputed one, or has no limit",
        "BOUND_CLAIM": "a bound claims what its sum does not prove",
        "BOUND_PERSONS": "a bound is claimed for more persons than the plan serves",
        "BOUND_CONTRADICTED": "the plan does what its own bound says no plan can: one of them is wrong",
        "CLEARANCE_BOUND": "the stated bound, its kind or the gap is not the one that the certificate proves",
        "ENVELOPE": "an envelope point is not the least of its recomputed parts",
        "JOINT": "a number of all directions together is not the recomputed one, or not what is proved",
        "UNSERVED_BOUND": "the bound on unserved persons is not demand less the envelope at the horizon",
        # aid
        "AID_GIVEN": "needs, lots, trucks, goods or rules of the distribution do not follow from the inputs",
        "AID_SINCE": "what is said of what had left before now does not follow from the inputs",
        "AID_STOP": "goods are not loaded at the depot of their lot, then unloaded at their place",
        "AID_LOAD": "a truck carries more than its payload or its room, or cold goods without cooling",
        "AID_LOT": "more of a lot is loaded than there is, before it is there, or of another good",
        "AID_EXPIRED": "goods are handed out after they have expired",
        "AID_NEED": "more is delivered than needed, for no need, in broken pieces or late",
        "AID_HANDLING": "a truck leaves before loading and unloading are done",
        "AID_HEADWAY": "trucks follow each other into a road too closely",
        "AID_RETURN": "a truck does not end its day at its depot",
        "AID_SHORT": "delivered and short do not add up to a need, or what is short has no reason",
        "AID_TOTALS": "a stated number of the distribution is not the recomputed one",
        "AID_BOUND": "a bound of the distribution claims what its prices do not prove",
    }
)
