"""``make bench``: what the library promises to cost, measured side by side in one run."""
