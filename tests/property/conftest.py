"""Profiles of Hypothesis for the properties."""

from hypothesis import settings

# For running the same properties once more in other surroundings.
settings.register_profile("few", max_examples=10)
