"""How readers are woken."""
