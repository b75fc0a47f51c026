"""Jishi 集市: one marketplace, many merchants, many buyers. Read the areas from `kernel` upwards."""
