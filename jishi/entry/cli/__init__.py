"""The `jishi` command: starts and supervises a market on one machine, and runs its chores.

Owns the processes of `jishi up` and the embedded engines. Promises that no process outlives it and that a
killed one comes back. Never decides anything about the shop: every other command is one call to its owner.
"""
