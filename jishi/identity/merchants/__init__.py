"""Sellers: their status, what was agreed with them, their staff and their public shop front.

Owns: merchants, terms, staff, bank accounts. Promises: a status changes only by the allowed moves, each
audited and told; a merchant always has an owner; bank account and contact are kept encrypted. Never: knows
goods, orders or money.
"""
