"""The store: an append-only event log, on disk when acknowledged, chained, signed, sealed."""
