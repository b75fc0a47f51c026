"""Prices.

Owns the one pure function that says what chosen goods cost, step by step, with its trace.
Promises: parts add up to the total, no line falls below zero, the order of the lines changes nothing, and the
trace alone tells every merchant's share again.
Never reads a database, a clock or a configuration; never knows who the buyer is beyond what it is given.
"""
