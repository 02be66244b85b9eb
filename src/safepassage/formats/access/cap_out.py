"""A public alert as a message of the Common Alerting Protocol 1.2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from safepassage.domain.public_alert import AlertArea, AlertInfo, PublicAlert, Reference
from safepassage.formats.containers.markup import printable

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_E7 = 10_000_000
_M_PER_KM = 1000


def write(alert: PublicAlert) -> bytes:
    """Return the message as XML; the same alert gives the same bytes."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<alert xmlns="{NAMESPACE}">']
    lines += [f"  {line}" for line in _alert(alert)]
    return ("\n".join([*lines, "</alert>"]) + "\n").encode("utf-8")


def moment(utc_s: int, offset_s: int = 0) -> str:
    """Return a time as the protocol writes it: with its offset, and UTC as -00:00, never Z."""
    local = datetime.fromtimestamp(utc_s, tz=UTC) + timedelta(seconds=offset_s)
    sign = "+" if offset_s > 0 else "-"
    hours, minutes = divmod(abs(offset_s) // 60, 60)
    return f"{local:%Y-%m-%dT%H:%M:%S}{sign}{hours:02d}:{minutes:02d}"


def _tag(name: str, value: Any) -> str:
    return f"<{name}>{escape(printable(value))}</{name}>"


def _filled(**values: str) -> Iterator[str]:
    for name, value in values.items():
        if value:
            yield _tag(name, value)


def _alert(alert: PublicAlert) -> Iterator[str]:
    """Yield the elements of a message in the order of the schema."""
    yield _tag("identifier", alert.identifier)
    yield _tag("sender", alert.sender)
    yield _tag("sent", moment(alert.sent_utc_s, alert.offset_s))
    yield _tag("status", alert.status.value)
    yield _tag("msgType", alert.type.value)
    yield _tag("scope", alert.scope.value)
    yield from _filled(restriction=alert.restriction, addresses=_addresses(alert.addresses), note=alert.note)
    if alert.references:
        yield _tag("references", " ".join(_reference(one, alert.offset_s) for one in alert.references))
    for info in alert.infos:
        yield "<info>"
        yield from (f"  {line}" for line in _info(info, alert.offset_s))
        yield "</info>"


def _addresses(names: tuple[str, ...]) -> str:
    return " ".join(f'"{name}"' if " " in name else name for name in names)


def _reference(one: Reference, offset_s: int) -> str:
    return f"{one.sender},{one.identifier},{moment(one.sent_utc_s, offset_s)}"


def _info(info: AlertInfo, offset_s: int) -> Iterator[str]:
    yield _tag("language", info.language)
    yield from (_tag("category", one.value) for one in info.category)
    yield _tag("event", info.event)
    yield from (_tag("responseType", one.value) for one in info.response)
    yield _tag("urgency", info.urgency.value)
    yield _tag("severity", info.severity.value)
    yield _tag("certainty", info.certainty.value)
    for name, utc_s in (("onset", info.onset_utc_s), ("expires", info.expires_utc_s)):
        if utc_s is not None:
            yield _tag(name, moment(utc_s, offset_s))
    yield from _filled(
        senderName=info.sender_name, headline=info.headline, description=info.description,
        instruction=info.instruction, contact=info.contact,
    )  # fmt: skip
    for name, value in info.parameters:
        yield f"<parameter>{_tag('valueName', name)}{_tag('value', value)}</parameter>"
    for area in info.areas:
        yield "<area>"
        yield from (f"  {line}" for line in _area(area))
        yield "</area>"


def _area(area: AlertArea) -> Iterator[str]:
    yield _tag("areaDesc", area.description)
    for ring in area.polygons:
        yield _tag("polygon", " ".join(f"{_degrees(lat)},{_degrees(lon)}" for lat, lon in ring))
    for lat, lon, radius_m in area.circles:
        kilometres = f"{radius_m // _M_PER_KM}.{radius_m % _M_PER_KM:03d}"
        yield _tag("circle", f"{_degrees(lat)},{_degrees(lon)} {kilometres}")
    for name, value in area.geocodes:
        yield f"<geocode>{_tag('valueName', name)}{_tag('value', value)}</geocode>"


def _degrees(value_e7: int) -> str:
    """Return degrees exactly, without a float."""
    whole, rest = divmod(abs(value_e7), _E7)
    return f"{'-' if value_e7 < 0 else ''}{whole}.{rest:07d}"
