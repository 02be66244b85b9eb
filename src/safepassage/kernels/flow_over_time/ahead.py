"""Loops of flows over time and of labels, loaded while something else is waited for."""

from __future__ import annotations


def load_sweeps() -> None:
    """Load the loops that contract a network, sweep over it and take paths out of the flow."""
    # numba is slow to import
    from safepassage.kernels.compiled import load  # noqa: PLC0415
    from safepassage.kernels.flow_over_time import contraction_loops, path_loops, sweep_loops  # noqa: PLC0415

    load(contraction_loops.contract, sweep_loops.open_bins, path_loops.decompose, contraction_loops.expanded)


def load_labels() -> None:
    """Load the loops that contract a network and find its steady flows and labels."""
    from safepassage.kernels.compiled import load  # noqa: PLC0415
    from safepassage.kernels.flow_over_time import contraction_loops, label_loops, steady_loops  # noqa: PLC0415

    load(contraction_loops.contract, contraction_loops.expanded)
    load(steady_loops.first_tree, steady_loops.hang, steady_loops.solve)
    load(label_loops.narrowest, label_loops.improve, label_loops.label_inside, label_loops.follow)
