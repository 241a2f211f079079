"""The styles, as data, by where they come from."""
