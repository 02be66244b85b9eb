"""Answer questions on graphs and shapes: shortest paths, cuts, flows, trees, travel times, polygons."""
