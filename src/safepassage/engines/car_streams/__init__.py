"""Cars in bulk: from booked passages of thousands of cars to the streams of a schedule."""

from safepassage.engines.car_streams.all_cars import (
    arrives_as_can,
    by_car,
    by_car_alone,
    drive_all,
    lead_cars,
    led_as_flows,
)
from safepassage.engines.car_streams.book_flows import Effort, book_flows
from safepassage.engines.car_streams.flows import earliest_flows
from safepassage.engines.car_streams.going_on import LedOn, lead_on
from safepassage.engines.car_streams.live import car_places, live_cars, schedule_of_live, where_they_stand
from safepassage.engines.car_streams.path_flows import PathFlows, planned_turns
from safepassage.engines.car_streams.refine import Refined, Scout, refined
from safepassage.engines.car_streams.streams import BookedCars, road_pieces, schedule_of

__all__ = [
    "BookedCars",
    "Effort",
    "LedOn",
    "PathFlows",
    "Refined",
    "Scout",
    "arrives_as_can",
    "book_flows",
    "by_car",
    "by_car_alone",
    "car_places",
    "drive_all",
    "earliest_flows",
    "lead_cars",
    "lead_on",
    "led_as_flows",
    "live_cars",
    "planned_turns",
    "refined",
    "road_pieces",
    "schedule_of",
    "schedule_of_live",
    "where_they_stand",
]
