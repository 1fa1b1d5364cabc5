"""The HTTP side of the products beside accounts: one module per group of endpoints."""
