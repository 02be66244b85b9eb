"""Alerts of the Common Alerting Protocol 1.2 as claims: one for each information block and area.

Published by OASIS in 2010. Only alerts with status Actual are taken; Cancel and Update name the alerts they
end. What a warning says may happen stays conditional. No document type, no entity and no resource is
followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.reading import ProposedClaim, Reading
from safepassage.domain.claims.values import Chain, Link, PlaceReference, Report, TimeSpan, fold
from safepassage.domain.claims.words import (
    Medium,
    Modality,
    OriginKind,
    PlacePrecision,
    Predicate,
    TimePrecision,
)
from safepassage.domain.problem import Problem, Where, error, warning
from safepassage.domain.suggestions import quoted
from safepassage.formats.claims.intake import CellError, IntakeRow, words_in
from safepassage.formats.containers.safe_xml import local, parse
from safepassage.formats.geometry.geometry import point_e7

MAX_BYTES = 16 * 1024 * 1024
NEEDED = ("identifier", "sender", "sent", "status", "msgType")
EVENTS: tuple[tuple[tuple[str, ...], Predicate], ...] = (
    (("drone", "air raid", "missile", "air attack"), Predicate.AIR_OR_DRONE_ATTACK),
    (("shelling", "artillery", "mortar"), Predicate.SHELLING),
    (("gunfire", "shooting", "active shooter"), Predicate.SMALL_ARMS_FIRE),
    (("mine", "unexploded", "uxo", "ordnance"), Predicate.EXPLOSIVE_HAZARD),
    (("evacuat",), Predicate.EVACUATION_ANNOUNCED),
    (("road", "bridge", "traffic"), Predicate.ROAD_STATUS),
    (("border", "crossing"), Predicate.CROSSING_STATUS),
    (("curfew", "restriction"), Predicate.ACCESS_CONSTRAINT),
)
"""Words of an event and what it is about, first match first; anything else is OTHER."""
OBSERVED, LIKELY = frozenset({"Observed"}), frozenset({"Likely"})
NEAR_KM, DISTRICT_KM, PROVINCE_KM = 2.0, 25.0, 100.0
"""Radius up to which an area is as exact as a neighbourhood, a district, a province (practice)."""
KM_PER_DEGREE = 111.2
FIELDS = ("headline", "description", "instruction")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An alert that a later one cancels or replaces, by its identifier, and who says so."""

    identifier: str
    by: str


def read(
    data: bytes, *, file: str, outlet: str, received: str
) -> tuple[tuple[Reading, ...], tuple[Ended, ...], tuple[Problem, ...]]:
    """Return what an alert (or a list of alerts) proposes, which alerts it ends, and what cannot be used."""
    where = Where(file=file)
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data):,} bytes"
        return (), (), (error("FILE_TOO_LARGE", where, message, "hand in the alerts that matter"),)
    root = parse(data, where, "the alert")
    if isinstance(root, Problem):
        return (), (), (root,)
    alerts = [element for element in root.iter() if local(element.tag) == "alert"]
    if not alerts:
        message, hint = "the file holds no alert", "hand in a CAP 1.2 file: its root is <alert>"
        return (), (), (error("INTAKE_ROW", where, message, hint),)
    readings: list[Reading] = []
    ended: list[Ended] = []
    problems: list[Problem] = []
    for number, alert in enumerate(alerts, start=1):
        here = Where(file=file, row=number)
        try:
            more, ends = _alert(alert, here, outlet, received)
        except CellError as fault:
            spot = Where(file=file, row=number, column=fault.column)
            problems.append(error("INTAKE_ROW", spot, fault.message, fault.remedy))
            continue
        if isinstance(more, Problem):
            problems.append(more)
            continue
        readings += more
        ended += ends
    return tuple(readings), tuple(ended), tuple(problems)


def _alert(
    alert: Element, where: Where, outlet: str, received: str
) -> tuple[list[Reading] | Problem, list[Ended]]:
    head = {name: _text(alert, name) for name in NEEDED}
    for name, value in head.items():
        if not value:
            raise CellError(name, f"the element {name} is missing", "CAP 1.2 needs it; ask the sender")
    if head["status"] != "Actual":
        message = (
            f"the alert {quoted(head['identifier'])} has status {quoted(head['status'])}; it was left out"
        )
        return warning("ALERT_NOT_ACTUAL", where, message, "hand in alerts with status Actual"), []
    _moment(head["sent"], "sent", where)
    sender = _text(_first(alert, "info"), "senderName") or head["sender"]
    ends = (
        [Ended(identifier=name, by=sender) for name in _references(alert)]
        if head["msgType"] in {"Cancel", "Update"}
        else []
    )
    if head["msgType"] == "Cancel":
        return [], ends
    infos = [child for child in alert if local(child.tag) == "info"]
    return [_reading(info, head, where, outlet, received) for info in infos], ends


def _references(alert: Element) -> Iterator[str]:
    """Yield the identifiers of earlier alerts: `sender,identifier,sent`, parted by spaces."""
    for triple in _text(alert, "references").split():
        parts = triple.split(",")
        if len(parts) > 1:
            yield parts[1]


