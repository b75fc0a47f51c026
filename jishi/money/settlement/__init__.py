"""Settlement: what each merchant is owed, told line by line, and the money sent to him.

Owns statement entries, statements by cycle and payouts. Promises: every sale, refund and adjustment stands
on exactly one statement; a statement adds up to the cent; what a merchant owes us is carried on to the next;
a payout is made by one person and released by another. Never decides what a sale is worth: that was frozen
when it was made.
"""
