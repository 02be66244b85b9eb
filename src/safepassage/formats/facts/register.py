"""Names behind the ids and positions of a release: places, directions, nodes and stretches of road."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.domain.case import PlaceKind
from safepassage.domain.release import Release

_KINDS = (PlaceKind.SETTLEMENT, PlaceKind.INSTITUTION, PlaceKind.ASSEMBLY_POINT)


def _rank(kind: str) -> int:
    return _KINDS.index(PlaceKind(kind)) if kind in _KINDS else len(_KINDS) + (kind == PlaceKind.DEPOT)


class Register:
    """Looks up what people call things; built once per document."""

    def __init__(self, release: Release) -> None:
        inputs = release.inputs
        self.places: dict[str, Mapping[str, Any]] = {row["id"]: row for row in inputs["places"]}
        self.directions: tuple[Mapping[str, Any], ...] = tuple(inputs["directions"])
        self._position = {row["id"]: i for i, row in enumerate(self.directions)}
        self._position |= {row["name"]: i for i, row in enumerate(self.directions)}
        self._labels = inputs["network"]["arcs"]["label"]
        self._heads = inputs["network"]["arcs"]["head"]
        self._node_ids = inputs["network"]["nodes"]["id"]
        plain = [str(row["name"]).partition(",")[0].strip() for row in inputs["places"] if row["direction"]]
        self._plain_names = {name: plain.count(name) for name in plain}
        self._at_node: dict[int, str] = {}
        # Where several places share a node, people know it by the site or settlement, least by the depot.
        ranked = sorted(inputs["places"], key=lambda row: (not row["direction"], _rank(row["kind"])))
        for key in ("node", "pickup_node"):
            for row in ranked:
                if row[key] >= 0:
                    self._at_node.setdefault(row[key], row["name"])

    def direction(self, reference: str | int) -> int:
        """Return the position of a direction given by id, name or position."""
        return reference if isinstance(reference, int) else self._position[reference]

    def direction_name(self, reference: str | int) -> str:
        """Return what a direction is called."""
        return str(self.directions[self.direction(reference)]["name"])

    def mark(self, reference: str | int) -> str:
        """Return the letter that stands for a direction on the map and in tables."""
        return chr(ord("A") + self.direction(reference))

    def place(self, place_id: str) -> str:
        """Return a place's name, or its id where the snapshot has none."""
        row = self.places.get(place_id)
        return str(row["name"]) if row else place_id

    def short(self, place_id: str) -> str:
        """Return a place's name up to its first comma, where no other place is called so."""
        name = self.place(place_id)
        plain = name.partition(",")[0].strip()
        return plain if self._plain_names.get(plain) == 1 else name

    def node(self, node: int) -> str:
        """Return the name of the place at a node, or the node's id in its source."""
        return self._at_node.get(node) or f"junction {self._node_ids[node]}"

    def road(self, arc: int) -> str:
        """Return what people call a stretch of road."""
        return str(self._labels[arc]) or f"road at {self.node(self._heads[arc])}"

    def roads(self, arcs: tuple[int, ...] | list[int]) -> str:
        """Name stretches of road once each, in order."""
        return ", ".join(dict.fromkeys(self.road(arc) for arc in arcs))
