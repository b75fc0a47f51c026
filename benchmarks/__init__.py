"""Measures a running market against the limits of the machine it runs on. Figures are ratios: absolute ones drift."""
