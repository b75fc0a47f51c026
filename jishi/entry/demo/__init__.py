"""The demo market: merchants, products with pictures, stock and accounts to play with. Only in demo mode."""
