"""Hold the development and set-up commands; only the standard library may be imported here."""
