"""Hold the file formats: one module per format, bytes to domain values and back."""
