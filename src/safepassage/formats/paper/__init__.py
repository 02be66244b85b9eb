"""Set documents for paper from one description, as HTML and as PDF."""
