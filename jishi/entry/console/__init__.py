"""The back office: Django's admin in Unfold's dress. Rows are shown; what changes is changed by actions.

An action asks once, is noted in the audit log, calls one service or flow, and says what came of it. Each
needs a platform role.
"""
