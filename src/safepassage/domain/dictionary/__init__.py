"""Hold the data dictionary: every table, field, unit and class of a case."""
