"""Say in words and figures what a released plan holds: for pages, sheets and maps alike."""
