"""Search and bound shuttle tours: few vehicles, many trips, people who need help to board."""
