"""What runs inside AWS: handlers and scripts. Each file stands alone, on the standard library of the Python found there."""
