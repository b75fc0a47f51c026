"""How the world comes in: HTTP, webhooks, live updates, the command line. Nothing below knows of it."""
