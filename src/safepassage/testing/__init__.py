"""Hold tiny named cases and strategies for tests of this package and of its users."""
