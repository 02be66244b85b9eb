"""Choose and bound sites: medians, covers, centres, with and without limits of room."""
