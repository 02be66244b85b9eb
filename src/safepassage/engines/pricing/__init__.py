"""What a place on a gate, in a vehicle or at a site is worth: prices that bound every plan and guide ours."""

from safepassage.engines.pricing.generate import Priced, load, price

__all__ = ["Priced", "load", "price"]
