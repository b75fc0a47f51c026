"""Coupons: templates that merchants and the platform issue, how they are given, held, locked, used and returned.

Owns what a coupon promises (frozen at the version it was given at), how many there are, and who holds them; hands the
price function plain rules. Promises that no more are given than there are, that no coupon is in two trades, and that
a coupon of a trade that came to nothing is its buyer's again. Never computes a price.
"""
