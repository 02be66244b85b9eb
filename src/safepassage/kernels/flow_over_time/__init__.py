"""Flows over time on road networks: contraction, slack time, earliest-arrival sweeps, paths, labels."""

from safepassage.kernels.flow_over_time.network import KnownPaths, Movers, SlackNetwork, slack_network
from safepassage.kernels.flow_over_time.paths import FlowPaths, flow_paths
from safepassage.kernels.flow_over_time.steady_flow import SteadyFlow
from safepassage.kernels.flow_over_time.steps import in_step
from safepassage.kernels.flow_over_time.sweep import FAR, Most, Sweep, sweep

__all__ = [
    "FAR",
    "FlowPaths",
    "KnownPaths",
    "Most",
    "Movers",
    "SlackNetwork",
    "SteadyFlow",
    "Sweep",
    "flow_paths",
    "in_step",
    "slack_network",
    "sweep",
]
