"""Who travels when: a schedule that keeps every rule of the model, made in one deterministic pass."""

from safepassage.engines.evacuate.keep import Earlier
from safepassage.engines.evacuate.schedule import evacuate

__all__ = ["Earlier", "evacuate"]
