"""Promotions as they are made and kept: drafted, put in force, paused, changed as a new version, ended.

Owns what merchants and the platform promise buyers, every version of it, and which of it is in force; hands the price
function plain rules. Promises that a change counts from its commit on, in every process, and that what an old price
rested on can be read for ever. Never computes a price.
"""
