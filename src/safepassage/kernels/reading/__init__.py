"""Parse English and tag words in sequence."""
