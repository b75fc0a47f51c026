"""Shipping.

Owns freight templates and the freight rule, parcels with their lines and the carriers' scans.
Promises: freight is charged once per merchant and method; a parcel moves by scans alone, whatever their
order or number of arrivals; a forged push changes nothing and is kept.
Never decides how many pieces of an order may leave (orders does), never moves stock.
"""
