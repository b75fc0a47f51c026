"""Pre-sales: pieces sold ahead for a deposit, the balance to be paid later.

Owns what merchants offer and who ordered of it. Promises that no more is sold than was set aside, and that the terms
of an order stay those it was placed under: a pre-sale is stopped, never changed. Never takes money itself.
"""
