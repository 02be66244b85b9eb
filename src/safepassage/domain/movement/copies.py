"""What one recipient may see of a notification: the only thing that writers of documents accept.

A copy holds the fields that the class of each field, the role of the recipient and the consent of the
organisation that moves leave over; no recipient sees what another one was sent or answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from safepassage.domain.movement.events import Sent
from safepassage.domain.movement.form import BY_KEY, BY_NUMBER, FormField, form_of
from safepassage.domain.movement.particulars import Particulars, Place, Recipient, RoutePoint, TimeZone
from safepassage.domain.movement.state import MovementState, Standing, standing
from safepassage.domain.movement.words import Answer, MovementKind, PointKind, RecipientRole
from safepassage.domain.release import SensitivityClass, frozen_tree

INFORMATION = "This is information. It asks for no permission, grants none, and is no guarantee of safety."
AGREEMENT = (
    "This states what is to be agreed. It holds once every party has agreed, and is no guarantee of safety."
)
_CANCELLED_FIELDS = frozenset({"1", "2", "3", "4", "13", "19", "28", "29", "37"})
_GATES = (PointKind.CHECKPOINT, PointKind.CROSSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationCopy:
    """The copy of one recipient; `recipient` is None for the office's own, which holds every field.

    `fields` maps numbers of the form to plain values: text, numbers, lists of rows. `blank` are the
    numbers that this recipient may see and that hold nothing yet; on paper they are filled in by hand.
    `withheld` are those that it does not get, for a preview; no writer prints them.
    """

    movement: str
    revision: int
    recipient: Recipient | None
    kind: MovementKind
    title: str
    fields: Mapping[str, Any]
    blank: tuple[str, ...]
    withheld: tuple[str, ...]
    zones: tuple[TimeZone, ...]
    valid_until_utc_s: int
    cancellation: bool
    exercise: bool

    @property
    def sensitivity(self) -> SensitivityClass:
        """The class that stands on every page of it."""
        return SensitivityClass.RESTRICTED if self.recipient is None else SensitivityClass.PARTIES

    @property
    def statement(self) -> str:
        """The sentence that goes with it."""
        return AGREEMENT if self.kind is MovementKind.AGREED else INFORMATION


def copy_for(state: MovementState, recipient_id: str, sending: Sent | None = None) -> NotificationCopy:
    """Return what a recipient may see now; `sending` is how it is about to be told.

    Raises
    ------
    ValueError
        When it is no recipient of this movement.
    """
    recipient = state.particulars.recipient(recipient_id)
    if recipient is None:
        raise ValueError(f"{recipient_id} is no recipient of {state.id}")
    consents = state.consents.get(recipient_id, frozenset())
    cancellation = sending.cancellation if sending is not None else state.cancelled is not None
    values = _values(state, recipient, sending)
    shown = {
        one.number: values[one.number]
        for one in _form(state)
        if one.is_for(recipient.role)
        and (not one.consent or one.number in consents)
        and (not cancellation or one.number in _CANCELLED_FIELDS)
    }
    return _copy(state, recipient, shown, cancellation=cancellation)


def own_form(state: MovementState) -> NotificationCopy:
    """Return the whole form for the office that keeps it; RESTRICTED."""
    return _copy(state, None, _values(state, None, None), cancellation=state.cancelled is not None)


def _form(state: MovementState) -> tuple[FormField, ...]:
    return form_of(state.particulars.kind)


def _copy(
    state: MovementState, recipient: Recipient | None, fields: dict[str, Any], *, cancellation: bool
) -> NotificationCopy:
    particulars = state.particulars
    given = {number: value for number, value in fields.items() if not _is_empty(value)}
    return NotificationCopy(
        movement=state.id,
        revision=state.current.number,
        recipient=recipient,
        kind=particulars.kind,
        title=particulars.title if recipient is None else "",
        fields=frozen_tree(given),
        blank=() if cancellation else tuple(number for number in fields if number not in given),
        withheld=tuple(one.number for one in _form(state) if one.number not in fields),
        zones=particulars.zones,
        valid_until_utc_s=particulars.valid_until_utc_s or particulars.end_utc_s,
        cancellation=cancellation,
        exercise=particulars.exercise,
    )


def _is_empty(value: object) -> bool:
    return value is None or value in ("", (), [], {})


def _values(state: MovementState, recipient: Recipient | None, sending: Sent | None) -> dict[str, Any]:
    """Return the value of every field of the form, by number, as this recipient may read it."""
    role = None if recipient is None else recipient.role
    stated = {key: value(state.particulars, role) for key, value in _STATED.items()}
    logged = _logged(state, recipient, sending)
    return {one.number: {**stated, **logged}.get(one.key) for one in _form(state)}


def _place(place: Place) -> dict[str, Any]:
    row: dict[str, Any] = {"name": place.name}
    if place.pcode:
        row["pcode"] = place.pcode
    if place.lat_e7 is not None and place.lon_e7 is not None:
        row |= {"lat_e7": place.lat_e7, "lon_e7": place.lon_e7}
    return row


def _point(point: RoutePoint) -> dict[str, Any]:
    row = {"point": point.id, "kind": point.kind.value, **_place(point.place)}
    if point.from_utc_s is not None:
        row |= {"from_utc_s": point.from_utc_s, "until_utc_s": point.until_utc_s}
    return row | _filled(roads=point.roads, note=point.note)


def _filled(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", None)}


def _persons(p: Particulars, role: RecipientRole | None) -> Any:
    """Return persons by category for those who help, the total for parties: needs are not theirs to know."""
    if role is RecipientRole.PARTY:
        return [{"category": "all", "persons": p.persons_total}] if p.persons else []
    return [{"category": line.category, "persons": line.persons} for line in p.persons]


def _window(p: Particulars, _role: RecipientRole | None) -> Any:
    return {"from_utc_s": p.start_utc_s, "until_utc_s": p.end_utc_s}


def _vehicles(p: Particulars, _role: RecipientRole | None) -> Any:
    return [
        {"type": one.type, "count": one.count}
        | _filled(
            make=one.make, colour=one.colour, plate=one.plate, markings=one.markings, roof_mark=one.roof_mark
        )
        for one in p.vehicles
    ]


def _cargo(p: Particulars, _role: RecipientRole | None) -> Any:
    return [
        {"item": one.item, "quantity": one.quantity, "unit": one.unit, "weight_kg": one.weight_kg}
        | _filled(hazard_class=one.hazard_class)
        for one in p.cargo
    ]


def _focal(p: Particulars, _role: RecipientRole | None) -> Any:
    one = p.focal_point
    return _filled(
        function=one.function, phone=one.phone, satellite_phone=one.satellite_phone, radio=one.radio,
        callsign=one.callsign,
    )  # fmt: skip


def _pause(p: Particulars, _role: RecipientRole | None) -> Any:
    if p.terms.pause_from_utc_s is None:
        return None
    return {"from_utc_s": p.terms.pause_from_utc_s, "until_utc_s": p.terms.pause_until_utc_s}


_Value = Callable[[Particulars, RecipientRole | None], Any]
_STATED: Mapping[str, _Value] = MappingProxyType(
    {
        "type": lambda p, _: {"kind": p.kind.value, "shape": p.shape.value},
        "org": lambda p, _: p.org,
        "mandate": lambda p, _: p.mandate,
        "focal_point": _focal,
        "purpose": lambda p, _: p.purpose.value,
        "persons": _persons,
        "cargo": _cargo,
        "vehicles": _vehicles,
        "aboard": lambda p, role: (
            [{"role": one.role, "persons": one.persons} for one in p.aboard]
            + ([{"annex": p.annex}] if p.annex and role is None else [])
        ),
        "from_to": lambda p, _: [
            {"kind": "start", **_place(p.origin)},
            {"kind": "end", **_place(p.destination)},
        ],
        "route": lambda p, _: [_point(one) for one in p.route],
        "crossings": lambda p, _: [_point(one) for one in p.route if one.kind in _GATES],
        "overnight": lambda p, _: p.overnight,
        "return_leg": lambda p, _: p.return_leg,
        "alternative_route": lambda p, _: p.alternative_route,
        "window": _window,
        "valid_until": lambda p, _: {"until_utc_s": p.valid_until_utc_s or p.end_utc_s},
        "standing": lambda p, _: "standing" if p.standing else "one_off",
        "explosive_hazards": lambda p, _: (
            {"status": p.explosive_hazards.value} | _filled(source=p.explosive_hazards_source)
        ),
        "armed_escort": lambda p, _: p.armed_escort.value,
        "consent_basis": lambda p, _: p.consent_basis,
        "documents": lambda p, _: list(p.documents),
        "recipients": lambda p, _: [{"recipient": one.name, "role": one.role.value} for one in p.recipients],
        "who_may_leave": lambda p, _: p.terms.who_may_leave,
        "free_choice": lambda p, _: p.terms.free_choice,
        "aid_in": lambda p, _: p.terms.aid_in,
        "monitors": lambda p, _: p.terms.monitors,
        "private_cars": lambda p, _: p.terms.private_cars,
        "pause": _pause,
        "dissemination": lambda p, _: p.terms.dissemination,
        "term_hazards": lambda p, _: p.terms.explosive_hazards,
        "those_who_stay": lambda p, _: p.terms.those_who_stay,
    }
)
"""Key of a field to its value, from the particulars alone."""


def _logged(state: MovementState, recipient: Recipient | None, sending: Sent | None) -> dict[str, Any]:
    """Return the fields that the log knows: for a recipient its own row only."""
    submitted = state.current.submitted
    rows = [standing(state, one) for one in ((recipient,) if recipient else state.particulars.recipients)]
    return {
        "id": state.id,
        "revision": state.current.number,
        "submitter": submitted.by if submitted is not None else "",
        "sharing": _sharing(state, recipient),
        "amendments": _amendments(state, recipient),
        "cancelled": None if state.cancelled is None else {
            "at_utc_s": state.cancelled.event.at_utc_s, "reason": state.cancelled.event.reason,
        },
        "report": _report(state),
        **_sendings(rows, sending, own=recipient is None),
    }  # fmt: skip


def _sharing(state: MovementState, recipient: Recipient | None) -> Any:
    """Say whether it may be passed on: to units on the way, and to nobody else."""
    if recipient is None:
        return [{"recipient": name, "fields": ", ".join(sorted(given, key=_order))}
                for name, given in sorted(state.consents.items())]  # fmt: skip
    return "to units on the way only" if recipient.role is RecipientRole.PARTY else "to nobody"


def _order(number: str) -> int:
    return list(BY_NUMBER).index(number)


def _sendings(rows: list[Standing], sending: Sent | None, *, own: bool) -> dict[str, Any]:
    """Return fields 28 to 35; in a copy that is about to be sent, of this sending."""
    found: dict[str, list[Any]] = {key: [] for key in _SENDING_KEYS}
    for row in rows:
        sent = sending if sending is not None else (row.sent.event if row.sent is not None else None)
        answer = row.answer.event if row.answer is not None else None
        said: dict[str, Any] = {
            "channel": sent.channel.value if sent else None,
            "sent_at": {"at_utc_s": sent.at_utc_s, "revision": sent.revision} if sent else None,
            "read_at": {"at_utc_s": row.read_utc_s} if row.read_utc_s is not None else None,
            "answered_at": {"at_utc_s": answer.at_utc_s, "revision": answer.revision} if answer else None,
            "answered_by": answer.person if answer else None,
            "reference": answer.reference if answer else None,
            "answer": {
                "answer": answer.answer.value,
                "standing": row.reply.value,
                **_filled(text=answer.text),
            }
            if answer and answer.answer is not Answer.READ
            else ({"standing": row.reply.value} if own else None),
            "relayed": _units_told(row),
        }
        for key, value in said.items():
            if not _is_empty(value):
                named = {"recipient": row.recipient.name} if own else {}
                found[key].append(named | (value if isinstance(value, dict) else {"said": value}))
    return dict(found)


def _units_told(row: Standing) -> str | None:
    """Return whether units know the times and route that count; what they knew before is no answer."""
    return None if row.relayed is None or row.relay_is_stale else row.relayed.event.units_told.value


_SENDING_KEYS = (
    "channel",
    "sent_at",
    "read_at",
    "answered_at",
    "answered_by",
    "reference",
    "answer",
    "relayed",
)


def _amendments(state: MovementState, recipient: Recipient | None) -> Any:
    """Name the fields that differ from the last revision that this recipient was sent."""
    told = state.sends(recipient.id) if recipient is not None else ()
    before = told[-1].event.revision if told else (state.current.number - 1 if recipient is None else 0)
    old = next((one for one in state.revisions if one.number == before), None)
    if old is None or old.number == state.current.number:
        return None
    role = None if recipient is None else recipient.role
    changed = [
        BY_KEY[key].number
        for key, value in _STATED.items()
        if value(old.particulars, role) != value(state.particulars, role)
        and (role is None or BY_KEY[key].is_for(role))
    ]
    return {"revision": old.number, "fields": sorted(changed, key=_order)} if changed else None


def _report(state: MovementState) -> Any:
    if state.ended is None and state.closed is None:
        return None
    closed = state.closed.event if state.closed is not None else None
    departed = state.departed.event.at_utc_s if state.departed is not None else None
    ended = state.ended.event.at_utc_s if state.ended is not None else None
    return _filled(
        outcome=state.course.value if state.closed is None else "closed",
        from_utc_s=departed,
        until_utc_s=ended,
        persons_left=closed.persons_left if closed else None,
        persons_arrived=closed.persons_arrived if closed else None,
        incidents=len(state.incidents),
        review=closed.review if closed else None,
    )


def without_files(sent: Sent) -> Sent:
    """Return a sending as it was before its files were made, to make them again."""
    return replace(sent, files=())
