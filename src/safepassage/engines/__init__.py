"""Hold the verbs: one module per planning question, from domain values to domain values."""
