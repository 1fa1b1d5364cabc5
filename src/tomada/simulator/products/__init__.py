"""What an item holds beside accounts: investments, loans, the holder, statements, rules, limits."""
