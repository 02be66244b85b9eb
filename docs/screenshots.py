"""Take the pictures of the pages that the documentation shows: `python -m docs.screenshots [--only NAME …]`.

The built-in example is planned, a bridge is reported closed, it is planned again, and each screen is pictured
in a headless Chromium without WebGL. Pictures get at most 256 colours, so that each stays under 200 kB.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safepassage import example
from safepassage.web.application import application
from safepassage.web.desk import office
from safepassage.web.desk.desk import Desk, Given
from safepassage.web.doors import COOKIE
from tools.chromium import NO_WEBGL, chromium, serving

IMAGES = Path(__file__).resolve().parent / "images"
MOST_BYTES = 200_000
COLOURS = 256
PATIENCE_S = 480
BEFORE = "Bridge at Zvannoye not passable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: which page, in which language, how large, and what is done before it is taken."""

    name: str
    path: str
    language: str = "en"
    size: tuple[int, int] = (1280, 800)
    role: str = "planner"
    act: Callable[[Any], None] | None = None


def _near(page: Any) -> None:
    page.locator(".map-key summary").click()


def _palette(page: Any) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("a")


def _chart(page: Any) -> None:
    page.locator("#arrivals").scroll_into_view_if_needed()


def _aid(page: Any) -> None:
    page.locator("#aid").scroll_into_view_if_needed()
    page.locator("#aid h3").last.scroll_into_view_if_needed()


SHOTS = (
    Shot(name="situation", path="/situation"),
    Shot(name="situation-map", path="/situation#zoom=9.40&lon=35.4200&lat=51.2400", act=_near),
    Shot(name="plan", path="/plan"),
    Shot(name="plan-arrivals", path="/plan", act=_chart),
    Shot(name="aid", path="/plan", act=_aid),
    Shot(name="movements", path="/movements"),
    Shot(name="paper", path="/paper"),
    Shot(name="changes", path="/changes"),
    Shot(name="differences", path="/changes/diff?a=8"),
    Shot(name="compare", path="/compare"),
    Shot(name="settings", path="/settings"),
    Shot(name="situation-uk", path="/situation", language="uk"),
    Shot(name="palette", path="/plan", act=_palette),
    Shot(name="telephone", path="/situation", size=(390, 844), role="field"),
)
"""In the order in which they are taken."""


def main() -> int:
    """Take the pictures; 1 when one is too large."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="*", default=[shot.name for shot in SHOTS])
    parser.add_argument("--folder", type=Path, default=IMAGES)
    options = parser.parse_args()
    desk = office.example_desk(Given.read(example.path(), None))
    try:
        _work(desk)
        sizes = take(desk, [shot for shot in SHOTS if shot.name in options.only], options.folder)
    finally:
        desk.close()
    for name, size in sizes.items():
        print(f"{name:20} {size / 1000:6.0f} kB")
    return 0 if max(sizes.values(), default=0) <= MOST_BYTES else 1


def _work(desk: Desk) -> None:
    """Plan, report a bridge, plan again: what the pages show is a case that somebody works on."""
    desk.order()
    _await_plan(desk)
    with serving(application(desk)) as address, chromium([NO_WEBGL]) as browser:
        _accept(desk, browser, address)
        page = browser.new_context().new_page()
        page.context.add_cookies(_cookies(desk, address, "planner", "en"))
        page.goto(f"{address}/situation")
        page.locator("#close summary").click()
        form = page.locator("#close form")
        form.locator("[name=roads]").fill("link:seym-zvannoye")
        form.locator("[name=source]").fill("district administration")
        form.locator("[name=grade]").fill("B2")
        form.locator("[name=why]").fill(BEFORE)
        form.locator("button.main").click()
        page.wait_for_load_state()
    desk.order()
    _await_plan(desk)


def _accept(desk: Desk, browser: Any, address: str) -> None:
    page = browser.new_context().new_page()
    page.context.add_cookies(_cookies(desk, address, "approver", "en"))
    page.goto(f"{address}/plan")
    page.locator(".accept [name=why]").fill("the best of what can be done today")
    although = page.locator(".accept [name=although]")
    if although.count():
        although.check()
    page.locator(".accept button").click()
    page.wait_for_selector(".stand .badge.fine")


def _await_plan(desk: Desk) -> None:
    end = time.monotonic() + PATIENCE_S
    time.sleep(0.5)
    while desk.planner.busy or desk.planner.latest is None:
        if time.monotonic() > end:
            raise TimeoutError("the example was not planned in time")
        time.sleep(0.2)


def _cookies(desk: Desk, address: str, role: str, language: str) -> list[Any]:
    values = {"language": language, COOKIE: desk.sessions.begin(role, desk.now_s())}
    return [{"name": name, "value": value, "url": address} for name, value in values.items()]


def take(desk: Desk, shots: list[Shot], folder: Path) -> dict[str, int]:
    """Take pictures of a desk; return the size of each file in bytes."""
    sizes = {}
    with serving(application(desk)) as address, chromium([NO_WEBGL]) as browser:
        for shot in shots:
            size = {"width": shot.size[0], "height": shot.size[1]}
            context = browser.new_context(viewport=size)
            context.add_cookies(_cookies(desk, address, shot.role, shot.language))
            page = context.new_page()
            page.goto(address + shot.path)
            page.wait_for_selector("sp-map[data-painted=yes][data-loaded]", timeout=30_000)
            if shot.act is not None:
                shot.act(page)
            page.wait_for_timeout(600)
            data = small(page.screenshot())
            (folder / f"{shot.name}.png").write_bytes(data)
            sizes[shot.name] = len(data)
            context.close()
    return sizes


def small(png: bytes) -> bytes:
    """Return a picture with at most 256 colours."""
    from PIL import Image  # noqa: PLC0415 - comes with the extra `test`

    found = io.BytesIO()
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    few = picture.quantize(colors=COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(found, "PNG", optimize=True)
    return found.getvalue()


if __name__ == "__main__":
    sys.exit(main())
