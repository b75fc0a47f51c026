"""Bulk import of products.

Owns the merchants' tables of products on their way into the catalogue: the file, what its columns mean, how far
it is, and what was refused. Promises: every row is created, updated, unchanged or refused with a reason, and the
four add up; a run that is broken off goes on where it stopped, and no row is done twice. Never decides what a
product must be: that is the catalogue's.
"""
