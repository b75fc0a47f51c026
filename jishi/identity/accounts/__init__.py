"""People with an account: who they are, how they sign in, where their parcels go.

Owns: users, their addresses, the platform's staff roles. Promises: a phone belongs to an account only once
its owner has proven it; phone, e-mail and address are kept encrypted and leave masked, except to the person
himself. Never: knows merchants, goods or orders.
"""
