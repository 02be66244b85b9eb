"""Search tours of a mixed fleet under tolls of roads and sites."""
