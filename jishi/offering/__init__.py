"""What is for sale: the catalogue, its pictures, the pieces in stock and how a price is made."""
