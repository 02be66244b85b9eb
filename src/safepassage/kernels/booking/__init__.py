"""Book cars and vehicles in the exact calendars of roads: in turn, in slots, in the order of a flow."""
