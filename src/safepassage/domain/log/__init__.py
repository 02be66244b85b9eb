"""The event log: entries that are only added, what can be said about them, how logs of offices merge."""
