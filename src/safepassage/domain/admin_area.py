"""Administrative units by name and P-code: what joins a row to everybody else's tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminArea:
    """Where a place lies, as the common operational data sets number it; "" where it is not stated.

    `pcode` is that of the place itself, or of the smallest unit it lies in that has one.
    """

    adm1_name: str = ""
    adm1_pcode: str = ""
    adm2_name: str = ""
    adm2_pcode: str = ""
    pcode: str = ""

    def stated(self) -> dict[str, str]:
        """Return what is stated, by name."""
        return {name: text for name, text in asdict(self).items() if text}
