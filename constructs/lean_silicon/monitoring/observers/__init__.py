"""How each of the library's constructs is observed: one module for each of its packages."""
