"""What allauth keeps of sessions, made by us: see docs/decisions/0021."""
