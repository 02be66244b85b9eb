"""Write a released plan for map programs, simulators and field devices."""
