"""Aid: commodities and norms, what is needed where and when, what lies in stock and is under way."""
