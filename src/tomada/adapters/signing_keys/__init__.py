"""Where the public keys of a product's tokens come from."""
