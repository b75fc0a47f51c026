"""Ranking: how good an offer each product is, whatever somebody searches for.

Owns one factor for each product on sale, from 0.5 to 2, made of what was sold lately, how many lookers buy, what
buyers think, what comes back and how complete the listing is. Promises that the factor rises with each of them, that
a product nobody knows anything of has a factor near 1, and that a change worth showing reaches every index. Never
decides what a search finds, only in which order.
"""
