"""The back office: Django's admin in Unfold's dress. Every row is read-only; what changes is changed by actions.

An action asks once, calls one service or flow, and says what came of it. Each needs a platform role.
"""
