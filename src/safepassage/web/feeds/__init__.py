"""Answer scripts and map programs: entries as they come, map data, OGC API Features."""
