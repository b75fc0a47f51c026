"""Orders.

Owns trades, orders, their lines and their timeline; every status of an order changes here and nowhere else.
Promises: prices, commission and tax are frozen at sale; the summary status follows from payment, fulfilment
and closing alone; every move is written in the timeline; never more pieces shipped or refunded than were
sold. Never moves money or stock itself, never calls the network: flows do that around it, holding the
trade's lock.
"""
