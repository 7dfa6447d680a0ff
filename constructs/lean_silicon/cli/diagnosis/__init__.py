"""What ``lean-silicon doctor`` looks at, one subject a module. Nothing here calls a network, and nothing prints a secret."""
