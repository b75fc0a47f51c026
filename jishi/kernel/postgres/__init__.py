"""Django's PostgreSQL back end; every statement is timed, and a slow one is written down."""
