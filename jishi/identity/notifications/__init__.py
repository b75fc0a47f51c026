"""Telling people: text messages and mail, in their language.

Owns: the templates, the SMS and mail channels. Promises: nothing is sent inside a transaction; texts and
numbers are never logged. Never: decides when somebody is told, or keeps who was.
"""
