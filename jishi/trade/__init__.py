"""Buying: the cart and its quote, orders and their timeline, parcels."""
