"""Ways to stay below the provider's request limits together with other processes."""
