"""What ``lean-silicon init`` looks for in a project, and what it writes."""
