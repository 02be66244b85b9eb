"""Say on a terminal what a plan, an estimate or a what-if holds, and what it goes on from."""
