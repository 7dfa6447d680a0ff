"""MGD: a managed service before self-managed hardware."""
