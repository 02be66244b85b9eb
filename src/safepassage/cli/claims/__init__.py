"""Run `safepassage claims`, and weigh claims for a plan."""
