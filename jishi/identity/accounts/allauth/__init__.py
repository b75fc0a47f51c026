"""What allauth keeps for accounts, made by us: see docs/decisions/0021."""
