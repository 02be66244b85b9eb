"""How soon the map stands and how smoothly it moves, in a browser without a graphics card or WebGL.

    python benchmarks/map.py [--network FILE] [--segments 50000 200000] [--repeats 5] [--json]

Pages are those of the product, with a case made up on the network: an extract of OpenStreetMap, or a town of
crooked streets of all classes with so many segments (stretches between junctions, of five points each). First
paint is from opening the page until every tile and everything on top is drawn. Frames are counted while a
script moves the camera at every frame: to the side (pan), and through one zoom level and back (zoom). Each
figure is the median of the repeats at the worst of three views: all, a district, some streets.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from safepassage.casework.reading import read_network
from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.network import RoadClass, RoadNetwork, Shapes
from safepassage.testing.generated import generate_case
from safepassage.testing.grid_roads import SPACING_E7, grid_network
from safepassage.web.application import application
from safepassage.web.desk import office
from safepassage.web.desk.desk import Given
from safepassage.web.doors import COOKIE

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.chromium import NO_WEBGL, chromium, serving

WINDOW = {"width": 1280, "height": 800}
FLOORS = {"first_paint_s": 3.0, "pan_fps": 30.0, "zoom_fps": 15.0}
LARGE_PAN_FPS = 20.0
LARGE = 100_000
DISTRICT_STEPS, STREET_STEPS = 2, 5
MOVE = """async ([kind, seconds]) => {
  const map = document.querySelector('sp-map').handle.map, view = map.getView();
  const [x, y] = view.getCenter(), zoom = view.getZoom(), size = view.getResolution() * 400;
  let frames = 0;
  const count = () => { frames += 1; };
  map.on('postrender', count);
  const start = performance.now();
  await new Promise((done) => {
    const step = () => {
      const t = (performance.now() - start) / 1000;
      if (t >= seconds) { done(); return; }
      if (kind === 'pan') { view.setCenter([x + size * Math.sin(t * 2), y + size / 2 * Math.sin(t * 3)]); }
      else { view.setZoom(zoom + 0.5 - 0.5 * Math.cos(t * Math.PI)); }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  const spent = (performance.now() - start) / 1000;
  map.un('postrender', count);
  view.setCenter([x, y]);
  view.setZoom(zoom);
  return frames / spent;
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured on one network."""

    network: str
    segments: int
    points: int
    prepared_s: float
    first_paint_s: float
    pan_fps: float
    zoom_fps: float
    by_view: dict[str, dict[str, float]]


def main() -> int:
    """Measure and print; 1 when a figure is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--network", type=Path, help="an extract of OpenStreetMap instead of a made-up town")
    parser.add_argument("--segments", type=int, nargs="*", default=[50_000, 200_000])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5, help="how long each movement takes")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    networks = {f"town of {n:,}": town(n) for n in options.segments}
    if options.network is not None:
        reading, _ = read_network(options.network)
        networks = {options.network.name: reading.network}
    found = [measure(name, network, options) for name, network in networks.items()]
    out = sys.stderr if options.json else sys.stdout
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", file=out)
    for figures in found:
        print(line(figures), file=out)
    if options.json:
        print(json.dumps([{name: getattr(f, name) for name in Figures.__slots__} for f in found]))
    return 0 if all(held(figures) for figures in found) else 1


def line(figures: Figures) -> str:
    """Return the figures in one line, and by view below it."""
    views = "; ".join(
        f"{view}: pan {row['pan']:.0f}, zoom {row['zoom']:.0f}" for view, row in figures.by_view.items()
    )
    return (
        f"{figures.network}: {figures.segments:,} segments, {figures.points:,} points, "
        f"tiles prepared in {figures.prepared_s:.2f} s; first paint {figures.first_paint_s:.2f} s, "
        f"pan {figures.pan_fps:.0f} fps, zoom {figures.zoom_fps:.0f} fps ({views})"
    )


def held(figures: Figures) -> bool:
    """Whether the figures are reached; a large network needs fewer frames while it is moved."""
    pan = LARGE_PAN_FPS if figures.segments > LARGE else FLOORS["pan_fps"]
    large = figures.segments > LARGE
    return figures.pan_fps >= pan and (
        large or (figures.first_paint_s <= FLOORS["first_paint_s"] and figures.zoom_fps >= FLOORS["zoom_fps"])
    )


def measure(name: str, network: RoadNetwork, options: argparse.Namespace) -> Figures:
    """Return the figures of one network; its tiles are made anew for every first paint."""
    given = Given(
        path=Path(), network_path=None, case=generate_case(network), network=network, background=(),
        ledger=Ledger(),
    )  # fmt: skip
    desk = office.example_desk(given)
    paints: list[float] = []
    frames: dict[str, dict[str, list[float]]] = {}
    with chromium([NO_WEBGL]) as browser:
        for turn in range(options.repeats):
            with serving(application(desk)) as address:
                context = browser.new_context(viewport=WINDOW)
                token = desk.sessions.begin("planner", desk.now_s())
                context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
                page = context.new_page()
                start = time.perf_counter()
                page.goto(address + "/situation")
                page.wait_for_selector("sp-map[data-painted=yes][data-loaded]", timeout=60_000)
                paints.append(time.perf_counter() - start)
                for view, steps in (("all", 0), ("district", DISTRICT_STEPS), ("streets", STREET_STEPS)):
                    rates = move(page, steps, options.seconds)
                    for kind, rate in rates.items():
                        frames.setdefault(view, {}).setdefault(kind, []).append(rate)
                context.close()
            print(f"{name}: turn {turn + 1} of {options.repeats}", file=sys.stderr)
    desk.close()
    by_view = {v: {k: statistics.median(x) for k, x in row.items()} for v, row in frames.items()}
    start = time.perf_counter()
    from safepassage.formats.maps.road_tiles import RoadTiles  # noqa: PLC0415 - timed without its imports

    RoadTiles(network)
    return Figures(
        network=name, segments=int(np.sum(network.arcs.twin < np.arange(len(network.arcs)))),
        points=len(network.shapes.lon_e7), prepared_s=round(time.perf_counter() - start, 2),
        first_paint_s=statistics.median(paints), pan_fps=min(row["pan"] for row in by_view.values()),
        zoom_fps=min(row["zoom"] for row in by_view.values()), by_view=by_view,
    )  # fmt: skip


def move(page: Any, steps: int, seconds: float) -> dict[str, float]:
    """Return frames a second while the map is moved, so many zoom levels nearer than all of it."""
    page.evaluate(
        """(steps) => {
          const element = document.querySelector('sp-map'), view = element.handle.map.getView();
          element.whole();
          view.cancelAnimations();
          view.setZoom(view.getZoom() + steps);
        }""",
        steps,
    )
    page.wait_for_timeout(700)
    return {kind: page.evaluate(MOVE, [kind, seconds]) for kind in ("pan", "zoom")}


def town(segments: int) -> RoadNetwork:
    """Return a grid of streets, none straight, with a motorway every 64th, a residential street elsewhere."""
    network = grid_network(2 * segments)
    arcs, nodes = network.arcs, network.nodes
    side = round(len(nodes) ** 0.5)
    draws = np.random.default_rng(1)
    lon = nodes.lon_e7 + draws.integers(-SPACING_E7 // 4, SPACING_E7 // 4, len(nodes))
    lat = nodes.lat_e7 + draws.integers(-SPACING_E7 // 4, SPACING_E7 // 4, len(nodes))
    row = np.where(arcs.tail // side == arcs.head // side, arcs.tail // side, arcs.tail % side)
    steps = [
        (64, RoadClass.MOTORWAY),
        (16, RoadClass.PRIMARY),
        (8, RoadClass.SECONDARY),
        (4, RoadClass.TERTIARY),
    ]
    kind = np.full(len(arcs), int(RoadClass.RESIDENTIAL))
    for every, road in reversed(steps):
        kind[row % every == 0] = int(road)
    shape = _bends(lon, lat, arcs.tail, arcs.head)
    return replace(
        network,
        nodes=replace(nodes, lon_e7=lon, lat_e7=lat),
        arcs=replace(arcs, road_class=kind),
        shapes=shape,
    )


def _bends(lon: Any, lat: Any, tail: Any, head: Any) -> Shapes:
    """Return three points inside each stretch, the same in both directions."""
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    wave = np.random.default_rng(2).integers(-3_000, 3_000, (3, len(lon)))
    columns = []
    for axis in (lon, lat):
        points = [
            axis[low] + (axis[high] - axis[low]) * (i + 1) // 4 + wave[i][(low + 7 * high) % len(lon)]
            for i in range(3)
        ]
        columns.append(np.stack([np.where(tail < head, points[i], points[2 - i]) for i in range(3)], axis=1))
    return Shapes(
        start=np.arange(0, 3 * len(tail) + 1, 3), lon_e7=columns[0].ravel(), lat_e7=columns[1].ravel()
    )


if __name__ == "__main__":
    sys.exit(main())
