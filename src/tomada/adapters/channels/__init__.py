"""Ways to tell somebody outside."""
