"""A TOML file as values with the place of each, and why a text is none."""
