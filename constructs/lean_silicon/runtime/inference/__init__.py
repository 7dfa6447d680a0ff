"""Serving a classic model from a Graviton processor: a handler, and a server for one's own image."""
