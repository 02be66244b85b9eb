"""Keep what the office works on: the log folded, the planner beside it, who is signed in."""
