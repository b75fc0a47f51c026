"""Exports.

Owns no table: it writes what the merchants' lists show as files for spreadsheets. Promises: the same filters
and the same rights as the lists; memory that does not grow with the file; no cell that a spreadsheet would
take for a formula. Never writes to the database.
"""
