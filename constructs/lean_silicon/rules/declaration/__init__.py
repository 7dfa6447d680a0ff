"""DEC: what a template declares about itself must be readable, and acknowledgments must not be stale."""
