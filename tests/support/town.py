"""A town of streets in a square grid, as a folder of tables or a network, for quick looks."""

from __future__ import annotations

from pathlib import Path

from safepassage.domain.network import RoadNetwork
from safepassage.formats.case import network_csv

STEP = 0.004
WEST, SOUTH = 35.0, 50.0


def write_town(folder: Path, *, size: int = 12, kind: str = "residential") -> Path:
    """Write a town of size × size junctions about 290 × 445 m apart, main roads through its middle."""
    folder.mkdir(parents=True, exist_ok=True)
    nodes, links = ["id,lat,lon"], ["id,from,to,class,length_m"]
    for row in range(size):
        for column in range(size):
            nodes.append(f"n{row}_{column},{SOUTH + STEP * row:.4f},{WEST + STEP * column:.4f}")
            for other, metres in (((row, column + 1), 290), ((row + 1, column), 445)):
                if max(other) < size:
                    middle = size // 2 in ({row} if other[0] == row else {column})
                    road = "primary" if middle else kind
                    name = f"l{row}_{column}_{other[0]}_{other[1]}"
                    links.append(f"{name},n{row}_{column},n{other[0]}_{other[1]},{road},{metres}")
    (folder / "nodes.csv").write_text("\n".join(nodes) + "\n", encoding="utf-8")
    (folder / "links.csv").write_text("\n".join(links) + "\n", encoding="utf-8")
    return folder


def town(folder: Path, **shape) -> RoadNetwork:
    """Return the network of such a town."""
    return network_csv.read_counted(write_town(folder, **shape))[0].network


def square(first: float = 2.5, last: float = 8.5) -> tuple[tuple[int, int], ...]:
    """Return a closed ring around the junctions between two grid lines, both ways."""
    west, east = (round((WEST + STEP * k) * 1e7) for k in (first, last))
    south, north = (round((SOUTH + STEP * k) * 1e7) for k in (first, last))
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def wkt(ring: tuple[tuple[int, int], ...]) -> str:
    """Return a ring as well-known text."""
    return "POLYGON ((" + ", ".join(f"{x / 1e7:.7f} {y / 1e7:.7f}" for x, y in ring) + "))"
