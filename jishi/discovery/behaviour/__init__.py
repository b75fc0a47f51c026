"""What people do in the store, kept only of those who said yes.

Owns consent and the events of behaviour: the table that models learn from, and in Valkey what somebody did last.
Promises that nothing is kept without a yes or after a no, that a repeated report counts once, and that erasing
leaves nothing. Never decides what is recommended.
"""
