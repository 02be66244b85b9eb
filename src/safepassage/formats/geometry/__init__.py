"""Read points and polygons from GeoJSON, KML, GPX and well-known text."""
