"""Draw maps and curves as pictures and as vector tiles."""
