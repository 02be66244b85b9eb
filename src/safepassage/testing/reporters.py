"""Reporters with known truth: parties that lean, deny and fall silent, relays that copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.belief.event_belief import AFFIRMS, DENIES, SILENT, Voices

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
VOICES = ("party blames other", "party is blamed", "observer", "local monitor")
"""The kinds of voice that belief is learned for: a party speaks otherwise of the other than of itself."""
BLAMES, BLAMED, OBSERVER, LOCAL = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How reporters behave. All of it was fixed before anything was tuned.

    Rates are (affirm, deny) probabilities; the rest is silence. `origins` is how many people of a party
    speak, `relays` how many outlets copy an origin, each with probability `copies`. `hidden` is the share of
    copies that are reworded, so that nobody sees whose words they are. `drift` moves the parties' rates in
    the second half.
    """

    name: str
    blames_true: tuple[float, float] = (0.68, 0.04)
    blames_false: tuple[float, float] = (0.36, 0.08)
    blamed_true: tuple[float, float] = (0.20, 0.40)
    blamed_false: tuple[float, float] = (0.03, 0.45)
    observer_sees: float = 0.25
    local_sees: float = 0.5
    observer: tuple[float, float] = (0.9, 0.05)
    local: tuple[float, float] = (0.7, 0.15)
    origins: int = 3
    stray: float = 0.1
    relays: int = 5
    copies: float = 0.7
    hidden: float = 0.0
    drift: float = 0.0
    base_rate: float = 0.3


SETTINGS = (
    Setting(name="baseline"),
    Setting(name="heavy copying", relays=20, copies=0.9),
    Setting(name="strong bias", blames_false=(0.6, 0.02), blamed_true=(0.05, 0.7)),
    Setting(name="strategic denial", blamed_true=(0.02, 0.9), blamed_false=(0.02, 0.9)),
    Setting(name="silence of the blamed", blamed_true=(0.05, 0.1), blamed_false=(0.02, 0.7)),
    Setting(name="rare events", base_rate=0.05),
    Setting(name="no monitors", observer_sees=0.0, local_sees=0.0),
    Setting(name="origins leave the line (mis-specified)", stray=0.4),
    Setting(name="hidden copies (mis-specified)", hidden=0.3),
    Setting(name="parties change their ways (mis-specified)", drift=0.25),
)


class World(NamedTuple):
    """A simulated press: truth by event, what origins say, what relays pass on, and who is blamed.

    `voices` are what a careful reader sees: sides as one voice, copies known as copies left out. `true_rates`
    has shape (n_halves, 4, 2, 3). `relayed` is (n_events, 2): affirming and denying reports, relays counted.
    """

    truth: Int64
    voices: Voices
    half: Int64
    true_rates: Float64
    relayed: Int64


def simulate(setting: Setting, n: int, *, seed: int) -> World:
    """Return a world of n events; each blames one of two parties."""
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < setting.base_rate).astype(np.int64)
    half = (np.arange(n) >= n // 2).astype(np.int64)
    rates = np.stack([_rates(setting, 0.0), _rates(setting, setting.drift)])
    columns: list[list[Any]] = [[], [], [], [], []]
    relayed = np.zeros((n, 2), dtype=np.int64)
    for kind in range(len(VOICES)):
        spoken = _counts(setting, kind, rates[half, kind, truth], rng)
        copies = _copies(setting, kind, spoken, rng)
        relayed += spoken[:, :2] + copies.sum(axis=1)
        seen = spoken.copy()
        seen[:, :2] += copies[:, 1]
        for column, values in zip(columns, (np.arange(n), np.full(n, kind), *seen.T), strict=True):
            column.append(values)
    voices = Voices(*(np.concatenate(column).astype(np.int64) for column in columns))
    return World(truth, voices, half, rates, relayed)


def _rates(setting: Setting, drift: float) -> Float64:
    """Return (4, 2, 3) rates of affirming, denying and silence if an event is not so, and is."""
    pairs = [
        (setting.blames_false, setting.blames_true),
        (setting.blamed_false, setting.blamed_true),
        _seen(setting.observer, setting.observer_sees),
        _seen(setting.local, setting.local_sees),
    ]
    table = np.zeros((len(pairs), 2, 3))
    for kind, by_truth in enumerate(pairs):
        for is_so, (affirms, denies) in enumerate(by_truth):
            table[kind, is_so] = affirms, denies, 1 - affirms - denies
    if drift:
        silent = np.array([0.0, 0.0, 1.0])
        table[[BLAMES, BLAMED]] = (1 - drift) * table[[BLAMES, BLAMED]] + drift * silent
    return table


def _seen(rates: tuple[float, float], sees: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return (affirm, deny) of somebody who sees a share of the places: hit rate and false alarms."""
    hit, alarm = rates
    return (sees * alarm, sees * (1 - alarm)), (sees * hit, sees * (1 - hit))


def _counts(setting: Setting, kind: int, rates: Float64, rng: np.random.Generator) -> Int64:
    """Return (n, 3) numbers of origins that affirm, deny, are silent: a party keeps its line."""
    n = len(rates)
    line = _draw(rates, rng)
    count = setting.origins if kind in {BLAMES, BLAMED} else 1
    said = np.zeros((n, 3), dtype=np.int64)
    for position in range(count):
        own = line if position == 0 else np.where(rng.random(n) < setting.stray, _draw(rates, rng), line)
        said[np.arange(n), own] += 1
    return said


def _draw(rates: Float64, rng: np.random.Generator) -> Int64:
    drawn = (rng.random((len(rates), 1)) > rates.cumsum(axis=1)).sum(axis=1)
    return np.asarray(np.minimum(drawn, SILENT), dtype=np.int64)


def _copies(setting: Setting, kind: int, spoken: Int64, rng: np.random.Generator) -> Int64:
    """Return (n, 2, 2): copies that are known as such and hidden ones, affirming and denying."""
    outlets = setting.relays if kind in {BLAMES, BLAMED} else 1
    copied: Int64 = rng.binomial(spoken[:, [AFFIRMS, DENIES]] * outlets, setting.copies)
    hidden: Int64 = rng.binomial(copied, setting.hidden)
    return np.stack([copied - hidden, hidden], axis=1)
