"""What lies in depots, what is under way, and the trucks that carry it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safepassage.domain.provenance import Provenance


class StockState(StrEnum):
    """Whether a lot is in the depot, on its way there, or promised."""

    HELD = "held"
    EXPECTED = "expected"
    PLEDGED = "pledged"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLot:
    """One lot of a commodity at a depot: `quantity_milli` thousandths of its unit.

    It can be loaded from `available_from_s` on and until `expires_s` (None: no date stated). Pledged goods
    are shown and never planned with. `unit` is what the depot wrote, "" where it wrote none.
    """

    id: str
    depot: str
    commodity: str
    quantity_milli: int
    state: StockState = StockState.HELD
    available_from_s: int = 0
    expires_s: int | None = None
    donor: str = ""
    unit: str = ""
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Truck:
    """`count` identical trucks at one depot; `units_mveh` is the road space of one in thousandths of a car.

    `weight_kg` is the loaded weight that bridges have to bear; `organisation` runs them ("": not stated).
    Hours of driving are those of one driver: no more than `max_drive_s` a day and `break_after_s` without a
    break of `break_s` (0: none is needed), and `rest_s` between two days. All trucks of a `convoy` ("": each
    drives alone) drive together.
    """

    id: str
    count: int
    depot: str
    payload_kg: int
    volume_l: int
    weight_kg: int
    units_mveh: int = 2_500
    cold_chain: bool = False
    available_from_s: int = 0
    available_until_s: int | None = None
    max_duty_s: int | None = None
    max_drive_s: int = 32_400
    break_after_s: int = 16_200
    break_s: int = 2_700
    rest_s: int = 39_600
    name: str = ""
    organisation: str = ""
    convoy: str = ""
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """One line of a waybill: so much of a commodity from a depot to a place, dispatched and received.

    `received_milli` is None until the receiver has counted. `unit` is what the waybill wrote, "" for nothing.
    """

    waybill: str
    depot: str
    place: str
    commodity: str
    dispatched_milli: int
    lot: str = ""
    dispatched_s: int | None = None
    received_milli: int | None = None
    received_s: int | None = None
    unit: str = ""
    provenance: Provenance = Provenance()

    @property
    def missing_milli(self) -> int:
        """What was dispatched and not received; 0 while nobody has counted."""
        return 0 if self.received_milli is None else self.dispatched_milli - self.received_milli
