"""The operations beyond the client's own methods, one group per subject."""
