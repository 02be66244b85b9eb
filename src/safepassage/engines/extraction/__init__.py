"""From text to proposed claims: who says what on whose word; every span keeps its place in the text."""
