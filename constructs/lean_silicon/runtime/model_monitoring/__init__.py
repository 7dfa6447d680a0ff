"""What watches the monitors of an endpoint, inside AWS."""
