"""What reaches its buyer without a parcel: codes out of a pool, and vouchers for a service.

Owns the pools of codes and the vouchers. Promises: a code is sealed at rest, stands in a merchant's pools once, and
is shown to nobody but the buyer it was given to; a voucher is had once, before it expires.
Never moves stock, money or orders: the flows do.
"""
