"""Open a store at the command line, and run `safepassage log`."""
