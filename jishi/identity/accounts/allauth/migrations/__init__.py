"""allauth's account tables, made by us: their e-mail column is sealed (docs/decisions/0021)."""
