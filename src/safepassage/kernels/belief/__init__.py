"""Weigh who said what: events, and numbers."""
