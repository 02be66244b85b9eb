"""Run `safepassage movement`, and describe its options."""
