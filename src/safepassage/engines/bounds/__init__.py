"""What no plan of the model can better: bounds by labels and by fleet, each with its certificate."""

from safepassage.engines.bounds.certify import certify

__all__ = ["certify"]
