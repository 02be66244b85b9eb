"""Every code of a problem: what it means and how it is mended. The reference page is made from this table.

Codes are part of the interface: programs may look for them, so a code is never given a new meaning.
"""

from __future__ import annotations

from collections.abc import Mapping

from safepassage.domain.problem_code import ProblemCode, Weight
from safepassage.domain.problem_code import codes as _codes
from safepassage.domain.problem_codes_aid import AID

__all__ = ["PROBLEM_CODES", "ProblemCode", "Weight"]

_E, _W, _X, _U = Weight.ERROR, Weight.WARNING, Weight.EITHER, Weight.UNSERVED

_FILES = _codes(
    "Files",
    (
        "FILE_MISSING",
        _E,
        "the case, its `case.toml`, or a file it names is not there",
        "check the name and the folder",
    ),
    ("FILE_UNREADABLE", _E, "the file cannot be opened", "check its permissions"),
    (
        "FILE_OUTSIDE",
        _E,
        "the case names a file outside its own folder",
        "put the file beside the case and write its name only",
    ),
    (
        "FILE_KIND",
        _E,
        "the file is of a kind that is not read (an old `.xls`, a picture …)",
        "save it as `.xlsx`, CSV, or one of the map formats",
    ),
    (
        "FILE_DAMAGED",
        _E,
        "the file is damaged or incomplete",
        "copy it again from where it came, or save it anew",
    ),
    (
        "FILE_ENCODING",
        _E,
        "a CSV file is not in the encoding the case states",
        "save it as UTF-8, or state its encoding in the settings",
    ),
    (
        "FILE_PASSWORD",
        _E,
        "the workbook is protected with a password",
        "remove the password and save it again",
    ),
    (
        "FILE_TOO_LARGE",
        _E,
        "the file is larger than any case, or unpacks to far more than it holds (a zip bomb)",
        "hand in only the rows that are planned with",
    ),
    (
        "FILE_UNSAFE_XML",
        _E,
        "the file holds entities, or is nested too deep",
        "export it again; do not trust where it came from",
    ),
    (
        "CSV_QUOTES",
        _E,
        "a row cannot be split into cells",
        "close every quotation mark; write one inside a cell twice",
    ),
    ("TOML_SYNTAX", _E, "`case.toml` is not valid", "mend the line that is named"),
    (
        "LEDGER_LINE",
        _E,
        "a line of a claims ledger is damaged, or speaks of what the ledger does not hold",
        "mend the line or leave it out; the others were read",
    ),
    ("REPORT_EMPTY", _E, "a report holds no words", "check that the text was saved, not a picture of it"),
    ("REPORT_NOT_TEXT", _E, "a report is no text, HTML, PDF or CSV, or damaged", "save it as one of these"),
    ("REPORT_TOO_LONG", _E, "a report is longer than two hundred pages", "split it"),
    (
        "REPORT_LANGUAGE",
        _E,
        "a report is written in a script that is not read (Latin and Cyrillic are)",
        "hand in a translation, marked so",
    ),
    ("REPORT_DATE", _E, "a date of publication is no date", "write it as 2024-08-14"),
    (
        "MODEL_SILENT",
        _E,
        "the language model on this computer does not answer",
        "start its server, or read without `--model`",
    ),
    (
        "MODEL_ANSWER",
        _E,
        "the language model's answer is not of the form asked for",
        "use another model, or read without `--model`",
    ),
    (
        "MODEL_WORDS",
        _W,
        "a language model proposed words that are not in the text; they were left out",
        "nothing; if most are left out, use another model",
    ),
    ("GAZETTEER_ROW", _E, "a row of a gazetteer is no place", "give a name, degrees and a known kind"),
    ("ACTOR_ROW", _E, "a row of a list of actors is no actor", "give a name and a known kind"),
    (
        "CLAIM_ROW",
        _E,
        "a row of a table of claims names no claim of the ledger, or holds no decision or grade",
        "leave the column claim as it was written; decide with accept, reject or unverifiable",
    ),
    (
        "INTAKE_ROW",
        _E,
        "a row, feature or alert that comes in as a claim cannot be used",
        "mend the cell that is named; the others were taken",
    ),
    (
        "ALERT_NOT_ACTUAL",
        _W,
        "an alert is an exercise, a test or a draft and was left out",
        "hand in alerts with status Actual",
    ),
    (
        "PRIVATE_COLUMNS",
        _W,
        "columns that name private persons were left out of what is kept",
        "leave them out of what you hand on",
    ),
    (
        "REPORT_MARKS",
        _E,
        "the marks or notes of an annotated report do not fit together",
        "mend the mark that is named; the other reports were read",
    ),
    ("TOML_NESTED", _E, "settings are nested too deep", "write `key = value` below one `[section]` at most"),
)
_TABLES_AND_COLUMNS = _codes(
    "Tables and columns",
    ("TABLE_MISSING", _E, "a required table is missing", "add the sheet or the file"),
    ("TABLE_EMPTY", _E, "a required table has no rows", "fill it in"),
    (
        "TABLE_BLANK",
        _W,
        "an optional table is there without a word in it, as a save that failed leaves it",
        "save it anew, or remove it",
    ),
    ("TABLE_TWICE", _E, "a table is there twice", "remove or rename one"),
    ("TABLE_UNKNOWN", _W, "a sheet or file is no table of a case; it was left out", "rename it, or leave it"),
    ("COLUMN_MISSING", _E, "a required column is missing", "add it"),
    ("COLUMN_TWICE", _E, "a column is there twice", "keep one"),
    ("COLUMN_UNKNOWN", _W, "a column is not known; it was left out", "rename it; remarks belong in `note`"),
    (
        "COLUMN_PERSONAL",
        _E,
        "a column would hold data of single persons",
        "delete it: planning needs counts only",
    ),
    ("COLUMN_HIDDEN", _W, "a hidden column was read", "show it, and check what it says"),
    ("ROW_HIDDEN", _W, "a hidden row was read", "show it, and check what it says"),
    ("ROW_TOTALS", _W, "a row of totals was left out", "see whether the rows above are all there"),
    ("ROWS_ABOVE", _W, "rows above the names of the columns were left out", "see what they say"),
    ("SHEET_HIDDEN", _W, "a hidden sheet was read", "show it, and check what it says"),
    (
        "ROW_TOO_LONG",
        _E,
        "a row has more cells than the header",
        "put texts with a separator in quotation marks",
    ),
    ("SETTING_MISSING", _E, "a required setting is missing", "add it"),
    ("SETTING_TWICE", _E, "a setting is there twice", "keep one"),
    ("SETTING_UNKNOWN", _W, "a setting is not known; it was left out", "check its spelling"),
)
_CELLS = _codes(
    "Cells",
    ("CELL_EMPTY", _E, "a required cell is empty", "fill it in"),
    (
        "CELL_ERROR",
        _E,
        "the cell holds a spreadsheet error such as `#REF!`",
        "mend the formula, or type the value",
    ),
    (
        "CELL_FORMULA",
        _W,
        "the cell holds a formula; its stored result was read",
        "check that the workbook was saved after the last change",
    ),
    (
        "CELL_FORMULA_EMPTY",
        _E,
        "a formula has no stored result",
        "open the workbook in a spreadsheet program and save it",
    ),
    ("CELL_MERGED", _E, "merged cells hide which row is meant", "unmerge them and fill in each row"),
    ("WORD_UNKNOWN", _E, "the word is not one of those allowed", "write one of those named"),
    ("NUMBER_FORMAT", _E, "this is not a number", "write digits only, with a point for decimals"),
    ("NUMBER_AS_TEXT", _E, "a number is written with words or units", "write the number alone"),
    (
        "NUMBER_STORED_AS_TEXT",
        _W,
        "the workbook stores a number as text; it was read as a number",
        "turn the column into numbers",
    ),
    ("NUMBER_DECIMAL_COMMA", _E, "a number has a decimal comma", "write a point"),
    ("NUMBER_NEGATIVE", _E, "the number must not be negative", "write 0 or more, or leave out the row"),
    (
        "NUMBER_NOT_WHOLE",
        _E,
        "the number must be whole",
        "round it: there are no parts of a person or a vehicle",
    ),
    ("NUMBER_TOO_LARGE", _E, "the number is beyond any case", "check the figure and its unit"),
    ("NUMBER_TOO_SMALL", _E, "the number is too small", "check the figure and its unit"),
    ("TEXT_CONTROL", _E, "a text holds control characters", "type it anew"),
    ("TEXT_TOO_LONG", _E, "a text is too long", "shorten it"),
    (
        "ID_FORMAT",
        _E,
        "this cannot be an id",
        "use letters, digits, spaces and `- _ . /`, up to 64 characters",
    ),
    ("ID_TWICE", _E, "two rows have one id", "give every row its own, and check which is right"),
    (
        "ID_RESERVED",
        _E,
        "a direction is called like an answer (`stays`, `undecided`)",
        "call the direction something else",
    ),
    ("REFERENCE_UNKNOWN", _E, "the cell names a row that does not exist", "mend the name, or add the row"),
    (
        "ROAD_FORMAT",
        _E,
        "the cell does not say which road",
        "write `link:ID`, `way:NUMBER`, `ref:R200`, `name:ROAD`, `near:LAT,LON`, `area:ID` or `place:ID`",
    ),
    (
        "HOUSEHOLDS_FORMAT",
        _E,
        "this is no list of household sizes",
        "write `4x10; 2x5` for ten households of four and five of two",
    ),
    ("TIMETABLE_FORMAT", _E, "this is no list of departures", "write `06:30 500; 12:30 500`"),
    ("COUNTRY_FORMAT", _E, "this is no country code", "write two letters"),
)
_TIMES = _codes(
    "Times",
    ("TIME_FORMAT", _E, "this is not a date and time", "write `2030-05-14 06:00`"),
    ("TIME_OFFSET", _E, "the time has no offset from UTC", "write `2030-05-14T06:00+03:00`"),
    ("TIME_ZONE", _E, "the time zone is not known on this computer", "write the offset: `Kursk=+03:00`"),
    ("TIME_FAR", _E, "the time is far from the case", "check the year, and the order of day and month"),
    (
        "TIME_CHANGES",
        _W,
        "clocks change within the hours that are planned",
        "tell everybody that both times are printed, the one before the change first",
    ),
    ("HOURS_FORMAT", _E, "these are no hours of a day", "write `06:00-20:00`"),
    ("WINDOW_REVERSED", _E, "a window ends before it starts", "put the earlier time first"),
    (
        "WINDOW_OUTSIDE",
        _W,
        "a window lies outside the hours that are planned",
        "check date and time, or raise `horizon_h`",
    ),
    ("WINDOW_MISSING", _W, "an arrangement states no time; it is shown, not used", "fill in when it holds"),
)
_PLACES_AND_AREAS = _codes(
    "Places and areas",
    (
        "PLACE_NO_LOCATION",
        _E,
        "a place has neither coordinates nor a node",
        "fill in `lat` and `lon`, or `node`",
    ),
    (
        "PLACE_SWAPPED",
        _E,
        "with latitude and longitude swapped the place would lie beside the others",
        "swap them",
    ),
    ("PLACE_FAR", _W, "a place lies far from all others", "check whether another place has the same name"),
    (
        "PLACE_OFF_NETWORK",
        _W,
        "a place lies too far from any road; it is left out and its people are counted as unserved",
        "check its coordinates, or raise `snap_limit_m`",
    ),
    ("PLACE_KIND", _E, "the row needs a place of another kind", "name one"),
    ("SITE_NO_DIRECTION", _E, "a reception site belongs to no direction", "name one"),
    (
        "SITE_NO_CAPACITY",
        _W,
        "a reception site states no capacity; it is planned without a limit",
        "ask for it",
    ),
    (
        "DIRECTION_NOT_SITE",
        _E,
        "a place that is no reception site has a direction",
        "empty the cell; for a crossing use `permitted_directions`",
    ),
    (
        "CROSSING_NO_FIGURES",
        _W,
        "a crossing states no throughput; the capacity of its road is used",
        "fill in `persons_h` and `vehicles_h`",
    ),
    ("SOURCE_MISSING", _W, "figures have no source", "write who says so"),
    ("WAITING_NO_ROOM", _W, "a waiting place has no room for vehicles", "fill in `storage_vehicles`"),
    ("GEOMETRY_FORMAT", _E, "this is no polygon", "write `POLYGON ((lon lat, …))`, or name a map file"),
    ("GEOMETRY_FEATURE", _E, "the map file has no polygon of that name", "mend the name"),
    (
        "GEOMETRY_KIND",
        _E,
        "the map file or cell holds points or lines, not an area",
        "draw the area as a polygon",
    ),
    ("GEOMETRY_NOT_CLOSED", _E, "a ring does not end where it begins", "repeat its first point"),
    ("GEOMETRY_CROSSES_ITSELF", _E, "a polygon crosses itself", "draw it again"),
    ("GEOMETRY_REFERENCE", _E, "the map file is not in longitude and latitude", "export it in WGS 84"),
    ("GEOMETRY_SWAPPED", _E, "latitude and longitude are swapped", "write longitude first"),
    ("GEOMETRY_TOO_LARGE", _E, "a polygon has too many points", "simplify it"),
    ("AREA_FAR", _W, "an area lies far from the places and has no effect", "check its coordinates"),
    (
        "AREA_NOT_AGREED",
        _E,
        "an area is called a protected zone without an agreement",
        "use `announced_zone`, or add the agreement",
    ),
    (
        "ARRANGEMENT_BASIS",
        _E,
        "an arrangement lacks what its kind rests on",
        "fill in the field that is named",
    ),
    ("HAZARD_MISSING", _E, "a reported hazard states no probability", "fill in `hazard_p`"),
    ("HAZARD_ORDER", _E, "the three probabilities are out of order", "put them in order"),
    (
        "STATUS_CONTRADICTION",
        _E,
        "a road has two statuses at one time",
        "keep the one you believe, or give times that do not overlap",
    ),
)
_PEOPLE_AND_VEHICLES = _codes(
    "People and vehicles",
    ("DEMAND_TWICE", _E, "the same people are counted in two rows", "keep the right row, or add the two"),
    ("HOUSEHOLDS_SUM", _E, "the households hold more persons than the row", "correct one of the two"),
    (
        "EXERCISE_BASIS",
        _E,
        "invented numbers in a case that is no exercise",
        "mark the case, or give the real basis",
    ),
    (
        "DIRECTIONS_MANY",
        _E,
        "there are more directions than can be told apart",
        "join those with the same exits",
    ),
    ("NO_EXIT", _W, "a direction has no reception site; who chose it is unserved", "add one"),
    (
        "NO_FLEET",
        _W,
        "there are no vehicles; who has none is unserved, but for transit links",
        "add vehicles, assumed ones with `assumption`",
    ),
    ("NO_PLACES", _W, "no vehicle has the places some people need", "add vehicles that have them"),
    ("SPARE_SEATS_FEW", _W, "people are undecided, and few seats are kept free", "set `spare_seat_percent`"),
    ("CARERS_ALONE", _W, "carers leave a place, but nobody of the group they care for", "add those persons"),
    ("DEMAND_LARGE", _W, "a row has ten times as many persons as live at its place", "check the figure"),
    ("NO_DEMAND", _W, "nobody leaves and nobody is undecided", "add those who chose"),
    ("VEHICLE_EMPTY", _W, "vehicles have neither places nor payload", "fill in `seats`"),
)
_NETWORKS = _codes(
    "Networks",
    (
        "NETWORK_MISSING",
        _E,
        "the case has neither a road network nor tables of nodes and links",
        "name one in the settings",
    ),
    ("NODE_UNKNOWN", _X, "a link or place names a node that does not exist", "mend its id"),
    ("LINK_LOOP", _E, "a link begins and ends at one place", "name two"),
    ("MODES_MIXED", _E, "a link is for vehicles and for persons at once", "write two links"),
    ("TRAVEL_TIME_ASSUMED", _W, "a link states no time; one was assumed", "fill in `travel_min`"),
    (
        "LENGTH_TOO_SHORT",
        _W,
        "a link is shorter than the straight line between its ends",
        "check length and coordinates",
    ),
    (
        "LENGTH_TOO_LONG",
        _W,
        "a link is many times as long as the straight line between its ends",
        "check length and coordinates",
    ),
    (
        "ROAD_NOT_FOUND",
        _W,
        "a row points at no road of the network and has no effect there",
        "check the id; `near:LAT,LON` takes the closest road",
    ),
    ("FEATURE_UNUSED", _W, "a map file holds things that are not planned with", "nothing, if that was meant"),
)
_PERSONS_NOT_SERVED = _codes(
    "Persons not served",
    (
        "UNSERVED_NO_EXIT",
        _U,
        "the direction has no reception site",
        "add a reception site of that direction, or ask people about the other directions",
    ),
    (
        "UNSERVED_UNREACHABLE",
        _U,
        "no open way leads from the place to a reception site of the direction",
        "check statuses, windows and weight limits on the way; ask for the status of the roads named",
    ),
    (
        "UNSERVED_NOT_ON_NETWORK",
        _U,
        "the place lies too far from any road of the network",
        "check the coordinates, raise snap_limit_m, or use a larger map extract",
    ),
    (
        "UNSERVED_NO_VEHICLE",
        _U,
        "no vehicle has the places these persons need",
        "add vehicles with seats, wheelchair or stretcher places, as needed",
    ),
    (
        "UNSERVED_FLEET_TIME",
        _U,
        "the vehicles cannot make enough round trips in time",
        "add vehicles or drivers, or more hours",
    ),
    (
        "UNSERVED_ROAD_TIME",
        _U,
        "roads, crossings or their windows let no more through in time",
        "ask for longer windows at the crossing or road named as limit, or plan more hours",
    ),
    (
        "UNSERVED_SITE_FULL",
        _U,
        "the reception sites of the direction are full",
        "add reception sites or capacity in that direction",
    ),
    (
        "UNSERVED_EXPOSURE_CAP",
        _U,
        "every journey would exceed the exposure cap",
        "do not move them now; what they need where they are stands in the plan",
    ),
    (
        "UNSERVED_WORK_LIMIT",
        _U,
        "the work or time limit was reached before these persons were planned; raise it",
        "raise work_limit",
    ),
    (
        "UNSERVED_CUT_OFF",
        _U,
        "they had left when the way ahead was closed, and no other way leads on from where they are",
        "find out where they are now; reopen the way, or send help there: the plan cannot",
    ),
)

