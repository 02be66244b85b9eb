"""Search and prove routes of the bus evacuation problem."""
