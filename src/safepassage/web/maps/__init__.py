"""Say what the canvas map shows: features, flows, tiles."""
