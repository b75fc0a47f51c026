"""The wire to Alipay and WeChat Pay: our own thin clients, dataclasses in and dataclasses out.

Owns the two protocols: signatures both ways, amounts on the wire, error codes. Promises that nothing
unverified is returned and that every call is safe to repeat. Never touches the database, settings or the
clock by itself: addresses, keys, clock and HTTP client are handed in. Never decides what a payment means:
that is for the context around it.
"""
