"""Search: the products on sale, by words, pinyin, category, price and attributes.

Owns one index per machine, fed from the catalogue's sequence of changes by one indexer process; web processes
only read it. Each indexer tells how its index stands, and builds it anew when the back office asks for it.
Promises that what was approved can be found within about a second, that no user's text is ever parsed as a
query language, and that a missing index is said plainly (`search_warming_up`). Never the truth: everything
here can be deleted and is built again from the catalogue.
"""