_ESTIMATES = _codes(
    "Estimates",
    (
        "AREA_WITHOUT_ROADS",
        _E,
        "no road that cars may use lies in the area",
        "check the corners of the area (latitude and longitude swapped?) and the map extract",
    ),
    (
        "AREA_BEYOND_MAP",
        _X,
        "the area lies outside the map, wholly (error) or in part (warning)",
        "use a map extract that holds the whole area, and some kilometres around it",
    ),
    (
        "AREA_WITHOUT_EXIT",
        _E,
        "no road leaves the area, or the area is larger than the map",
        "use a larger map extract, or name exits with `--exits`",
    ),
    (
        "EXIT_OFF_NETWORK",
        _E,
        "a named exit is more than 2 km from any road",
        "check its coordinates (latitude first), or use a larger map extract",
    ),
    (
        "CHECKPOINT_OFF_NETWORK",
        _E,
        "a checkpoint is more than 2 km from any road of the area",
        "check its coordinates, or draw the area so that it holds the checkpoint",
    ),
    (
        "AREA_TOO_POPULOUS",
        _E,
        "the people fill more cars than a quick look plans",
        "estimate parts of the area, or give more persons per car and say so",
    ),
    ("AREA_WITHOUT_PEOPLE", _E, "the population is 0", "give the number of persons in the area"),
    (
        "GRID_OUTSIDE_AREA",
        _E,
        "no person of the population grid lives in the area",
        "check that grid and area are of the same region, and which column holds the persons",
    ),
    (
        "GRID_FAR_FROM_ROADS",
        _W,
        "persons of the grid live more than 500 m from a road of the area and are not counted",
        "check the grid and the map extract",
    ),
    ("TABLE_VALUE", _E, "a cell of a table of exits, links or checkpoints cannot be used", "see the message"),
)

PROBLEM_CODES: Mapping[str, ProblemCode] = {
    row.code: row
    for rows in (
        _FILES,
        _TABLES_AND_COLUMNS,
        _CELLS,
        _TIMES,
        _PLACES_AND_AREAS,
        _PEOPLE_AND_VEHICLES,
        AID,
        _NETWORKS,
        _ESTIMATES,
        _PERSONS_NOT_SERVED,
    )
    for row in rows
}
"""All codes of problems and reasons, in the order in which they are explained."""
