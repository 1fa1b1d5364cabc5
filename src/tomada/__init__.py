"""Open finance for Brazilian products: connect banks through Pluggy, keep an exact ledger."""
