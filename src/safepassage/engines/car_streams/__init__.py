"""Cars in bulk: from booked passages of thousands of cars to the streams of a schedule."""

from safepassage.engines.car_streams.book_flows import Effort, book_flows
from safepassage.engines.car_streams.path_flows import PathFlows, planned_turns
from safepassage.engines.car_streams.streams import BookedCars, road_pieces, schedule_of

__all__ = ["BookedCars", "Effort", "PathFlows", "book_flows", "planned_turns", "road_pieces", "schedule_of"]
