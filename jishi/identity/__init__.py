"""Who: accounts, merchants and their staff, notifications. Knows nothing of goods, trade or money."""
