"""Measures a running market against the limits of its machine. Figures are ratios: absolute ones drift."""
