"""How this house is set up on one machine: environment, settings and the entry points of its servers."""
