"""Whether bytes are a message of the Common Alerting Protocol 1.2: its schema, its prose rules, and ours.

Written from the text of the standard (OASIS, CAP-v1.2-os, section 3) and apart from the writer. What the
schema cannot say: no spaces, commas, `<` or `&` in sender and identifier; times with an offset and never Z; a
restriction or addresses where the scope asks for them; references of an update or cancel; closed polygons.
Ours: no `Evacuate`, no `AllClear`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from safepassage.domain.problem import Problem, Where
from safepassage.formats.containers.safe_xml import parse

_NS = "{urn:oasis:names:tc:emergency:cap:1.2}"
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[-+]\d{2}:\d{2}")
_NAME = re.compile(r"[^\s,<&]+")
_PAIR = re.compile(r"-?\d+(\.\d+)?,-?\d+(\.\d+)?")
_CIRCLE = re.compile(r"(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?) (\d+(?:\.\d+)?)")
_LEAST_PAIRS, _MOST_LAT, _MOST_LON = 4, 90.0, 180.0

_ORDER = {
    "alert": "identifier! sender! sent! status! msgType! source scope! restriction addresses code* note"
    " references incidents info*",
    "info": "language category+ event! responseType* urgency! severity! certainty! audience eventCode*"
    " effective onset expires senderName headline description instruction web contact parameter* resource*"
    " area*",
    "area": "areaDesc! polygon* circle* geocode* altitude ceiling",
    "parameter": "valueName! value!",
    "geocode": "valueName! value!",
    "eventCode": "valueName! value!",
    "resource": "resourceDesc! mimeType! size uri derefUri digest",
}
"""Element to its children in order: `!` exactly one, `+` at least one, `*` any number, else at most one."""
_WORDS = {
    "status": "Actual Exercise System Test Draft",
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}
_MOMENTS = ("sent", "effective", "onset", "expires")
REFUSED = frozenset({"Evacuate", "AllClear"})
"""Words of the protocol that we never say."""


def faults(data: bytes) -> tuple[str, ...]:
    """Return every rule that a message does not keep, in one clause each; empty when it keeps all."""
    root = parse(data, Where(file="alert"), "the alert")
    if isinstance(root, Problem):
        return (root.message,)
    if root.tag != f"{_NS}alert":
        return ("the root is no alert of CAP 1.2",)
    return (*_structure(root, "alert"), *_words(root), *_prose(root), *_areas(root))


def _local(element: Element) -> str:
    return element.tag.removeprefix(_NS)


def _structure(element: Element, name: str) -> Iterator[str]:
    """Yield what is missing, unknown, out of order or there too often, below an element."""
    wanted = _ORDER[name].split()
    order = [word.rstrip("!+*") for word in wanted]
    found = [_local(child) for child in element]
    unknown = [one for one in found if one not in order]
    yield from (f"{name}: {one} is no element of it" for one in unknown)
    known = [order.index(one) for one in found if one in order]
    if known != sorted(known):
        yield f"{name}: its elements are out of order"
    counts = Counter(found)
    for word in wanted:
        one, mark = word.rstrip("!+*"), word[-1]
        if mark in "!+" and not counts[one]:
            yield f"{name}: {one} is missing"
        if mark not in "+*" and counts[one] > 1:
            yield f"{name}: {one} is there more than once"
    for child in element:
        if _local(child) in _ORDER:
            yield from _structure(child, _local(child))


def _texts(root: Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iter(f"{_NS}{name}")]


def _words(root: Element) -> Iterator[str]:
    for name, allowed in _WORDS.items():
        for text in _texts(root, name):
            if text not in allowed.split():
                yield f"{name}: {text!r} is no word of the protocol"
            if name == "responseType" and text in REFUSED:
                yield f"responseType: {text} is never said"


def _prose(root: Element) -> Iterator[str]:
    for name in ("identifier", "sender"):
        for text in _texts(root, name):
            if not _NAME.fullmatch(text):
                yield f"{name}: {text!r} is empty, or has a space, a comma, < or &"
    for name in _MOMENTS:
        for text in _texts(root, name):
            if not _MOMENT.fullmatch(text) or text.endswith("+00:00"):
                yield f"{name}: {text!r} is no time with its offset (UTC is -00:00)"
    head = {_local(child): child.text or "" for child in root}
    needs = {"Restricted": "restriction", "Private": "addresses"}
    need = needs.get(head.get("scope", ""))
    if need and not head.get(need, "").strip():
        yield f"scope {head['scope']}: {need} is missing"
    if head.get("restriction") and head.get("scope") != "Restricted":
        yield "restriction: only a restricted message has one"
    yield from _references(head)


def _references(head: dict[str, str]) -> Iterator[str]:
    given = head.get("references", "").split()
    if head.get("msgType") in {"Update", "Cancel", "Ack", "Error"} and not given:
        yield f"msgType {head['msgType']}: references are missing"
    for one in given:
        parts = one.split(",")
        fits = len(parts) == 3 and all(_NAME.fullmatch(part) for part in parts[:2])  # noqa: PLR2004 - a triple
        if not fits or not _MOMENT.fullmatch(parts[2]):
            yield f"references: {one!r} is not sender,identifier,sent"


def _areas(root: Element) -> Iterator[str]:
    for text in _texts(root, "polygon"):
        pairs = text.split()
        if len(pairs) < _LEAST_PAIRS or pairs[0] != pairs[-1]:
            yield "polygon: fewer than four pairs, or the last is not the first"
        if not all(_PAIR.fullmatch(pair) and _on_earth(*map(float, pair.split(","))) for pair in pairs):
            yield "polygon: a pair is no latitude,longitude"
    for text in _texts(root, "circle"):
        match = _CIRCLE.fullmatch(text)
        if match is None or not _on_earth(float(match[1]), float(match[2])):
            yield f"circle: {text!r} is not latitude,longitude and a radius in km"


def _on_earth(lat: float, lon: float) -> bool:
    return abs(lat) <= _MOST_LAT and abs(lon) <= _MOST_LON
