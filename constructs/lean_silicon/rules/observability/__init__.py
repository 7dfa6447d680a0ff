"""OBS: measure utilisation, drift, bias, harm."""
