"""The HTTP side of the simulator: one module per group of endpoints."""
