"""The provider's objects, one module per subject."""
