"""What is for sale: the catalogue, its pictures, the pieces in stock and the price function."""
