"""What no plan of the model can better: bounds by labels and by fleet, each with its certificate."""

from safepassage.engines.bounds.certify import certify
from safepassage.kernels.flow_over_time.ahead import load_labels
from safepassage.kernels.graphs.static_cut import load as load_cuts

__all__ = ["certify", "load_cuts", "load_labels"]
