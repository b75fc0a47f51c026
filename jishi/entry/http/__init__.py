"""The HTTP edge: URLs, middleware, the API's error rendering and its OpenAPI."""
