"""The wire to carriers: one thin client for tracking services that speak the kuaidi100 protocol.

Owns signatures, status codes and scan times of that protocol. Promises that a push is returned only when its
signature holds. Never touches the database, settings or the clock by itself: all of it is handed in.
"""
