"""CAR: the right place - movable work goes where electricity is clean."""
