"""Payments: what buyers owe, how it was taken, what goes back.

Owns payments with one part per order, attempts with numbers of their own, captures, refunds, the record of
every callback and the queue of reconciliation breaks. Promises: a capture is applied once whoever tells of
it; refunds never exceed what was taken, per line, part and payment; every word from outside is recorded,
believed or not. Never calls a channel inside a transaction; never books the ledger or moves an order: flows
do that around it.
"""
