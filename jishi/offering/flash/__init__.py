"""Flash sales: sessions, what merchants offer in them, and the gate in front of their few pieces.

Owns the sessions of every day, the applications and their review, and who may come to the counter. Promises that
exactly what was set aside can be sold, whatever becomes of the gate: PostgreSQL's buckets are the truth, Valkey only
orders the crowd. Never computes a price and never reserves a piece itself.
"""
