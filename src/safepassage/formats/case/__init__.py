"""Read and write what a planner hands in: tables, map files, settings, a population grid."""
