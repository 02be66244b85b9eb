"""Write the report, the page of an estimate and what a notebook shows."""
