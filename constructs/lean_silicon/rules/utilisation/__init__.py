"""UTL: busy or off: autoscaling, scale to zero, spot, time limits, idle shutdown."""
