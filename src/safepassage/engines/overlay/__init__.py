"""What is usable now: an ordered list of modifications on an immutable baseline."""

from safepassage.engines.overlay.build import Overlaid, overlay, roads_named
from safepassage.engines.overlay.onward import onward, without

__all__ = ["Overlaid", "onward", "overlay", "roads_named", "without"]
