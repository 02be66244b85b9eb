"""Styles of the GeoPackage's layers for QGIS (QML): by line and shape as well as colour, with names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safepassage.domain.case import AreaKind, PlaceKind
from safepassage.formats.containers.markup import Markup, element

INK, BLUE, AMBER, RUST, VIOLET, GREEN, GREY = (
    "23,32,42,255", "11,95,165,255", "184,71,12,255", "124,45,18,255", "107,63,160,255", "31,93,58,255",
    "85,97,110,255",
)  # fmt: skip
CLEAR = "255,255,255,0"
WHITE = "255,255,255,255"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """How one kind of feature looks: the class of its symbol layer and its properties."""

    value: str
    label: str
    layer: str
    properties: Mapping[str, str]


def _line(value: str, label: str, colour: str, *, style: str = "solid", width: str = "0.8") -> _Look:
    properties = {"line_color": colour, "line_style": style, "line_width": width, "line_width_unit": "MM",
                  "capstyle": "round", "joinstyle": "round"}  # fmt: skip
    return _Look(value=value, label=label, layer="SimpleLine", properties=properties)


def _mark(value: str, label: str, shape: str, colour: str, size: str = "3") -> _Look:
    properties = {"name": shape, "color": colour, "outline_color": INK, "outline_width": "0.4", "size": size,
                  "size_unit": "MM"}  # fmt: skip
    return _Look(value=value, label=label, layer="SimpleMarker", properties=properties)


def _outline(value: str, label: str, colour: str, *, style: str, fill: str = "no") -> _Look:
    properties = {"color": colour if fill != "no" else CLEAR, "style": fill, "outline_color": colour,
                  "outline_style": style, "outline_width": "0.6", "outline_width_unit": "MM"}  # fmt: skip
    return _Look(value=value, label=label, layer="SimpleFill", properties=properties)


_KINDS: dict[str, tuple[str, str, str, tuple[_Look, ...]]] = {
    "corridors": ("line", "role", "corridor", (
        _line("corridor", "corridor", BLUE, width="1.2"),
        _line("alternative", "alternative, shares at most half", AMBER, style="dash", width="0.8"),
    )),
    "places": ("marker", "kind", "name", (
        _mark(PlaceKind.SETTLEMENT, "settlement", "circle", WHITE),
        _mark(PlaceKind.INSTITUTION, "institution", "pentagon", WHITE),
        _mark(PlaceKind.ASSEMBLY_POINT, "assembly point", "triangle", BLUE),
        _mark(PlaceKind.RECEPTION_SITE, "reception site", "square", BLUE, "4"),
        _mark(PlaceKind.DEPOT, "vehicle base", "square", GREY),
        _mark(PlaceKind.MEDICAL_POINT, "medical point", "cross_fill", WHITE, "4"),
        _mark(PlaceKind.BORDER_CROSSING, "border crossing", "diamond", AMBER, "4"),
        _mark(PlaceKind.CHECKPOINT, "checkpoint", "diamond", WHITE, "4"),
        _mark(PlaceKind.WAITING_PLACE, "waiting place", "hexagon", WHITE),
    )),
    "modifications": ("line", "used", "text", (
        _line("1", "change that the plan uses", RUST, style="dash dot", width="0.9"),
        _line("0", "shown only, not used", GREY, style="dot", width="0.7"),
    )),
    "areas": ("fill", "kind", "name", (
        _outline(AreaKind.ANNOUNCED_ZONE, "zone as announced", VIOLET, style="dash dot"),
        _outline(AreaKind.PROTECTED_ZONE, "zone with an agreement behind it", GREEN, style="solid"),
        _outline(AreaKind.REPORTED_HAZARD, "reported hazard", RUST, style="dash", fill="b_diagonal"),
        _outline(AreaKind.NO_GO, "not to be entered", RUST, style="solid", fill="diagonal_x"),
    )),
}  # fmt: skip


def qml(layer: str) -> str:
    """Return the style of a layer of the GeoPackage; what is of no known kind is drawn in grey."""
    kind, attribute, named, looks = _KINDS[layer]
    other = {"line": _line("", "other", GREY), "marker": _mark("", "other", "circle", GREY, "2"),
             "fill": _outline("", "other", GREY, style="dot")}[kind]  # fmt: skip
    every = (*looks, other)
    renderer = element(
        "renderer-v2",
        {"type": "categorizedSymbol", "attr": attribute, "symbollevels": "0", "enableorderby": "0",
         "forceraster": "0"},
        element("categories", {}, *(_category(at, look) for at, look in enumerate(every))),
        element("symbols", {}, *(_symbol(at, look, kind) for at, look in enumerate(every))),
    )  # fmt: skip
    style = element(
        "qgis", {"version": "3.22.0", "styleCategories": "Symbology|Labeling",
                 "labelsEnabled": str(int(kind != "line"))},
        renderer, *([] if kind == "line" else [_labels(named, kind)]),
    )  # fmt: skip
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{style}"


def _category(at: int, look: _Look) -> Markup:
    facts = {"symbol": str(at), "value": look.value, "label": look.label, "render": "true", "type": "string"}
    return element("category", facts)


def _symbol(at: int, look: _Look, kind: str) -> Markup:
    """Return a symbol; its properties stand in it twice, for versions of QGIS before and after 3.26."""
    options = [element("Option", {"name": key, "type": "QString", "value": value})
               for key, value in look.properties.items()]  # fmt: skip
    older = [element("prop", {"k": key, "v": value}) for key, value in look.properties.items()]
    inner = element(
        "layer", {"class": look.layer, "enabled": "1", "locked": "0", "pass": "0"},
        element("Option", {"type": "Map"}, *options), *older,
    )  # fmt: skip
    facts = {"name": str(at), "type": kind, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0"}
    return element("symbol", facts, inner)


def _labels(named: str, kind: str) -> Markup:
    """Return the names beside points, and within areas; lines that share roads would cover each other's."""
    buffer = element("text-buffer", {"bufferDraw": "1", "bufferSize": "0.8", "bufferColor": WHITE})
    facts = {
        "fieldName": named,
        "isExpression": "0",
        "fontSize": "8",
        "fontSizeUnit": "Point",
        "textColor": INK,
    }
    around = {
        "placement": "0" if kind == "marker" else "1",
        "dist": "1.5",
        "distUnits": "MM",
        "priority": "8",
    }
    parts = (element("text-style", facts, buffer), element("placement", around),
             element("rendering", {"obstacle": "0", "drawLabels": "1"}))  # fmt: skip
    return element("labeling", {"type": "simple"}, element("settings", {"calloutType": "simple"}, *parts))
