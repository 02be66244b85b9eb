"""Hold the nouns: frozen, validated values with units in their names; imports no other room."""
