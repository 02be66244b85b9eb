"""Hold the arithmetic: arrays in, arrays out; the only room that knows solver libraries."""
