"""INF: quantise, distil, compile before buying a bigger machine."""
