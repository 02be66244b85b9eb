"""Write entries, chains, checkpoints and bundles of the event log, and read them back."""
