"""Find the cheapest journeys under prices, and the prices: value tables, columns, cuts."""
