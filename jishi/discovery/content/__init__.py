"""What the shop puts in the window: the home page's banners and shelves.

Owns banners and shelves, and answers the home page as bytes. Promises that the page costs no statement when
cached and that a shelf never shows what is not on sale. Never decides what a product is or costs.
"""
