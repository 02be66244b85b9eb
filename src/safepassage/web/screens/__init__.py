"""Show each screen and take its forms: situation, plan, movements, changes, settings, paper."""
