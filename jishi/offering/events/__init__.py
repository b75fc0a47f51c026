"""The platform's sale events: merchants enrol their products, operators choose, one promotion runs on that.

Owns who takes part in what and on which terms. Promises that a merchant reads the terms (what is taken off, who pays
which share) before he enrols and that these very terms are run. Never computes a price.
"""
