"""Sites that reach everybody, looked for by swaps under growing weights of those who stay uncovered.

The search of Zhang, Lü, Su, Li and Fang, "Vertex weighting-based tabu search for p-center problem" (2020,
doi:10.24963/ijcai.2020/206), on sites and clients: open a site that covers somebody uncovered, close the one
that is missed least, and let who is still uncovered weigh more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.shuttles.shuttle_edits import UInt64, draw
from safepassage.kernels.sites.median_bound import Int8, Int64

Bool = NDArray[np.bool_]
Int32 = NDArray[np.int32]
NONE = -1


class Reach(NamedTuple):
    """Who covers whom, both ways: sites of client i at rows[i]:rows[i + 1], clients of site j likewise."""

    rows: Int32
    site: Int32
    columns: Int32
    client: Int32


class _State(NamedTuple):
    """`times` each client is covered, its `weight`; what each site would win, and what it would lose."""

    times: Int64
    weight: Int64
    wins: Int64
    loses: Int64
    chosen: Int8
    moved: Int64


def reach_of(covered: Bool) -> Reach:
    """Return who covers whom from a table (clients, sites)."""
    client, site = np.nonzero(covered)
    other = np.argsort(site, kind="stable")
    rows = np.concatenate(([0], np.cumsum(covered.sum(axis=1))))
    columns = np.concatenate(([0], np.cumsum(covered.sum(axis=0))))
    return Reach(
        rows.astype(np.int32), site.astype(np.int32), columns.astype(np.int32), client[other].astype(np.int32)
    )


@inner
def _open(reach: Reach, state: _State, site: int) -> None:
    state.chosen[site] = 1
    lost = np.int64(0)
    for at in range(reach.columns[site], reach.columns[site + 1]):
        i = reach.client[at]
        weight = state.weight[i]
        if state.times[i] == 0:
            lost += weight
            for k in range(reach.rows[i], reach.rows[i + 1]):
                state.wins[reach.site[k]] -= weight
        elif state.times[i] == 1:
            for k in range(reach.rows[i], reach.rows[i + 1]):
                if state.chosen[reach.site[k]] and reach.site[k] != site:
                    state.loses[reach.site[k]] -= weight
                    break
        state.times[i] += 1
    state.loses[site] = lost


@inner
def _close(reach: Reach, state: _State, site: int) -> None:
    state.chosen[site] = 0
    state.loses[site] = 0
    for at in range(reach.columns[site], reach.columns[site + 1]):
        i = reach.client[at]
        weight = state.weight[i]
        state.times[i] -= 1
        if state.times[i] == 0:
            for k in range(reach.rows[i], reach.rows[i + 1]):
                state.wins[reach.site[k]] += weight
        elif state.times[i] == 1:
            for k in range(reach.rows[i], reach.rows[i + 1]):
                if state.chosen[reach.site[k]]:
                    state.loses[reach.site[k]] += weight
                    break


@inner
def _heavier(reach: Reach, state: _State) -> int:
    """Let the uncovered weigh more; return how many there are."""
    number = 0
    for i in range(len(state.times)):
        if state.times[i] == 0:
            number += 1
            state.weight[i] += 1
            for k in range(reach.rows[i], reach.rows[i + 1]):
                state.wins[reach.site[k]] += 1
    return number


@inner
def _uncovered(state: _State, number: int, rng: UInt64) -> int:
    """Return one of the uncovered clients."""
    skip = draw(rng, number)
    for i in range(len(state.times)):
        if state.times[i] == 0:
            if skip == 0:
                return i
            skip -= 1
    return NONE


@inner
def _least_missed(state: _State, must: Int8, step: int, kept: int) -> int:
    """Return the site to close: the one that would be missed least, of equals the one moved longest ago."""
    best = NONE
    for j in range(len(state.chosen)):
        if not state.chosen[j] or must[j] or j == kept or state.moved[j] >= step:
            continue
        if best == NONE or (state.loses[j], state.moved[j]) < (state.loses[best], state.moved[best]):
            best = j
    return best


@inner
def _most_wanted(reach: Reach, state: _State, client: int, step: int) -> int:
    """Return the site to open for a client: the one that wins most, of equals the one moved longest ago."""
    best = NONE
    for k in range(reach.rows[client], reach.rows[client + 1]):
        j = reach.site[k]
        if state.moved[j] >= step:
            continue
        if best == NONE or (-state.wins[j], state.moved[j]) < (-state.wins[best], state.moved[best]):
            best = j
    return best


@inner
def _begun(reach: Reach, must: Int8, count: int) -> _State:
    """Return a first choice: the sites that must be, then one after the other that wins most."""
    n, m = len(reach.rows) - 1, len(reach.columns) - 1
    state = _State(
        np.zeros(n, np.int64), np.ones(n, np.int64), np.zeros(m, np.int64), np.zeros(m, np.int64),
        np.zeros(m, np.int8), np.full(m, -1, np.int64),
    )  # fmt: skip
    for j in range(m):
        state.wins[j] = reach.columns[j + 1] - reach.columns[j]
    for j in range(m):
        if must[j]:
            _open(reach, state, j)
    while state.chosen.sum() < count:
        best = NONE
        for j in range(m):
            if not state.chosen[j] and (best == NONE or state.wins[j] > state.wins[best]):
                best = j
        _open(reach, state, best)
    return state


@compiled
def cover_all(reach: Reach, must: Int8, count: int, steps: int, seed: int) -> Int8:
    """Return (m,) a choice of `count` sites, `must` among them, that covers all; zeros if none is found.

    `steps` is the most swaps that are tried.
    """
    state = _begun(reach, must, count)
    rng = np.array([2 * seed + 1], np.uint64)
    number = (state.times == 0).sum()
    for step in range(steps):
        if number == 0:
            return state.chosen
        take = _most_wanted(reach, state, _uncovered(state, number, rng), step)
        leave = NONE if take == NONE else _least_missed(state, must, step, take)
        if leave != NONE:
            _open(reach, state, take)
            _close(reach, state, leave)
            state.moved[take] = step + 1
            state.moved[leave] = step + 1 + draw(rng, 3)
        number = _heavier(reach, state)
    if number == 0:
        return state.chosen
    return np.zeros(len(must), np.int8)
