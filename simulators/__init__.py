"""The outside world in one small server: payment channels, carriers, SMS gateway and mailbox. No Django.

Speaks the real wire protocols, signatures both ways, and keeps its own copy of every rule: nothing is
shared with the clients in `jishi`, so that the two agree only when both are right. Keeps payments through a
kill. Never part of a production market.
"""
