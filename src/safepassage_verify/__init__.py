"""Check a plan against its inputs with the standard library and numpy only."""
