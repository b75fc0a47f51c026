"""Checkout.

Owns the cart of a visitor or buyer, and quotes: frozen, explained prices for chosen lines at an instant.
Promises: live totals in a handful of statements however many lines there are; what a visitor put in the cart
is there after sign-in; a quote shows exactly what an order placed with it will cost, or the order is not
placed. Never reserves stock, never changes an order.
"""
