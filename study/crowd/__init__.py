"""Made-up workers who answer a flow: all of them the same for the same seed."""
