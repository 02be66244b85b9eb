"""Read what was reported, as text, rows or alerts, and write the ledger and its tables."""
