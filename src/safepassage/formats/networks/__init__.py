"""Read road networks: OpenStreetMap, MATSim, TNTP, plain tables; keep what was read."""
