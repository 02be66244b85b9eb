"""Which ways out there are, both ways: the corridor of each place, its bottleneck and its alternative."""

from safepassage.engines.corridors.find import corridors

__all__ = ["corridors"]
