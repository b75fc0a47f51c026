"""allauth's table of sessions, made by us: its columns are sealed (docs/decisions/0021)."""
