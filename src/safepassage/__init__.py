"""Plan evacuation and aid in contested areas, offline, with a proven bound.

The package does nothing on import: every room is imported by whoever needs it, so that
`import safepassage` costs next to nothing.
"""

from __future__ import annotations

__version__ = "0.1.0"

__all__ = ["__version__"]
