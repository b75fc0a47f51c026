"""Money: the ledger, payments and refunds, settlement with merchants. Knows orders only by id."""
