"""Stock: pieces of every SKU in every warehouse, the claims on them and each movement in or out.

Owns `on_hand`, `reserved` and what activities set aside. Promises that nothing is ever sold twice: reserving
is all or nothing, rows are locked in key order, and the database refuses a negative figure whatever the code
does. Never waits for a network while it holds a row, and never changes a figure without a movement or a
reservation that explains it.
"""
