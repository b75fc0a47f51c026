"""What a buyer shows interest in: products he likes, stores he follows, and what he looked at.

Owns favourites, follows and the browsing history. Promises that each is its owner's alone and that the history,
which lives in Valkey only, can be cleared and is forgotten by itself. Never decides what is recommended.
"""
