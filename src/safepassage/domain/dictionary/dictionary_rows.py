"""What a row of the data dictionary says."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from safepassage.domain.release import SensitivityClass


class ValueType(StrEnum):
    """What stands in a cell; the value is what the reference page calls it."""

    ID = "id"
    TEXT = "text"
    TEXTS = "texts, separated by ;"
    WHOLE = "whole number"
    NUMBER = "number"
    WORD = "word"
    YES_NO = "yes or no"
    TIME = "time"
    MOMENT = "date, or date and time"
    HOURS = "hours"
    REFERENCE = "id of a row elsewhere"
    REFERENCES = "ids of rows elsewhere, separated by ;"
    SELECTORS = "roads"
    HOUSEHOLDS = "household sizes"
    TIMETABLE = "timetable"
    GEOMETRY = "polygon"
    ZONES = "time zones"
    FILE = "file name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: what stands in the file and which field of the noun it fills.

    `minimum`, `maximum` are in the unit of the file (texts: characters; times: years from the start of the
    case, 1 where nothing is stated). `allowed` are the words of a WORD column, or the words a REFERENCE may
    hold beside ids of `refers_to`. `default` is written as in a file. Where `ends_day` holds, a date alone
    means the end of that day, not its beginning.
    """

    name: str
    field: str
    type: ValueType
    meaning: str
    sensitivity: SensitivityClass
    unit: str = ""
    scale: int = 1
    required: bool = False
    default: str = ""
    allowed: tuple[str, ...] = ()
    refers_to: str = ""
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    source: str = ""
    example: str = ""
    ends_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: a sheet of the workbook, or a CSV file of the folder, with the noun its rows become.

    `keyed` tables hold one setting per row (key, value, comment); their columns are the keys.
    """

    name: str
    noun: str
    meaning: str
    columns: tuple[Column, ...]
    required: bool = False
    keyed: bool = False

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        KeyError
            When the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}")


SOURCE_GRADES = ("A", "B", "C", "D", "E", "F")
INFORMATION_GRADES = ("1", "2", "3", "4", "5", "6")

_GRADING = "Admiralty grading (NATO AJP-2.1): two separate axes"

PROVENANCE: tuple[Column, ...] = (
    Column(
        name="source",
        field="provenance.source",
        type=ValueType.TEXT,
        meaning="Who says so, in words: an organisation, a document, an outlet. Never a private person.",
        sensitivity=SensitivityClass.RESTRICTED,
        maximum=1000,
        example="regional administration",
    ),
    Column(
        name="source_grade",
        field="provenance.source_grade",
        type=ValueType.WORD,
        meaning="Reliability of the source, A (completely reliable) to E (unreliable); F cannot be judged.",
        sensitivity=SensitivityClass.RESTRICTED,
        allowed=SOURCE_GRADES,
        source=_GRADING,
        example="C",
    ),
    Column(
        name="information_grade",
        field="provenance.information_grade",
        type=ValueType.WORD,
        meaning="Credibility of the information, 1 (confirmed by others) to 5 (improbable); 6 cannot be "
        "judged.",
        sensitivity=SensitivityClass.RESTRICTED,
        allowed=INFORMATION_GRADES,
        source=_GRADING,
        example="3",
    ),
    Column(
        name="report",
        field="provenance.report",
        type=ValueType.REFERENCE,
        refers_to="reports",
        meaning="The report this row rests on.",
        sensitivity=SensitivityClass.RESTRICTED,
        example="report-1",
    ),
    Column(
        name="as_of",
        field="provenance.as_of",
        type=ValueType.MOMENT,
        meaning="When this was true according to the source.",
        sensitivity=SensitivityClass.RESTRICTED,
        example="2030-05-14",
    ),
    Column(
        name="note",
        field="provenance.note",
        type=ValueType.TEXT,
        meaning="Anything else a colleague should know. Never names, phones or documents of private persons.",
        sensitivity=SensitivityClass.RESTRICTED,
        maximum=2000,
    ),
)
"""The columns that say who says so and when; most tables end with them."""
