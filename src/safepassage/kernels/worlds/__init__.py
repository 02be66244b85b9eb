"""Draw worlds and run movements through them."""
