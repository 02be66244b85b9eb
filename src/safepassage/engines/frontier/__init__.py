"""What exposure is worth in sampled worlds, and which plans no other betters in everything."""

from safepassage.engines.frontier.least import least_exposure
from safepassage.engines.frontier.points import best_of, leanings, served_as_many
from safepassage.engines.frontier.worlds import TAIL, Worlds, expected, losses, tail

__all__ = [
    "TAIL",
    "Worlds",
    "best_of",
    "expected",
    "leanings",
    "least_exposure",
    "losses",
    "served_as_many",
    "tail",
]
