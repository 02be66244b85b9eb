"""Read and write movements: drafts, notifications, the sheets of a radio desk."""
