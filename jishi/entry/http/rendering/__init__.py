"""Public pages as HTML: the storefront's own Vue components, run in V8 inside this process, in a page shell.

Owns the V8 of the process, the page shell, the head of a page and the names of the built files. Promises that
a page is always answered: when rendering fails, runs too long or eats too much, the page goes out unrendered,
the browser draws it, and the failure is counted and logged. Never reads a database, never knows who asks: the
same state gives the same bytes.
"""
