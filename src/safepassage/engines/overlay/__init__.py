"""What is usable now: an ordered list of modifications on an immutable baseline."""

from safepassage.engines.overlay.build import Overlaid, overlay

__all__ = ["Overlaid", "overlay"]
