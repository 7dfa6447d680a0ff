"""The comparison of an evaluation: a package of its own, whose modules import each other relatively, here as in the function."""
