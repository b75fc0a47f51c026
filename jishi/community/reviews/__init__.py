"""What buyers say of what they bought.

Owns reviews and merchants' replies. Promises that only who bought and received a thing reviews it, once for each
order line, and that an average is always that of the reviews shown. Never shows a reviewer's whole name.
"""
