"""The words and rules of the product, without input or output."""
