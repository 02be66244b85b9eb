"""QR codes as drawings (ISO/IEC 18004), made by segno."""

from __future__ import annotations

from safepassage.formats.containers.markup import Markup, element

QUIET_MODULES = 4
"""The empty border that readers of the code need (ISO/IEC 18004 §9.1)."""


def drawing(text: str) -> Markup:
    """Return the code of a text, with a seventh of it or more to spare for dirt and folds."""
    import segno  # noqa: PLC0415 - used on paper only

    rows = segno.make_qr(text, error="m", boost_error=True).matrix
    size = len(rows) + 2 * QUIET_MODULES
    path = "".join(
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    # Single squares leave hairlines between them when smoothed.
    attributes = {"viewBox": f"0 0 {size} {size}", "shape-rendering": "crispEdges"}
    ground = element("rect", {"width": size, "height": size, "fill": "#ffffff"})
    namespace = Markup('<svg xmlns="http://www.w3.org/2000/svg" ')
    svg = element("svg", attributes, ground, element("path", {"d": path, "fill": "#000000"}))
    return Markup(svg.replace("<svg ", namespace, 1))
