"""How probable an event is, given who affirms it, who denies it and who is silent, with honest intervals."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
AFFIRMS, DENIES, SILENT = 0, 1, 2
"""What a voice says about an event: the last axis of every table of counts."""
STRAY = 0.1
"""How often somebody of a side speaks for himself, by assumption: ten of one side are not ten witnesses."""
INTERVAL = (0.1, 0.9)
"""Quantiles of the low and the high value: between them 80 %."""


AT_ONCE = 100_000
"""Voices times samples that are worked on at once, for memory's sake."""


class Voices(NamedTuple):
    """What is said, one row per event and voice; a voice is an origin, or a side with all its origins.

    Columns have shape (n_voices,): `event` and `kind` are positions, `affirms`, `denies`, `silent` count the
    origins of the voice that do so. `silent` counts only where silence was to be noticed.
    """

    event: Int64
    kind: Int64
    affirms: Int64
    denies: Int64
    silent: Int64


class Belief(NamedTuple):
    """(n_events,) probabilities: the central one, and the ends of the 80 % interval."""

    low: Float64
    central: Float64
    high: Float64


def log_odds(rates: Float64, voices: Voices, prior: Float64) -> Float64:
    """Return (n_events,) log odds, given what each kind of voice says when an event is so and when it is not.

    A side has a line: affirm, deny or be silent. Each of its origins keeps to it, except for a share of at
    most STRAY that speaks whatever the truth. The line is summed out: a hundred origins of one side tell
    little more than one, and a single origin counts exactly as its rates say.

    Parameters
    ----------
    rates
        (n_kinds, 2, 3): how often an origin affirms, denies, is silent if the event is not so (0) and is (1).
    prior
        (n_events,) probability before anybody spoke.
    """
    return np.asarray(_log_odds(rates[None], voices, prior)[0])


def _log_odds(rates: Float64, voices: Voices, prior: Float64) -> Float64:
    """Return (n_samples, n_events) log odds for (n_samples, n_kinds, 2, 3) rates."""
    lines, each = _lines(np.maximum(rates, 1e-12))
    counts = np.stack([voices.affirms, voices.denies, voices.silent], axis=1).astype(np.float64)
    given = np.einsum("vs,bvls->bvl", counts, np.log(each)[:, voices.kind])
    joint = np.log(lines)[:, voices.kind] + given[:, :, None, :]
    peak = joint.max(axis=3)
    said = peak + np.log(np.exp(joint - peak[..., None]).sum(axis=3))
    total = np.repeat(np.log(prior / (1 - prior))[:, None], len(rates), axis=1)
    np.add.at(total, voices.event, (said[:, :, 1] - said[:, :, 0]).T)
    return total.T


def _lines(rates: Float64) -> tuple[Float64, Float64]:
    """Return (…, 2, 3) probabilities of lines, and (…, line, said) of what is said under a line.

    Strays draw from what is said in both worlds, so that taking them out of the rates leaves no negative.
    """
    both = rates.min(axis=-2)
    common = both.sum(axis=-1, keepdims=True)
    share = np.minimum(STRAY, common)
    stray = share * both / common
    keeps = 1 - share
    lines = np.maximum((rates - stray[..., None, :]) / keeps[..., None], 1e-12)
    return lines, keeps[..., None] * np.eye(3) + stray[..., None, :] + 1e-300


def event_belief(counts: Any, voices: Voices, prior: Any, *, samples: int = 64, seed: int = 0) -> Belief:
    """Return what to believe of each event, and the range left by not knowing how reliable the voices are.

    The central value uses the predictive rates (the ratio of expected rates, not the mean of log ratios); the
    interval is taken over rates sampled from their Dirichlet posteriors and always holds the central value.

    Parameters
    ----------
    counts
        (n_kinds, 2, 3) pseudo-counts of what each kind of voice said about events that were not so, and so.
    prior
        (n_events,) probability before anybody spoke, strictly between 0 and 1.

    References
    ----------
    A. P. Dawid and A. M. Skene, Maximum likelihood estimation of observer error-rates, Applied Statistics 28
    (1979) 20, doi:10.2307/2346806: rates by kind of observer; here with silence and sides.
    """
    table = np.asarray(counts, dtype=np.float64)
    before = np.asarray(prior, dtype=np.float64)
    central = _probability(log_odds(table / table.sum(axis=2, keepdims=True), voices, before))
    generator = np.random.default_rng(seed)
    draws = generator.standard_gamma(np.broadcast_to(table, (samples, *table.shape)))
    drawn = draws / draws.sum(axis=3, keepdims=True)
    batch = max(1, AT_ONCE // max(1, len(voices.event)))
    parts = [_log_odds(drawn[i : i + batch], voices, before) for i in range(0, samples, batch)]
    sampled = _probability(np.concatenate(parts))
    low, high = np.quantile(sampled, INTERVAL, axis=0)
    return Belief(np.minimum(low, central), central, np.maximum(high, central))


def learned(counts: Any, voices: Voices, outcome: Any) -> Float64:
    """Return counts with what verified events taught; outcome (n_events,) is 1, 0, or -1 if not verified."""
    table = np.array(counts, dtype=np.float64)
    truth = np.asarray(outcome, dtype=np.int64)[voices.event]
    said = np.stack([voices.affirms, voices.denies, voices.silent], axis=1).astype(np.float64)
    total = said.sum(axis=1, keepdims=True)
    known = (truth >= 0) & (total[:, 0] > 0)
    # A side speaks once, however many of it speak: its origins share one report between them.
    np.add.at(table, (voices.kind[known], truth[known]), said[known] / total[known])
    return table


def _probability(odds: Float64) -> Float64:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -40, 40))))
