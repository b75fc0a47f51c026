"""The catalogue: categories with their attributes, brands, products and their SKUs.

Owns what is described and what can be bought, from draft through listing review to the shelf, and the
sequence of changes that search and caches follow. Promises that the live version stays on sale, unchanged,
until a proposed one is approved; that every change of what people see appends to the sequence in the same
transaction; that a product page costs no statement when cached and at most three when not. Never counts
pieces and never computes what a buyer pays.
"""
