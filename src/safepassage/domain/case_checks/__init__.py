"""Check a case as a whole, after each of its cells."""
