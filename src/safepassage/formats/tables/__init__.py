"""Write a released plan as rows: schedule, aid, figures."""
