"""A linear-chain conditional random field over feature strings: fitted to labelled rows, then used.

Lafferty, McCallum, Pereira, "Conditional Random Fields" (ICML 2001); the fitting is CRFsuite's L-BFGS.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

SETTINGS: dict[str, float | int | bool] = {
    "c1": 0.2,
    "c2": 0.02,
    "feature.minfreq": 2,
    "feature.possible_transitions": True,
}


class TaggerMissingError(ImportError):
    """The library of the tagger is not installed; `str()` says how to get it."""


def fit(
    rows: Iterable[tuple[Sequence[Sequence[str]], Sequence[str]]], model: str, *, most_rounds: int
) -> None:
    """Fit a model to (features, labels) rows and write it to the file `model`.

    Raises
    ------
    TaggerMissingError
        When the library is not installed.
    """
    trainer = _library().Trainer(algorithm="lbfgs", verbose=False)
    for features, labels in rows:
        trainer.append(features, labels)
    trainer.set_params({**SETTINGS, "max_iterations": most_rounds})
    trainer.train(model)


def label(model: str, features: Sequence[Sequence[str]]) -> list[str]:
    """Return the most probable labels of one row by the model in a file.

    Raises
    ------
    TaggerMissingError
        As `fit`.
    """
    return list(_tagger(model).tag(features))


@lru_cache(maxsize=2)
def _tagger(model: str) -> Any:
    tagger = _library().Tagger()
    tagger.open(model)
    return tagger


def _library() -> Any:
    try:
        import pycrfsuite  # noqa: PLC0415 - optional
    except ImportError as missing:
        raise TaggerMissingError(
            "a trained reading needs the extra 'nlp': pip install 'safepassage[nlp]'"
        ) from missing
    return pycrfsuite