def _reading(info: Element, head: dict[str, str], where: Where, outlet: str, received: str) -> Reading:
    event = _text(info, "event")
    if not event:
        raise CellError("event", "the element event is missing", "CAP 1.2 needs it; ask the sender")
    areas = [child for child in info if local(child.tag) == "area"]
    lines = {"event": event, "area": "; ".join(filter(None, (_text(area, "areaDesc") for area in areas)))}
    lines |= {name: _text(info, name) for name in FIELDS}
    report = Report(
        outlet=outlet or head["sender"],
        published=head["sent"],
        received=received,
        medium=Medium.ALERT,
        text="\n".join(f"{name}: {value}" for name, value in lines.items() if value),
        language=_text(info, "language") or "en-US",
        url=f"cap:{head['identifier']}",
    )
    words = next((lines[name] for name in FIELDS if lines[name]), event)
    names = [outlet or head["sender"], _text(info, "senderName") or head["sender"]]
    unique = [n for i, n in enumerate(names) if fold(n) not in {fold(m) for m in names[:i]}]
    links = tuple(Link(name=name, kind=OriginKind.UNKNOWN, medium=Medium.ALERT) for name in unique)
    claim = CivilianClaim(
        report=report.id,
        span=words_in(report, words),
        predicate=_predicate(event),
        chain=Chain(links=links),
        modality=_modality(_text(info, "certainty")),
        times=_times(info, head["sent"], where),
        places=tuple(place for area in areas for place in _places(area, where)),
        arguments=tuple((n, _text(info, n)) for n in ("urgency", "severity", "certainty") if _text(info, n)),
        uttered=head["sent"],
    )
    return Reading(report=report, claims=(ProposedClaim(claim=claim),))


def _predicate(event: str) -> Predicate:
    plain = fold(event)
    return next((kind for words, kind in EVENTS if any(word in plain for word in words)), Predicate.OTHER)


def _modality(certainty: str) -> Modality:
    if certainty in OBSERVED:
        return Modality.ASSERTED
    return Modality.ALLEGED if certainty in LIKELY else Modality.CONDITIONAL


def _times(info: Element, sent: str, where: Where) -> tuple[TimeSpan, ...]:
    start = _text(info, "onset") or _text(info, "effective") or sent
    begins = _moment(start, "onset", where)
    end = _text(info, "expires")
    until = _moment(end, "expires", where) if end else None
    if until is not None and until < begins:
        raise CellError("expires", "the alert expires before it begins", "ask the sender which is right")
    text = f"{start} – {end}" if end else start
    return (TimeSpan(from_utc_s=begins, until_utc_s=until, precision=TimePrecision.MINUTE, text=text),)


def _moment(value: str, name: str, where: Where) -> int:
    row = IntakeRow(where=where, cells={name: value}, outlet="")
    (span,) = row.times((name,))
    return span.from_utc_s or 0


def _places(area: Element, where: Where) -> Iterator[PlaceReference]:
    """Yield the place of an area: its name, and the middle and size of what is drawn, never the drawing."""
    name = _text(area, "areaDesc") or "area"
    drawn = [_circle(_text(area, "circle"), where)] if _text(area, "circle") else []
    drawn += [_polygon(e.text or "", where) for e in area if local(e.tag) == "polygon"]
    if not drawn:
        yield PlaceReference(name=name, precision=PlacePrecision.PROVINCE)
    for lon_e7, lat_e7, radius_km in drawn:
        yield PlaceReference(name=name, precision=_precision(radius_km), lat_e7=lat_e7, lon_e7=lon_e7)


def _precision(radius_km: float) -> PlacePrecision:
    steps = (
        (NEAR_KM, PlacePrecision.EXACT),
        (DISTRICT_KM, PlacePrecision.NEAR),
        (PROVINCE_KM, PlacePrecision.DISTRICT),
    )
    return next((precision for limit, precision in steps if radius_km <= limit), PlacePrecision.PROVINCE)


def _circle(value: str, where: Where) -> tuple[int, int, float]:
    point, _, radius = value.strip().partition(" ")
    lon_e7, lat_e7 = _pair(point, "circle", where)
    try:
        return lon_e7, lat_e7, max(0.0, float(radius or 0))
    except ValueError:
        raise CellError("circle", f"{quoted(radius)} is no radius in km", "write `lat,lon km`") from None


def _polygon(value: str, where: Where) -> tuple[int, int, float]:
    """Return the middle of the box around a polygon and half its diagonal."""
    points = [_pair(pair, "polygon", where) for pair in value.split()]
    if len(points) < 4:  # noqa: PLR2004 - CAP 1.2: at least four pairs, the last as the first
        raise CellError("polygon", "a polygon needs four pairs of `lat,lon`", "ask the sender")
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    half = ((max(lats) - min(lats)) ** 2 + (max(lons) - min(lons)) ** 2) ** 0.5 / 2
    return (min(lons) + max(lons)) // 2, (min(lats) + max(lats)) // 2, half / 1e7 * KM_PER_DEGREE


def _pair(value: str, name: str, where: Where) -> tuple[int, int]:
    lat, _, lon = value.partition(",")
    point = point_e7(lon, lat, where)
    if isinstance(point, Problem):
        raise CellError(name, point.message, "CAP writes latitude first, then longitude")
    return point


def _first(parent: Element, name: str) -> Element | None:
    return next((child for child in parent if local(child.tag) == name), None)


def _text(parent: Element | None, name: str) -> str:
    if parent is None:
        return ""
    found = _first(parent, name)
    return " ".join((found.text or "").split()) if found is not None else ""
