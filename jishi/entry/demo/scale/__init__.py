"""A market as large as wanted: products, merchants and orders by the million, added to whatever is there.

Everything about the n-th product or order follows from the seed number and n (`wares`, `sales`: pure), so any part
can be made anew by any process without reading it back, and memory stays the same for any size. Rows go to PostgreSQL
by COPY, a few thousand products or orders a transaction. Nothing is given up for it: foreign keys, CHECKs, the
ledger's balance and every index stand as they do for a purchase; only who looks at the foreign keys may be another
(`keys`).

What a real shop would have beside it and this one has not: reviews, the carriers' scans, and the channels' memory of
the captures (a refund of such an order is refused by the simulators).
"""
