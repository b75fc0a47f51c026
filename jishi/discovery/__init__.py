"""How things are found: search and the home page."""
