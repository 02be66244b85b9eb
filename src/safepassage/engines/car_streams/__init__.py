"""Cars in bulk: from booked passages of thousands of cars to the streams of a schedule."""

from safepassage.engines.car_streams.streams import BookedCars, road_pieces, schedule_of

__all__ = ["BookedCars", "road_pieces", "schedule_of"]
