"""Problems to plan on when reports may be wrong: less of each window; their plans hold in the real one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import Piece
from safepassage.domain.worlds import PERMILLE


def with_margin(problem: PlanningProblem, permille: int) -> PlanningProblem:
    """Return the problem with a share cut off the end of each window of arcs and of the hours of movement.

    Only open stretches that end before the grid does are cut: a road that stays open has no end to miss.
    """
    network = problem.network
    profiles = {
        arc: tuple(_cut(pieces, permille, network.horizon_s)) for arc, pieces in network.profiles.items()
    }
    windows = tuple(
        (start, end - (end - start) * permille // PERMILLE) for start, end in problem.rules.movement_windows
    )
    return replace(
        problem, network=replace(network, profiles=profiles),
        rules=replace(problem.rules, movement_windows=windows),
    )  # fmt: skip


def _cut(pieces: Sequence[Piece], permille: int, horizon_s: int) -> Iterator[Piece]:
    """Yield pieces with the last share of each open stretch closed."""
    for first, last in _stretches(pieces):
        run = pieces[first:last]
        if not _open(run[0]) or run[-1].until_s >= horizon_s:
            yield from run
            continue
        start, end = run[0].from_s, run[-1].until_s
        shut_s = end - (end - start) * permille // PERMILLE
        for piece in run:
            if piece.from_s < shut_s:
                yield replace(piece, until_s=min(piece.until_s, shut_s))
            if piece.until_s > shut_s:
                yield replace(piece, from_s=max(piece.from_s, shut_s), capacity_mveh_h=0)


def _stretches(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Yield the bounds of runs of pieces that are all open, or all closed."""
    first = 0
    for k in range(1, len(pieces) + 1):
        if k == len(pieces) or _open(pieces[k]) != _open(pieces[first]):
            yield first, k
            first = k


def _open(piece: Piece) -> bool:
    return piece.capacity_mveh_h > 0 and piece.persons_h != 0
